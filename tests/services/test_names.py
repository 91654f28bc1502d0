"""What may be a name: one line, something visible, no directional override."""

from __future__ import annotations

import unicodedata

import pytest

from services import names
from services.errors import Invalid
from tests.cpu_time import cpu_time


@pytest.mark.parametrize(
    "name",
    ["Maria", "Łukasz Żółć", "김민지", "O'Neil-Smith, Jr.", "محمد", "Ana 2", "🙂", "Zoë\u200d"],
    ids=ascii,
)
def test_names_of_people_are_names(name: str) -> None:
    assert names.mistake_in(name) is None
    assert names.checked(f"  {name} ", "/name") == unicodedata.normalize("NFC", name)


@pytest.mark.parametrize(
    ("name", "mistake"),
    [
        ("", "visible"),
        ("   ", "visible"),
        ("\u200b\u2060", "visible"),
        ("\u3164", "visible"),
        ("\u2800", "visible"),
        ("\u0301", "visible"),
        ("Maria\nSilva", "one line"),
        ("Maria\u2028Silva", "one line"),
        ("Maria\tSilva", "one line"),
        ("\u202eavliS airaM", "direction"),
        ("Maria\u2067", "direction"),
        ("Maria\x00", "stored"),
        ("Maria\ud800", "stored"),
    ],
    ids=ascii,
)
def test_what_misleads_or_shows_nothing_is_none(name: str, mistake: str) -> None:
    said = names.mistake_in(name)
    assert said is not None
    assert mistake in said


def test_the_length_is_looked_at_before_any_other_work() -> None:
    with cpu_time() as spent, pytest.raises(Invalid) as caught:
        names.checked("a" + "\u0301\u0316" * 500_000, "/name")
    assert spent.seconds < 0.2
    assert [(error.pointer, error.code) for error in caught.value.errors] == [("/name", "too_long")]


@pytest.mark.parametrize("address", ["jo@example.org", "j.o+ward@mail.example.org", "jürgen@bücher.example"])
def test_addresses_are_addresses(address: str) -> None:
    assert names.checked_email(f" {address}\n", "/email") == address


@pytest.mark.parametrize(
    "address",
    [
        "",
        "jo",
        "jo@",
        "@example.org",
        "jo@example",
        "j o@example.org",
        "jo@example.org\nBcc: x@example.org",
        "jo@example.org\u2028x",
        "jo\x00@example.org",
        "jo\ud800@example.org",
        "j" * 65 + "@example.org",
        "jo@" + "example." * 40 + "org",
    ],
    ids=ascii,
)
def test_what_no_mail_can_be_sent_to_is_no_address(address: str) -> None:
    with pytest.raises(Invalid) as caught:
        names.checked_email(address, "/email")
    assert [(error.pointer, error.code) for error in caught.value.errors] == [("/email", "invalid")]
