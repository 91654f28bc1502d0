"""Stage change: King's or MiToS risen in two reports running, and a new 4a or 4b at once.

Stages come from scoring.als_staging. A rise needs two successive reports of one respondent; the failures 4a
and 4b are read from everybody's. What the first report says is the starting point, and a failure that the
clinic itself recorded before the report is no news.
"""

from __future__ import annotations

from collections.abc import Callable

from scoring.decline.alsfrs.points import ALSFRS_R, WALKING
from scoring.decline.alsfrs.staging import (
    NUTRITION,
    confirmed_domains,
    confirmed_stages,
    failures,
)
from scoring.decline.flags import Kind, Numbers, Topic, Worse
from scoring.decline.reports import Level, Profile
from scoring.decline.rule import Finding, Rule, RuleInput, Text, met


def read_kings_rise(given: RuleInput) -> Finding | None:
    """Inform when two successive reports both reach a higher King's stage than ever before."""
    old = given.before.baseline.kings
    earlier = given.earlier
    new, _ = confirmed_stages(given.point, earlier, given.profile)
    if earlier is None or new is None or old is None or new <= old:
        return None
    return met(Level.INFORM, {"stage": new, "before": old}, earlier.id, given.point.id)


def read_mitos_rise(given: RuleInput) -> Finding | None:
    """Inform when two successive reports show a domain as lost that no other rule tells of.

    Walking has a rule of its own, and breathing has the ladder: a domain that is lost by them is told there.
    """
    earlier = given.earlier
    if earlier is None:
        return None
    lost = confirmed_domains(given.point, earlier, given.profile)
    walking = given.point.code(WALKING)
    told = {"breathing", *(("movement",) if walking is not None and walking <= 1 else ())}
    new = sorted(lost - given.before.baseline.lost - told)
    if not new:
        return None
    numbers: Numbers = {"stage": len(lost), "mitos_domain": new[0]}
    return met(Level.INFORM, numbers, earlier.id, given.point.id)


def read_failure(given: RuleInput) -> Finding | None:
    """Soon when 4a or 4b is reached for the first time after the first report."""
    stage = new_failure(given)
    return None if stage is None else met(Level.SOON, {"stage": stage}, given.point.id)


def new_failure(given: RuleInput) -> str | None:
    """The failure that this report tells of: 4b before 4a where both are new."""
    baseline, profile = given.before.baseline, given.profile
    if not given.before.points:
        return None
    new = [name for name in failures(given.point, profile) if name not in baseline.seen]
    news = [name for name in new if not _recorded(name, profile, given.report.day)]
    return news[-1] if news else None


def _recorded(name: str, profile: Profile, day: int) -> bool:
    on = profile.gastrostomy_on if name == NUTRITION else profile.ventilation_on
    return on is not None and on.toordinal() <= day


def _rule(
    name: str,
    read: Callable[[RuleInput], Finding | None],
    *,
    text: Text,
    weaknesses: str,
    worse: tuple[Worse, ...],
    version: str = "1",
) -> Rule:
    return Rule(
        id=name,
        version=version,
        topic=Topic.STAGE,
        kind=Kind.EVENT,
        instrument=ALSFRS_R,
        read=read,
        passes=False,
        worse=worse,
        text=text,
        source=(
            "Stages: Roche 2012 and Balendra 2014 (King's), Chio 2015 (MiToS); when to tell is our choice."
        ),
        weaknesses=weaknesses,
        of_function=True,
    )


HIGHER = Worse("stage", 1, "the stage", "stages")
STANDS = "It stands until the first ALSFRS-R report at least four weeks later."
STAGE_RULES = (
    _rule(
        "stage_failure",
        read_failure,
        worse=(Worse("", words="the other of 4a and 4b", of="stage"),),
        text=Text(
            title="New stage 4a or 4b",
            formula=(
                "King's 4a or 4b for the first time since the first report, and not on the clinic's record"
                " before: soon"
            ),
            headline="First time at stage {stage}",
            template="King's stage 4 is reached for the first time: {stage}.",
            clears_when=STANDS,
        ),
        weaknesses="Night ventilation begun by the clinic lights it unless the start is on record.",
    ),
    _rule(
        "kings_rise",
        read_kings_rise,
        worse=(HIGHER,),
        text=Text(
            title="King's stage rise",
            headline="King's stage rose from {before} to {stage}",
            formula=(
                "King's stage (0 to 3) above the highest before, in two successive reports of one respondent:"
                " inform"
            ),
            template="King's stage rose from {before} to {stage}, in two reports running.",
            clears_when=STANDS,
        ),
        weaknesses=(
            "A stage can rise by one point on one item; regions are counted from the items, not examined."
        ),
    ),
    _rule(
        "mitos_rise",
        read_mitos_rise,
        worse=(Worse("", words="another domain", of="mitos_domain"),),
        text=Text(
            title="MiToS domain lost",
            headline="MiToS {stage}: {mitos_domain} no longer independent",
            formula=(
                "a MiToS domain lost for the first time, in two successive reports of one respondent, unless"
                " it is breathing, or movement with item 8 <= 1, which other rules tell: inform"
            ),
            template=(
                "No longer independent in two reports running: {mitos_domain}. The MiToS stage is {stage}."
            ),
            clears_when=STANDS,
        ),
        weaknesses="Each domain rests on one or two items; of two lost at once one is named.",
    ),
)
