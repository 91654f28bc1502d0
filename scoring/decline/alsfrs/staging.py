"""King's and MiToS stages of remembered reports, with what the clinic's record adds to the answers."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from scoring.als_staging import Stages, stage
from scoring.decline.alsfrs.points import CUTTING, CUTTING_A, CUTTING_B, ITEMS, MISSING, Point, apart
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


NUTRITION, BREATHING = "4a", "4b"


def failures(point: Point, profile: Profile) -> tuple[str, ...]:
    """The King's failures that a report shows."""
    kings = stages_of(point, profile).kings
    return (*((NUTRITION,) if kings.nutritional else ()), *((BREATHING,) if kings.respiratory else ()))


def region_stages(point: Point, profile: Profile) -> tuple[int | None, int | None]:
    """King's stage by regions (0 to 3; None at 4a and 4b, which are failures and no count) and MiToS."""
    stages = stages_of(point, profile)
    return (kings_number(stages), stages.mitos.stage)


def kings_number(stages: Stages) -> int | None:
    """King's stage 0 to 3 as a number, None otherwise."""
    name = stages.kings.stage
    return int(name) if name is not None and name.isdigit() else None


def confirmed_stages(point: Point, before: Point | None, profile: Profile) -> tuple[int | None, int | None]:
    """The King's and MiToS stages that this report and the same respondent's one before it both reach."""
    if before is None:
        return (None, None)
    old, new = region_stages(before, profile), region_stages(point, profile)
    return (_lower(old[0], new[0]), _lower(old[1], new[1]))


def _lower(old: int | None, new: int | None) -> int | None:
    return None if old is None or new is None else min(old, new)


def domains_lost(point: Point, profile: Profile) -> frozenset[str]:
    """The MiToS domains that a report shows as lost."""
    domains = stages_of(point, profile).mitos.domains
    return frozenset(name for name, lost in domains.items() if lost)


def confirmed_domains(point: Point, before: Point | None, profile: Profile) -> frozenset[str]:
    """The MiToS domains lost in this report and in the same respondent's one before it, if there is one."""
    lost = domains_lost(point, profile)
    return lost if not lost or before is None else lost & domains_lost(before, profile)


def own_before(point: Point, earlier: Sequence[Point]) -> Point | None:
    """The same respondent's latest report that is earlier and really apart."""
    for other in reversed(earlier):
        if other.rater == point.rater and other.day < point.day and apart(other, point):
            return other
    return None
