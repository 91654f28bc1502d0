"""What has to be known of the forms behind the values is told with the names."""

from __future__ import annotations

import pytest

from tests.scoring.cli.program import call_here, document_of

INCOMPLETE = "forms without a total, which are counted and not used; of each subject the last one: "


@pytest.mark.parametrize(
    ("rows", "told", "counts"),
    [
        (("P1,2026-02-05,40", "P2,2026-02-05,40"), None, (0, 0)),
        (("P2,2026-05-05,", "P1,2026-02-05,40", "P2,2026-04-05,", "P2,2026-02-05,40"),
         "P2 (2026-05-05, 2 in all)", (0, 2)),
        (("P10,2026-02-05,40", "P10,2026-01-05,", "P2,2026-01-06,"),
         "P2 (2026-01-06), P10 (2026-01-05)", (1, 1)),
    ],
)  # fmt: skip
def test_forms_without_a_total_are_told_by_subject(
    rows: tuple[str, ...], told: str | None, counts: tuple[int, ...]
) -> None:
    text = "\n".join(("patient,date,total", *rows, ""))
    document = document_of("trend", "-", stdin=text)
    assert document["notes"] == ([] if told is None else [INCOMPLETE + told])
    assert tuple(course["incomplete"] for course in document["results"]) == counts
    shown = call_here("trend", "-", stdin=text, terminal=True).stdout
    assert ("without total" in shown.splitlines()[0]) is any(counts)
    assert (f"note: {INCOMPLETE}{told}\n" in shown) is any(counts)
    if any(counts):
        cells = {row.split()[0]: row.split()[2] for row in shown.splitlines()[2:4]}
        assert cells["P2"] == str(max(counts))


def test_they_are_told_by_respondent_and_by_study_day() -> None:
    text = "subject,study_day,total,respondent\nA,0,40,patient\nA,28,,patient\nA,3,,caregiver\n"
    assert document_of("trend", "-", stdin=text)["notes"] == [
        INCOMPLETE + "A caregiver (day 3), A patient (day 28)"
    ]
