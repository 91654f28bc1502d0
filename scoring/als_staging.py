"""King's, MiToS and FT9 stages of one ALSFRS-R report, each with the items that decided it.

Reads answers as scoring.instruments.validate returns them (item key to code, a missing item absent) and
computes no total. Death is stage 5 in all three systems and is never read from answers. Sources: Roche 2012
and Balendra 2014 (King's from ALSFRS-R), Chio 2015, table 1 (MiToS), Thakore 2018 (FT9, known from others'
descriptions and therefore experimental).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from scoring.instruments import Note

STAGING_VERSION = "1"

Answers = Mapping[str, int | float]

CUTTING, CUTTING_A, CUTTING_B = "cutting", "cutting_without_gastrostomy", "cutting_with_gastrostomy"
GASTROSTOMY = "gastrostomy"
BULBAR = ("speech", "salivation", "swallowing")
HANDWRITING, DRESSING, WALKING = "handwriting", "dressing_hygiene", "walking"
DYSPNEA, SUPPORT = "dyspnea", "respiratory_insufficiency"
SUBSCORES = {
    "bulbar": BULBAR,
    "fine_motor": (HANDWRITING, CUTTING, DRESSING),
    "gross_motor": ("turning_in_bed", WALKING, "climbing_stairs"),
    "respiratory": (DYSPNEA, "orthopnea", SUPPORT),
}
FT9_ITEMS = tuple(item for items in SUBSCORES.values() for item in items)
FULL = 4

KINGS_ITEMS = (*BULBAR, HANDWRITING, CUTTING, WALKING, DYSPNEA, SUPPORT)
BULBAR_AFFECTED = dict.fromkeys(BULBAR, FULL - 1)
UPPER_LIMB_AFFECTED = {HANDWRITING: FULL - 1, CUTTING_A: FULL - 1}
UPPER_LIMB_AFFECTED_5B = {HANDWRITING: FULL - 1}
LOWER_LIMB_AFFECTED = {WALKING: FULL - 1}
BREATHING_FAILED = {DYSPNEA: 0, SUPPORT: FULL - 1}
"""Highest code of each item at which King's counts it; form 5b says nothing of the upper limb."""

MITOS_ITEMS = ("speech", "swallowing", HANDWRITING, DRESSING, WALKING, DYSPNEA, SUPPORT)
MOVEMENT_LOST = {WALKING: 1, DRESSING: 1}
SWALLOWING_LOST = {"swallowing": 1}
COMMUNICATION_LOST = {"speech": 1, HANDWRITING: 1}
BREATHING_LOST = {DYSPNEA: 1, SUPPORT: 2}
"""The same for MiToS; communication is lost only when both items are, elsewhere one is enough."""


@dataclass(frozen=True, slots=True)
class KingsStage:
    """King's clinical stage: regions affected (0 to 3), or failure of nutrition (4a) or of breathing (4b).

    Attributes:
        stage: "0" to "3", "4a" or "4b"; None when missing items leave it open. "0" means that none of the
            items this algorithm reads is affected, not that the patient is well. Where both failures are
            present the stage is "4b", as European registers do; neither ranks above the other.
        bulbar: whether the region is affected; None when missing items leave it open, as for the other two.
        nutritional: failure 4a, a gastrostomy in place or item 5 answered in form 5b; None when item 5 is
            missing and no gastrostomy is known.
        respiratory: failure 4b, dyspnea 0 or any breathing support; None when missing items leave it open.
        decided_by: the items that put the patient at this stage; none at stage "0" or where it is open.
        missing: items that this staging reads and that were not answered; item 5 is "cutting" in either form.
    """

    stage: str | None
    bulbar: bool | None
    upper_limb: bool | None
    lower_limb: bool | None
    nutritional: bool | None
    respiratory: bool | None
    decided_by: tuple[str, ...]
    missing: tuple[str, ...]

    def as_dict(self) -> dict[str, Any]:
        """JSON-ready form."""
        return {
            "stage": self.stage,
            "regions": {
                "bulbar": self.bulbar,
                "upper_limb": self.upper_limb,
                "lower_limb": self.lower_limb,
            },
            "nutritional": self.nutritional,
            "respiratory": self.respiratory,
            "decided_by": list(self.decided_by),
            "missing": list(self.missing),
        }


@dataclass(frozen=True, slots=True)
class MitosStage:
    """MiToS stage: how many of four domains have lost independence.

    Attributes:
        stage: 0 to 4; None when missing items leave a domain open.
        movement: whether independence is lost; None when missing items leave it open, as for the others.
        decided_by: the items by which the lost domains are lost.
        missing: items that this staging reads and that were not answered.
    """

    stage: int | None
    movement: bool | None
    swallowing: bool | None
    communicating: bool | None
    breathing: bool | None
    decided_by: tuple[str, ...]
    missing: tuple[str, ...]

    @property
    def domains(self) -> dict[str, bool | None]:
        """The four domains by name."""
        return {
            "movement": self.movement,
            "swallowing": self.swallowing,
            "communicating": self.communicating,
            "breathing": self.breathing,
        }

    def as_dict(self) -> dict[str, Any]:
        """JSON-ready form."""
        return {
            "stage": self.stage,
            "domains": self.domains,
            "decided_by": list(self.decided_by),
            "missing": list(self.missing),
        }


@dataclass(frozen=True, slots=True)
class Ft9Stage:
    """Fine 'til 9, experimental: how many of the four subscores are 9 or less.

    Attributes:
        stage: 0 to 4; None unless all twelve items are answered.
        decided_by: the subscores of 9 or less.
        missing: items that were not answered.
    """

    stage: int | None
    decided_by: tuple[str, ...]
    missing: tuple[str, ...]
    experimental: bool = True

    def as_dict(self) -> dict[str, Any]:
        """JSON-ready form."""
        return {
            "stage": self.stage,
            "decided_by": list(self.decided_by),
            "missing": list(self.missing),
            "experimental": self.experimental,
        }


@dataclass(frozen=True, slots=True)
class Stages:
    """The three stagings of one report, to be shown together: they resolve different parts of the disease.

    Attributes:
        notes: answers that do not go together and that somebody should ask about.
    """

    kings: KingsStage
    mitos: MitosStage
    ft9: Ft9Stage
    notes: tuple[Note, ...] = ()
    rule_version: str = STAGING_VERSION

    def as_dict(self) -> dict[str, Any]:
        """JSON-ready form."""
        return {
            "kings": self.kings.as_dict(),
            "mitos": self.mitos.as_dict(),
            "ft9": self.ft9.as_dict(),
            "notes": [note._asdict() for note in self.notes],
            "rule_version": self.rule_version,
        }


def stage(answers: Answers, gastrostomy: bool | None = None) -> Stages:
    """Stage one report.

    Args:
        answers: validated ALSFRS-R answers; items may be missing.
        gastrostomy: whether the clinic knows of a gastrostomy in place on that day. The report's own answer
            to the question counts too: either is enough, and neither takes back what the other says.
    """
    in_place = bool(gastrostomy) or answers.get(GASTROSTOMY) == 1
    return Stages(
        kings=_kings(answers, in_place),
        mitos=_mitos(answers),
        ft9=_ft9(answers),
        notes=_questions(answers, in_place),
    )


def _kings(answers: Answers, in_place: bool) -> KingsStage:
    bulbar, by_bulbar = _any_at_most(answers, BULBAR_AFFECTED)
    upper, by_upper = _any_at_most(
        answers, UPPER_LIMB_AFFECTED_5B if CUTTING_B in answers else UPPER_LIMB_AFFECTED
    )
    lower, by_lower = _any_at_most(answers, LOWER_LIMB_AFFECTED)
    nutritional, by_nutrition = _nutritional(answers, in_place)
    respiratory, by_breathing = _any_at_most(answers, BREATHING_FAILED)
    regions = (bulbar, upper, lower)
    name: str | None = None
    decided_by: tuple[str, ...] = ()
    if respiratory:
        name, decided_by = "4b", by_breathing
    elif nutritional and respiratory is False:
        name, decided_by = "4a", by_nutrition
    elif None not in (*regions, nutritional, respiratory):
        name, decided_by = str(sum(map(bool, regions))), (*by_bulbar, *by_upper, *by_lower)
    return KingsStage(
        stage=name,
        bulbar=bulbar,
        upper_limb=upper,
        lower_limb=lower,
        nutritional=nutritional,
        respiratory=respiratory,
        decided_by=decided_by,
        missing=_unanswered(answers, KINGS_ITEMS),
    )


def _nutritional(answers: Answers, in_place: bool) -> tuple[bool | None, tuple[str, ...]]:
    decided_by = (
        *((GASTROSTOMY,) if in_place else ()),
        *((CUTTING_B,) if CUTTING_B in answers else ()),
    )
    if decided_by:
        return True, decided_by
    return (False if CUTTING_A in answers else None), ()


def _questions(answers: Answers, in_place: bool) -> tuple[Note, ...]:
    if in_place:
        return ()
    if CUTTING_B in answers:
        return (Note("tube_not_recorded", "item 5 was answered in form 5b, but no gastrostomy is recorded"),)
    if answers.get("swallowing", FULL) <= 1:
        return (Note("tube_not_counted", "item 3 speaks of feeding by tube, but no gastrostomy is recorded"),)
    return ()


def _mitos(answers: Answers) -> MitosStage:
    movement, by_movement = _any_at_most(answers, MOVEMENT_LOST)
    swallowing, by_swallowing = _any_at_most(answers, SWALLOWING_LOST)
    communicating, by_communicating = _all_at_most(answers, COMMUNICATION_LOST)
    breathing, by_breathing = _any_at_most(answers, BREATHING_LOST)
    domains = (movement, swallowing, communicating, breathing)
    return MitosStage(
        stage=None if None in domains else sum(map(bool, domains)),
        movement=movement,
        swallowing=swallowing,
        communicating=communicating,
        breathing=breathing,
        decided_by=(*by_movement, *by_swallowing, *by_communicating, *by_breathing),
        missing=_unanswered(answers, MITOS_ITEMS),
    )


def _ft9(answers: Answers) -> Ft9Stage:
    missing = _unanswered(answers, FT9_ITEMS)
    if missing:
        return Ft9Stage(stage=None, decided_by=(), missing=missing)
    low = tuple(
        name for name, items in SUBSCORES.items() if sum(_code(answers, item) or 0 for item in items) <= 9
    )
    return Ft9Stage(stage=len(low), decided_by=low, missing=())


def _code(answers: Answers, item: str) -> float | None:
    """Code of an item; item 5 is read in the form that was answered."""
    if item == CUTTING:
        item = CUTTING_B if CUTTING_B in answers else CUTTING_A
    return answers.get(item)


def _unanswered(answers: Answers, items: Iterable[str]) -> tuple[str, ...]:
    return tuple(item for item in items if _code(answers, item) is None)


def _any_at_most(answers: Answers, limits: Mapping[str, int]) -> tuple[bool | None, tuple[str, ...]]:
    """Whether any item is at or below its limit, and which are; None while a missing one could be."""
    low = tuple(item for item, limit in limits.items() if answers.get(item, FULL) <= limit)
    if low:
        return True, low
    return (False if all(item in answers for item in limits) else None), ()


def _all_at_most(answers: Answers, limits: Mapping[str, int]) -> tuple[bool | None, tuple[str, ...]]:
    """Whether all items are at or below their limits; None while the answered ones are and one is missing."""
    if any(answers.get(item, 0) > limit for item, limit in limits.items()):
        return False, ()
    return (True, tuple(limits)) if all(item in answers for item in limits) else (None, ())
