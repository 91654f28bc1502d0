"""Responses that need a story of their own: conflicts, refusals, and what all operations share.

Each story yields the operation id, or `shared`, and the response.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any
from unittest import mock

from pymongo.errors import ServerSelectionTimeoutError

from models import indexes
from models.store.base import new_id
from services import clock
from services.access.actor import Role
from services.accounts import sign_in
from tests.contract.document import ENDPOINTS
from tests.contract.world import World
from tests.definitions import own, report
from tests.people import PASSWORD
from tests.questionnaires import alsfrs

Told = Iterator[tuple[str, Any]]
WRONG = "not the password of anybody"


def shared(world: World) -> Told:
    """What every operation may be answered."""
    near = world.near
    patient, path = near.people[Role.PATIENT], f"/v1/patients/{near.patient.id}/reports"
    yield (
        "shared",
        world.client.post(path, data=b"{", content_type="application/json", headers=patient.headers),
    )
    yield "shared", world.client.get("/v1/me")
    yield "shared", world.client.get("/v1/alerts", headers=patient.headers)
    yield "shared", world.client.get(f"/v1/patients/{new_id()}", headers=patient.headers)
    yield (
        "shared",
        world.client.post(
            path, data=b"x" * 400_000, content_type="application/json", headers=patient.headers
        ),
    )
    yield "shared", world.client.post(path, data=b"x", content_type="text/plain", headers=patient.headers)
    yield "shared", world.client.get(path + "?limit=0", headers=patient.headers)
    clinician = near.people[Role.CLINICIAN]
    site = f"/v1/sites/{near.site.id}"
    yield (
        "shared",
        world.client.patch(site, json={"shows_patient": []}, headers=near.people[Role.ADMIN].headers),
    )
    stale = near.people[Role.ADMIN].headers | {"If-Match": '"999"'}
    yield "shared", world.client.patch(site, json={"shows_patient": []}, headers=stale)
    for error in (ServerSelectionTimeoutError("away"), KeyError("a mistake")):
        with _failing(error):
            yield "shared", world.client.get("/v1/me", headers=clinician.headers)


@contextmanager
def _failing(error: Exception) -> Iterator[None]:
    with mock.patch.object(sign_in, "own_account", side_effect=error):
        yield


def signing_in(world: World) -> Told:
    """Wrong passwords, until there is a pause; tokens and codes that cannot be used."""
    email = world.near.people[Role.CLINICIAN].account.email
    for _ in range(12):
        response = world.client.post("/v1/auth/sign-in", json={"email": email, "password": WRONG})
        yield "sign_in", response
        yield "enrol", world.client.post("/v1/auth/enrol", json=_redeeming(world, email, WRONG))
    yield "refresh", world.client.post("/v1/auth/refresh", json={"refresh_token": "made.up"})
    path = f"/v1/patients/{world.near.patient.id}/invitations"
    invited = world.ask(
        "post", path, world.near.people[Role.CLINICIAN], json={"kind": "patient"}, expected=(201,)
    )
    taken = {"email": email, "password": PASSWORD, "code": invited.json["code"]}
    yield "enrol", world.client.post("/v1/auth/enrol", json=taken)


def _redeeming(world: World, email: str | None, password: str) -> dict[str, Any]:
    example = world.body(ENDPOINTS["enrol"], world.near, Role.PATIENT)
    return {**example, "email": email, "password": password}


def reports(world: World) -> Told:
    """The same id for something else; a report that was voided; one that is not kept aside."""
    chart = world.chart()
    clinician = chart.people[Role.CLINICIAN]
    patient, path = chart.people[Role.PATIENT], f"/v1/patients/{chart.patient.id}/reports"
    body = alsfrs(clock.now() - timedelta(hours=5))
    world.ask("post", path, patient, json=body, expected=(201,))
    yield (
        "submit_report",
        world.client.post(path, json=body | {"answers": {"speech": 1}}, headers=patient.headers),
    )
    wrong = alsfrs(clock.now() - timedelta(hours=4)) | {"answers": {"speech": 9, "walking": 1.5}}
    yield "submit_report", world.client.post(path, json=wrong, headers=patient.headers)
    aside = alsfrs(clock.now() - timedelta(hours=4), instrument_version="2027-01")
    yield "submit_report", world.client.post(path, json=aside, headers=patient.headers)
    void = {"id": new_id(), "reason": "Another patient's answers."}
    one = f"{path}/{body['id']}"
    yield "release_report", world.client.post(f"{one}/release", headers=chart.people[Role.ADMIN].headers)
    rejecting = chart.people[ENDPOINTS["reject_report"].roles[0]]
    yield "reject_report", world.client.post(f"{one}/reject", json=void, headers=rejecting.headers)
    world.ask("post", f"{one}/void", clinician, json=void, expected=(201,))
    again = void | {"id": new_id()}
    yield "void_report", world.client.post(f"{one}/void", json=again, headers=clinician.headers)
    correction = {"id": new_id(), "reason": "A slip.", "answers": body["answers"]}
    yield (
        "correct_report",
        world.client.post(f"{one}/corrections", json=correction, headers=clinician.headers),
    )


def released(world: World) -> Told:
    """A report in a version that is brought along afterwards."""
    chart = world.chart()
    admin, clinician = chart.people[Role.ADMIN], chart.people[Role.CLINICIAN]
    definitions = f"/v1/sites/{chart.site.id}/instruments"
    world.ask("post", definitions, admin, json=own(), expected=(201,))
    later, path = own(version="2"), f"/v1/patients/{chart.patient.id}/reports"
    body = report(later, {"falling_asleep": 1, "waking_up": 2}, clock.now() - timedelta(hours=2))
    world.ask("post", path, chart.people[Role.PATIENT], json=body, expected=(202,))
    world.ask("post", definitions, admin, json=later, expected=(201,))
    yield (
        "add_site_instrument",
        world.client.post(definitions, json=own(title="Another"), headers=admin.headers),
    )
    for _again in range(2):
        for person in (admin, clinician, chart.people[Role.COORDINATOR]):
            response = world.client.post(f"{path}/{body['id']}/release", headers=person.headers)
            if response.status_code != 403:
                yield "release_report", response
                break


def alerts(world: World) -> Told:
    """An action that the state does not allow."""
    chart = world.chart()
    clinician, path = chart.people[Role.CLINICIAN], f"/v1/alerts/{chart.alert_id}"
    tag = world.ask("get", path, clinician).headers["ETag"]
    headers = clinician.headers | {"If-Match": tag}
    yield "act_on_alert", world.client.post(f"{path}/actions", json={"action": "reopen"}, headers=headers)


def closed(world: World) -> Told:
    """An invitation to a patient who is not followed any more."""
    chart = world.chart()
    clinician, path = chart.people[Role.CLINICIAN], f"/v1/patients/{chart.patient.id}"
    tag = world.ask("get", path, clinician).headers["ETag"]
    world.client.patch(path, json={"closed": True}, headers=clinician.headers | {"If-Match": tag})
    body = {"kind": "caregiver", "name": "Jo"}
    yield "invite_to_patient", world.client.post(f"{path}/invitations", json=body, headers=clinician.headers)


def full(world: World) -> Told:
    """More grants than one patient can have."""
    chart = world.chart()
    body = {"account_id": chart.other.account.id, "scope": "read"}
    for _ in range(60):
        path = f"/v1/patients/{chart.patient.id}/grants"
        yield "give_grant", world.client.post(path, json=body, headers=chart.people[Role.CLINICIAN].headers)


def sites(world: World) -> Told:
    """A site that is not there; thresholds that a patient's exception does not fit; a healthy service."""
    chart = world.chart()
    clinician, coordinator = chart.people[Role.CLINICIAN], chart.people[Role.COORDINATOR]
    nowhere = {"site_id": new_id(), "name": "Maria Silva", "zone": "Europe/Lisbon"}
    yield "create_patient", world.client.post("/v1/patients", json=nowhere, headers=coordinator.headers)
    path, site = f"/v1/patients/{chart.patient.id}", f"/v1/sites/{chart.site.id}/policy"
    exception = {
        "reason": "Known to progress fast.",
        "starts_on": clock.now().date().isoformat(),
        "ends_on": (clock.now().date() + timedelta(days=60)).isoformat(),
        "limits": {"mood": {"phq_9_soon": 11}},
    }
    headers = clinician.headers | {"If-Match": world.ask("get", path, clinician).headers["ETag"]}
    assert world.client.patch(path, json={"overrides": [exception]}, headers=headers).status_code == 200
    policy = {"limits": {"mood": {"phq_9_inform": 14}}, "note": "Fewer."}
    tagged = clinician.headers | {"If-Match": world.ask("get", site, clinician).headers["ETag"]}
    yield "change_site_policy", world.client.put(site, json=policy, headers=tagged)
    with mock.patch.object(
        indexes, "missing", return_value=[]
    ):  # those by the engine's own clock were taken away
        yield "get_readiness", world.client.get("/readyz")


def replays(world: World) -> Told:
    """More replays than may wait."""
    chart = world.chart()
    clinician, path = chart.people[Role.CLINICIAN], f"/v1/sites/{chart.site.id}/replays"
    for number in range(12):
        limits = {"limits": {"primary": {"loss_per_month": 1.2 + number / 100}}}
        yield "start_replay", world.client.post(path, json=limits, headers=clinician.headers)


STORIES: tuple[Callable[[World], Told], ...] = (
    shared, signing_in, reports, released, alerts, closed, full, sites, replays,
)  # fmt: skip
