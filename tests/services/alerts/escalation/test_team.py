"""The team is read anew each time: who left is no part of it from then on."""

from __future__ import annotations

from models.accounts import absences, accounts
from models.accounts.absences import Absence
from models.accounts.account import AccountEvent, AccountStep
from models.sites.escalation_policy import EscalationPolicy, OutOfHours
from scoring.decline import Topic
from services.access.actor import Role
from services.alerts.escalation.team import team_of
from tests.alert_samples import Told, make_alert, on_day
from tests.people import CLINIC, People


def test_a_team_is_the_readers_their_absences_and_the_policy(people: People) -> None:
    contact = people.account(name="Contact")
    policy = EscalationPolicy(second_address="desk@example.org", out_of_hours=OutOfHours(contact.id, "+49 1"))
    site = people.site(escalation=policy)
    ann, bob = (
        people.account((site, Role.CLINICIAN), name="Ann"),
        people.account((site, Role.COORDINATOR), name="Bob"),
    )
    away = Absence(ann.id, on_day(1), on_day(9), bob.id, CLINIC, on_day(0))
    assert absences.change(absences.read(ann.id), away)
    team = team_of(make_alert(told=Told(Topic.SILENCE), site_id=site.id))
    assert (team.readers, team.coordinators) == ((ann.id, bob.id), {bob.id})
    assert (team.out_of_hours, team.second_address) == (contact.id, True)
    assert team.is_away(ann.id, on_day(2))
    clinical = team_of(make_alert(site_id=site.id))
    assert (clinical.readers, clinical.coordinators) == ((ann.id,), frozenset())
    assert accounts.change(ann, AccountStep(on_day(1), AccountEvent.CLOSED, CLINIC), closed_at=on_day(1))
    assert team_of(make_alert(site_id=site.id)).readers == ()
