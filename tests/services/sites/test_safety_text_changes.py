"""Texts of safety change by two people only, nobody agrees to what they did not read, and all is kept."""

from __future__ import annotations

from datetime import datetime

import pytest

from models.sites import sites
from models.sites.sites import Site
from models.store.scope import Scope
from services.access.actor import Actor, Role
from services.access.permissions import Operation, scope_for
from services.errors import ChangedMeanwhile, Conflict, NotAllowed, NotFound
from services.sites import safety_text_changes as changes
from services.sites.safety_text_changes import SafetyTextEvent
from tests.people import People, Person

CRISIS = {"en": "Call 112 now if you are in danger.", "pt": "Ligue já para o 112."}
WANTED = {"crisis_text": CRISIS, "note": "Our country's number."}


@pytest.fixture
def site(people: People) -> Site:
    return people.site()


@pytest.fixture
def admin(people: People, site: Site) -> Person:
    return people.staff(site, Role.ADMIN)


@pytest.fixture
def clinician(people: People, site: Site) -> Person:
    return people.staff(site, Role.CLINICIAN)


def proposing(actor: Actor) -> Scope:
    return scope_for(actor, Operation.SITE_CHANGE)


def deciding(actor: Actor) -> Scope:
    return scope_for(actor, Operation.SAFETY_TEXT_DECIDE)


def propose(site: Site, by: Person, now: datetime, **wanted: object) -> Site:
    actor = by.actor
    return changes.propose(site.id, WANTED | wanted, site.rev, proposing(actor), actor=actor, now=now)


def decide(site: Site, agrees: bool, by: Person, now: datetime) -> Site:
    actor = by.actor
    return changes.decide(site.id, (agrees, "Read."), site.rev, deciding(actor), actor=actor, now=now)


def test_what_is_proposed_is_shown_to_nobody_until_a_clinician_agrees(
    site: Site, admin: Person, clinician: Person, now: datetime
) -> None:
    proposed = propose(site, admin, now)
    assert (proposed.crisis_text, proposed.breathing_text) == (site.crisis_text, site.breathing_text)
    agreed = decide(proposed, True, clinician, now)
    assert (agreed.crisis_text, agreed.breathing_text) == (CRISIS, site.breathing_text)
    assert agreed.safety_proposal is None
    assert sites.read(site.id) == agreed


def test_what_is_refused_is_never_shown(site: Site, admin: Person, clinician: Person, now: datetime) -> None:
    refused = decide(propose(site, admin, now), False, clinician, now)
    assert (refused.crisis_text, refused.safety_proposal) == (site.crisis_text, None)
    with pytest.raises(Conflict, match="nothing_proposed"):
        decide(refused, True, clinician, now)


def test_nobody_agrees_to_their_own_proposal_whatever_their_roles(
    people: People, site: Site, clinician: Person, now: datetime
) -> None:
    both = people.signed_in(people.account((site, Role.ADMIN), (site, Role.CLINICIAN)))
    proposed = propose(site, both, now)
    with pytest.raises(NotAllowed):
        decide(proposed, True, both, now)
    assert sites.read_anew(site.id) == proposed
    assert decide(proposed, True, clinician, now).crisis_text == CRISIS


def test_who_proposed_may_take_it_back(people: People, site: Site, now: datetime) -> None:
    both = people.signed_in(people.account((site, Role.ADMIN), (site, Role.CLINICIAN)))
    assert decide(propose(site, both, now), False, both, now).safety_proposal is None


def test_nobody_agrees_to_something_else_than_what_was_read(
    site: Site, admin: Person, clinician: Person, now: datetime
) -> None:
    read = propose(site, admin, now)
    later = propose(read, admin, now, crisis_text={"en": "Call nobody, it will pass by itself."})
    with pytest.raises(ChangedMeanwhile):
        decide(read, True, clinician, now)
    with pytest.raises(ChangedMeanwhile):
        propose(read, admin, now)
    assert sites.read_anew(site.id) == later


@pytest.mark.parametrize("role", [Role.ADMIN, Role.COORDINATOR, Role.RESEARCHER, Role.PATIENT])
def test_only_clinicians_agree(people: People, site: Site, role: Role) -> None:
    with pytest.raises(NotAllowed):
        deciding(people.staff(site, role).actor)


def test_a_clinician_of_another_site_finds_nothing(
    people: People, site: Site, admin: Person, now: datetime
) -> None:
    proposed = propose(site, admin, now)
    with pytest.raises(NotFound):
        decide(proposed, True, people.staff(people.site(), Role.CLINICIAN), now)


def test_the_history_keeps_who_when_what_and_why(
    site: Site, admin: Person, clinician: Person, now: datetime
) -> None:
    first = decide(propose(site, admin, now), False, clinician, now)
    second = propose(first, admin, now, breathing_text={"en": "Call 112 if you are short of breath."})
    decide(second, True, clinician, now)
    lines = changes.history(site.id, deciding(clinician.actor))
    told = [
        (line.event, line.by.account_id, line.by.role, line.at, line.crisis_text, line.note) for line in lines
    ]
    asked = (admin.account.id, "admin", now, CRISIS, WANTED["note"])
    assert told == [
        (SafetyTextEvent.AGREED, clinician.account.id, "clinician", now, CRISIS, "Read."),
        (SafetyTextEvent.PROPOSED, *asked),
        (SafetyTextEvent.REFUSED, clinician.account.id, "clinician", now, None, "Read."),
        (SafetyTextEvent.PROPOSED, *asked),
    ]
    assert lines[0].breathing_text == second.safety_proposal.breathing_text  # type: ignore[union-attr]
