"""What is odd about a trial and may be right is told beside the results, and changes none of them."""

from __future__ import annotations

import pytest

from tests.scoring.cli.program import document_of

LONG = ("--table", "long")


def notes_of(text: str, *options: str) -> list[str]:
    notes = document_of("endpoints", "-", "--at", "week 24", *options, stdin=text)["notes"]
    assert document_of("endpoints", "-", "--at", "week 24", *LONG, *options, stdin=text)["notes"] == notes
    return [str(note) for note in notes]


def test_a_death_long_after_the_last_value_is_asked_about() -> None:
    text = "subject,study_day,total,died_day\nA,0,40,{}\nB,30,40,\nB,0,40,{}\n"
    asked = "died more than ten years after the last value of all, is it right? A"
    assert notes_of(text.format(3684, 3683)) == [asked]
    assert notes_of(text.format(3684, 3684)) == [f"{asked}, B"]
    assert notes_of(text.format(3683, "")) == []


@pytest.mark.parametrize(("day", "told"), [(-28, False), (-29, True)])
def test_a_baseline_long_before_day_0_is_told(day: int, told: bool) -> None:
    text = f"subject,study_day,total\nA,{day},44\nA,0,\nA,168,38\nB,-90,44\nB,0,40\nB,168,38\n"
    assert notes_of(text) == (["baseline more than 28 days before day 0: A (day -29)"] if told else [])


def test_the_baseline_that_is_told_is_that_of_the_source_used() -> None:
    text = "subject,study_day,total,source\nA,-60,44,home\nA,-3,44,clinic\nA,168,38,clinic\n"
    clinic, home = (notes_of(text, "--source", source) for source in ("clinic", "home"))
    assert not [note for note in clinic if "baseline" in note]
    assert "baseline more than 28 days before day 0: A (day -60)" in home


def test_of_many_the_first_twenty_are_named() -> None:
    rows = "".join(f"{number},-90,40\n{number},168,40\n" for number in range(22))
    (note,) = notes_of("subject,study_day,total\n" + rows)
    assert note.endswith(" 18 (day -90), 19 (day -90), and 2 more")
    (note,) = notes_of("subject,study_day,total\n" + rows[: rows.index("20,")])
    assert note.endswith(" 18 (day -90), 19 (day -90)")


CDISC = "subject,study_day,total\nA,-14,44\nA,1,40\nA,169,38\nB,-14,44\nB,{},40\nC,-1,40\nD,-1,39\n"


def test_days_that_may_be_cdiscs_are_asked_about() -> None:
    assert notes_of(CDISC.format(1)) == [
        "no value is on day 0, and 2 subjects have one on day 1, which is after the baseline: if these are"
        " CDISC's study days, which have no day 0, take 1 from each that is above 0"
    ]


@pytest.mark.parametrize(
    "text",
    [
        CDISC.format(0),
        CDISC.format(2),
        "subject,study_day,total\nA,-14,44\nA,2,40\n",
        "subject,arm,study_day,total\nA,x,,\n",
        "subject,date,total,baseline_date\nA,2026-01-02,40,2026-01-01\n",
    ],
)
def test_other_days_are_not(text: str) -> None:
    assert notes_of(text) == []
