"""What stands for an id: a UUID in whatever spelling, as it is stored; nothing else, and never a fault."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.store.base import id_of, new_id

NONE: list[Any] = [
    None,
    7,
    [],
    {},
    "",
    "7",
    "\0",
    "\ud800",
    "x" * 100_000,
    "safety_notice:0190b0f0-0000-7000-8000-000000000001",
    "00000000-0000-0000-0000-000000000000",
    "FFFFFFFF-FFFF-FFFF-FFFF-FFFFFFFFFFFF",
]


@given(stored=st.uuids())
def test_every_spelling_is_the_same_id(stored: UUID) -> None:
    text = str(stored)
    for spelling in (text, text.upper(), text.title(), f"{{{text}}}", stored.urn, stored.hex, f" {text}\n"):
        assert id_of(spelling) == text
    assert id_of(new_id().upper()) is not None


@pytest.mark.parametrize("given_", NONE, ids=lambda given_: repr(given_)[:40])
def test_what_stands_for_none_is_none(given_: Any) -> None:
    assert id_of(given_) is None


@given(text=st.text())
def test_no_text_is_a_fault(text: str) -> None:
    assert id_of(text) in (None, id_of(id_of(text)))
