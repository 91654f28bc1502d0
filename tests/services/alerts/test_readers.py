"""Who may read an alert, by the permission table."""

from __future__ import annotations

from dataclasses import replace

import pytest

from models.alerts.alert import Audience
from scoring.decline import Topic
from services.access.actor import Role
from services.alerts.readers import may_read, readers_of, roles_for
from tests.alert_samples import Told, make_alert, on_day
from tests.people import People


def test_the_roles_are_those_of_the_permission_table() -> None:
    assert roles_for(Audience.CLINICAL) == (Role.CLINICIAN,)
    assert set(roles_for(Audience.COORDINATION)) == {Role.CLINICIAN, Role.COORDINATOR}


@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize("audience", list(Audience))
def test_who_may_read_is_open_and_has_such_a_role_at_this_site(
    people: People, role: Role, audience: Audience
) -> None:
    site, other = people.site(), people.site()
    account = people.account((site, role))
    assert may_read(account, site.id, audience) is (role in roles_for(audience))
    assert not may_read(account, other.id, audience)
    assert not may_read(replace(account, closed_at=on_day(1)), site.id, audience)


def test_readers_are_found_by_name(people: People) -> None:
    site = people.site()
    for name, role in (("Zoe", Role.CLINICIAN), ("Ann", Role.CLINICIAN), ("Bob", Role.COORDINATOR)):
        people.account((site, role), name=name)
    alert = replace(make_alert(told=Told(Topic.SILENCE)), site_id=site.id)
    assert [account.name for account in readers_of(alert)] == ["Ann", "Bob", "Zoe"]
    alert = replace(make_alert(told=Told(Topic.SELF_HARM)), site_id=site.id)
    assert [account.name for account in readers_of(alert)] == ["Ann", "Zoe"]
