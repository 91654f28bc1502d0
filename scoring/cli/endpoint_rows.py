"""The results of a trial as flat rows: one for each endpoint, arm and visit, or the long table."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import fields
from itertools import permutations

from scoring.cli.writing import Cell, listed
from scoring.endpoints import Analysis, Caveat, JointRank, LeftOut, LongRow, Reason, Share, TrialVisit
from scoring.endpoints.analysis import AtVisit, Deaths

COLUMNS = (
    "endpoint", "arm", "reference", "compared_with", "n",
    "estimate", "sd", "se", "low", "high", "df", "statistic", "p", "deaths", "notes",
    "subjects",
)  # fmt: skip


def summary(analysis: Analysis, *, sourced: bool = True) -> list[dict[str, Cell]]:
    """Every result of every visit; without its source where nobody said one."""
    source = analysis.source.value if sourced else ""
    return [{**row, "source": source} for row in _rows(analysis)]


def _rows(analysis: Analysis) -> Iterator[dict[str, Cell]]:
    deaths = analysis.deaths
    for at in analysis.visits:
        head = _head(analysis, at.visit)
        rows = (*_of_arms(at, deaths), *_of_comparisons(at, deaths), *_left_out(at))
        for row in rows:
            yield {**head, **dict.fromkeys(COLUMNS), **row}
    if analysis.outside_windows:
        outside: dict[str, Cell] = {
            "endpoint": "outside_windows",
            "n": len(analysis.outside_windows),
            "subjects": _listed(
                f"{value.subject} (day {value.study_day})" for value in analysis.outside_windows
            ),
        }
        yield {**_head(analysis), **dict.fromkeys(COLUMNS), **outside}
    if analysis.values_of_other_source:
        other: dict[str, Cell] = {"endpoint": "other_source", "n": analysis.values_of_other_source}
        yield {**_head(analysis), **dict.fromkeys(COLUMNS), **other}


def _head(analysis: Analysis, visit: TrialVisit | None = None) -> dict[str, Cell]:
    return {
        "visit": visit.name if visit else "",
        "nominal_day": visit.nominal_day if visit else None,
        "window_first": visit.window[0] if visit else None,
        "window_last": visit.window[-1] if visit else None,
        "source": analysis.source.value,
        "confidence": analysis.confidence,
        "direction": analysis.direction.value,
    }


def _listed(names: Iterable[str]) -> str:
    return "; ".join(names)


def _of_arms(at: AtVisit, deaths: Deaths) -> Iterator[dict[str, Cell]]:
    for arm in at.arms:
        change = arm.change
        yield {
            "endpoint": "change",
            "arm": arm.arm,
            "n": change.n,
            "estimate": change.mean,
            "sd": change.sd,
            "se": change.se,
            "low": change.low,
            "high": change.high,
            "deaths": deaths.change.value,
            "notes": listed(change.notes),
        }
        yield {"endpoint": "responders", "arm": arm.arm, **_share(arm.responders, deaths)}


def _share(share: Share | None, deaths: Deaths) -> dict[str, Cell]:
    if share is None:
        return {"notes": Caveat.NO_DIRECTION.value}
    return {
        "n": share.n,
        "estimate": share.share,
        "low": share.low,
        "high": share.high,
        "deaths": deaths.responders.value,
        "notes": listed(share.notes),
    }


def _of_comparisons(at: AtVisit, deaths: Deaths) -> Iterator[dict[str, Cell]]:
    for comparison in at.comparisons:
        pair: dict[str, Cell] = {"arm": comparison.arm, "reference": comparison.reference}
        change = comparison.change
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
            "deaths": deaths.change.value,
            "notes": listed(change.notes),
        }
        if comparison.joint_rank is None:
            yield {"endpoint": "joint_rank_test", **pair, "notes": Caveat.NO_DIRECTION.value}
        else:
            yield from _of_ranks(comparison.joint_rank, {**pair, "deaths": deaths.joint_rank.value})


def _of_ranks(ranks: JointRank, ranked: dict[str, Cell]) -> Iterator[dict[str, Cell]]:
    both = [{**ranked, "arm": arm, "compared_with": other} for arm, other in permutations(ranks.arms)]
    for arm, n, mean in zip(both, ranks.test.n, ranks.mean_rank, strict=True):
        notes = listed(ranks.notes) if mean is None else ""
        yield {"endpoint": "joint_rank_mean", **arm, "n": n, "estimate": mean, "notes": notes}
    for arm, events in zip(both, ranks.events, strict=True):
        yield {"endpoint": "joint_rank_events", **arm, "n": events}
    for name in ("pairs_without_visit", "pairs_at_earlier_visit"):
        if pairs := getattr(ranks, name):
            yield {"endpoint": f"joint_rank_{name}", **ranked, "n": pairs}
    yield {
        "endpoint": "joint_rank_test",
        **ranked,
        "n": sum(ranks.test.n),
        "estimate": ranks.test.u,
        "statistic": ranks.test.z,
        "p": ranks.test.p,
        "notes": listed(("exact_p",) if ranks.test.exact else ranks.test.notes),
    }


def _ranked(at: AtVisit) -> Iterator[JointRank]:
    yield from (pair.joint_rank for pair in at.comparisons if pair.joint_rank)


def _left_out(at: AtVisit) -> Iterator[dict[str, Cell]]:
    """The subjects of each arm that are not in an endpoint, by reason."""
    everybody: dict[str, Sequence[LeftOut]] = {
        "change_left_out": at.changes.left_out,
        "responders_left_out": at.responders.left_out if at.responders else (),
        "joint_rank_left_out": tuple(
            dict.fromkeys(subject for ranks in _ranked(at) for subject in ranks.left_out),
        ),
    }
    for endpoint, subjects in everybody.items():
        named: dict[tuple[str, Reason], list[str]] = {}
        for omitted in subjects:
            named.setdefault((omitted.arm, omitted.reason), []).append(omitted.subject)
        for (arm, reason), names in sorted(named.items()):
            yield {
                "endpoint": endpoint,
                "arm": arm,
                "n": len(names),
                "notes": reason.value,
                "subjects": _listed(names),
            }


def long_cells(row: LongRow, *, sourced: bool = True) -> dict[str, Cell]:
    """A row of the long table; without its source where nobody said one."""
    cells = {field.name: getattr(row, field.name) for field in fields(row)}
    return cells if sourced else {**cells, "source": ""}
