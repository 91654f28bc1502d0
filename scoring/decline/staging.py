"""King's and MiToS stages of a remembered report, with what the clinic's record adds to the answers."""

from __future__ import annotations

from functools import lru_cache

from scoring.als_staging import Stages, stage
from scoring.decline.points import CUTTING, CUTTING_A, CUTTING_B, ITEMS, MISSING, Point
from scoring.decline.reports import Profile


def stages_of(point: Point, profile: Profile) -> Stages:
    """Stages of one report; a gastrostomy counts when the report or the clinic says so."""
    known = profile.gastrostomy_on is not None and profile.gastrostomy_on.toordinal() <= point.day
    return _stages(point.items, point.form, known or point.gastrostomy == "1")


@lru_cache(maxsize=1024)
def _stages(items: str, form: str, gastrostomy: bool) -> Stages:
    """Several rules ask for the same report's stages."""
    cutting = CUTTING_B if form == "b" else CUTTING_A
    answers = {
        cutting if place == CUTTING else key: int(items[place])
        for place, key in enumerate(ITEMS)
        if items[place] != MISSING
    }
    return stage(answers, gastrostomy=gastrostomy or None)
