"""docs/command-line.md: its files are read, its calls are run, its names are those of the output."""

from __future__ import annotations

import re
import shlex
from dataclasses import fields
from itertools import combinations
from pathlib import Path

import pytest

from scoring.cli.doubts.trial import DEATH_AFTER
from scoring.cli.endpoint_rows import summary
from scoring.cli.help_texts import ENDPOINTS, EXIT_CODES, INSTRUMENTS, PROGRAM, SCORE, STAGE, TREND
from scoring.cli.series import Course
from scoring.cli.writing import EXPLAINED
from scoring.endpoints import (
    Change,
    Difference,
    JointRank,
    LongRow,
    Plan,
    Response,
    Share,
    Subject,
    Summary,
    Trial,
    find_visit,
)
from scoring.endpoints.analysis import USUAL_VISITS, Analysis, AtVisit, analyse
from scoring.endpoints.groups import EXACT_BELOW, EXACT_MOST
from scoring.endpoints.joint_rank import Rank
from scoring.endpoints.responder import MIN_DAYS, MIN_VALUES
from scoring.instruments import get
from scoring.progression import LABRA_2016, IntervalChange, LinearFit, OnsetRate, ReliableChange, RobustSlope
from tests.scoring.cli.program import ROOT, call_here, document_of, unusual

PAGE = (ROOT / "docs/command-line.md").read_text(encoding="utf-8")
FILES = dict(
    re.findall(
        r"^`([a-z]+\.[a-z]+)`[^\n]*\n(?:[^\n]+\n)*\n```(?:csv|json)\n(.*?)```", PAGE, re.MULTILINE | re.DOTALL
    )
)
CALLS = re.findall(r"^```console\n\$ slope ([^\n]*)\n(.*?)```", PAGE, re.MULTILINE | re.DOTALL)
HELPS = {
    "": PROGRAM,
    "score": SCORE,
    "stage": STAGE,
    "trend": TREND,
    "endpoints": ENDPOINTS,
    "instruments": INSTRUMENTS,
}


@pytest.fixture
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The files of the page, in the directory in which the calls are made."""
    for name, content in FILES.items():
        (tmp_path / name).write_text(content, encoding="utf-8")
    monkeypatch.chdir(tmp_path)


def test_the_page_has_five_worked_files() -> None:
    assert set(FILES) == {"series.csv", "phones.csv", "visits.csv", "redcap.csv", "redcap.json", "forms.csv"}
    assert len(CALLS) >= 5


@pytest.mark.usefixtures("files")
@pytest.mark.parametrize(("call", "shown"), CALLS, ids=[call for call, _ in CALLS])
def test_a_call_of_the_page_prints_what_stands_below_it(call: str, shown: str) -> None:
    done = call_here(*shlex.split(call), terminal=True)
    assert done.stderr + done.stdout == shown


@pytest.mark.usefixtures("files")
@pytest.mark.parametrize("command", HELPS)
def test_the_example_of_each_help_runs(command: str) -> None:
    (example,) = re.findall(r"^  slope (.*)$", HELPS[command], re.MULTILINE)
    done = call_here(*shlex.split(example), *(("--missing", "NA") if "series.csv" in example else ()))
    assert (done.returncode, unusual(done.stderr.splitlines())) == (0, [])
    assert example.split()[0] == (command or "trend")


def test_the_file_in_the_help_runs_and_knows_who_died() -> None:
    (block,) = re.findall(r"\n\n((?:  S|  subject,).*?)\n\n", ENDPOINTS, re.DOTALL)
    text = re.sub("^ +", "", block, flags=re.MULTILINE) + "\n"
    found = document_of("endpoints", "-", "--at", "week 24", stdin=text)["results"]["visits"][0]
    assert [(row["subject"], row["change"]) for row in found["changes"]["rows"]] == [("S1", -3)]
    assert found["comparisons"][0]["joint_rank"]["events"] == [0, 0]
    later = document_of("endpoints", "-", "--at", "week 32", stdin=text)["results"]["visits"][0]
    assert later["comparisons"][0]["joint_rank"]["events"] == [1, 0]


def test_the_file_in_the_help_goes_through_trend_too() -> None:
    (block,) = re.findall(r"\n\n((?:  S|  subject,).*?)\n\n", ENDPOINTS, re.DOTALL)
    courses = document_of("trend", "-", stdin=re.sub("^ +", "", block, flags=re.MULTILINE) + "\n")["results"]
    assert [(course["patient"], course["readings"]) for course in courses] == [("S1", 2), ("S2", 1)]


def test_the_helps_say_the_rules_that_change_a_number() -> None:
    endpoints, trend = (" ".join(text.split()) for text in (ENDPOINTS, TREND))
    assert f"fewer than {EXACT_BELOW} in one group and no more than {EXACT_MOST} in both" in endpoints
    assert f"Each needs three values or more that span {MIN_DAYS} days or more" in endpoints
    assert MIN_VALUES == 3
    assert "a value at the visit is not asked for" in endpoints
    week_26 = find_visit("week 26")[0].visits
    assert f"for week 26 up to {week_26[-2].name}, not week 24" in endpoints
    assert "empty is home (or what --source says)" in endpoints
    assert (
        f"below {LABRA_2016.limits[0]} slow, from {LABRA_2016.limits[1]} on fast, else intermediate" in trend
    )
    assert find_visit("week 60")[0].visits[-2].name == "week 48"
    assert "(48 - first total) / months from onset to the first reading" in trend


def test_the_help_says_what_the_joint_rank_compares_and_how_pairs_become_a_p_value() -> None:
    endpoints = " ".join(ENDPOINTS.split())
    assert (
        "compares every pair of subjects of two arms, by the change from baseline at the visit" in endpoints
    )
    assert "the change at the last visit counts that both have" in endpoints
    assert EXPLAINED["composite_rank"].startswith("Compared is the change from baseline at the visit. ")
    assert "score is wins minus losses over all others of the two arms; the scores are ranked" in endpoints
    assert "(midranks), and the rank sums of the arms are compared (Wilcoxon)" in endpoints


def test_the_score_of_the_joint_rank_is_what_the_help_says() -> None:
    text = "subject,arm,study_day,total\n"
    changes = {"1": ("A", -1), "2": ("A", -3), "3": ("A", -6), "4": ("B", -3), "5": ("B", -9), "6": ("B", -9)}
    for place, (name, (arm, change)) in enumerate(changes.items()):
        text += f"{name},{arm},0,{48 - place}\n{name},{arm},168,{48 - place + change}\n"
    visit = document_of("endpoints", "-", "--at", "week 24", "--reference", "B", stdin=text)["results"][
        "visits"
    ][0]
    found = visit["comparisons"][0]["joint_rank"]
    ranks = {row["subject"]: (row["score"], row["rank"]) for row in found["ranks"]}
    assert ranks == {"1": (5, 6), "2": (2, 4.5), "3": (-1, 3), "4": (2, 4.5), "5": (-4, 1.5), "6": (-4, 1.5)}
    first = [ranks[name][1] for name in "123"]
    assert found["test"]["u"] == sum(first) - 6
    sums = [sum(chosen) for chosen in combinations([rank for _, rank in ranks.values()], 3)]
    as_far = sum(abs(total - 10.5) >= abs(sum(first) - 10.5) for total in sums)
    assert found["test"]["p"] == as_far / len(sums)


def test_the_help_says_when_a_death_is_asked_about_and_where_notes_go() -> None:
    assert DEATH_AFTER == 365
    assert "A death a year or more after the subject's last row is noted" in " ".join(ENDPOINTS.split())
    text = " ".join(EXIT_CODES.split())
    assert 'a table ends with them, JSON has them in "notes", and beside JSON and CSV they are on' in text
    assert "31JAN2026 or 31-Jan-2026" in text


@pytest.mark.parametrize(("form", "inside", "beside"), [("table", 1, 0), ("json", 1, 1), ("csv", 0, 1)])
def test_notes_go_where_the_help_says(form: str, inside: int, beside: int) -> None:
    text = "subject,study_day,total\nA,0,40\n"
    done = call_here("endpoints", "-", "--format", form, stdin=text)
    alive = "no column says who died"
    assert (done.stdout.count(alive), done.stderr.count(alive)) == (inside, beside)


def test_the_help_of_stage_names_every_item() -> None:
    assert [key for key in get("alsfrs_r").by_key if key not in STAGE] == []


@pytest.mark.parametrize(
    "kind",
    [
        Course, LinearFit, RobustSlope, IntervalChange, ReliableChange, OnsetRate, Analysis, AtVisit, Summary,
        Difference, Share, JointRank, Rank, Change, Response, LongRow,
    ],
)  # fmt: skip
def test_every_name_of_the_output_stands_on_the_page(kind: type) -> None:
    assert [field.name for field in fields(kind) if f"`{field.name}`" not in PAGE] == []


def test_every_row_of_the_table_of_endpoints_stands_on_the_page() -> None:
    subjects = (Subject("1", "A"), Subject("2", "B"))
    rows = summary(analyse(Trial(subjects, ()), Plan()))
    assert {row["endpoint"] for row in rows if f"`{row['endpoint']}`" not in PAGE} == set()


def test_the_help_says_the_windows_of_the_usual_visits() -> None:
    text = " ".join(ENDPOINTS.split())
    for name in USUAL_VISITS:
        window = find_visit(name)[1].window
        assert f"{name} {window[0]} to {window[-1]}" in text
    usual = find_visit("week 8")[1]
    first, last = usual.nominal_day - usual.window[0], usual.window[-1] - usual.nominal_day
    assert f"another fourth week from {first} days before its day to {last} days after it" in text
