"""The digest of a meaning: keyed, blind to spelling, and different for everything else."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone

import pytest

from services.access import digests
from services.reports.intake import sameness
from tests.application import REFRESH_SECRET

AT = datetime(2076, 3, 2, 8, 30, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _key() -> Iterator[None]:
    digests.use(REFRESH_SECRET)
    yield
    digests.use(REFRESH_SECRET)


def test_spelling_makes_no_difference() -> None:
    one = sameness.digest_of("report", {"a": 3, "b": 1}, AT)
    other = sameness.digest_of("report", {"b": 1.0, "a": 3e0}, AT.astimezone(timezone(timedelta(hours=5.5))))
    assert one == other


@pytest.mark.parametrize(
    "other",
    [
        ("void", {"a": 3}, AT, None),
        ("report", {"a": 4}, AT, None),
        ("report", {"a": 3.5}, AT, None),
        ("report", {"a": True}, AT, None),
        ("report", {"a": "3"}, AT, None),
        ("report", {"a": None}, AT, None),
        ("report", {"b": 3}, AT, None),
        ("report", {"a": 3}, AT + timedelta(microseconds=1), None),
        ("report", {"a": 3}, AT, ""),
        ("report", {"a": 3}, None, AT),
    ],
    ids=str,
)
def test_whatever_else_is_different_is_different(other: tuple[object, ...]) -> None:
    assert sameness.digest_of(*other) != sameness.digest_of("report", {"a": 3}, AT, None)


def test_the_digest_cannot_be_made_without_the_secret() -> None:
    known = sameness.digest_of("report", {"a": 3})
    text = json.dumps(["report", {"a": 3}], separators=(",", ":"))
    assert known not in {hashlib.sha256(text.encode()).hexdigest(), text}
    digests.use("another secret of the tests, long enough")
    assert sameness.digest_of("report", {"a": 3}) != known
