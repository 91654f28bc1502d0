"""Reading alerts for a clinician: by the word that was asked for, with names, within reach."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest

from models.alerts.alert import Alert, State
from models.sites.sites import Site
from models.store.base import new_id
from models.store.scope import Scope
from scoring.decline import Level
from services.alerts import worklist
from services.alerts.worklist import StateWord
from tests.alert_samples import Told, ended_unseen, make_alert, on_day, store
from tests.people import People


@pytest.fixture
def site(people: People) -> Site:
    return people.site()


def keep(site: Site, *made: Alert) -> list[Alert]:
    kept = [replace(one, site_id=site.id, patient_id=new_id()) for one in made]
    store(*kept)
    return kept


def asked(word: StateWord, site: Site, now: datetime, **wanted: object) -> list[str]:
    scope = Scope(site_ids=frozenset({site.id}))
    lines, _ = worklist.page(worklist.filter_for(word, **wanted), scope, after=None, limit=50, now=now)
    return [one.line.id for one in lines]


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
        one.public_id for one in (soon, urgent, snoozed)
    }


def test_another_sites_alerts_are_not_there(people: People, site: Site) -> None:
    keep(site, make_alert())
    assert asked(StateWord.ANY, people.site(), on_day(5)) == []
