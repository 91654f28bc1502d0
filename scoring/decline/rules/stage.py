"""Stage change: King's or MiToS risen in two reports running, and a new 4a or 4b at once.

Stages come from scoring.als_staging. A rise needs two successive reports of one respondent; the failures 4a
and 4b are read from everybody's. What the first report says is the starting point, and a failure that the
clinic itself recorded before the report is no news.
"""

from __future__ import annotations

from collections.abc import Callable

from scoring.decline.alsfrs.points import ALSFRS_R
from scoring.decline.alsfrs.staging import BREATHING, NUTRITION, confirmed_stages, failures, own_before
from scoring.decline.flags import Kind, Numbers, Topic, Worse
from scoring.decline.reports import Level, Profile
from scoring.decline.rule import Finding, Rule, RuleInput, Text, met

FAILURE_WORDS = {
    NUTRITION: "nutritional failure (4a: gastrostomy or feeding through a tube)",
    BREATHING: "respiratory failure (4b: severe breathlessness or breathing support)",
}


def read_rise(given: RuleInput) -> Finding | None:
    """Inform when two successive reports both reach a higher stage than ever before."""
    old = given.before.baseline
    kings, mitos = confirmed_stages(given.point, given.before.points, given.profile)
    risen = (_above(kings, old.kings), _above(mitos, old.mitos))
    earlier = own_before(given.point, given.before.points)
    if earlier is None or not any(risen):
        return None
    numbers: Numbers = {
        "kings": _number(kings, old.kings),
        "kings_before": _number(old.kings, None),
        "mitos": _number(mitos, old.mitos),
        "mitos_before": _number(old.mitos, None),
    }
    return met(Level.INFORM, numbers, earlier.id, given.point.id)


def _above(new: int | None, old: int | None) -> bool:
    return new is not None and old is not None and new > old


def _number(stage: int | None, otherwise: int | None) -> int | str:
    known = stage if stage is not None else otherwise
    return "unknown" if known is None else known


def read_failure(given: RuleInput) -> Finding | None:
    """Soon when 4a or 4b is reached for the first time after the first report."""
    baseline, profile = given.before.baseline, given.profile
    if not given.before.points:
        return None
    new = [name for name in failures(given.point, profile) if name not in baseline.seen]
    news = [name for name in new if not _recorded(name, profile, given.report.day)]
    if not news:
        return None
    numbers: Numbers = {"stage": news[-1], "failure": FAILURE_WORDS[news[-1]]}
    return met(Level.SOON, numbers, given.point.id)


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
            template="King's stage {stage} is reached for the first time: {failure}.",
            clears_when=STANDS,
        ),
        weaknesses="Night ventilation begun by the clinic lights it unless the start is on record.",
    ),
    _rule(
        "stage_rise",
        read_rise,
        worse=(Worse("kings", 1, "King's", "stage"), Worse("mitos", 1, "MiToS", "stage")),
        version="2",
        text=Text(
            title="Stage rise",
            formula=(
                "King's (0 to 3) or MiToS above the highest stage before, in two successive reports of one"
                " respondent: inform"
            ),
            template=(
                "The stage has risen in two reports running: King's {kings} (was {kings_before}), MiToS"
                " {mitos} (was {mitos_before})."
            ),
            clears_when=STANDS,
        ),
        weaknesses=(
            "A stage can rise by one point on one item; regions are counted from the items, not examined."
        ),
    ),
)
