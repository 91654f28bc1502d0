"""The order of rows and columns, the encoding and the spelling of a file change no byte of the results."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from tests.scoring.cli.program import call_here

MONTHS = ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"]
ENCODINGS = ("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp1252")
NAMES = ["Ä1", "b", "Ö 10", "p2"]
ARMS = {"Ä1": "Placébo", "b": "cells", "Ö 10": "Placébo", "p2": "cells"}
Row = Mapping[str, object]


@st.composite
def courses(draw: st.DrawFn) -> list[Row]:
    """Reports of a few patients, each day once."""
    rows: list[Row] = []
    for name in draw(st.sets(st.sampled_from(NAMES), min_size=1)):
        days = draw(st.sets(st.integers(0, 400), min_size=1, max_size=6))
        onset = draw(st.none() | st.integers(100, 2000).map(lambda ago: date(2026, 1, 1) - timedelta(ago)))
        for day in days:
            total = draw(st.none() | st.integers(0, 48) | st.integers(0, 480).map(lambda tenths: tenths / 10))
            on = date(2026, 1, 1) + timedelta(day)
            rows.append({"patient": name, "date": on, "total": total, "onset": onset})
    return rows


@st.composite
def trials(draw: st.DrawFn) -> list[Row]:
    """A trial of two arms, with deaths, gaps and two sources."""
    rows: list[Row] = []
    for name in draw(st.sets(st.sampled_from(NAMES), min_size=2)):
        died = draw(st.none() | st.integers(1, 400))
        for source in draw(st.sets(st.sampled_from(["clinic", "home"]), min_size=1)):
            for day in draw(st.sets(st.integers(-100, died or 400), min_size=1, max_size=6)):
                total = draw(st.none() | st.integers(0, 48))
                rows.append(
                    {
                        "subject": name, "arm": ARMS[name], "study_day": day, "total": total,
                        "source": source, "died_day": died,
                    }
                )  # fmt: skip
    return rows


def spelled(value: object, rng: random.Random) -> str:
    """One of the legal spellings."""
    if value is None:
        return ""
    if isinstance(value, date):
        return rng.choice(
            [
                value.isoformat(), value.strftime("%Y%m%d"), f"{value.isoformat()}T00:00:00",
                f"{value.isoformat()} 12:30", f"{value.day:02}{MONTHS[value.month - 1]}{value.year}",
                f"{value.isoformat()}T23:59:59.5+02:00",
            ]
        )  # fmt: skip
    if isinstance(value, int):
        return rng.choice([str(value), f"{value}.0", f"{value}.", f"{value}.000", f" {value} "])
    if isinstance(value, float):
        return rng.choice([repr(value), f"{value:.3f}", f"{value}0"])
    return rng.choice([str(value), f" {value}", f"{value}  "])


def written(rows: Sequence[Row], rng: random.Random) -> bytes:
    """The rows in some order, with their columns in some order, spelled, capitalised and encoded somehow."""
    columns = list(rows[0])
    rng.shuffle(columns)
    shuffled = list(rows)
    rng.shuffle(shuffled)
    delimiter = rng.choice(",;\t|")
    heads = [rng.choice([str.upper, str.lower, str.title])(column) for column in columns]
    other = {"PATIENT": "Subject", "SUBJECT": "patient"}
    heads = [rng.choice([head, other.get(head.upper(), head)]) for head in heads]
    lines = [
        delimiter.join(heads),
        *(delimiter.join(spelled(row[column], rng) for column in columns) for row in shuffled),
    ]
    return (rng.choice(["\n", "\r\n"]).join(lines) + "\n").encode(rng.choice(ENCODINGS))


def results(command: str, content: bytes, options: Sequence[str]) -> str:
    """What is printed, without the digest."""
    done = call_here(command, "-", "--format", "json", *options, stdin=content)
    assert done.returncode == 0, done.stderr
    return "\n".join(line for line in done.stdout.splitlines() if '"input_sha256"' not in line)


def check(command: str, rows: Sequence[Row], seed: int, *options: str) -> None:
    rng = random.Random(seed)
    plain = [{name: "" if value is None else value for name, value in row.items()} for row in rows]
    lines = [",".join(rows[0]), *(",".join(map(str, row.values())) for row in plain)]
    expected = results(command, "\n".join(lines).encode(), options)
    for _ in range(4):
        assert results(command, written(rows, rng), options) == expected


@given(courses(), st.integers(0, 10**9))
def test_trend_does_not_depend_on_how_a_file_is_written(rows: list[Row], seed: int) -> None:
    check("trend", rows, seed, "--scale", "0,48")


@given(trials(), st.integers(0, 10**9))
def test_endpoints_do_not_depend_on_how_a_file_is_written(rows: list[Row], seed: int) -> None:
    check("endpoints", rows, seed)
