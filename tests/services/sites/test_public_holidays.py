"""Public holidays come from a library that is kept up to date."""

from __future__ import annotations

from datetime import date

import pytest

from services.sites import public_holidays


@pytest.mark.parametrize(
    ("country", "subdivision", "known"),
    [
        ("", "", True),
        ("DE", "", True),
        ("DE", "BE", True),
        ("KR", "", True),
        ("DE", "ZZ", False),
        ("XX", "", False),
        ("", "BE", False),
    ],
)
def test_what_is_known(country: str, subdivision: str, known: bool) -> None:
    assert public_holidays.is_known(country, subdivision) is known


def test_holidays_have_days_and_names() -> None:
    found = public_holidays.in_year("DE", "BE", 2027).names
    assert date(2027, 3, 8) in found
    assert date(2027, 3, 8) not in public_holidays.in_year("DE", "BY", 2027).names
    assert all(found.values())
    assert public_holidays.in_year("", "", 2027).names == {}


def test_what_is_not_known_any_more_is_logged_and_has_none(caplog: pytest.LogCaptureFixture) -> None:
    public_holidays.in_year.cache_clear()
    assert public_holidays.in_year("XX", "", 2027).names == {}
    assert [record.levelname for record in caplog.records] == ["ERROR"]


@pytest.mark.parametrize(
    ("country", "wanted", "language", "name"),
    [
        ("ES", "es", "es", "Año Nuevo"),
        ("KR", "ko", "ko", "설날"),
        ("KR", "es", "en", "Korean New Year"),
        ("DE", "ko", "en", "Good Friday"),
        ("DE", "en", "en", "Good Friday"),
    ],
)
def test_names_are_in_the_language_wanted_or_english_whatever_the_machine_speaks(
    monkeypatch: pytest.MonkeyPatch, country: str, wanted: str, language: str, name: str
) -> None:
    for machine in ("C.UTF-8", "de_DE.UTF-8", ""):
        monkeypatch.setenv("LANGUAGE", "")
        monkeypatch.setenv("LANG", machine)
        public_holidays.in_year.cache_clear()
        found = public_holidays.in_year(country, "", 2027, wanted)
        assert found.language == language
        assert name in found.names.values()
