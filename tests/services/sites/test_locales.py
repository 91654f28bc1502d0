"""Which of the languages there are serves a person best."""

from __future__ import annotations

import pytest

from services.sites.locales import nearest

KNOWN = ["en", "pt", "pt-BR", "ko"]


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        (["pt-BR"], "pt-BR"),
        (["pt-br"], "pt-BR"),
        (["pt-PT"], "pt"),
        (["de", "ko-KR"], "ko"),
        ([None, "en-GB"], "en"),
        (["de", None, ""], None),
        ([], None),
    ],
    ids=str,
)
def test_the_first_wanted_that_there_is(wanted: list[str | None], found: str | None) -> None:
    assert nearest(KNOWN, wanted) == found


def test_a_country_is_not_served_by_another_country() -> None:
    assert nearest(["pt-BR"], ["pt-PT"]) is None
    assert nearest([], ["en"]) is None
