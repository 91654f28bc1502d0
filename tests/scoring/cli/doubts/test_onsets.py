"""Whose rate since onset is missing or doubtful is told in every format."""

from __future__ import annotations

from tests.scoring.cli.program import call_here, document_of

TEXT = "subject,date,total,onset\n" + "".join(
    f"{name},2024-{month}-10,{total},{onset}\n"
    for name, onset in (
        ("A", "1955-03-01"), ("B", "2024-01-01"), ("C", "2024-02-01"), ("D", "2022-03"), ("F", "1900-01-01"),
    )
    for month, total in (("01", 40), ("04", 37))
)  # fmt: skip
TOLD = [
    "onset_long_ago: A, F; More than fifty years since onset: check the date.",
    "onset_not_before: C; The onset is not before the reading: there is no rate.",
    "onset_recent: B; Less than three months since onset: a point or two decides the rate.",
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


def test_an_approximate_onset_is_in_the_results_only() -> None:
    text = "date,total,onset\n2024-01-10,40,2022-03\n2024-04-10,37,2022-03\n"
    assert document_of("trend", "-", stdin=text)["notes"] == []
