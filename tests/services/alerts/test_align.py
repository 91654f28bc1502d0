"""Alerts are brought in step with evaluations: in any order, again and again, killed anywhere."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from models.alerts import alerts
from models.alerts.alert import Alert, Condition, NotFollowed, State
from models.ledger.document import LedgerDocument
from models.sites.escalation_policy import EscalationPolicy, ResponseTime, Span, Unit
from models.store.scope import Scope
from scoring.decline import Level, Topic
from services.alerts import align as alert_desk
from services.alerts.align import Outcome
from tests.alert_samples import (
    EVENT,
    PATIENT,
    SITE,
    STAGES,
    Told,
    evaluation,
    in_ledger,
    make_alert,
    news_of,
    on_day,
    only,
    store,
    stored,
)
from tests.people import People

REACH = Scope(site_ids=frozenset({SITE}))

pytestmark = pytest.mark.usefixtures("database")


def align(*told: Told, seq: int = 1, day: float = 1) -> None:
    in_ledger(seq)
    alert_desk.align(PATIENT, SITE, evaluation(*told), seq, now=on_day(day))


def states() -> dict[str, State]:
    return {key.removeprefix(f"{PATIENT}:"): alert.state for key, alert in stored().items()}


def everything() -> dict[str, object]:
    rows = alerts.AlertDocument.raw().find({})
    return {raw["_id"]: raw for raw in rows}


def test_an_episode_that_nobody_saw_yet_is_shown_and_raised_by_what_came_since() -> None:
    """Whoever inserted it was killed before it was shown; the next report says more."""
    store(make_alert(State.OPENING, told=Told(level=Level.INFORM), based_on=3))
    said = Told(level=Level.SOON, mark={"loss_now": 3.0}, also={"confirmed_drop": {"level_now": 36.0}})
    in_ledger(4)
    done = alert_desk.align(PATIENT, SITE, evaluation(said), 4, now=on_day(2))
    alert = only()
    assert (done.outcome, alert.state, alert.level) == (Outcome.SETTLED, State.OPEN, Level.SOON)
    assert alert.baseline.marks.keys() == {"fast_decline", "confirmed_drop"}


def test_a_flag_becomes_an_open_alert_with_its_evidence() -> None:
    align(Told(), seq=4, day=1.5)
    detail = alerts.read(only().public_id, REACH)
    assert detail is not None
    assert (detail.alert.state, detail.alert.based_on) == (State.OPEN, 4)
    assert (detail.alert.opened_at, detail.alert.grounds.began_at) == (on_day(1.5), on_day(1))
    assert detail.flag == Told().flag.as_dict()
    (step,) = detail.history
    assert (step.event, step.by.name, step.state) == ("opened", "evaluation", State.OPEN)
    assert step.details == {"level": "soon", "by": "r1", "because": "opened", "entry": "4"}


def test_a_repeat_updates_the_one_alert() -> None:
    align(Told())
    align(Told(met=8, level=Level.URGENT), seq=2, day=8)
    alert = only()
    assert (alert.level, alert.grounds.met_by, alert.opened_at) == (Level.URGENT, "r8", on_day(1))
    detail = alerts.read(alert.public_id, REACH)
    assert detail is not None
    assert detail.flag["evidence"] == ["r1", "r8"]
    assert [step.event for step in detail.history] == ["opened", "raised_again"]


def test_each_topic_has_its_own_alert() -> None:
    align(Told(level=Level.INFORM), Told(Topic.SPEECH, Level.INFORM))
    assert states() == {"decline:1": State.OPEN, "speech:1": State.OPEN}
    align(Told(Topic.SPEECH, Level.INFORM), seq=2)
    assert states() == {"decline:1": State.ENDED, "speech:1": State.OPEN}


def test_a_replay_changes_nothing() -> None:
    told = (Told(), Told(Topic.SPEECH), Told(Topic.WALKING, cleared=3))
    align(*told)
    before = everything()
    align(*told)
    align(*told, day=2)
    assert everything() == before


@pytest.mark.parametrize(
    "older", [(), (Told(level=Level.URGENT),), (Told(Topic.SPEECH),), (Told(cleared=9),)]
)
def test_an_older_evaluation_changes_nothing(older: tuple[Told, ...]) -> None:
    align(Told(), seq=5)
    before = everything()
    align(*older, seq=4)
    assert everything() == before


def test_an_older_evaluation_brings_evidence_and_no_news() -> None:
    """Each is newer than what the alert follows; the head of the ledger is newer still."""
    store(make_alert(told=Told(mark={"loss_now": 1.5, "level_now": 34.0}), based_on=3))
    in_ledger(6)
    worse = evaluation(Told(met=9, mark={"loss_now": 2.5, "level_now": 34.0}))
    before = everything()
    assert alert_desk.align(PATIENT, SITE, worse, 5, now=on_day(9)).outcome == Outcome.OVERTAKEN
    assert everything() == before
    met = evaluation(Told(met=9, mark={"loss_now": 1.5, "level_now": 34.0}))
    assert alert_desk.align(PATIENT, SITE, met, 5, now=on_day(9)).outcome == Outcome.SETTLED
    assert (only().based_on, only().grounds.met_by) == (5, "r9")


def test_an_older_evaluation_marks_nothing_on_what_has_ended() -> None:
    store(make_alert(State.ENDED, Told(also={"confirmed_drop": {}})))
    in_ledger(6)
    before = everything()
    assert alert_desk.align(PATIENT, SITE, evaluation(Told()), 5, now=on_day(9)).outcome == Outcome.OVERTAKEN
    assert everything() == before


def test_an_older_flag_opens_nothing_once_a_newer_evaluation_had_none() -> None:
    align(seq=5)
    align(Told(), seq=4)
    assert states() == {}


def test_what_came_and_went_in_one_batch_opens_an_alert_as_passed() -> None:
    urgent = Told(Topic.RESPIRATORY, Level.URGENT, raised=3, cleared=9, rule="orthopnea_at_worst")
    seen = news_of(urgent)
    in_ledger(1)
    done = alert_desk.align(PATIENT, SITE, evaluation(urgent, news=[seen]), 1, now=on_day(40))
    assert done.outcome is Outcome.SETTLED
    alert = only()
    assert (alert.state, alert.condition, alert.level) == (State.OPEN, Condition.PASSED, Level.URGENT)
    assert (alert.grounds.began_by, alert.raised_at) == ("r3", on_day(40))
    detail = alerts.read(alert.public_id, REACH)
    assert detail is not None
    assert detail.flag == seen["flag"]
    align(replace(urgent), seq=2, day=41)
    assert (only().condition, only().steps) == (Condition.PASSED, 1)


def test_the_same_news_again_is_none() -> None:
    """A later entry repeats what the one before it made known, for its alerts might not know."""
    urgent = Told(Topic.RESPIRATORY, Level.URGENT, raised=3, cleared=9, rule="orthopnea_at_worst")
    told = evaluation(urgent, news=[news_of(urgent)])
    for seq in (1, 2):
        in_ledger(seq)
        alert_desk.align(PATIENT, SITE, told, seq, now=on_day(40 + seq))
    assert (only().raised_at, only().notices.last) == (on_day(41), 1)


def test_what_is_corrected_away_says_so_and_waits_for_a_person() -> None:
    align(Told())
    align(seq=2, day=3)
    detail = alerts.read(only().public_id, REACH)
    assert detail is not None
    assert (detail.alert.state, detail.alert.condition) == (State.OPEN, Condition.WITHDRAWN)
    assert detail.alert.condition_at == on_day(3)
    assert (detail.history[-1].event, detail.history[-1].details) == ("withdrawn", {"entry": "2"})
    assert detail.flag == Told().flag.as_dict()


def test_a_new_episode_seals_the_one_before() -> None:
    inform = Told(level=Level.INFORM)
    align(inform)
    align(replace(inform, cleared=5), seq=2, day=5)
    align(replace(inform, raised=9), seq=3, day=9)
    assert states() == {"decline:1": State.ENDED, "decline:2": State.OPEN}
    first, second = stored().values()
    assert (first.sealed, second.sealed) == (True, False)
    assert first.glance_until is not None, "it ended unseen, and stays in that list"
    assert second.before_ended_unseen_at == on_day(5)


def test_what_was_dealt_with_is_opened_by_news_only() -> None:
    store(make_alert(State.ENDED))
    align(Told(met=61), seq=4, day=61)
    assert states() == {"decline:1": State.ENDED}
    align(Told(met=62, also={"confirmed_drop": {}}), seq=5, day=62)
    assert states() == {"decline:1": State.ENDED, "decline:2": State.OPEN}


def test_the_episode_that_a_mute_ended_says_so_until_the_alerts_are_known_to_be_in_step() -> None:
    """Whoever seals it may die before the next one is there."""
    mute = {"topic": "decline", "starts_on": "2076-01-01", "ends_on": "2076-01-31"}
    store(make_alert(based_on=1))
    in_ledger(2)
    alert_desk.align(PATIENT, SITE, evaluation(Told(), mutes=[mute]), 2, now=on_day(5))
    assert only().muted_until is not None
    align(Told(), seq=3, day=40)
    first, second = stored().values()
    assert (first.sealed, second.state) == (True, State.OPEN)
    assert first.muted_until is not None
    assert alert_desk.go_by_clock(on_day(30)) == 0
    assert alert_desk.go_by_clock(on_day(30), unmuted=[PATIENT]) == 1
    assert stored()[first.key] == replace(first, muted_until=None, version=first.version + 1)


def test_a_new_episode_shows_what_the_one_before_was_not_told_of() -> None:
    graver = Told(level=Level.URGENT, raised=3, cleared=4)
    other = Told(raised=5, cleared=6, rule="domain_slope")
    store(replace(make_alert(State.ENDED, Told(level=Level.URGENT)), told=("fast_decline:r3:urgent",)))
    in_ledger(4)
    said = evaluation(other, news=[news_of(graver), news_of(other)])
    alert_desk.align(PATIENT, SITE, said, 4, now=on_day(8))
    first, second = stored().values()
    detail = alerts.read(second.public_id, REACH)
    assert detail is not None
    assert detail.flag == replace(other, cleared=None).flag.as_dict()
    assert (first.state, second.grounds.began_by) == (State.ENDED, "r5")


def test_silence_is_left_alone_until_a_report_is_observed_after_its_due_date() -> None:
    store(make_alert(told=Told(Topic.SILENCE, raised=10, rule="silence"), based_on=0))
    trajectory = {"last_on": on_day(9).date().isoformat()}
    earlier, later = evaluation() | {"trajectory": trajectory}, evaluation()
    later["trajectory"] = {"last_on": on_day(10).date().isoformat()}
    for given, seq, state in (
        (evaluation(), 1, State.OPEN),
        (earlier, 2, State.OPEN),
        (later, 3, State.ENDED),
    ):
        in_ledger(seq)
        alert_desk.align(PATIENT, SITE, given, seq, now=on_day(30))
        assert (only().state, only().based_on) == (state, 0)


def test_who_is_not_followed_has_alerts_that_wait_apart() -> None:
    store(make_alert(), make_alert(told=Told(Topic.SILENCE, rule="silence"), based_on=0))
    query = Told(Topic.DATA_QUERY, rule="tube_form")
    in_ledger(5)
    alert_desk.align(PATIENT, SITE, evaluation(Told(), query, not_followed="closed"), 5, now=on_day(30))
    asked = stored()[f"{PATIENT}:data_query:1"]
    assert (asked.state, asked.condition, asked.not_followed) == (State.OPEN, Condition.HOLDS, None)
    alerts.AlertDocument.raw().delete_one({"_id": asked.key})
    assert {alert.not_followed for alert in stored().values()} == {NotFollowed.CLOSED}
    assert {alert.condition for alert in stored().values()} == {Condition.WITHDRAWN}
    assert set(states().values()) == {State.OPEN}


def test_an_insert_nobody_finished_is_shown_by_the_next_alignment() -> None:
    store(make_alert(State.OPENING, based_on=1))
    assert alerts.read(only().public_id, REACH) is None
    align(Told(), seq=2, day=2)
    assert (only().state, only().opened_at, only().steps) == (State.OPEN, on_day(2), 1)


def test_an_opening_that_a_newer_evaluation_overtakes_stays_hidden_until_the_next(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The newer one comes, finds nothing on and is done, between the older one's read and its insert."""
    insert = alerts.insert

    def overtaken(*args: Any) -> bool:
        monkeypatch.setattr(alerts, "insert", insert)
        align(seq=6)
        return insert(*args)

    monkeypatch.setattr(alerts, "insert", overtaken)
    in_ledger(5)
    done = alert_desk.align(PATIENT, SITE, evaluation(Told()), 5, now=on_day(1))
    assert (only().state, done.outcome) == (State.OPENING, Outcome.LEFT)
    align(seq=7)
    assert (only().state, only().condition) == (State.OPEN, Condition.WITHDRAWN)


def test_a_newer_evaluation_that_comes_after_the_insert_deals_with_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    insert = alerts.insert

    def overtaken(*args: Any) -> bool:
        monkeypatch.setattr(alerts, "insert", insert)
        inserted = insert(*args)
        align(seq=6)
        return inserted

    monkeypatch.setattr(alerts, "insert", overtaken)
    align(Told(level=Level.INFORM), seq=5)
    assert (only().state, only().based_on) == (State.ENDED, 6)


def test_an_alignment_says_how_it_ended() -> None:
    in_ledger(6)
    old, new = evaluation(Told()), evaluation()
    assert alert_desk.align(PATIENT, SITE, old, 5, now=on_day(1)).outcome == Outcome.OVERTAKEN
    assert alert_desk.align(PATIENT, SITE, new, 6, now=on_day(1)).outcome == Outcome.SETTLED


def test_waiting_alerts_come_back_at_their_time() -> None:
    store(make_alert(State.SNOOZED), make_alert(State.ACKNOWLEDGED, Told(Topic.SPEECH), until=on_day(11)))
    assert alert_desk.go_by_clock(on_day(8)) == 0
    assert alert_desk.go_by_clock(on_day(10)) == 1
    assert states() == {"decline:1": State.OPEN, "speech:1": State.ACKNOWLEDGED}
    woken = stored()[f"{PATIENT}:decline:1"]
    assert woken.rev == 0, "nobody has to read it again"
    detail = alerts.read(woken.public_id, REACH)
    assert detail is not None
    line = detail.history[-1]
    assert (line.event, line.by.name, line.details) == ("woke", "clock", {"because": "snooze_ended"})
    assert alert_desk.go_by_clock(on_day(10)) == 0


def test_what_grows_old_has_to_be_read_again_and_only_where_it_is_asked_for() -> None:
    event = Told(Topic.SPEECH, Level.INFORM, rule=EVENT)
    store(make_alert(told=event))
    assert alert_desk.go_by_clock(on_day(30), ending=False) == 0
    assert alert_desk.go_by_clock(on_day(30)) == 1
    assert (only().state, only().rev) == (State.ENDED, 1)


def test_an_alert_is_due_by_the_terms_of_its_site_and_says_when_its_report_came(people: People) -> None:
    own = ResponseTime(Span(2, Unit.DAYS), Span(2, Unit.DAYS))
    site = people.site(escalation=EscalationPolicy(levels={"soon": own}), zone="UTC")
    in_ledger(1)
    told, came = evaluation(Told()), on_day(0.5)
    alert_desk.align(PATIENT, site.id, told, 1, now=on_day(1), received_at=came)
    assert (only().due_at, only().reported_at) == (on_day(3), came)


@pytest.mark.parametrize(("zone", "opens"), [("Asia/Tokyo", True), ("UTC", False)])
def test_a_mute_is_over_with_its_last_day_at_the_site(people: People, zone: str, opens: bool) -> None:
    site = people.site(zone=zone)
    mute = {"topic": "decline", "starts_on": "2076-01-01", "ends_on": "2076-01-06"}
    in_ledger(1)
    now = on_day(1) + timedelta(hours=8)  # 16 o'clock of the 6th in UTC
    alert_desk.align(PATIENT, site.id, evaluation(Told(), mutes=[mute]), 1, now=now)
    assert bool(stored()) is opens


def test_the_clock_goes_by_the_terms_of_the_site(people: People) -> None:
    policy = EscalationPolicy(minutes_between_steps={"soon": 90})
    site = people.site(escalation=policy, zone="UTC")
    store(make_alert(State.SNOOZED, site_id=site.id))
    alert_desk.go_by_clock(on_day(9))
    assert only().escalates_at == on_day(9) + timedelta(minutes=90)


def test_the_clock_reads_only_what_is_due(commands: list[str]) -> None:
    store(*(make_alert(State.SNOOZED, episode=place, until=on_day(9)) for place in range(1, 40)))
    alert_desk.go_by_clock(on_day(8))
    commands.clear()
    assert alert_desk.go_by_clock(on_day(8)) == 0
    assert commands == ["find"]


@pytest.mark.parametrize("stage", STAGES)
def test_an_alignment_killed_at_any_round_trip_is_finished_by_the_next(
    stage: str, mortal: Callable[[str, int], bool]
) -> None:
    before, told = STAGES[stage]
    store(*before)
    align(*told, seq=9, day=40)
    wanted = settled()
    for round_trip in itertools.count():
        empty()
        in_ledger(9)
        store(*before)
        killed = mortal(stage, round_trip)
        align(*told, seq=9, day=40)
        assert settled() == wanted
        if not killed:
            break
    assert round_trip >= 3


def settled() -> dict[str, Alert]:
    """The alerts without what counts how often they were written, and what is new each time."""
    return {key: replace(alert, rev=0, version=0, public_id="") for key, alert in stored().items()}


def empty() -> None:
    for document in (alerts.AlertDocument, LedgerDocument):
        document.raw().delete_many({})


def test_the_clock_shows_nothing_that_is_hidden() -> None:
    store(make_alert(State.OPENING))
    assert alerts.due_by_clock(on_day(90) + timedelta(days=900), 10) == []


@pytest.mark.parametrize("level", [Level.SOON, Level.URGENT])
def test_an_insert_that_was_left_by_an_older_entry_is_shown_at_the_level_of_the_newest(level: Level) -> None:
    """Whoever inserted it was killed before it was shown, and the next report raises a higher level."""
    store(make_alert(State.OPENING, Told(level=Level.INFORM), based_on=1))
    align(Told(level=level), seq=2)
    shown = only()
    assert (shown.state, shown.level) == (State.OPEN, level)
    assert shown.escalates_at is not None
    before = everything()
    align(Told(level=level), seq=2)
    assert everything() == before
