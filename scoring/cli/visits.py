"""`endpoints`: the endpoints of a trial from its values in long form.

Columns: subject, study_day, total; arm, source, died_day, ventilated_day where there are such. A row without
a study day only says that the subject exists. The same subject must have the same arm and events in all rows
that name them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, fields, replace

from scoring.cli.reading import read_sheet
from scoring.cli.sheet import Problem, Row, Sheet, WrongInput
from scoring.cli.writing import Cell, Result, listed
from scoring.endpoints import (
    Analysis,
    LeftOut,
    LongRow,
    Measurement,
    Plan,
    Source,
    Subject,
    Trial,
    UnknownArm,
    analyse,
    long_table,
)
from scoring.endpoints.analysis import AtVisit

OF_SUBJECT = ("arm", "died_day", "ventilated_day")
SUMMARY = (
    "endpoint", "arm", "reference", "n",
    "estimate", "sd", "se", "low", "high", "df", "statistic", "p", "notes",
)  # fmt: skip
COLUMNS = ("subject", "study_day", "total", "source", *OF_SUBJECT)


@dataclass(frozen=True, slots=True)
class _Line:
    row: Row
    subject: Subject
    measurement: Measurement | None


def run_endpoints(text: str, plan: Plan, ignore: Collection[str]) -> Result:
    """Compute the endpoints of the plan.

    Raises:
        WrongInput: with every wrong cell, or an arm that is none of the trial's.
    """
    try:
        analysis = analyse(read_trial(text, plan.source, ignore), plan)
    except UnknownArm as error:
        raise WrongInput([Problem(str(error), column="arm")]) from error
    return Result(analysis, list(_summary(analysis)))


def run_long(text: str, plan: Plan, ignore: Collection[str]) -> Result:
    """Write the trial in long form, one row for each subject and visit.

    Raises:
        WrongInput: with every wrong cell.
    """
    rows = long_table(read_trial(text, plan.source, ignore), plan)
    return Result(rows, [_long_cells(row) for row in rows])


def read_trial(text: str, source: Source | None, ignore: Collection[str]) -> Trial:
    """The trial of a file; values without a source are from `source`, or from home.

    Raises:
        WrongInput: with every wrong cell.
    """
    sheet = read_sheet(text)
    sheet.check_columns(COLUMNS, ignore)
    lines = [_read_line(sheet, row, source or Source.HOME) for row in sheet.rows]
    groups: dict[str, list[_Line]] = {}
    for line in lines:
        groups.setdefault(line.subject.id, []).append(line)
    subjects = tuple(_subject(sheet, group) for group in groups.values())
    for subject, group in zip(subjects, groups.values(), strict=True):
        _check_arm(sheet, group[0].row, subject, subjects)
        _check_days(sheet, group, subject)
    sheet.finish()
    return Trial(subjects, tuple(line.measurement for line in lines if line.measurement))


def _read_line(sheet: Sheet, row: Row, source: Source) -> _Line:
    sheet.require(row, "subject", *(("study_day",) if "total" in row.cells else ()))
    id, day = sheet.text(row, "subject"), sheet.whole(row, "study_day")
    total, taken = sheet.number(row, "total"), sheet.choice(row, "source", Source) or source
    return _Line(
        row=row,
        subject=Subject(
            id=id,
            arm=sheet.text(row, "arm"),
            died_day=sheet.whole(row, "died_day"),
            ventilated_day=sheet.whole(row, "ventilated_day"),
        ),
        measurement=None if day is None else Measurement(id, day, total, taken),
    )


def _subject(sheet: Sheet, lines: Sequence[_Line]) -> Subject:
    """A subject, put together from the rows that say something of them."""
    found = lines[0].subject
    for column in OF_SUBJECT:
        given = [line for line in lines if column in line.row.cells]
        for line in given:
            if getattr(line.subject, column) != getattr(given[0].subject, column):
                sheet.report(line.row.place, column, "differs from an earlier row of this subject")
        if given:
            found = replace(found, **{column: getattr(given[0].subject, column)})
    return found


def _check_arm(sheet: Sheet, row: Row, subject: Subject, subjects: Sequence[Subject]) -> None:
    if not subject.arm and any(other.arm for other in subjects):
        sheet.report(row.place, "arm", "missing, while other subjects have one")


def _check_days(sheet: Sheet, lines: Sequence[_Line], subject: Subject) -> None:
    seen: dict[tuple[int, Source], str] = {}
    for line in lines:
        if line.measurement is None:
            continue
        key = (line.measurement.study_day, line.measurement.source)
        if key in seen:
            detail = f"a second value of this subject, day and source; the first is in {seen[key]}"
            sheet.report(line.row.place, "study_day", detail)
        seen.setdefault(key, line.row.place)
        if subject.died_day is not None and line.measurement.study_day > subject.died_day:
            sheet.report(line.row.place, "study_day", "after died_day")


# Flat tables


def _summary(analysis: Analysis) -> Iterator[dict[str, Cell]]:
    for at in analysis.visits:
        head: dict[str, Cell] = {
            "visit": at.visit.name,
            "source": analysis.source.value,
            "confidence": analysis.confidence,
        }
        for row in (*_of_arms(at), *_of_comparisons(at), *_left_out(at)):
            yield {**head, **dict.fromkeys(SUMMARY), **row}


def _of_arms(at: AtVisit) -> Iterator[dict[str, Cell]]:
    for arm in at.arms:
        change, share = arm.change, arm.responders
        yield {
            "endpoint": "change",
            "arm": arm.arm,
            "n": change.n,
            "estimate": change.mean,
            "sd": change.sd,
            "se": change.se,
            "low": change.low,
            "high": change.high,
            "notes": listed(change.notes),
        }
        yield {
            "endpoint": "responders",
            "arm": arm.arm,
            "n": share.n,
            "estimate": share.share,
            "low": share.low,
            "high": share.high,
        }


def _of_comparisons(at: AtVisit) -> Iterator[dict[str, Cell]]:
    for comparison in at.comparisons:
        pair: dict[str, Cell] = {"arm": comparison.arm, "reference": comparison.reference}
        change, ranks = comparison.change, comparison.joint_rank
        yield {
            "endpoint": "change_difference",
            **pair,
            "n": sum(change.n),
            "estimate": change.difference,
            "se": change.se,
            "low": change.low,
            "high": change.high,
            "df": change.df,
            "statistic": change.t,
            "p": change.p,
            "notes": listed(change.notes),
        }
        for arm, n, mean_rank in zip(ranks.arms, ranks.test.n, ranks.mean_rank, strict=True):
            yield {"endpoint": "joint_rank_mean", **pair, "arm": arm, "n": n, "estimate": mean_rank}
        yield {
            "endpoint": "joint_rank_test",
            **pair,
            "n": sum(ranks.test.n),
            "estimate": ranks.test.u,
            "statistic": ranks.test.z,
            "p": ranks.test.p,
            "notes": listed(ranks.test.notes),
        }


def _left_out(at: AtVisit) -> Iterator[dict[str, Cell]]:
    """How many subjects of each arm are not in an endpoint, by reason; the JSON output names them."""
    everybody: dict[str, Sequence[LeftOut]] = {
        "change_left_out": at.changes.left_out,
        "responders_left_out": at.responders.left_out,
    }
    for endpoint, subjects in everybody.items():
        for (arm, reason), n in sorted(
            Counter((omitted.arm, omitted.reason) for omitted in subjects).items()
        ):
            yield {"endpoint": endpoint, "arm": arm, "n": n, "notes": reason.value}


def _long_cells(row: LongRow) -> dict[str, Cell]:
    return {field.name: getattr(row, field.name) for field in fields(row)}
