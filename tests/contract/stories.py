"""Responses that need a story of their own: conflicts, refusals, and what all operations share.

Each story yields the operation id, or `shared`, and the response.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from types import SimpleNamespace
from typing import Any
from unittest import mock

from pymongo.errors import ServerSelectionTimeoutError

from api.resources import report_batches as batch_views
from api.resources import reports as report_views
from models import indexes
from models.accounts import accounts as accounts_model
from models.accounts import sessions
from models.accounts.sessions import Device, Standing
from models.store import call_counts
from models.store.base import new_id
from services import clock
from services.access import call_limits, totp
from services.access.actor import Role
from services.accounts import issue, sign_in
from services.accounts.passkeys import passkeys
from services.reports.intake.turns import Turns
from tests.authenticator import Authenticator
from tests.contract.document import ENDPOINTS
from tests.contract.world import Chart, World
from tests.definitions import own, report
from tests.people import PASSWORD, Person
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


def safety_texts(world: World) -> Told:
    """A clinician decides where nothing is proposed."""
    chart, decided = world.chart(), ENDPOINTS["decide_safety_texts"]
    headers = chart.people[Role.CLINICIAN].headers | {"If-Match": '"0"'}
    path = f"/v1/sites/{chart.site.id}/safety-texts/decision"
    yield decided.id, world.client.post(path, json=decided.example, headers=headers)


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
    yield "enrol", world.client.post("/v1/auth/enrol", json={"code": "0000-0000-0000"})


def enrolled(world: World) -> Told:
    """A patient without an account redeems the first code."""
    chart = world.chart()
    coordinator = chart.people[Role.COORDINATOR]
    new = {"id": new_id(), "site_id": chart.site.id, "name": "Maria Silva", "zone": "Europe/Lisbon"}
    world.ask("post", "/v1/patients", coordinator, json=new, expected=(201,))
    path = f"/v1/patients/{new['id']}/invitations"
    invited = world.ask("post", path, coordinator, json={"kind": "patient"}, expected=(201,)).json
    body = {"code": invited["code"], "device": {"id": new_id(), "name": "Maria's phone"}}
    yield "enrol", world.client.post("/v1/auth/enrol", json=body)


def too_many(world: World) -> Told:
    """Calls from one address, late reports about one patient, and batches at one moment."""
    chart = world.chart()
    patient = chart.people[Role.PATIENT]
    with mock.patch.object(call_counts, "count", return_value=(100_000, timedelta(seconds=24))):
        for endpoint in ENDPOINTS.values():
            refused = endpoint.content["responses"].get("429", {}).get("description", "")
            if refused.endswith(": `too_many_calls`"):
                body = {} if endpoint.example is None else {"json": endpoint.example}
                headers = patient.headers
                yield endpoint.id, world.client.open(endpoint.path, method="POST", headers=headers, **body)
    call_limits.forget()
    path = f"/v1/patients/{chart.patient.id}/reports"
    with mock.patch.object(report_views, "settings", return_value=SimpleNamespace(reports_per_day=1)):
        for days in (9, 8, 7):
            body = alsfrs(clock.now() - timedelta(days=days))
            response = world.client.post(path, json=body, headers=patient.headers)
    yield "submit_report", response
    batch = {"entries": [alsfrs(clock.now(), patient_id=chart.patient.id)]}
    turns = Turns(patience=0)
    with mock.patch.object(batch_views, "BATCHES", turns), turns.turn():
        response = world.client.post("/v1/report-batches", json=batch, headers=patient.headers)
    yield "submit_report_batch", response


def _redeeming(world: World, email: str | None, password: str) -> dict[str, Any]:
    example = world.body(ENDPOINTS["enrol"], world.near, Role.PATIENT)
    return {**example, "email": email, "password": password}


def accounts(world: World) -> Told:
    """Second factors, recovery codes, devices and staff: what is refused."""
    chart = world.chart()
    admin, clinician, own = (chart.people[role] for role in (Role.ADMIN, Role.CLINICIAN, Role.PATIENT))
    factor = "/v1/me/second-factor"
    made = world.ask("post", "/v1/me/recovery-code", own, expected=(201,)).json
    yield "recover", world.client.post("/v1/auth/recover", json=made)
    for _ in range(25):
        code = {"recovery_code": "0000-0000-0000"}
        yield "recover", world.client.post("/v1/auth/recover", json=code)
        reset = {"code": "0000-0000-0000", "password": PASSWORD}
        yield "reset_password", world.client.post("/v1/auth/password-reset", json=reset)
    given = {"code": "000000"}
    yield "give_second_factor", world.client.post("/v1/auth/second-factor", json=given, headers=admin.headers)
    yield "set_my_second_factor", world.client.put(factor, json=given, headers=admin.headers)
    setup = world.ask("post", factor, admin, json={"password": PASSWORD}, expected=(201,)).json
    code = {"code": totp.code_at(setup["secret"], totp.step_at(clock.now()))}
    answer = world.client.put(factor, json=code, headers=admin.headers)
    yield "set_my_second_factor", answer
    with_factor = world.people.signed_in(accounts_model.read(admin.account.id))
    headers = with_factor.headers
    one = {"code": answer.json["recovery_codes"][0]}
    yield "give_second_factor", world.client.post("/v1/auth/second-factor", json=one, headers=headers)
    yield "begin_my_second_factor", world.client.post(factor, json={"password": PASSWORD}, headers=headers)
    yield "create_my_recovery_code", world.client.post("/v1/me/recovery-code", headers=headers)
    for _ in range(6):
        yield "give_second_factor", world.client.post("/v1/auth/second-factor", json=given, headers=headers)
        yield "remove_my_second_factor", world.client.delete(factor, json=given, headers=headers)
    yield from _guessing(world, clinician)
    for waiting in (_waiting(world, chart), own):
        response = world.client.post("/v1/auth/confirm", json={"password": PASSWORD}, headers=waiting.headers)
        yield "confirm_this_device", response
    yield from _guessing_on(world, _waiting(world, chart))
    for session in (_waiting(world, chart).session, own.session):
        path = f"/v1/me/devices/{session.id}/confirm"
        yield "confirm_my_device", world.client.post(path, headers=own.headers)
    yield "confirm_patient_device", _confirmed_twice(world, chart)
    both = world.people.account((chart.site, Role.CLINICIAN), (world.far.site, Role.CLINICIAN))
    other = world.people.staff(chart.site, Role.ADMIN)
    path = f"/v1/sites/{chart.site.id}/members/{both.id}/close"
    yield "close_member", world.client.post(path, json={"reason": "Left."}, headers=other.headers)


def _guessing(world: World, person: Person) -> Told:
    for _ in range(6):
        old = {"old": WRONG, "password": "another tabby cat of nine"}
        yield "change_my_password", world.client.post("/v1/me/password", json=old, headers=person.headers)
        wrong = {"password": WRONG}
        yield (
            "begin_my_second_factor",
            world.client.post("/v1/me/second-factor", json=wrong, headers=person.headers),
        )
    coordinator = world.near.people[Role.COORDINATOR]
    world.ask("post", "/v1/me/second-factor", coordinator, json={"password": PASSWORD}, expected=(201,))
    for _ in range(6):
        body = {"code": "000000"}
        response = world.client.put("/v1/me/second-factor", json=body, headers=coordinator.headers)
        yield "set_my_second_factor", response


def _guessing_on(world: World, waiting: Person) -> Told:
    for _ in range(6):
        wrong = {"password": WRONG}
        response = world.client.post("/v1/auth/confirm", json=wrong, headers=waiting.headers)
        yield "confirm_this_device", response


def _waiting(world: World, chart: Chart) -> Person:
    """The patient on a phone that nobody has confirmed."""
    standing = Standing(confirmed=False, site_id=chart.site.id, invited_by=chart.other.account.id)
    device, life = Device(new_id(), "phone"), timedelta(days=90)
    account = chart.people[Role.PATIENT].account
    session = sessions.create(account.id, device, now=clock.now(), lifetime=life, standing=standing)
    answer = issue.tokens(world.security, account, session, now=clock.now())
    actor, _ = world.security.signer.verify(answer.access_token, clock.now())
    return Person(account, session, actor, {"Authorization": f"Bearer {answer.access_token}"})


def _confirmed_twice(world: World, chart: Chart) -> Any:
    path = f"/v1/patients/{chart.patient.id}/devices/{_waiting(world, chart).session.id}/confirm"
    world.ask("post", path, chart.people[Role.CLINICIAN])
    return world.client.post(path, headers=chart.people[Role.CLINICIAN].headers)


def with_passkeys(world: World) -> Told:
    """More passkeys than one account can have."""
    person, path = world.people.staff(world.near.site, Role.CLINICIAN), "/v1/me/passkeys"

    asked = world.ask("post", f"{path}/challenge", person, json={"password": PASSWORD}).json["public_key"]
    late = {"name": "Laptop", "credential": Authenticator().create(asked)}
    for _ in range(passkeys.MOST):
        lately = replace(person.actor, second_factor_at=clock.now())
        options = passkeys.begin(world.security, lately, PASSWORD, now=clock.now())
        passkeys.add(world.security, lately, Authenticator().create(options), "Laptop", now=clock.now())
    yield "add_my_passkey", world.client.post(path, json=late, headers=person.headers)
    headers = _as_now(world, person)
    yield "begin_my_passkey", world.client.post(f"{path}/challenge", json={}, headers=headers)


def _as_now(world: World, person: Person) -> dict[str, str]:
    """The headers of the person's session as it stands now."""
    session, account = sessions.read(person.session.id), accounts_model.read(person.account.id)
    assert session is not None
    assert account is not None
    answer = issue.tokens(world.security, account, session, now=clock.now())
    return {"Authorization": f"Bearer {answer.access_token}"}


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
    asked = alsfrs(clock.now() - timedelta(hours=4)) | {"mode": "clinic"}
    yield "submit_report", world.client.post(path, json=asked, headers=patient.headers)
    void = {"id": new_id(), "reason": "Another patient's answers."}
    one = f"{path}/{body['id']}"
    yield "release_report", world.client.post(f"{one}/release", headers=chart.people[Role.ADMIN].headers)
    rejecting = chart.people[ENDPOINTS["reject_report"].roles[0]]
    yield "reject_report", world.client.post(f"{one}/reject", json=void, headers=rejecting.headers)
    correction = {"id": new_id(), "reason": "A slip.", "answers": {"speech": body["answers"]["speech"]}}
    for person in (chart.people[Role.CAREGIVER], patient):
        headers = person.headers | {"If-Match": '"1"'}
        yield "correct_report", world.client.post(f"{one}/corrections", json=correction, headers=headers)
    tagged = clinician.headers | {"If-Match": world.ask("get", one, clinician).headers["ETag"]}
    assert world.client.post(f"{one}/void", json=void, headers=tagged).status_code == 201
    tagged = clinician.headers | {"If-Match": world.ask("get", one, clinician).headers["ETag"]}
    again = void | {"id": new_id()}
    yield "void_report", world.client.post(f"{one}/void", json=again, headers=tagged)
    correction = {"id": new_id(), "reason": "A slip.", "answers": {"speech": 3}}
    yield "correct_report", world.client.post(f"{one}/corrections", json=correction, headers=tagged)


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
    rejection = {"id": "00000000-0000-4000-8000-0000000000a1", "reason": "entered for somebody else"}
    url = f"{path}/{body['id']}/reject"
    yield "reject_report", world.client.post(url, json=rejection, headers=clinician.headers)


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
    nowhere = {"id": new_id(), "site_id": new_id(), "name": "Maria Silva", "zone": "Europe/Lisbon"}
    yield "create_patient", world.client.post("/v1/patients", json=nowhere, headers=coordinator.headers)
    coded = nowhere | {"id": new_id(), "site_id": chart.site.id, "study_code": "S-027"}
    world.ask("post", "/v1/patients", coordinator, json=coded, expected=(201,))
    same = coded | {"id": new_id()}
    yield "create_patient", world.client.post("/v1/patients", json=same, headers=coordinator.headers)
    of_chart = f"/v1/patients/{chart.patient.id}"
    tagged = clinician.headers | {"If-Match": world.ask("get", of_chart, clinician).headers["ETag"]}
    taken = {"study_code": "S-027"}
    yield "change_patient", world.client.patch(of_chart, json=taken, headers=tagged)
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


def webhooks(world: World) -> Told:
    """The same id for another address."""
    chart = world.chart()
    admin, path = chart.people[Role.ADMIN], f"/v1/sites/{chart.site.id}/webhooks"
    body = {**ENDPOINTS["create_webhook"].example, "id": new_id()}
    for address in ("https://engine.example.org/one", "https://engine.example.org/two"):
        sent = body | {"address": address}
        yield "create_webhook", world.client.post(path, json=sent, headers=admin.headers)


FIRST: tuple[Callable[[World], Told], ...] = (enrolled,)
"""What is kept rather than the answer to the document's example."""

STORIES: tuple[Callable[[World], Told], ...] = (
    shared, safety_texts, too_many, signing_in, accounts, with_passkeys, reports, released, alerts, closed,
    full, sites, replays, webhooks,
)  # fmt: skip
