"""Firsts of the ALSFRS-R series, which later reports are compared with."""

from __future__ import annotations

from typing import NamedTuple

from scoring.decline.alsfrs.points import SPEECH, SWALLOWING, WALKING

MARKED = {"speech": SPEECH, "swallowing": SWALLOWING, "walking": WALKING}
"""Items whose reaching a level is told once; the marker is remembered under this name."""

FIVE_B, BREATHING = "5b", "breathing"
"""Markers of item 5b answered, and of item 10 or 11 below 4."""


class Baseline(NamedTuple):
    """Firsts of the ALSFRS-R series.

    Attributes:
        total: first complete total, with its day: the slope since onset starts here.
        seen: markers of what was reported before, such as "speech" (at or below its limit) or "4b".
        kings: highest King's stage (0 to 3) reported twice running; None before the first.
        mitos: the same for MiToS.
        lost: MiToS domains reported lost twice running, or in the first report.
        doubted: ids of reports far below what was expected, which none has borne out since.
    """

    day: int | None = None
    total: int | None = None
    seen: frozenset[str] = frozenset()
    kings: int | None = None
    mitos: int | None = None
    lost: frozenset[str] = frozenset()
    doubted: tuple[str, ...] = ()


MAX_DOUBTED = 4
"""Our choice: so many of the latest doubted reports are remembered."""

NO_BASELINE = Baseline()
