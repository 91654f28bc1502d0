"""The usual report read at once is what the schema reads, and nothing else is read at once."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from marshmallow import Schema, ValidationError

from api.rest.bodies import MOST_ANSWERS, plain_report
from api.schemas.reports import ReportIn

ID = "0197a1b2-0000-7000-8000-000000000001"
USUAL = {
    "id": ID,
    "instrument": "alsfrs_r",
    "instrument_version": "1",
    "observed_at": "2026-03-02T08:30:00+01:00",
    "answers": {"speech": 4, "salivation": 3.0, "swallowing": None},
}
_SCHEMA = ReportIn()


def by_schema(body: Any) -> Any:
    """What the library makes of a body; None of what it refuses."""
    try:
        return Schema.load(_SCHEMA, body)
    except ValidationError:
        return None


digits = st.integers(0, 99).map(lambda number: f"{number:02}")
moments = st.one_of(
    st.datetimes().map(lambda moment: moment.isoformat()),
    st.builds(
        "{}{}-{}-{}{}{}:{}:{}{}{}".format,
        st.sampled_from(["19", "20", "00", "99", "1", "²0"]),
        digits,
        digits,
        digits,
        st.sampled_from("Tt _"),
        digits,
        digits,
        digits,
        st.sampled_from(["", ".5", ".123", ".123456", ",123", ".1234567"]),
        st.sampled_from(["", "Z", "z", "+01:00", "-23:59", "+24:00", "+0100", "+01:00:30", "\n"]),
    ),
)
ids = st.one_of(
    st.uuids(allow_nil=True).map(str),
    st.sampled_from([str(UUID(int=0)), str(UUID(int=2**128 - 1))]),
    st.uuids().map(lambda one: str(one).upper()),
    st.uuids().map(lambda one: one.hex),
)
codes = st.one_of(st.integers(), st.floats(), st.none(), st.booleans(), st.text(max_size=3))
anything = st.one_of(st.none(), st.integers(), st.text(max_size=5), st.lists(st.integers(), max_size=2))
answers = st.dictionaries(st.text(max_size=8), codes, max_size=MOST_ANSWERS + 2)
words = st.one_of(st.from_regex(r"[a-z0-9_]{1,64}\n?"), st.text(max_size=70))
bodies = st.fixed_dictionaries(
    {},
    optional={
        "id": ids | anything,
        "instrument": words | anything,
        "instrument_version": words | anything,
        "observed_at": moments | anything,
        "answers": answers | anything,
        "sent_at": moments | anything,
        "respondent": st.sampled_from(["patient", "caregiver", "clinician", "Patient"]) | anything,
        "zone": st.just("Europe/Berlin"),
        "surplus": anything,
    },
)


@settings(max_examples=400, deadline=None)
@given(bodies, st.booleans())
def test_both_readers_give_the_same_of_what_is_read_at_once(body: dict[str, Any], complete: bool) -> None:
    whole = {**USUAL, **body} if complete else body
    found = plain_report(whole)
    if found is not None:
        expected = by_schema(whole)
        assert repr(sorted(found.items())) == repr(sorted((expected or {}).items()))


@pytest.mark.parametrize(
    "more", [{}, {"sent_at": "2026-03-02T07:31:00Z"}, {"observed_at": "2026-03-02T08:30:00.123456-05:00"}]
)
def test_the_usual_report_is_read_at_once(more: dict[str, Any]) -> None:
    body = {**USUAL, **more}
    assert plain_report(body) == by_schema(body)
    assert ReportIn().load(body) == by_schema(body)


@pytest.mark.parametrize(
    "body",
    [
        None,
        [],
        {**USUAL, "zone": "Europe/Berlin"},
        {**USUAL, "id": ID.upper()},
        {**USUAL, "id": "x"},
        {**USUAL, "id": str(UUID(int=0))},
        {**USUAL, "id": str(UUID(int=2**128 - 1))},
        {**USUAL, "instrument": "alsfrs_r\n"},
        {**USUAL, "observed_at": "2026-02-30T08:30:00Z"},
        {**USUAL, "observed_at": "2026-03-02T08:30:00"},
        {**USUAL, "answers": {str(number): 1 for number in range(MOST_ANSWERS + 1)}},
        {name: value for name, value in USUAL.items() if name != "id"},
    ],
)
def test_whatever_is_not_usual_is_for_the_schema(body: Any) -> None:
    assert plain_report(body) is None


def test_what_is_read_is_not_the_body_itself() -> None:
    body = {**USUAL, "answers": {"speech": 4}}
    found = plain_report(body)
    assert found is not None
    found["answers"]["speech"] = 0
    assert body["answers"] == {"speech": 4}
