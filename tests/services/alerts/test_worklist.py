"""Reading alerts for a clinician: by the word that was asked for, with names, within reach."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta
from threading import Event
from typing import Any

import pytest

from models.alerts.alert import Alert, State, Step
from models.alerts.changes import Change
from models.sites.sites import Site
from models.store import heartbeats
from models.store.base import new_id
from models.store.provenance import Provenance
from models.store.scope import Scope
from scoring.decline import Level
from services import readiness
from services.access.actor import Actor
from services.alerts import worklist
from services.alerts.align import written
from services.alerts.worklist import StateWord, Worklist, WorklistQuery
from services.readiness import WorkerGroup
from tests.alert_samples import Told, ended_unseen, make_alert, on_day, only, store
from tests.people import People

READER = Actor("reader", "session")
NOW = on_day(5)


@pytest.fixture
def site(people: People) -> Site:
    return people.site()


def keep(site: Site, *made: Alert) -> list[Alert]:
    kept = [replace(alert, site_id=site.id, patient_id=new_id()) for alert in made]
    store(*kept)
    return kept


def asked(word: StateWord, site: Site, now: datetime, **wanted: object) -> list[str]:
    scope = Scope(site_ids=frozenset({site.id}))
    alerts = worklist.filter_for(word, reader=READER, **wanted)
    return [
        shown.line.id for shown in worklist.page(WorklistQuery(alerts), scope, reader=READER, now=now).lines
    ]


def watched(site: Site, *known: str | None, now: datetime = NOW, **wanted: Any) -> Worklist | None:
    """What somebody who knows these tags is answered."""
    scope = wanted.pop("scope", Scope(site_ids=frozenset({site.id})))
    reader = wanted.pop("reader", READER)
    page = {name: wanted.pop(name) for name in ("after", "limit") if name in wanted}
    alerts = worklist.filter_for(wanted.pop("word", StateWord.CURRENT), reader=reader, **wanted)
    tags = [tag for tag in known if tag is not None]
    return worklist.watch(WorklistQuery(alerts, **page), scope, reader=reader, now=now, known=tags)


def tag_of(site: Site, **wanted: Any) -> str:
    found = watched(site, **wanted)
    assert found is not None
    assert found.tag is not None
    return found.tag


@pytest.mark.parametrize(
    ("word", "places"),
    [
        (StateWord.CURRENT, {0, 1, 2}),
        (StateWord.OPEN, {0}),
        (StateWord.ACKNOWLEDGED, {1}),
        (StateWord.SNOOZED, {2}),
        (StateWord.ENDED, {3, 4}),
        (StateWord.ENDED_UNSEEN, {4}),
        (StateWord.ANY, {0, 1, 2, 3, 4}),
    ],
)
def test_each_word_names_its_alerts_and_an_opening_is_in_none(
    site: Site, word: StateWord, places: set[int]
) -> None:
    made = keep(
        site,
        make_alert(),
        make_alert(State.ACKNOWLEDGED),
        make_alert(State.SNOOZED),
        make_alert(State.ENDED),
        ended_unseen(),
        make_alert(State.OPENING),
    )
    assert set(asked(word, site, on_day(5))) == {made[place].public_id for place in places}


def test_urgent_stands_above_and_what_has_run_out_is_open(site: Site) -> None:
    soon, urgent, snoozed = keep(
        site, make_alert(), make_alert(told=Told(level=Level.URGENT)), make_alert(State.SNOOZED)
    )
    assert asked(StateWord.CURRENT, site, on_day(5))[0] == urgent.public_id
    assert snoozed.until is not None
    assert set(asked(StateWord.OPEN, site, snoozed.until)) == {
        alert.public_id for alert in (soon, urgent, snoozed)
    }


def test_another_sites_alerts_are_not_there(people: People, site: Site) -> None:
    keep(site, make_alert())
    assert asked(StateWord.ANY, people.site(), on_day(5)) == []


@pytest.mark.parametrize(
    ("assigned_to", "places"),
    [("me", {0}), ("nobody", {2}), ("somebody", {0, 1}), ("other", {1}), ("OTHER", {1}), ("third", set())],
)
def test_to_whom_it_is_assigned(site: Site, assigned_to: str, places: set[int]) -> None:
    made = keep(site, *(make_alert(assigned_to=assignee) for assignee in ("reader", "other", None)))
    found = asked(StateWord.CURRENT, site, NOW, assigned_to=assigned_to)
    assert set(found) == {made[place].public_id for place in places}


def test_nothing_changed_is_told_by_the_tag_at_any_time(site: Site) -> None:
    keep(site, make_alert(), make_alert(due_at=on_day(6)))
    tag = tag_of(site)
    for day in (5, 7, 900):
        assert watched(site, "another", tag, now=on_day(day)) is None
        assert tag_of(site, now=on_day(day)) == tag, "a tag does not depend on the clock"


def test_each_question_and_each_reach_has_a_tag_of_its_own(people: People, site: Site) -> None:
    keep(site, make_alert())
    other, south = Actor("other", "session"), people.site()
    questions: list[dict[str, Any]] = [
        {},
        {"level": Level.SOON},
        {"word": StateWord.OPEN},
        {"word": StateWord.ENDED_UNSEEN},
        {"overdue": True},
        {"overdue": False},
        {"seen": False},
        {"assigned_to": "me"},
        {"assigned_to": "me", "reader": other},
        {"limit": 10},
        {"after": "0.0"},
        {"scope": Scope(query_site_ids=frozenset({site.id}))},
        {"scope": Scope(site_ids=frozenset({site.id, south.id}))},
    ]
    assert len({tag_of(site, **question) for question in questions}) == len(questions)


def test_each_change_of_an_alert_shows_behind_a_tag(site: Site) -> None:
    (alert,) = keep(site, make_alert())
    tag = tag_of(site)
    for change in ({"assigned_to": "x"}, {"sentence": "Other."}, {"level": Level.URGENT}, {}):
        assert written(Change(only(alert.patient_id), replace(only(alert.patient_id), **change)))
        assert watched(site, tag) is not None
        tag = tag_of(site)


def test_an_alert_of_another_audience_or_site_changes_no_tag(people: People, site: Site) -> None:
    coordinators = Scope(query_site_ids=frozenset({site.id}))
    tag, theirs = tag_of(site), tag_of(site, scope=coordinators)
    keep(people.site(), make_alert())
    assert watched(site, tag) is None
    keep(site, make_alert())
    assert watched(site, theirs, scope=coordinators) is None
    assert watched(site, tag) is not None


@pytest.mark.parametrize("wanted", [{}, {"word": StateWord.OPEN}, {"word": StateWord.SNOOZED}])
def test_what_wakes_shows_behind_a_tag_whether_or_not_the_worker_came(
    site: Site, wanted: dict[str, Any]
) -> None:
    (snoozed,) = keep(site, make_alert(State.SNOOZED))
    assert snoozed.until is not None
    tag, before = tag_of(site, **wanted), snoozed.until - timedelta(milliseconds=1)
    assert watched(site, tag, now=before, **wanted) is None
    assert watched(site, tag, now=snoozed.until, **wanted) is not None
    woken = tag_of(site, now=snoozed.until, **wanted)
    assert watched(site, woken, now=on_day(900), **wanted) is None


@pytest.mark.parametrize("overdue", [True, False])
def test_what_becomes_overdue_shows_behind_the_tag_of_who_asked_for_that(site: Site, overdue: bool) -> None:
    keep(site, make_alert(due_at=on_day(6)))
    tag = tag_of(site, overdue=overdue)
    assert watched(site, tag, now=on_day(5.9), overdue=overdue) is None
    assert watched(site, tag, now=on_day(6), overdue=overdue) is not None


def test_delivery_that_stops_shows_behind_a_tag(site: Site) -> None:
    heartbeats.beat(WorkerGroup.DELIVER.heartbeat, [], now=NOW)
    tag, later = tag_of(site), NOW + timedelta(minutes=1)
    readiness.forget()
    stopped = watched(site, tag, now=later)
    assert stopped is not None
    assert not stopped.delivery.ok
    assert watched(site, stopped.tag, now=later + timedelta(hours=1)) is None


def test_lists_of_what_has_ended_have_no_tag(site: Site) -> None:
    keep(site, make_alert(State.ENDED))
    for word in (StateWord.ENDED, StateWord.ANY):
        found = watched(site, word=word)
        assert found is not None
        assert found.tag is None


def test_a_change_is_never_hidden_behind_an_equal_tag(site: Site) -> None:
    """Writers and readers at once: whoever is told "as before" holds what is there now."""
    made = keep(site, *(make_alert() for _ in range(6)))
    ended = Event()

    def write(alert: Alert) -> None:
        for number in range(12):
            present = only(alert.patient_id)
            assert written(Change(present, replace(present, headline=f"Change {number}")))

    def look() -> int:
        kept: Worklist | None = None
        told = 0
        while not ended.is_set():
            before = {alert.patient_id: only(alert.patient_id).version for alert in made}
            found = watched(site, None if kept is None else kept.tag)
            if found is not None:
                kept = found
            else:
                told += 1
            assert kept is not None
            shown = {row.line.patient_id: row.line.headline for row in kept.lines}
            for patient_id, version in before.items():
                number = int(shown[patient_id].rpartition(" ")[2]) if version else 0
                assert number >= version - 1, "what was there before the question is in the answer"
        return told

    with ThreadPoolExecutor(9) as pool:
        readers = [pool.submit(look) for _ in range(3)]
        list(pool.map(write, made))
        final = tag_of(site)
        ended.set()
        assert all(reader.result() >= 0 for reader in readers)
    assert watched(site, final) is None


def test_what_others_changed_since_one_looked_is_new(site: Site) -> None:
    (alert,) = keep(site, make_alert())
    scope, other = Scope(site_ids=frozenset({site.id})), Actor("other", "session")

    def news(reader: Actor = READER) -> list[bool]:
        page = worklist.page(
            WorklistQuery(worklist.filter_for(StateWord.CURRENT, reader=reader)),
            scope,
            reader=reader,
            now=NOW,
        )
        return [line.new for line in page.lines]

    assert news() == [True], "who never looked has seen nothing"
    tag = tag_of(site)
    worklist.note_look(scope, reader=READER, read_at=on_day(3), now=NOW)
    assert news() == [False]
    assert news(other) == [True]
    assert watched(site, tag) is not None, "what is new has changed, so the tag has"
    step = Step(on_day(4), "comment", Provenance("other", "clinician"), State.OPEN, "Rang.")
    assert written(Change(only(alert.patient_id), only(alert.patient_id), step))
    assert (news(), news(other)) == ([True], [False])
    worklist.note_look(scope, reader=READER, read_at=on_day(900), now=NOW)
    assert worklist.looks.read("reader", [site.id]) == {site.id: NOW}, "nobody looks at what is to come"


def test_a_look_that_another_process_noted_is_in_the_next_list(site: Site) -> None:
    keep(site, make_alert())
    tag = tag_of(site)
    key = {"_id": f"{READER.account_id}:{site.id}"}
    worklist.looks.LookDocument.raw().update_one(key, {"$set": {"at": NOW}}, upsert=True)
    assert watched(site, tag) is None, "what was read a minute ago is good enough to say: as before"
    found = watched(site, "of another list")
    assert found is not None
    assert not found.lines[0].new
    assert found.tag != tag
    assert watched(site, tag) is not None


def test_patients_are_found_by_name_at_the_sites_within_reach(people: People, site: Site) -> None:
    maria, jose = people.patient(site), people.patient(site, name="José Núñez", study_code="S-7")
    store(*(make_alert(site_id=site.id, patient_id=patient.id) for patient in (maria, jose)))
    scope = Scope(site_ids=frozenset({site.id}))

    def found(words: str, reach: Scope = scope) -> list[str]:
        wanted = worklist.about(worklist.filter_for(StateWord.CURRENT, reader=READER), words, reach)
        page = worklist.page(WorklistQuery(wanted), reach, reader=READER, now=NOW)
        return [line.patient.name for line in page.lines]

    assert found("nunez") == found("s-7 JOS") == ["José Núñez"]
    assert found("zzz") == []
    assert found("nunez", Scope(site_ids=frozenset({people.site().id}))) == []
