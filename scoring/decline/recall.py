"""How the fold's memory of firsts and last values changes with a report.

The rules read the memory as it was before the report; this file brings it up to date afterwards. Each list
is bounded.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from math import floor

from scoring.decline.memory import Baseline, Measure
from scoring.decline.points import DYSPNEA, ORTHOPNEA
from scoring.decline.rule import Moment
from scoring.decline.rules.carer import ZBI_12
from scoring.decline.rules.function import FIVE_B, MARKED
from scoring.decline.rules.stage import confirmed, failures, region_stages
from scoring.decline.rules.weight import (
    DOUBTED,
    REFERENCE,
    WEIGHT,
    earlier_weights,
    is_doubtful,
    reference,
)
from scoring.decline.rules.well_being import WELL_BEING

# Ratings may come daily, weights weekly; the rules look back a month or two.
KEPT_DAYS = {WEIGHT: 210, WELL_BEING: 182, ZBI_12: 3650}
MAX_KEPT = 60

Measures = Mapping[str, tuple[Measure, ...]]


def recall(baseline: Baseline, moment: Moment) -> Baseline:
    """Firsts of the ALSFRS-R series after this report."""
    point, limits = moment.point, moment.limits.function
    seen = set(failures(point, moment.profile))
    seen.update(name for name, item in MARKED.items() if _at_most(point.code(item), getattr(limits, name)))
    if point.form == "b":
        seen.add(FIVE_B)
    if _at_most(point.code(DYSPNEA), 3) or _at_most(point.code(ORTHOPNEA), 3):
        seen.add("breathing")
    if not seen <= baseline.seen:
        baseline = replace(baseline, seen=baseline.seen | seen)
    if baseline.total is None and point.total is not None:
        baseline = replace(baseline, day=point.day, total=point.total)
    return _with_stages(baseline, moment)


def _at_most(code: int | None, limit: int) -> bool:
    return code is not None and code <= limit


def _with_stages(baseline: Baseline, moment: Moment) -> Baseline:
    """The stages that two reports running have reached; the first report with a stage sets its start."""
    here, twice = region_stages(moment.point, moment.profile), confirmed(moment)
    kings, mitos = _higher(baseline.kings, here[0], twice[0]), _higher(baseline.mitos, here[1], twice[1])
    if (kings, mitos) == (baseline.kings, baseline.mitos):
        return baseline
    return replace(baseline, kings=kings, mitos=mitos)


def _higher(old: int | None, here: int | None, twice: int | None) -> int | None:
    if old is None:
        return here
    return old if twice is None else max(old, twice)


def remember(measures: Measures, moment: Moment, instrument: str) -> Measures:
    """Last values of the other instruments after this report."""
    if instrument == WEIGHT:
        return _remember_weight(measures, moment)
    if instrument in KEPT_DAYS and moment.total is not None:
        return {
            **measures,
            instrument: _kept(measures.get(instrument, ()), _measure(moment, moment.total), instrument),
        }
    return measures


def _remember_weight(measures: Measures, moment: Moment) -> Measures:
    answer = moment.answers.get("weight_g")
    if answer is None:
        return measures
    weight = _measure(moment, answer)
    if is_doubtful(moment):
        return {**measures, DOUBTED: (weight,)}
    believed = _kept(earlier_weights(moment), weight, WEIGHT)
    return {**measures, WEIGHT: believed, REFERENCE: reference(moment) or (weight,), DOUBTED: ()}


def _measure(moment: Moment, number: float) -> Measure:
    occasion = moment.occasion
    return Measure(occasion.day, floor(number + 0.5), occasion.respondent, occasion.id)


def _kept(measures: Iterable[Measure], new: Measure, name: str) -> tuple[Measure, ...]:
    """The recent values with this one; it replaces the same respondent's earlier value of the day."""
    since = new.day - KEPT_DAYS[name]
    others = (one for one in measures if one.day >= since and (one.day, one.rater) != (new.day, new.rater))
    return (*sorted(others), new)[-MAX_KEPT:]
