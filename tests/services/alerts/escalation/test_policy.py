"""A site's escalation policy: what is refused, what is in force, and who changed it when."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from models.sites import sites
from models.sites.escalation_policy import (
    USUAL_POLICY,
    EscalationPolicy,
    OutOfHours,
    ResponseTime,
    Span,
    Unit,
)
from models.sites.sites import SiteStep
from models.sites.working_hours import WorkingHours
from scoring.decline import Level, Topic
from services.access.actor import Role
from services.access.permissions import Operation, scope_for
from services.alerts.escalation import policy
from services.alerts.escalation.faults import Fault
from services.alerts.terms import terms_of
from services.errors import ChangedMeanwhile, Invalid, NotFound
from tests.people import CLINIC, People

NOW = datetime(2026, 11, 2, 9, tzinfo=UTC)  # Monday, 10 in Berlin
H, W, D = Unit.WORKING_HOURS, Unit.WORKING_DAYS, Unit.DAYS


class Clinic:
    """A site with a clinician, and an administrator who changes its policy."""

    def __init__(self, people: People) -> None:
        self.people, self.site = people, people.site()
        self.clinician = people.account((self.site, Role.CLINICIAN))
        self.actor = people.staff(self.site, Role.ADMIN).actor
        self.scope = scope_for(self.actor, Operation.SITE_CHANGE)
        contact = OutOfHours(self.clinician.id, "+49 30 5550100")
        self.wanted = EscalationPolicy(second_address="desk@example.org", out_of_hours=contact)

    def change(self, rev: int = 0, site_id: str | None = None, **fields: object) -> policy.SiteEscalation:
        wanted = replace(self.wanted, **fields)
        site_id = site_id or self.site.id
        return policy.change(site_id, wanted, rev, self.scope, actor=self.actor, now=NOW)

    def refused(self, **fields: object) -> dict[str, str]:
        with pytest.raises(Invalid) as caught:
            self.change(**fields)
        assert sites.read_anew(self.site.id).escalation == USUAL_POLICY  # type: ignore[union-attr]
        return {problem.pointer: problem.code for problem in caught.value.errors}


@pytest.fixture
def clinic(people: People) -> Clinic:
    return Clinic(people)


def both(count: int, unit: Unit) -> ResponseTime:
    return ResponseTime(Span(count, unit), Span(count, unit))


def test_a_site_begins_with_the_usual_policy_and_what_is_wrong_with_it(clinic: Clinic) -> None:
    found = policy.read(clinic.site.id, clinic.scope, now=NOW)
    assert (found.policy, found.changed_by, found.rev) == (USUAL_POLICY, None, 0)
    assert {fault.code for fault in found.faults} == {Fault.NO_CONTACT, Fault.NO_SECOND_ADDRESS}


def test_a_policy_is_in_force_with_who_and_when(clinic: Clinic) -> None:
    found = clinic.change(topics={"respiratory": both(2, H)}, minutes_between_steps={"urgent": 15})
    assert found == policy.read(clinic.site.id, clinic.scope, now=NOW)
    assert (found.faults, found.changed_at, found.rev) == ((), NOW, 1)
    assert found.changed_by is not None
    assert found.changed_by.name == clinic.actor.account_id
    assert found.policy.minutes_between_steps == {"inform": 10080, "soon": 1440, "urgent": 15}
    assert found.policy.topics == USUAL_POLICY.topics | {"respiratory": both(2, H)}
    assert found.policy.levels == USUAL_POLICY.levels
    terms = terms_of(clinic.site.id)
    two, half = NOW + timedelta(hours=2), NOW + timedelta(minutes=15)
    assert terms.due_at(Level.URGENT, Topic.RESPIRATORY, NOW) == two
    assert terms.due_at(Level.SOON, Topic.RESPIRATORY, NOW) == two
    assert terms.due_at(Level.URGENT, Topic.SPEECH, NOW) == NOW + timedelta(hours=8)
    assert terms.due_at(Level.URGENT, Topic.SELF_HARM, NOW) == NOW + timedelta(hours=4)
    assert terms.acknowledged_until(Level.URGENT, Topic.RESPIRATORY, NOW) == two
    assert terms.next_step_at(Level.URGENT, Topic.SPEECH, NOW) == half
    with pytest.raises(ChangedMeanwhile):
        clinic.change()


def test_a_soon_that_has_passed_ends_where_the_policy_says_so(clinic: Clinic) -> None:
    assert terms_of(clinic.site.id).soon_ends_after is None
    clinic.change(soon_ends_after_days=14)
    assert terms_of(clinic.site.id).soon_ends_after == timedelta(days=14)


def test_an_urgent_chain_has_a_contact_who_may_read_and_a_second_way(clinic: Clinic) -> None:
    assert clinic.refused(second_address=None) == {"/second_address": "no_second_address"}
    assert clinic.refused(out_of_hours=None) == {"/out_of_hours": "no_out_of_hours_contact"}
    coordinator = clinic.people.account((clinic.site, Role.COORDINATOR))
    elsewhere = clinic.people.account((clinic.people.site(), Role.CLINICIAN))
    for account_id in (coordinator.id, elsewhere.id, "nobody"):
        refused = clinic.refused(out_of_hours=OutOfHours(account_id, "+49 1"))
        assert refused == {"/out_of_hours/contact_id": "contact_cannot_read"}


def test_no_policy_is_put_in_force_on_a_calendar_that_has_become_closed(clinic: Clinic) -> None:
    closed = WorkingHours(weekly=(None,) * 7)
    assert sites.change(clinic.site.id, 0, step=SiteStep(NOW, CLINIC, {}), hours=closed)
    with pytest.raises(Invalid) as caught:
        clinic.change(rev=1)
    assert [problem.code for problem in caught.value.errors] == ["closed_too_long"]


@pytest.mark.parametrize(
    ("fields", "pointer"),
    [
        ({"levels": {"urgent": both(2, W)}}, "/levels/urgent/due"),
        ({"levels": {"urgent": both(1, D)}}, "/levels/urgent/acknowledged"),
        ({"levels": {"soon": both(15, D)}}, "/levels/soon/due"),
        ({"levels": {"inform": both(57, D)}}, "/levels/inform/due"),
        ({"topics": {"self_harm": both(9, H)}}, "/topics/self_harm/due"),
        ({"topics": {"self_harm": both(1, W)}}, "/topics/self_harm/due"),
        ({"topics": {"speech": both(15, D)}}, "/topics/speech/due"),
        ({"minutes_between_steps": {"urgent": 241}}, "/minutes_between_steps/urgent"),
        ({"minutes_between_steps": {"soon": 59}}, "/minutes_between_steps/soon"),
    ],
)
def test_times_have_bounds(clinic: Clinic, fields: dict[str, object], pointer: str) -> None:
    assert pointer in clinic.refused(**fields)


@pytest.mark.parametrize(
    "fields",
    [
        {"levels": {"urgent": both(10, H)}},
        {"levels": {"soon": both(14, D)}},
        {"topics": {"self_harm": both(8, H)}},
        {"topics": {"speech": both(14, D)}},
        {"minutes_between_steps": {"urgent": 240, "soon": 60}},
        {"minutes_between_steps": {"urgent": 5, "soon": 7 * 24 * 60}},
    ],
)
def test_the_bounds_themselves_are_possible(clinic: Clinic, fields: dict[str, object]) -> None:
    assert clinic.change(**fields).rev == 1


def test_a_time_that_is_too_long_is_told_with_what_is_possible(clinic: Clinic) -> None:
    with pytest.raises(Invalid) as refused:
        clinic.change(levels={"soon": both(15, D)})
    assert {error.detail for error in refused.value.errors} == {
        "At most: 80 working_hours, 10 working_days, 14 days."
    }


def test_other_sites_are_out_of_reach(clinic: Clinic, people: People) -> None:
    other = people.site()
    with pytest.raises(NotFound):
        clinic.change(site_id=other.id)
    with pytest.raises(NotFound):
        policy.read(other.id, clinic.scope, now=NOW)


def test_the_contact_is_shown_with_what_cannot_wait(clinic: Clinic) -> None:
    clinic.change()
    contact = clinic.wanted.out_of_hours
    assert policy.contact_for(clinic.site.id, Level.URGENT, Topic.SPEECH) == contact
    assert policy.contact_for(clinic.site.id, Level.SOON, Topic.SELF_HARM) == contact
    assert policy.contact_for(clinic.site.id, Level.SOON, Topic.SPEECH) is None
    assert policy.contact_for("nowhere", Level.URGENT, Topic.SPEECH) is None
