"""No file of odd cells ends in a traceback, whatever columns stand beside each other, filled or not."""

from __future__ import annotations

import json
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scoring.instruments import catalogue, get
from tests.scoring.cli.program import call_here, document_of, errors_of

DAYS = ("2026-01-01", "2026-01-02", "2026-06-18", "2026-06-18T10:00Z", None)
COUNTED = (0, 1, 28, 168, -10, None)
USUAL: dict[str, tuple[object, ...]] = {
    "subject": ("A", "B", "C", "D", "E"),
    "site": ("X",),
    "study_day": COUNTED[:-1],
    "date": DAYS[:-1],
    "total": (40, 36, 0, None),
    "arm": ("x", "x", "y", None),
    "source": ("clinic", "home", None),
    "died_day": (*COUNTED, 300),
    "died_date": DAYS,
    "ventilated_day": (*COUNTED, 300),
    "ventilated_date": DAYS,
    "baseline_date": (DAYS[0], None),
    "time": ("10:00", "2026-01-01T11:00", None),
    "respondent": ("patient", "caregiver", None),
    "onset": ("2025", "2025-01", "2025-01-01", None),
    "onset_precision": ("day", "month", None),
}
ODD = (
    None, True, [1], {"a": 1}, [], {}, 10**400, 1e999, -9, "x", "1e5", "2026-13-01", " ", "a" * 300, -0.0,
    "\ud800", "0001-01-01T00:00+02:00", "9999-12-31T23:59-02:00", "\u200b", 2.5, "24:00",
)  # fmt: skip
WITHOUT_TOTAL = [definition.key for definition in catalogue() if not definition.main]
OPTIONS = {
    "score": [(), ("--keep", "subject"), ("--keep", "subject,date"), ("--missing=-9",)],
    "trend": [
        (), ("--missing=-9",), ("--duplicates", "last"), ("--duplicates", "mean"), ("--full-score", "40"),
    ],
    "endpoints": [
        (), ("--missing=-9",), ("--duplicates", "mean"), ("--ventilation-counts",), ("--table", "long"),
        ("--source", "clinic"), ("--reference", "x"),
    ],
}  # fmt: skip


@st.composite
def calls(draw: st.DrawFn) -> tuple[list[str], bytes]:
    """A command with options, and a file with some of its columns."""
    command, key = draw(st.sampled_from(sorted(OPTIONS))), draw(st.sampled_from(["alsfrs_r", *WITHOUT_TOTAL]))
    arguments = ["score", key, "-"] if command == "score" else [command, "-", "--instrument", key]
    if command != "score" and key in WITHOUT_TOTAL:
        arguments += ["--scale", "0,100"]
    arguments += [*draw(st.sampled_from(OPTIONS[command])), "--ignore", "*"]
    items = list(get(key).by_key)
    day = draw(st.sampled_from(["date", "study_day"]))
    beside = draw(st.lists(st.sampled_from([*USUAL, *items[:3]]), unique=True, max_size=6))
    if command == "endpoints" and "baseline_date" not in beside:
        arguments += ["--baseline-date", "2026-01-01"]
    columns = {"subject", day, *(items if command == "score" else ["total"]), *beside}
    odd = draw(st.sampled_from([(), (), ODD]))
    cells = {name: st.sampled_from([*USUAL.get(name, (0, 1, 2, None)), *odd]) for name in sorted(columns)}
    rows = draw(st.lists(st.fixed_dictionaries(cells), min_size=1, max_size=5))
    if draw(st.booleans()):
        return arguments, json.dumps(rows).encode()
    lines = [["" if cell is None else f'"{cell}"' for cell in row.values()] for row in rows]
    return arguments, "\n".join(",".join(line) for line in (rows[0], *lines)).encode(errors="replace")


@settings(max_examples=100)
@given(calls())
def test_no_file_of_odd_cells_ends_in_a_traceback(called: tuple[list[str], bytes]) -> None:
    done = call_here(*called[0], stdin=called[1])
    assert done.returncode in {0, 1, 2}
    assert bool(done.stdout) is (done.returncode == 0)
    assert done.stderr or done.returncode == 0
    assert (done.stdout + done.stderr).encode()


@pytest.mark.parametrize(("died", "ventilated"), [*product(["day", "date"], repeat=2)])
@pytest.mark.parametrize("beside", ["", "other"])
def test_events_in_an_order_that_cannot_be_are_named_by_the_column_that_is_filled(
    died: str, ventilated: str, beside: str
) -> None:
    """Whether the other column of days or dates is there and empty, or not there."""
    days = {"died": {"day": "100", "date": "2026-04-11"}, "ventilated": {"day": "151", "date": "2026-06-01"}}
    filled = {f"died_{died}": days["died"][died], f"ventilated_{ventilated}": days["ventilated"][ventilated]}
    events = sorted(days) if beside else []
    empty = [f"{event}_{form}" for event in events for form in days[event] if f"{event}_{form}" not in filled]
    text = f"subject,study_day,total,baseline_date,{','.join((*filled, *empty))}\n"
    text += f"A,0,40,2026-01-01,{','.join((*filled.values(), *('' for _ in empty)))}\n"
    text += f"B,0,40,2026-01-01{',' * len((*filled, *empty))}\n"
    for options in ((), ("--ventilation-counts",)):
        assert errors_of(1, "endpoints", "-", *options, stdin=text)[0] == (
            f"row 2, column ventilated_{ventilated}: after the day of death; subject A: ventilation on"
            " 2026-06-01 (study day 151), death on 2026-04-11 (study day 100); correct the wrong one, or take"
            " the row out"
        )


@pytest.mark.parametrize("event", ["died", "ventilated"])
def test_days_and_dates_of_an_event_that_contradict_each_other_are_refused(event: str) -> None:
    text = f"subject,study_day,total,baseline_date,{event}_day,{event}_date\n"
    text += "A,0,40,2026-01-01,100,2026-04-{}\nB,0,40,2026-01-01,,\n"
    document_of("endpoints", "-", stdin=text.format(11))
    assert errors_of(1, "endpoints", "-", stdin=text.format(12)) == [
        f"row 2, column {event}_date: differs from another row of this subject, or from {event}_day"
    ]


@pytest.mark.parametrize("event", ["died", "ventilated"])
def test_dates_are_no_yes_or_no_beside_an_empty_column_of_days(event: str) -> None:
    """Nor does one day count as several with dates of others."""
    text = f"subject,study_day,total,baseline_date,{event}_day,{event}_date\n"
    text += "A,0,40,2026-01-01,{},2026-01-01\nB,0,40,2026-01-01,,2026-01-02\nC,0,40,2026-01-01,,\n"
    document_of("endpoints", "-", stdin=text.format(""))
    document_of("endpoints", "-", stdin=text.format("0"))


@pytest.mark.parametrize("event", ["ventilated_day", "ventilated_date"])
def test_ventilation_before_day_0_is_named_by_the_row_that_has_it(event: str) -> None:
    day = {"ventilated_day": "-5", "ventilated_date": "2025-12-27"}[event]
    (other,) = {"ventilated_day", "ventilated_date"} - {event}
    text = f"subject,study_day,total,{other},{event}\nA,0,40,,\nA,28,40,,{day}\n"
    options = ("--ventilation-counts", "--baseline-date", "2026-01-01")
    (error,) = errors_of(1, "endpoints", "-", *options, stdin=text)
    assert error.startswith(f"row 3, column {event}: before day 0, and so no outcome;")


@pytest.mark.parametrize("key", WITHOUT_TOTAL)
def test_a_total_beside_items_of_an_instrument_without_one_is_told_to_be_compared_with_nothing(
    key: str,
) -> None:
    definition = get(key)
    told = f"column total is compared with no items: {definition.title} has no total of its own"
    items = {item.key: item.codes[0] for item in definition.items[:1]}
    row = {"subject": "A", "date": "2026-01-01", "total": 40, **items}
    rows = [row, {**row, "date": "2026-02-01", "total": 42}]
    scaled = ("--instrument", key, "--scale", "0,100")
    trend = document_of("trend", "-", *scaled, stdin=json.dumps(rows))
    assert (trend["results"][0]["first_to_last"]["change"], told in trend["notes"]) == (2, True)
    options = (*scaled, "--baseline-date", "2026-01-01", "--visit", "end=31±3")
    endpoints = document_of("endpoints", "-", *options, stdin=json.dumps(rows))
    assert endpoints["results"]["visits"][0]["changes"]["rows"][0]["change"] == 2
    assert told in endpoints["notes"]
    scored = ("score", key, "-", "--keep", "subject", "--ignore", "date")
    assert (
        told in document_of(*scored, stdin=json.dumps([{**row, **dict.fromkeys(definition.by_key)}]))["notes"]
    )


@pytest.mark.parametrize(
    ("cell", "what"), [([1], "a list"), ([], "a list"), ({"a": 1}, "an object")], ids=str
)
@pytest.mark.parametrize(
    "arguments",
    [
        ("score", "alsfrs_r", "-"),
        ("score", "alsfrs_r", "-", "--keep", "subject"),
        ("score", "alsfrs_r", "-", "--keep", "subject,date"),
        ("stage", "-", "--missing=-9"),
        ("trend", "-"),
        ("trend", "-", "--missing=-9"),
        ("endpoints", "-", "--baseline-date", "2026-01-01"),
    ],
    ids=" ".join,
)
def test_a_list_or_an_object_is_no_cell(cell: object, what: str, arguments: tuple[str, ...]) -> None:
    items = get("alsfrs_r").by_key
    whole = {"subject": "A", "date": "2026-01-01", "total": 40, **dict.fromkeys(items)}
    kept = arguments[-1].split(",") if "--keep" in arguments else []
    about = kept if arguments[0] in {"score", "stage"} else ["subject", "date"]
    for column in (*items, "total", *about):
        rows = [whole, {**whole, column: cell}]
        assert errors_of(1, *arguments, "--ignore", "*", stdin=json.dumps(rows)) == [
            f"entry 2, column {column}: expected one value, and this is {what}"
        ]
    document_of(*arguments, "--ignore", "*", stdin=json.dumps([{**whole, "mine": cell}]))
