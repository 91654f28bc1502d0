"""What an average hides: false alerts by pace, finds by level, stated losses against the truth."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from statistics import fmean
from typing import Any

from bench.detection.measures import Measured, delay, false_alerts, measure, plain, wilson
from bench.detection.tracks import StatedLoss, Track
from scoring.decline import Level

PACES = ((0.0, 0.3), (0.3, 0.6), (0.6, 0.8), (0.8, 1.0), (1.0, 1.2), (1.2, 9.0))
FOUND_WEEKS = 12


def alert_days(track: Track, level: Level = Level.INFORM) -> list[int]:
    """Days of the alerts of at least this level."""
    found = (alert for alert in track.alerts if not alert.excused and alert.level.rank >= level.rank)
    return [alert.day for alert in found]


def found_at_soon(tracks: Sequence[Track]) -> dict[str, float]:
    """Share of the changes found within 12 weeks by an alert at soon, with its 95 % interval."""
    delays = [
        delay(track.patient, alert_days(track, Level.SOON))
        for track in tracks
        if track.patient.scored and track.patient.changes_on is not None
    ]
    share = sum(days <= 7 * FOUND_WEEKS for days in delays) / len(delays)
    low, high = wilson(share, len(delays))
    return {"share": share, "low": low, "high": high}


def by_pace(tracks: Sequence[Track]) -> list[dict[str, float]]:
    """False alerts a patient-year by the true loss before any change, points a month."""
    rows = []
    for low, high in PACES:
        own = [track for track in tracks if low <= track.patient.loss < high]
        years = sum(track.patient.years_before for track in own)
        if years:
            count = sum(false_alerts(track.patient, alert_days(track)) for track in own)
            rows.append({"low": low, "high": high, "patients": len(own), "rate": count / years})
    return rows


def steady(tracks: Sequence[Track]) -> dict[str, Any]:
    """False alerts of patients who all lose the same and never change."""
    found: Measured = measure(tracks, alert_days)
    row = plain(found)
    return {name: row[name] for name in ("rate", "rate_low", "rate_high", "patients")}


def losses(tracks: Sequence[Track]) -> dict[str, Any]:
    """The losses stated by each rule, every week and patient, against the truth, in all and by tenths.

    At the end of the scale nobody can lose any more; such statements are counted apart.
    """
    stated = [loss for track in tracks for loss in track.losses]
    return {rule: _of_rule([loss for loss in stated if loss.rule == rule]) for rule in RULES}


RULES = ("acceleration", "fast_decline")


def _of_rule(stated: Sequence[StatedLoss]) -> dict[str, Any]:
    used = sorted((loss for loss in stated if not loss.at_end), key=lambda loss: loss.now)
    if not used:
        return {"statements": 0, "at_end": len(stated), "held": None, "tenths": []}
    cuts = [len(used) * tenth // 10 for tenth in range(11)]
    tenths = [used[start:end] for start, end in pairwise(cuts) if end > start]
    return {
        "statements": len(used),
        "at_end": len(stated) - len(used),
        "held": fmean(_holds(loss) for loss in used),
        "tenths": [
            {
                "stated": fmean(loss.now for loss in tenth),
                "true": fmean(loss.true for loss in tenth),
                "held": fmean(_holds(loss) for loss in tenth),
            }
            for tenth in tenths
        ],
    }


def _holds(loss: StatedLoss) -> bool:
    return loss.low <= loss.true <= loss.high
