"""Whose rate since onset is missing or doubtful is told in every format."""

from __future__ import annotations

import re
from datetime import date

import pytest

from scoring.cli.doubts.onsets import ODD
from scoring.progression import NOTES, Note, OnsetPrecision, Reading, rate_since_onset
from tests.scoring.cli.program import call_here, document_of

TEXT = "subject,date,total,onset\n" + "".join(
    f"{name},2024-{month}-10,{total},{onset}\n"
    for name, onset in (
        ("A", "1955-03-01"), ("B", "2024-01-01"), ("C", "2024-02-01"), ("D", "2022-03"), ("F", "1900-01-01"),
        ("G", "2023"), ("H", "2024"), ("I", "2022-03-04"),
    )
    for month, total in (("01", 40), ("04", 37))
)  # fmt: skip
TOLD = [
    "onset_long_ago: A, F; More than fifty years since onset: check the date.",
    "onset_not_before: C; The onset is not before the reading: there is no rate.",
    "onset_recent: B, H; Less than three months since onset: a point or two decides the rate.",
    "onset_approximate: D, G, H; Only the month or the year of onset is known: see the range of the rate.",
    "onset_range_open: H; " + NOTES[Note.ONSET_RANGE_OPEN],
    "group_unsure: G; Within the range of the rate lies a limit between groups.",
]


def test_doubtful_onsets_are_told_with_the_names() -> None:
    assert document_of("trend", "-", stdin=TEXT)["notes"] == TOLD
    lines = call_here("trend", "-", "--format", "csv", stdin=TEXT).stderr.splitlines()
    assert lines == [f"note: {told}" for told in TOLD]
    table = call_here("trend", "-", stdin=TEXT, terminal=True).stdout
    assert all(f"note: {told}\n" in table for told in TOLD)


def test_of_one_patient_without_a_name_the_note_has_none() -> None:
    text = "date,total,onset\n2024-01-10,40,1955-03-01\n2024-04-10,37,1955-03-01\n"
    assert document_of("trend", "-", stdin=text)["notes"] == [TOLD[0].replace(": A, F;", ";")]


def test_every_code_of_a_rate_since_onset_is_told() -> None:
    assert set(ODD) == {note for note in Note if note.startswith("onset_")} | {Note.GROUP_UNSURE}


@pytest.mark.parametrize(
    ("onset", "first", "precision"),
    [
        ("2022-03-04", date(2022, 3, 4), OnsetPrecision.DAY),
        ("2022-03", date(2022, 3, 1), OnsetPrecision.MONTH),
        ("2023", date(2023, 1, 1), OnsetPrecision.YEAR),
        ("2024", date(2024, 1, 1), OnsetPrecision.YEAR),
        ("2024-01", date(2024, 1, 1), OnsetPrecision.MONTH),
        ("2025", date(2025, 1, 1), OnsetPrecision.YEAR),
    ],
)
def test_a_rate_whose_onset_is_not_known_by_day_stands_in_the_table_with_its_range(
    onset: str, first: date, precision: OnsetPrecision
) -> None:
    rate = rate_since_onset(first, Reading(date(2024, 1, 10), 40), precision=precision)
    text = f"date,total,onset\n2024-01-10,40,{onset}\n2024-02-10,39,{onset}\n"
    table = call_here("trend", "-", stdin=text, terminal=True).stdout
    heads, _, row = table.splitlines()[:3]
    low, high = rate.loss_low, rate.loss_high
    if precision is OnsetPrecision.DAY or low is None:
        assert "range of the rate" not in heads
    else:
        told = f"{low:.4g} or more" if high is None else f"{low:.4g} to {high:.4g}"
        assert re.search(rf"  {rate.loss_per_month:.4g}  +{re.escape(told)}  ", row)
    codes = [note.value for note in rate.notes]
    assert sorted(re.findall("^note: ([a-z_]+);", table, re.MULTILINE)) == sorted(codes)
