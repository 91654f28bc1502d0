"""Each move on an alert, field by field: what it changes, what is written of it, and nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from models.alerts.alert import (
    Alert,
    Baseline,
    Because,
    Condition,
    End,
    EndedHow,
    Escalation,
    Grounds,
    NotFollowed,
    State,
    Step,
)
from models.alerts.changes import Change
from models.alerts.notices import Notice, NoticeKind, Notices
from models.store.provenance import by_itself
from scoring.decline import Level, Topic
from services.alerts import actions, by_clock, lifecycle, opening
from services.alerts.actions import Action, AlertAction
from services.alerts.moves import MAX_STEPS, NewEpisode
from services.alerts.news import NEVER_RAISED, Verdict
from services.alerts.outcomes import Outcome
from tests.alert_samples import (
    EVENT,
    PATIENT,
    SITE,
    TERMS,
    Told,
    cause,
    ended_unseen,
    make_alert,
    news_of,
    on_day,
    verdict,
)

S, INFORM, SOON, URGENT = State, Level.INFORM, Level.SOON, Level.URGENT
NOW = on_day(20)
"""A Saturday."""
MONDAY = on_day(22)
GLANCE = on_day(50)
AGES = replace(TERMS, soon_ends_after=timedelta(days=14))
HARM = Told(Topic.SELF_HARM, INFORM, rule="self_harm", reports=(1,))
HARM_TWICE = replace(HARM, reports=(1, 15))
SILENT = Told(Topic.SILENCE, SOON, rule="silence")
FAST = {"loss_now": 1.5, "level_now": 34.0}
FASTER = {"loss_now": 2.5, "level_now": 33.0}


def raised(number: int, *before: Notice) -> Notices:
    return Notices(number, (*before, Notice(number, NoticeKind.RAISED, NOW)))


def gone(told: Told, **said: Any) -> Verdict:
    return verdict(replace(told, cleared=18), **said)


@dataclass(frozen=True)
class Row:
    """An alert, what is said of it on a Saturday, and what has become of it then.

    Attributes:
        changed: fields by name, with what they are afterwards; all others stay.
        event: of the line of its history; None where there is none.
        told: whose flag is written; None: the flag stays.
        read_again: whether a person who is about to act has to read it again.
    """

    before: Alert
    said: Verdict
    changed: Mapping[str, Any]
    event: str | None = None
    state: State = S.OPEN
    details: Mapping[str, str] = field(default_factory=dict)
    told: Told | None = None
    read_again: bool = True


def ended(how: EndedHow, *, unseen: bool, by: str = "evaluation", **fields_too: Any) -> dict[str, Any]:
    """What every end by itself changes."""
    glance = {"glance_until": GLANCE, "counts": {"ended_unseen": 1}} if unseen else {}
    end = End(how, NOW, by, fields_too.pop("outcome", None), unseen=unseen)
    return {"state": S.ENDED, "since": NOW, "end": end, **glance, **fields_too}


SHOWN = {
    "state": S.OPEN,
    "since": NOW,
    "opened_at": NOW,
    "raised_at": NOW,
    "condition_at": NOW,
    "based_on": 7,
}
FIRST = (Notice(1, NoticeKind.RAISED, on_day(1)),)
IN_AN_HOUR = NOW + timedelta(hours=1)
R1_R15 = ("r1", "r15")
OFF = {"standing": {}, "condition_at": NOW, "based_on": 7}
PASSED, WITHDRAWN = OFF | {"condition": Condition.PASSED}, OFF | {"condition": Condition.WITHDRAWN}


NEWS = {"state": S.OPEN, "since": NOW, "raised_at": NOW, "seen_at": None, "seen_by": None, "until": None}
NEWS |= {"based_on": 7, "notices": raised(2)}


def grounds(told: Told) -> Grounds:
    found = verdict(replace(told, cleared=None)).grounds
    assert found is not None
    return found


def rows() -> dict[str, Row]:
    met = Told(met=15)
    urgent, of_day_1 = Told(level=URGENT, met=15), Told(level=URGENT)
    went = Told(level=URGENT, raised=15, cleared=18)
    other = Told(Topic.DECLINE, INFORM, raised=15, cleared=18, rule="domain_slope")
    late = news_of(Told(level=URGENT, raised=0), stands=True)
    inform = Told(level=INFORM)
    known = ("fast_decline:r15:urgent",)
    worse = Told(met=15, mark=FASTER)
    marks, both = {"fast_decline": FASTER}, {"fast_decline": {}, "domain_slope": {}}
    waiting = replace(make_alert(told=Told(mark=FAST)), escalation=Escalation(2, on_day(9)))
    quiet = replace(waiting, escalation=Escalation(2))
    held = {"held_open": True, "not_followed": NotFollowed.DIED, "seen_at": on_day(2), "seen_by": "nurse"}
    dead = Verdict(not_followed=NotFollowed.DIED)
    said_dead = {"because": "died"}
    return {
        "shown": Row(
            make_alert(S.OPENING),
            verdict(met),
            SHOWN
            | {"due_at": on_day(27), "escalation": Escalation(0, on_day(29)), "notices": raised(1)}
            | {"grounds": grounds(met), "sentence": "Something fell, as r15 says."},
            told=met,
        ),
        "shown, about safety": Row(
            make_alert(S.OPENING, HARM),
            verdict(HARM),
            SHOWN
            | {"due_at": MONDAY + timedelta(hours=4), "notices": raised(1)}
            | {"escalation": Escalation(0, IN_AN_HOUR)},
            told=HARM,
        ),
        "shown as passed, of which the news was the flag": Row(
            replace(make_alert(S.OPENING, Told(level=URGENT, raised=15)), told=known),
            verdict(went, news=[news_of(went)]),
            SHOWN
            | {"condition": Condition.PASSED, "standing": {}, "due_at": MONDAY + timedelta(hours=10)}
            | {"escalation": Escalation(0, IN_AN_HOUR), "notices": raised(1)},
        ),
        "shown as ended": Row(
            make_alert(S.OPENING, inform),
            gone(inform),
            SHOWN
            | PASSED
            | {"due_at": on_day(48), "notices": Notices(1)}
            | ended(EndedHow.PASSED, unseen=True),
            "passed",
            S.ENDED,
        ),
        "evidence only": Row(
            make_alert(S.ACKNOWLEDGED, Told(level=URGENT)),
            verdict(urgent, news=[late]),
            {"based_on": 7, "grounds": grounds(urgent), "told": ("fast_decline:r0:urgent",)}
            | {"sentence": "Something fell, as r15 says."},
            told=urgent,
            read_again=False,
        ),
        "the same news once more": Row(
            replace(make_alert(told=Told(level=URGENT), **PASSED), told=known, based_on=3),
            verdict(went, news=[news_of(went)]),
            {"based_on": 7},
            read_again=False,
        ),
        "raised again while it is open: no step is put off, and it is due no later": Row(
            replace(waiting, **held, due_at=on_day(8)),
            verdict(worse),
            {"based_on": 7, "standing": marks, "grounds": grounds(worse), "raised_at": NOW}
            | {"sentence": "Something fell, as r15 says.", "raised_because": Because.WORSE}
            | {"baseline": Baseline(NOW, "evaluation", SOON, marks=marks), "seen_at": None, "seen_by": None}
            | {"held_open": False, "not_followed": None, "counts": {"worse": 1}, "notices": raised(2)},
            "raised_again",
            details={"because": "worse", "level": "soon", "by": "r15"},
            told=worse,
        ),
        "raised again where nobody was waited for": Row(
            quiet,
            verdict(worse),
            {"based_on": 7, "standing": marks, "grounds": grounds(worse), "raised_at": NOW}
            | {"sentence": "Something fell, as r15 says.", "raised_because": Because.WORSE}
            | {"baseline": Baseline(NOW, "evaluation", SOON, marks=marks)}
            | {"escalation": Escalation(0, MONDAY), "counts": {"worse": 1}, "notices": raised(2)},
            "raised_again",
            details={"because": "worse", "level": "soon", "by": "r15"},
            told=worse,
        ),
        "raised again after it was acknowledged, about safety": Row(
            make_alert(S.ACKNOWLEDGED, HARM),
            verdict(HARM_TWICE),
            NEWS
            | {"grounds": grounds(HARM_TWICE), "raised_because": Because.NEW_OCCURRENCE}
            | {"due_at": MONDAY + timedelta(hours=4), "escalation": Escalation(0, IN_AN_HOUR)}
            | {"baseline": Baseline(NOW, "evaluation", INFORM, marks={"self_harm": {}}, occurrences=R1_R15)}
            | {"fresh": ("self_harm",), "counts": {"new_occurrence": 1}},
            "raised_again",
            details={"because": "new_occurrence", "level": "inform", "by": "r1"},
            told=HARM_TWICE,
        ),
        "raised again by what has passed": Row(
            replace(make_alert(S.SNOOZED, Told(level=URGENT)), standing={}),
            verdict(went, news=[news_of(went)]),
            NEWS
            | {"condition": Condition.PASSED, "condition_at": NOW, "grounds": grounds(went), "told": known}
            | {"sentence": "Something fell, as r15 says.", "raised_because": Because.CAME_ON_AGAIN}
            | {"due_at": MONDAY + timedelta(hours=10), "escalation": Escalation(0, IN_AN_HOUR)}
            | {"baseline": Baseline(NOW, "evaluation", URGENT, marks={"fast_decline": {}})}
            | {"fresh": ("fast_decline",), "counts": {"came_on_again": 1}},
            "raised_again",
            details={"because": "came_on_again", "level": "urgent", "by": "r15"},
            told=went,
        ),
        "raised again by the milder of two that have passed, for the graver was told of": Row(
            replace(make_alert(told=Told(level=SOON)), told=known),
            gone(Told(level=SOON), news=[news_of(went), news_of(replace(other, level=SOON))]),
            PASSED
            | {"grounds": grounds(other), "sentence": "Something fell, as r15 says.", "raised_at": NOW}
            | {"baseline": Baseline(NOW, "evaluation", SOON, marks=both), "notices": raised(2)}
            | {"told": (*known, "domain_slope:r15:soon"), "fresh": ("domain_slope", "fast_decline")}
            | {"raised_because": Because.NEW_RULE, "counts": {"new_rule": 1}, "ends_at": on_day(34)},
            "raised_again",
            details={"because": "new_rule", "level": "soon", "by": "r15"},
            told=replace(other, level=SOON),
        ),
        "raised to urgent while it is open: the chain goes on sooner": Row(
            replace(make_alert(), escalation=Escalation(2, on_day(29))),
            verdict(urgent),
            {"based_on": 7, "grounds": grounds(urgent), "sentence": "Something fell, as r15 says."}
            | {"level": URGENT, "raised_at": NOW, "raised_because": Because.HIGHER_LEVEL}
            | {"baseline": Baseline(NOW, "evaluation", URGENT, marks={"fast_decline": {}})}
            | {"escalation": Escalation(2, IN_AN_HOUR), "counts": {"higher_level": 1}, "notices": raised(2)},
            "raised_again",
            details={"because": "higher_level", "level": "urgent", "by": "r15"},
            told=urgent,
        ),
        "an inform that was raised again by what has passed ends": Row(
            make_alert(S.ACKNOWLEDGED, inform),
            gone(inform, news=[news_of(other)]),
            NEWS
            | PASSED
            | {"grounds": grounds(other), "sentence": "Something fell, as r15 says.", "due_at": on_day(48)}
            | {
                "baseline": Baseline(NOW, "evaluation", INFORM, marks=both),
                "told": ("domain_slope:r15:inform",),
            }
            | {"raised_because": Because.NEW_RULE, "fresh": ("domain_slope",), "notices": Notices(2)}
            | ended(EndedHow.PASSED, unseen=True)
            | {"counts": {"new_rule": 1, "ended_unseen": 1}},
            "passed",
            S.ENDED,
            told=other,
        ),
        "news of before, once more, raises no level": Row(
            replace(make_alert(told=Told(mark=FAST)), told=("domain_slope:r15:urgent",)),
            verdict(worse, news=[news_of(replace(other, level=URGENT))]),
            {"based_on": 7, "standing": marks, "grounds": grounds(worse), "raised_at": NOW}
            | {"sentence": "Something fell, as r15 says.", "raised_because": Because.WORSE}
            | {"baseline": Baseline(NOW, "evaluation", SOON, marks=marks), "counts": {"worse": 1}}
            | {"notices": raised(2)},
            "raised_again",
            details={"because": "worse", "level": "soon", "by": "r15"},
            told=worse,
        ),
        "a long history takes no line": Row(
            make_alert(S.ACKNOWLEDGED, steps=MAX_STEPS),
            verdict(Told(met=15), news=[]),
            {"based_on": 7, "grounds": grounds(met), "sentence": "Something fell, as r15 says."},
            told=met,
            read_again=False,
        ),
        "also where it holds again": Row(
            replace(quiet, condition=Condition.PASSED, standing={}, steps=MAX_STEPS),
            verdict(Told(mark=FAST)),
            {"condition": Condition.HOLDS, "condition_at": NOW, "based_on": 7}
            | {"standing": {"fast_decline": FAST}, "escalation": Escalation(2, MONDAY)},
            told=Told(mark=FAST),
        ),
        "passed": Row(
            make_alert(held_open=True),
            gone(Told()),
            PASSED | {"held_open": False, "escalation": Escalation(0), "ends_at": on_day(34)},
            "passed",
        ),
        "withdrawn": Row(
            replace(waiting),
            NEVER_RAISED,
            WITHDRAWN
            | {"escalation": Escalation(2)}
            | {"notices": Notices(2, (*FIRST, Notice(2, NoticeKind.WITHDRAWN, NOW)))},
            "withdrawn",
        ),
        "passed, about safety: the chain goes on": Row(
            make_alert(told=replace(HARM, rule="fast_decline")),
            gone(replace(HARM, rule="fast_decline")),
            PASSED,
            "passed",
        ),
        "holds again": Row(
            replace(quiet, condition=Condition.PASSED, standing={}, ends_at=on_day(30), due_at=on_day(8)),
            verdict(Told(mark=FAST)),
            {"condition": Condition.HOLDS, "condition_at": NOW, "based_on": 7, "ends_at": None}
            | {"standing": {"fast_decline": FAST}, "escalation": Escalation(2, MONDAY)},
            "holds_again",
            told=Told(mark=FAST),
        ),
        "an inform that was raised again and holds stays": Row(
            make_alert(told=inform),
            verdict(replace(inform, also={"domain_slope": {}})),
            {"based_on": 7, "standing": both, "raised_at": NOW, "raised_because": Because.NEW_RULE}
            | {"baseline": Baseline(NOW, "evaluation", INFORM, marks=both), "notices": raised(2)}
            | {"fresh": ("domain_slope", "fast_decline"), "counts": {"new_rule": 1}},
            "raised_again",
            details={"because": "new_rule", "level": "inform", "by": "r1"},
            told=replace(inform, also={"domain_slope": {}}),
        ),
        "followed again, and withdrawn all the same": Row(
            make_alert(condition=Condition.WITHDRAWN, not_followed=NotFollowed.CLOSED),
            NEVER_RAISED,
            OFF
            | {"not_followed": None, "escalation": Escalation(0)}
            | {"notices": Notices(2, (*FIRST, Notice(2, NoticeKind.WITHDRAWN, NOW)))},
            "withdrawn",
        ),
        "holds again while its chain went on": Row(
            make_alert(told=of_day_1, condition=Condition.PASSED),
            verdict(of_day_1),
            {"condition": Condition.HOLDS, "condition_at": NOW, "based_on": 7},
            "holds_again",
            told=of_day_1,
        ),
        "holds again, urgent": Row(
            replace(make_alert(told=of_day_1), condition=Condition.WITHDRAWN, escalation=Escalation(1)),
            verdict(of_day_1),
            {"condition": Condition.HOLDS, "condition_at": NOW, "based_on": 7}
            | {"escalation": Escalation(1, IN_AN_HOUR)},
            "holds_again",
            told=of_day_1,
        ),
        "holds again, about safety": Row(
            replace(make_alert(told=HARM), condition=Condition.WITHDRAWN, escalation=Escalation(1)),
            verdict(HARM),
            {"condition": Condition.HOLDS, "condition_at": NOW, "based_on": 7}
            | {"escalation": Escalation(1, IN_AN_HOUR)},
            "holds_again",
            told=HARM,
        ),
        "an inform ends": Row(
            replace(make_alert(S.ACKNOWLEDGED, inform), escalation=Escalation(1)),
            gone(inform),
            PASSED | ended(EndedHow.PASSED, unseen=False, until=None),
            "passed",
            S.ENDED,
        ),
        "an inform that was reopened ends": Row(
            make_alert(told=inform, held_open=True),
            NEVER_RAISED,
            WITHDRAWN
            | {"held_open": False, "notices": Notices(1), "escalation": Escalation(0)}
            | ended(EndedHow.WITHDRAWN, unseen=True),
            "withdrawn",
            S.ENDED,
        ),
        "a silence that should not have been raised waits for a person": Row(
            make_alert(told=SILENT),
            NEVER_RAISED,
            WITHDRAWN
            | {"escalation": Escalation(0)}
            | {"notices": Notices(2, (*FIRST, Notice(2, NoticeKind.WITHDRAWN, NOW)))},
            "withdrawn",
        ),
        "but not as inform": Row(
            make_alert(told=replace(SILENT, level=INFORM)),
            NEVER_RAISED,
            WITHDRAWN
            | {"notices": Notices(1), "escalation": Escalation(0)}
            | ended(EndedHow.WITHDRAWN, unseen=True),
            "withdrawn",
            S.ENDED,
        ),
        "a silence ends by the report that was missing": Row(
            make_alert(told=SILENT),
            Verdict(grounds=grounds(SILENT)),
            PASSED
            | {"notices": Notices(1), "escalation": Escalation(0)}
            | ended(EndedHow.PASSED, unseen=True),
            "passed",
            S.ENDED,
        ),
        "muted": Row(
            make_alert(S.SNOOZED, held_open=True),
            verdict(met, mutes=[{"topic": "decline", "starts_on": "2076-01-01", "ends_on": "2076-02-29"}]),
            {"based_on": 7, "grounds": grounds(met), "sentence": "Something fell, as r15 says."}
            | {"muted_until": datetime(2076, 3, 1, tzinfo=UTC), "held_open": False}
            | ended(EndedHow.DISMISSED, unseen=False, by="policy", outcome="known", until=None),
            "muted",
            S.ENDED,
        ),
        "not followed": Row(
            replace(
                make_alert(told=Told(Topic.SPEECH, INFORM, rule=EVENT)), escalation=Escalation(1, MONDAY)
            ),
            dead,
            {"condition": Condition.WITHDRAWN, "condition_at": NOW, "not_followed": NotFollowed.DIED}
            | {"based_on": 7, "escalation": Escalation(1), "notices": Notices(1), "ends_at": None},
            "not_followed",
            details=said_dead,
        ),
        "ended, and passed since": Row(make_alert(S.ENDED), gone(Told()), PASSED, "passed", S.ENDED),
        "ended, and withdrawn since": Row(make_alert(S.ENDED), NEVER_RAISED, WITHDRAWN, "withdrawn", S.ENDED),
        "ended, and one of two rules is off": Row(
            make_alert(S.ENDED, Told(also={"confirmed_drop": {}})),
            verdict(Told()),
            {"standing": {"fast_decline": {}}, "based_on": 7},
            read_again=False,
        ),
    }


ROWS = rows()


@pytest.mark.parametrize("name", ROWS)
def test_what_an_evaluation_changes(name: str) -> None:
    row = rows()[name]
    found = lifecycle.next_move(row.before.topic, row.before, row.said, cause(terms=AGES))
    assert isinstance(found, Change)
    assert found.before is row.before
    assert changes(found) == row.changed
    step = None
    if row.event is not None:
        step = Step(NOW, row.event, by_itself("evaluation"), row.state, "", {**row.details, "entry": "7"})
    assert found.step == step
    assert found.flag == (None if row.told is None else replace(row.told, cleared=None).flag.as_dict())
    assert found.read_again is row.read_again


def changes(found: Change) -> dict[str, Any]:
    names = [field.name for field in fields(Alert)]
    pairs = {name: (getattr(found.before, name), getattr(found.after, name)) for name in names}
    return {name: after for name, (before, after) in pairs.items() if before != after}


def clock_rows() -> dict[str, Row]:
    back = {"state": S.OPEN, "since": on_day(9), "until": None, "due_at": on_day(9), "raised_at": on_day(9)}
    woke = back | {"raised_because": Because.SNOOZE_ENDED, "counts": {"snooze_ended": 1}}
    expired = back | {"raised_because": Because.ACKNOWLEDGEMENT_EXPIRED}
    expired |= {"counts": {"acknowledgement_expired": 1}}
    told = {"notices": raised(2)}
    snoozed, passed = make_alert(S.SNOOZED), {"condition": Condition.PASSED}
    event = replace(make_alert(told=Told(Topic.SPEECH, INFORM, rule=EVENT)), ends_at=on_day(19))
    because = {"because": "snooze_ended"}
    nothing = NEVER_RAISED
    return {
        "a snooze is over": Row(
            snoozed,
            nothing,
            woke | told | {"escalation": Escalation(0, MONDAY)},
            "woke",
            details=because,
            read_again=False,
        ),
        "of what has passed": Row(
            replace(snoozed, **passed, escalation=Escalation(2)),
            nothing,
            woke | told | {"escalation": Escalation(0), "ends_at": on_day(23)},
            "woke",
            details=because,
            read_again=False,
        ),
        "of what is urgent and has passed": Row(
            make_alert(S.SNOOZED, Told(level=URGENT), **passed),
            nothing,
            woke | told | {"escalation": Escalation(0, IN_AN_HOUR)},
            "woke",
            details=because,
            read_again=False,
        ),
        "an acknowledgement is over, about safety": Row(
            make_alert(S.ACKNOWLEDGED, HARM, **passed),
            nothing,
            expired | told | {"escalation": Escalation(0, IN_AN_HOUR)},
            "woke",
            details={"because": "acknowledgement_expired"},
            read_again=False,
        ),
        "of who is not followed": Row(
            replace(snoozed, not_followed=NotFollowed.DIED),
            nothing,
            woke,
            "woke",
            details=because,
            read_again=False,
        ),
        "a snooze is over before the event has grown old": Row(
            replace(event, state=S.SNOOZED, until=on_day(9), ends_at=on_day(29)),
            nothing,
            woke | told | {"ends_at": on_day(37)},
            "woke",
            details=because,
            read_again=False,
        ),
        "an event has grown old": Row(
            event,
            nothing,
            ended(EndedHow.AGED, unseen=True, by="clock", ends_at=None)
            | {"notices": Notices(1), "escalation": Escalation(0)},
            "aged",
            S.ENDED,
        ),
        "the glance list is over": Row(
            ended_unseen(day=-11), nothing, {"glance_until": None}, read_again=False
        ),
    }


@pytest.mark.parametrize("name", clock_rows())
def test_what_time_changes(name: str) -> None:
    row = clock_rows()[name]
    found = by_clock.next_change(row.before, cause(seq=0, by="clock", terms=AGES))
    assert found is not None
    assert found.before is row.before
    assert changes(found) == row.changed
    step = None if row.event is None else Step(NOW, row.event, by_itself("clock"), row.state, "", row.details)
    assert (found.step, found.flag, found.read_again) == (step, None, row.read_again)


def test_every_field_of_a_new_episode() -> None:
    known = {"speech_level": {"code": 2.0}, "fast_decline": FAST}
    before = replace(
        make_alert(S.ENDED, Told(mark=FAST)), told=("speech_level:r0:urgent", "fast_decline:r1:urgent")
    )
    before = replace(before, baseline=replace(before.baseline, marks=known, occurrences=("r1",)))
    came_and_went = Told(level=SOON, raised=15, cleared=16, rule="domain_slope", mark={"slope": 2.0})
    told = news_of(Told(level=URGENT))
    stands = Told(level=INFORM, met=18, mark=FASTER)
    said = verdict(stands, news=[told, news_of(came_and_went, occurrence=True)])
    episode = NewEpisode("decline", 2, before, Because.WORSE)
    new = opening.opened(episode, (PATIENT, SITE), "public", said, cause(received_at=on_day(19)))
    marks = {"speech_level": {"code": 2.0}, "fast_decline": FASTER, "domain_slope": {"slope": 2.0}}
    assert new == Alert(
        patient_id=PATIENT,
        site_id=SITE,
        topic="decline",
        episode=2,
        public_id="public",
        state=S.OPENING,
        condition=Condition.HOLDS,
        condition_at=NOW,
        level=SOON,
        grounds=grounds(stands),
        baseline=Baseline(NOW, "evaluation", SOON, marks=marks, occurrences=("r1", "r15")),
        headline="Something fell",
        sentence="Something fell, as r18 says.",
        based_on=7,
        opened_at=NOW,
        since=NOW,
        raised_at=NOW,
        raised_because=Because.WORSE,
        due_at=on_day(27),
        standing={"fast_decline": FASTER},
        fresh=("domain_slope", "fast_decline"),
        told=("speech_level:r0:urgent", "fast_decline:r1:urgent", "domain_slope:r15:soon"),
        reported_at=on_day(19),
        counts={"worse": 1},
    )


def test_a_new_episode_about_safety_is_due_in_the_time_of_its_topic() -> None:
    first = NewEpisode("self_harm", 1)
    new = opening.opened(first, (PATIENT, SITE), "public", verdict(HARM), cause())
    assert new.due_at == MONDAY + timedelta(hours=4)


def action_rows() -> dict[str, tuple[Alert, AlertAction, dict[str, Any]]]:
    seen = {"seen_at": NOW, "seen_by": "nurse", "first_seen_at": NOW}
    fresh = seen | {"fresh": ()}
    comment = AlertAction(Action.COMMENT, "Rang.")
    event = replace(make_alert(told=Told(rule=EVENT)), standing={})
    stopped = {"notices": Notices(1), "escalation": Escalation(0)}
    known = replace(
        make_alert(S.ENDED), first_seen_at=on_day(2), acknowledged_at=on_day(3), muted_until=MONDAY
    )
    harm = replace(make_alert(told=HARM), grounds=grounds(HARM_TWICE), standing={"self_harm": {"code": 2.0}})
    dealt = {"since": NOW, "acknowledged_at": NOW, **stopped}
    end = End(EndedHow.DISMISSED, NOW, "nurse", "known", "Rang.", worth_a_look=False)
    assigned = Notices(2, (*FIRST, Notice(2, NoticeKind.ASSIGNED, NOW)))
    return {
        "an event holds while it is unseen": (
            event,
            comment,
            fresh | {"condition": Condition.PASSED, "condition_at": NOW},
        ),
        "what was withdrawn stays so": (replace(event, condition=Condition.WITHDRAWN), comment, fresh),
        "what is on holds": (make_alert(), comment, fresh),
        "what was seen before holds": (replace(event, fresh=()), comment, seen),
        "what ended unseen was seen": (ended_unseen(), comment, fresh | {"glance_until": None}),
        "assigned": (
            make_alert(),
            AlertAction(Action.ASSIGN, assigned_to="bob"),
            fresh | {"assigned_to": "bob", "notices": assigned},
        ),
        "assigned to nobody": (
            make_alert(assigned_to="bob"),
            AlertAction(Action.ASSIGN),
            fresh | {"assigned_to": None},
        ),
        "acknowledged, about safety": (
            harm,
            AlertAction(Action.ACKNOWLEDGE),
            fresh
            | dealt
            | {"state": S.ACKNOWLEDGED, "until": MONDAY + timedelta(hours=4)}
            | {"baseline": Baseline(NOW, "nurse", INFORM, True, {"self_harm": {"code": 2.0}}, R1_R15)},
        ),
        "snoozed": (
            replace(make_alert(told=Told(mark=FAST)), standing={"confirmed_drop": {}}),
            AlertAction(Action.SNOOZE, until=MONDAY),
            fresh
            | dealt
            | {"state": S.SNOOZED, "until": MONDAY}
            | {"baseline": Baseline(NOW, "nurse", SOON, True, {"fast_decline": FAST, "confirmed_drop": {}})},
        ),
        "dismissed after it was reopened": (
            replace(
                make_alert(S.SNOOZED), held_open=True, acknowledged_at=on_day(2), first_seen_at=on_day(2)
            ),
            AlertAction(Action.DISMISS, "Rang.", None, Outcome.KNOWN, worth_a_look=False),
            {"seen_at": NOW, "seen_by": "nurse", "since": NOW, "until": None, "held_open": False}
            | {"state": S.ENDED, "end": end}
            | {"baseline": Baseline(NOW, "nurse", SOON, True, {"fast_decline": {}})},
        ),
        "reopened": (
            known,
            AlertAction(Action.REOPEN),
            {"seen_at": NOW, "seen_by": "nurse", "state": S.OPEN, "since": NOW, "raised_at": NOW}
            | {"raised_because": Because.REOPENED, "due_at": on_day(27), "end": None, "muted_until": None}
            | {"held_open": True, "escalation": Escalation(0, on_day(29))},
        ),
        "reopened, about safety": (
            replace(make_alert(S.ENDED, HARM), escalation=Escalation(3)),
            AlertAction(Action.REOPEN),
            {"seen_at": NOW, "seen_by": "nurse", "state": S.OPEN, "since": NOW, "raised_at": NOW}
            | {"raised_because": Because.REOPENED, "due_at": MONDAY + timedelta(hours=4), "end": None}
            | {"held_open": True, "escalation": Escalation(0, MONDAY + timedelta(hours=4))},
        ),
    }


@pytest.mark.parametrize("name", action_rows())
def test_what_a_person_changes(name: str) -> None:
    before, wanted, expected = action_rows()[name]
    after = actions._after(before, wanted, "nurse", NOW, AGES)
    assert changes(Change(before, after)) == expected
