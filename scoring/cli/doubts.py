"""What is odd about the data of a trial and may be right all the same: told as notes, never refused.

Each limit is our choice.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from scoring.cli.sheet import Sheet
from scoring.cli.sheet.subjects import natural
from scoring.endpoints import Source, Trial

LATE = 3653
"""Days, ten years."""
OLD = 28
"""Days before day 0, four weeks."""
MOST_NAMED = 20


def note_doubts(sheet: Sheet, trial: Trial, source: Source) -> None:
    """Note what is odd about a trial of which the values of one source are used."""
    _note_late_deaths(sheet, trial)
    _note_old_baselines(sheet, trial, source)
    if sheet.has("study_day"):
        _note_no_day_0(sheet, trial)


def _note_late_deaths(sheet: Sheet, trial: Trial) -> None:
    """Deaths so late that the year may be a slip."""
    last = max((found.study_day for found in trial.measurements), default=0)
    died = {one.id: one.died_day for one in trial.subjects if one.died_day is not None}
    late = _named(name for name, day in died.items() if day > last + LATE)
    if late:
        sheet.decisions.append(f"died more than ten years after the last value of all, is it right? {late}")


def _note_old_baselines(sheet: Sheet, trial: Trial, source: Source) -> None:
    """Baselines from long before day 0, as where the value of day 0 is missing."""
    baselines = {name: history.baseline() for name, history in trial.histories(source).items()}
    days = {name: found[0] for name, found in baselines.items() if found is not None and found[0] < -OLD}
    if days:
        sheet.decisions.append(f"baseline more than {OLD} days before day 0: {_named(days, days)}")


def _note_no_day_0(sheet: Sheet, trial: Trial) -> None:
    """Days as CDISC counts them, from 1, would put the values of day 0 behind the baseline."""
    on = [{found.subject for found in trial.measurements if found.study_day == day} for day in (0, 1)]
    if not on[0] and 2 * len(on[1]) >= len({found.subject for found in trial.measurements}) > 0:
        sheet.decisions.append(
            f"no value is on day 0, and {len(on[1])} subjects have one on day 1, which is after the baseline:"
            " if these are CDISC's study days, which have no day 0, take 1 from each that is above 0"
        )


def _named(names: Iterable[str], days: Mapping[str, int] | None = None) -> str:
    ordered = sorted(names, key=lambda name: natural([name]))
    listed = [name if days is None else f"{name} (day {days[name]})" for name in ordered[:MOST_NAMED]]
    more = len(ordered) - MOST_NAMED
    return ", ".join([*listed, *([f"and {more} more"] if more > 0 else [])])
