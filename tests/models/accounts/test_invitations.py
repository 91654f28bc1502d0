"""A code is used up once, however many try at the same time."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from models.accounts import invitations
from models.accounts.invitations import Invitation, InvitationKind, InvitationState
from models.patients.grants import GrantScope
from tests.people import CLINIC

# Far ahead, because engines remove what has expired by their own clock.
NOW = datetime(2076, 3, 2, 8, 30, tzinfo=UTC)
RACERS = 16
CAREGIVER = Invitation(
    digest="d1",
    kind=InvitationKind.CAREGIVER,
    site_id="north",
    account_id="a1",
    name="Jo",
    created_by=CLINIC,
    created_at=NOW,
    expires_at=NOW + timedelta(days=14),
    patient_id="p1",
    grant_scope=GrantScope.READ,
    grant_ends_at=NOW + timedelta(days=100),
)
STAFF = replace(
    CAREGIVER, kind=InvitationKind.STAFF, role="admin", patient_id=None, grant_scope=None, grant_ends_at=None
)

pytestmark = pytest.mark.usefixtures("database")


@pytest.mark.parametrize("invitation", [CAREGIVER, STAFF])
def test_what_was_stored_is_read_back(invitation: Invitation) -> None:
    invitations.create(invitation)
    assert invitations.read("d1") == invitation
    assert invitations.read("d2") is None


def test_of_racing_devices_one_redeems() -> None:
    invitations.create(CAREGIVER)
    with ThreadPoolExecutor(RACERS) as pool:
        won = list(pool.map(lambda n: invitations.redeem("d1", f"device {n}", now=NOW), range(RACERS)))
    after = invitations.read("d1")
    assert won.count(True) == 1
    assert after is not None
    assert (after.state, after.device_id) == (InvitationState.REDEEMED, f"device {won.index(True)}")


@pytest.mark.parametrize(("late", "redeemed"), [(-1, True), (0, False), (1, False)])
def test_an_expired_code_is_not_redeemed(late: int, redeemed: bool) -> None:
    invitations.create(CAREGIVER)
    moment = CAREGIVER.expires_at + timedelta(seconds=late)
    assert invitations.redeem("d1", "device", now=moment) is redeemed
