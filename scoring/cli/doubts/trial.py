"""What is odd about the subjects, arms, baselines and events of a trial, and about what came out of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from math import comb

from scoring.cli.doubts.courses import Course, note_slips
from scoring.cli.sheet import Sheet
from scoring.cli.sheet.subjects import first_of, natural
from scoring.endpoints import Analysis, JointRank, Plan, Source, Trial, TrialSchedule, TrialVisit
from scoring.endpoints.analysis import OutsideWindows
from scoring.instruments import Direction

LATE = 1826
"""Days, five years: later than any visit that has a name."""
EARLY = 182
"""Days before day 0, 26 weeks: earlier than most lead-ins; a visit of week 24 with the year before."""
DEATH_AFTER = 365
"""Days, a year, from the last row of somebody to their death: the year of the death may be a later one."""
OLD = 28
"""Days before day 0, four weeks."""
MANY = 5
"""That so many subjects all died is asked about."""
FEW = 3
"""An arm with fewer subjects may be another one, misspelt."""


Dates = Callable[[str, int], str]
"""The study day of a subject, and its date where the file has dates."""


def note_doubts(
    sheet: Sheet, trial: Trial, source: Source, dated: Dates, reference: str | None = None
) -> None:
    """Note what is odd about a trial of which the values of one source are used."""
    if any(subject.arm for subject in trial.subjects):
        _note_arms(sheet, trial, reference)
    else:
        sheet.decisions.append("no arm: all subjects are one group, and nothing is compared")
    if not (sheet.has("died_day") or sheet.has("died_date")):
        sheet.decisions.append("no column says who died (died_day or died_date): everybody counts as alive")
    _note_far_days(sheet, trial, dated)
    _note_late_deaths(sheet, trial, dated)
    if len(trial.subjects) >= MANY and all(subject.died_day is not None for subject in trial.subjects):
        sheet.decisions.append("every subject has a day of death: is it the day of the last contact?")
    _note_baselines(sheet, trial, source)
    _note_day_1(sheet, trial)


def note_courses(sheet: Sheet, trial: Trial, source: Source, dated: Dates, *, falls: bool) -> None:
    """Note dates that may be slips of a subject, by its other days and, where values only fall, by those."""
    courses = [
        Course(name, history.days, history.values, partial(dated, name))
        for name, history in trial.histories(source).items()
    ]
    note_slips(sheet, courses, falls=falls)


def note_direction(sheet: Sheet, direction: Direction, whose: str) -> None:
    """Note where a higher value is not the better one, because all else is told as of the ALSFRS-R."""
    if direction is Direction.HIGHER_IS_WORSE:
        sheet.decisions.append(
            f"a higher value is the worse one ({whose}): joint rank and responders go by that; a change or"
            " difference above 0 is for the worse, because signs are those of the values"
        )
    elif direction is Direction.NEITHER:
        sheet.decisions.append(
            f"no responders and no joint rank: which end of the scale is the better one is not known"
            f" ({whose}); say it with --direction"
        )


def note_analysis(sheet: Sheet, trial: Trial, plan: Plan, analysis: Analysis) -> None:
    """Note what the endpoints made of odd data."""
    scheduled = plan.scheduled()
    note_no_window(sheet, plan, analysis.outside_windows)
    if analysis.reference is not None:
        _note_seen_without_value(sheet, trial)
        for schedule, visit in scheduled:
            if visit not in plan.own_visits:
                _note_gap_before(sheet, schedule, visit)
    for at in analysis.visits:
        for pair in at.comparisons:
            if pair.joint_rank:
                _note_pairs(sheet, f"{at.visit.name}, {pair.arm} and {pair.reference}", pair.joint_rank)


def note_no_window(sheet: Sheet, plan: Plan, values: Sequence[OutsideWindows]) -> None:
    """Note values after day 0 in no window of the schedules of a plan."""
    grids = "; ".join(dict.fromkeys(schedule.name for schedule, _ in plan.scheduled()))
    note_outside(sheet, f"values after day 0 in no window ({grids})", values)


def note_outside(sheet: Sheet, told: str, values: Sequence[OutsideWindows]) -> None:
    """Note values that are not used, with what is told of them."""
    if values:
        named = first_of([f"{value.subject} (day {value.study_day})" for value in values])
        sheet.decisions.append(f"{told}: {len(values)}; {named}")


def _note_pairs(sheet: Sheet, whose: str, ranks: JointRank) -> None:
    """Note pairs that nothing compares, and how many an earlier visit decides where those are most."""
    if ranks.pairs_without_visit:
        sheet.decisions.append(
            f"joint rank, {whose}: pairs of subjects without a visit in common, which count as equal:"
            f" {ranks.pairs_without_visit}"
        )
    pairs = comb(len(ranks.ranks), 2)
    if 2 * ranks.pairs_at_earlier_visit > pairs:
        sheet.decisions.append(
            f"joint rank, {whose}: pairs of subjects compared at an earlier visit, because one of them has no"
            f" value at this one: {ranks.pairs_at_earlier_visit} of {pairs}"
        )


def _note_gap_before(sheet: Sheet, schedule: TrialSchedule, visit: TrialVisit) -> None:
    """Note days between the visits that subjects are ranked at, where the window of a visit is in between."""
    earlier = [other for other in schedule.visits if other.window.stop <= visit.window.start]
    if not earlier or earlier[-1].window.stop == visit.window.start:
        return
    sheet.decisions.append(
        f"joint rank, {visit.name}: subjects are compared at it, or at {earlier[-1].name} and fourth weeks"
        f" before; values of days {earlier[-1].window.stop} to {visit.window.start - 1} are not compared"
    )


def _note_arms(sheet: Sheet, trial: Trial, reference: str | None) -> None:
    sizes = Counter(subject.arm for subject in trial.subjects)
    told = ["arms: " + ", ".join(f"{arm} {size}" for arm, size in sorted(sizes.items()))]
    told += [f"reference {reference}"] if reference else []
    few = sorted(arm for arm, size in sizes.items() if size < FEW)
    told += [f"fewer than three subjects, is the arm spelled right? {', '.join(few)}"] if few else []
    sheet.decisions.append("; ".join(told))


def _note_far_days(sheet: Sheet, trial: Trial, dated: Dates) -> None:
    """Values and events so late, or values so early, that the year may be a slip."""
    late: dict[str, int] = {}
    early: dict[str, int] = {}
    for name, day in _days(trial):
        if day > LATE:
            late[name] = max(day, late.get(name, day))
        if day < -EARLY:
            early[name] = min(day, early.get(name, day))
    if early:
        sheet.decisions.append(
            "more than 26 weeks before day 0, is the year right? values so early count in the slope of the"
            f" lead-in, and at no visit: {_named(early, early, dated)}"
        )
    if late:
        named = _named(late, late, dated)
        sheet.decisions.append(f"more than five years after day 0, is the year right? {named}")


def _note_late_deaths(sheet: Sheet, trial: Trial, dated: Dates) -> None:
    """Deaths so long after the last row that the year may be a slip; later ones still are told anyway."""
    late = {
        subject.id: subject.died_day
        for subject in trial.subjects
        if subject.died_day is not None
        if subject.died_day - trial.last_alive.get(subject.id, 0) >= DEATH_AFTER and subject.died_day <= LATE
    }
    if late:
        named = _named(late, late, dated)
        sheet.decisions.append(f"death a year or more after the last row, is the year right? {named}")


def _days(trial: Trial) -> Iterator[tuple[str, int]]:
    """Subject and day of everything."""
    for found in trial.measurements:
        yield found.subject, found.study_day
    for subject in trial.subjects:
        for day in (subject.died_day, subject.ventilated_day):
            if day is not None:
                yield subject.id, day


def _note_seen_without_value(sheet: Sheet, trial: Trial) -> None:
    """Who is last known to have been alive from a row without a value, later than all that have one."""
    last: dict[str, int] = {}
    for found in trial.measurements:
        if found.value is not None:
            last[found.subject] = max(found.study_day, last.get(found.subject, found.study_day))
    seen = {
        subject.id: trial.last_alive[subject.id]
        for subject in trial.subjects
        if subject.id in last and subject.died_day is None and trial.last_alive[subject.id] > last[subject.id]
        if trial.last_alive[subject.id] != subject.ventilated_day
    }
    if seen:
        sheet.decisions.append(
            f"known to have been alive by a row without a value, for the joint rank: {_named(seen, seen)}"
        )


def _note_baselines(sheet: Sheet, trial: Trial, source: Source) -> None:
    """Note missing baselines, and those from long before day 0, as where the value of day 0 is missing."""
    baselines = {name: history.baseline() for name, history in trial.histories(source).items()}
    without = [subject.id for subject in trial.subjects if baselines.get(subject.id) is None]
    if without:
        sheet.decisions.append(f"no value on or before day 0, and so in no endpoint: {_named(without)}")
    days = {name: found[0] for name, found in baselines.items() if found is not None and found[0] < -OLD}
    if days:
        sheet.decisions.append(f"baseline more than {OLD} days before day 0: {_named(days, days)}")
    _note_passed_over(sheet, trial, source)


def _note_passed_over(sheet: Sheet, trial: Trial, source: Source) -> None:
    """Note baselines from before an incomplete form that is nearer to day 0."""
    found = {}
    for name, history in trial.histories(source).items():
        baseline = history.baseline()
        later = [day for day in history.incomplete if baseline and baseline[0] < day <= 0]
        if baseline and later:
            found[name] = f"{name} (day {baseline[0]}, incomplete form on day {later[-1]})"
    if found:
        ordered = sorted(found, key=lambda name: natural([name]))
        sheet.decisions.append(
            "baseline from before an incomplete form that is nearer to day 0: "
            + first_of([found[name] for name in ordered])
        )


def _note_day_1(sheet: Sheet, trial: Trial) -> None:
    """Days as CDISC counts them, from 1, would put the values of day 0 behind the baseline.

    So would baseline dates that are the day before the first visit.
    """
    on_0, on_1 = ({found.subject for found in trial.measurements if found.study_day == day} for day in (0, 1))
    late = on_1 - on_0
    if not late or 2 * len(late) < len({found.subject for found in trial.measurements}):
        return
    told = f"subjects with a value on day 1, which is after the baseline, and none on day 0: {len(late)}"
    if sheet.has("study_day"):
        why = "if these are CDISC's study days, which have no day 0, take 1 from each that is above 0"
    else:
        why = "if that was the first visit, the baseline dates are a day early"
    sheet.decisions.append(f"{told}; {why}")


def _undated(subject: str, day: int) -> str:
    del subject
    return f"day {day}"


def _named(names: Iterable[str], days: Mapping[str, int] | None = None, dated: Dates = _undated) -> str:
    ordered = sorted(names, key=lambda name: natural([name]))
    return first_of([name if days is None else f"{name} ({dated(name, days[name])})" for name in ordered])
