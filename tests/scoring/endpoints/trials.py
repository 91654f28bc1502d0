"""Synthetic trials for the tests of the endpoints."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hypothesis import strategies as st

from scoring.endpoints import Measurement, Source, Subject, Trial

CLINIC, HOME = Source.CLINIC, Source.HOME


def values_of(
    subject: str, values: Mapping[int, float | None], source: Source = CLINIC
) -> tuple[Measurement, ...]:
    return tuple(Measurement(subject, day, value, source) for day, value in values.items())


def make_trial(
    series: Mapping[str, Mapping[int, float | None]],
    arms: Mapping[str, str] | None = None,
    source: Source = CLINIC,
    **events: Mapping[str, int],
) -> Trial:
    """A trial from values by day and subject; the arm is the first letter of the id unless given."""
    died, ventilated = events.get("died", {}), events.get("ventilated", {})
    return Trial(
        subjects=tuple(
            Subject(id, (arms or {}).get(id, id[0]), died.get(id), ventilated.get(id)) for id in series
        ),
        measurements=tuple(
            measurement for id, values in series.items() for measurement in values_of(id, values, source)
        ),
    )


@st.composite
def random_trials(draw: st.DrawFn) -> Trial:
    """Two arms, monthly values with gaps, some deaths."""
    series: dict[str, dict[int, float | None]] = {}
    died: dict[str, int] = {}
    for number in range(draw(st.integers(2, 9))):
        id = f"{draw(st.sampled_from('AB'))}{number}"
        days = draw(st.sets(st.integers(-6, 12).map(lambda month: 30 * month), max_size=12))
        if draw(st.booleans()):
            died[id] = draw(st.integers(10, 400))
        alive = [day for day in sorted(days) if day <= died.get(id, day)]
        series[id] = {day: draw(st.one_of(st.none(), st.integers(0, 48))) for day in alive}
    return make_trial(series, died=died)


def shuffled(trial: Trial, random: Any) -> Trial:
    """The same trial, told in another order."""
    subjects, measurements = list(trial.subjects), list(trial.measurements)
    random.shuffle(subjects)
    random.shuffle(measurements)
    return Trial(tuple(subjects), tuple(measurements))
