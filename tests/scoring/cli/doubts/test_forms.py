"""What has to be known of the forms behind the values is told with the names."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.scoring.cli.program import ALSFRS_R, call_here, csv_of, document_of

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


OTHERS = tuple(key for key in ALSFRS_R if key != "cutting_without_gastrostomy")
HEADER = ",".join(("cutting_without_gastrostomy", "cutting_with_gastrostomy", *OTHERS))
SWITCHED = (
    "cutting is answered in another form than before (cutting_without_gastrostomy or"
    " cutting_with_gastrostomy) from: {}; slopes and changes across that day are not comparable;"
    ' score_without_cutting of "slope score" is without it (as total with --scale 0,44)'
)


def forms_of(**courses: str) -> str:
    """A file with a form each fourth week for every letter: in form a or b of item 5, or without it."""
    own = {"a": "1,", "b": ",3", "-": ","}
    rest = ",".join(str(ALSFRS_R[key]) for key in OTHERS)
    rows = [
        f"{name},{28 * place},{own[form]},{rest}"
        for name, course in courses.items()
        for place, form in enumerate(course)
    ]
    return "\n".join((f"subject,study_day,{HEADER}", *reversed(rows), ""))


def switches_of(command: str, text: str, *options: str) -> list[str]:
    notes = document_of(command, "-", *options, stdin=text)["notes"]
    return [note for note in notes if "another form" in note]


@pytest.mark.parametrize("command", ["trend", "endpoints"])
@pytest.mark.parametrize(
    ("courses", "told"),
    [
        ({"P1": "abb"}, "P1 (day 28)"),
        ({"P1": "ba"}, "P1 (day 28)"),
        ({"P1": "a-b"}, "P1 (day 56)"),
        ({"P1": "aba"}, "P1 (day 28), P1 (day 56)"),
        ({"P10": "aab", "P2": "ab", "P3": "aaa", "P4": "bbb"}, "P2 (day 28), P10 (day 56)"),
        ({"P1": "aa", "P2": "bb", "P3": "a-", "P4": "-b"}, None),
    ],
)
def test_values_across_a_change_of_form_are_told(
    command: str, courses: dict[str, str], told: str | None
) -> None:
    text = forms_of(**courses)
    assert switches_of(command, text) == ([] if told is None else [SWITCHED.format(told)])
    shown = call_here(command, "-", stdin=text, terminal=True).stdout
    assert told is None or f"note: {SWITCHED.format(told)}\n" in shown


def test_where_the_file_has_no_items_nothing_is_told_of_their_forms() -> None:
    assert switches_of("trend", "subject,study_day,total\nP1,0,40\nP1,28,43\n") == []


def test_an_instrument_without_a_sum_of_the_other_items_points_to_none() -> None:
    text = forms_of(P1="ab").replace("dyspnea,orthopnea,respiratory_insufficiency", "breathing,x,y")
    (told,) = switches_of("trend", text, "--instrument", "alsfrs", "--ignore", "x,y")
    assert told.endswith("not comparable")


def test_forms_that_are_not_compared_are_no_change() -> None:
    first, *rows = forms_of(P1="ab").splitlines()
    for column, names, command in (
        ("respondent", ("patient", "caregiver"), "trend"), ("source", ("clinic", "home"), "endpoints"),
    ):  # fmt: skip
        text = "\n".join(
            (f"{first},{column}", *(f"{row},{name}" for row, name in zip(rows, names, strict=True)))
        )
        assert switches_of(command, text + "\n") == []
        same = "\n".join((f"{first},{column}", *(f"{row},{names[0]}" for row in rows)))
        assert len(switches_of(command, same + "\n")) == 1


def test_the_score_that_the_note_names_can_be_read_as_it_says(tmp_path: Path) -> None:
    scores = call_here(
        "score", "alsfrs_r", "-", "--keep", "subject,study_day", "--format", "csv", stdin=forms_of(P1="ab")
    ).stdout
    names = tmp_path / "names.json"
    names.write_text(
        '{"kept_subject": "subject", "kept_study_day": "study_day", "score_without_cutting": "total",'
        ' "total": null}'
    )
    (course,) = csv_of(
        "trend", "-", "--scale", "0,44", "--columns", names, "--ignore", "*", stdin=scores, notes=2
    )
    assert (course["first_to_last.change"], course["scale_high"]) == ("0", "44")
