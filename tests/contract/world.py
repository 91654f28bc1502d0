"""A small world for tests that ask every operation of the document: clinics, people of every role, real ids.

`World.chart` makes a patient with all that a path can name: reports, one kept aside, a grant, an alert.
`World.ids` fills the parameters of a path, `World.body` turns the document's own example into a body that is
about this chart. A path parameter that is not known here is an error, so that no new operation is tested
with made-up ids only.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from flask import Flask
from flask.testing import FlaskClient

from api.application import SECURITY, SETTINGS
from models.accounts import sessions
from models.accounts.invitations import InvitationKind
from models.accounts.sessions import Device, Standing
from models.accounts.sign_in_attempts import AttemptDocument
from models.outbox import messages
from models.outbox.message import Message, MessageKind, MessageState
from models.patients.grants import Grant, GrantScope
from models.patients.patient import Patient
from models.sites import sites
from models.sites import webhooks as subscriptions
from models.sites.sites import Site
from models.store.base import new_id
from models.store.scope import Scope
from services import clock
from services.access.actor import STAFF, Actor, Role
from services.access.permissions import Operation
from services.access.security import Security
from services.accounts import invitations
from services.accounts.invitations import PatientInvitation
from services.accounts.passkeys import passkeys
from services.delivery.egress import Egress
from services.delivery.signing import Signing
from services.delivery.subscriptions import Webhooks
from services.replays import replays
from tests.authenticator import Authenticator
from tests.contract.document import ENDPOINTS, Endpoint
from tests.people import PASSWORD, People, Person
from tests.questionnaires import alsfrs, falling, phq_9

UNKNOWN_VERSION = "2027-01"
LOOPBACK = "127.0.0.0/8"
NOBODY_LISTENS = "http://127.0.0.1:9/slope"
_OF_KEPT_ASIDE = {Operation.QUARANTINE_RELEASE, Operation.QUARANTINE_REJECT}
_STAFF = tuple(role for role in Role if role in STAFF)


@dataclass(frozen=True)
class Chart:
    """A patient of a site with everything that an operation can be about, and people of every role.

    Attributes:
        people: by role, each within reach of the patient as far as the role goes.
        reports: by role, a report that somebody of the role gave; staff's is the patient's.
        other: a caregiver's account without a grant.
        alert_id: about the patient's decline; `query_id` a question about the data.
    """

    site: Site
    patient: Patient
    people: dict[str, Person]
    reports: dict[str, str]
    kept_aside: str
    grant: Grant
    other: Person
    alert_id: str
    query_id: str


class World:
    """Clinics with a chart each on an empty database, and whom to ask as.

    Attributes:
        near: what is only read stands here.
        neighbour: another patient of the same clinic.
        far: another clinic.
    """

    def __init__(self, app: Flask) -> None:
        self.app = app
        self.client: FlaskClient = app.test_client()
        self.security: Security = app.extensions[SECURITY]
        self.people = People(self.security, clock.now())
        self._replays: dict[str, str] = {}
        self._webhooks: dict[tuple[str, bool], str] = {}
        self.near, self.far = self.chart(), self.chart()
        self.neighbour = self.chart(beside=self.near)

    def chart(self, beside: Chart | None = None) -> Chart:
        """Make a patient with reports, a grant and an alert: at a new clinic, or beside another one."""
        people = self.people
        site = people.site() if beside is None else beside.site
        patient = people.patient(site, consent_at=people.now)
        own, caregiver = people.own(site, patient), people.caregiver(site, patient)
        spare, other = people.caregiver(site), people.caregiver(site)
        grant = people.grant(patient, spare.account, scope=GrantScope.READ)
        staff: dict[str, Person] = {
            role: people.staff(site, role) if beside is None else beside.people[role] for role in _STAFF
        }
        given = self._reports(patient, own, caregiver)
        return Chart(
            site=site,
            patient=patient,
            people={Role.PATIENT: own, Role.CAREGIVER: caregiver, **staff},
            reports={Role.PATIENT: given[0], Role.CAREGIVER: given[1]},
            kept_aside=given[2],
            grant=grant,
            other=other,
            alert_id=self._alert(patient, staff[Role.CLINICIAN], "decline"),
            query_id=self._alert(patient, staff[Role.CLINICIAN], "data_query"),
        )

    def _reports(self, patient: Patient, own: Person, caregiver: Person) -> list[str]:
        last = self.people.now - timedelta(days=1)
        early = last - timedelta(days=200)
        told = [(own, body | {"duration_seconds": 8, "note": "A word."}) for body in falling(last)]
        told += [(caregiver, alsfrs(early)), (own, alsfrs(early, instrument_version=UNKNOWN_VERSION))]
        told += [(own, phq_9(early, phq_9=1))]
        for person, body in told:
            self.ask("post", f"/v1/patients/{patient.id}/reports", person, json=body, expected=(201, 202))
        return [body["id"] for _, body in told][5:8]

    def _alert(self, patient: Patient, clinician: Person, topic: str) -> str:
        wanted = {"patient_id": patient.id, "topic": topic}
        listed = self.ask("post", "/v1/alerts/search", clinician, json=wanted)
        return str(listed.json["items"][0]["id"])

    def ask(
        self, method: str, path: str, person: Person, *, expected: tuple[int, ...] = (200,), **sent: Any
    ) -> Any:
        """Send a request that has to be answered as expected."""
        response = self.client.open(path, method=method.upper(), headers=person.headers, **sent)
        assert response.status_code in expected, (path, response.status_code, response.get_data(as_text=True))
        return response

    def headers(self, endpoint: Endpoint, chart: Chart, role: str) -> dict[str, str]:
        """Return the headers of somebody of the role, none for nobody; who signs out does it only once."""
        if role not in chart.people:
            return {}
        person = chart.people[role]
        if endpoint.path.endswith("{passkey_id}"):
            token = self.security.signer.issue(self._with_factor(person), clock.now())
            return {"Authorization": f"Bearer {token}"}
        return self._anew(person).headers if endpoint.permission == Operation.SESSION_END else person.headers

    def _anew(self, person: Person) -> Person:
        return self.people.signed_in(person.account)

    def ids(self, endpoint: Endpoint, chart: Chart, role: str) -> dict[str, str]:
        """Return a value for every parameter of the endpoint's path."""
        report = chart.reports.get(role, chart.reports[Role.PATIENT])
        known: dict[str, Callable[[], str]] = {
            "patient_id": lambda: chart.patient.id,
            "report_id": lambda: chart.kept_aside if endpoint.permission in _OF_KEPT_ASIDE else report,
            "grant_id": lambda: chart.grant.id,
            "site_id": lambda: self._site(endpoint, chart),
            "alert_id": lambda: chart.query_id if role == Role.COORDINATOR else chart.alert_id,
            "replay_id": lambda: self._replay(chart),
            "key": lambda: self._instrument(endpoint, chart),
            "version": lambda: "1",
            "locale": lambda: "de",
            "passkey_id": lambda: self._passkey(chart, role),
            "device_id": lambda: self._device(endpoint, chart, role),
            "invitation_id": lambda: self._invitation(endpoint, chart),
            "account_id": lambda: chart.people[Role.COORDINATOR].account.id,
            "message_id": lambda: self._message(endpoint, chart, role),
            "subscription_id": lambda: self._webhook(endpoint, chart),
        }
        return {name: known[name]() for name in endpoint.parameters}

    def path(self, endpoint: Endpoint, chart: Chart, role: str) -> str:
        """Return the endpoint's path with the chart's ids in it."""
        return endpoint.path.format(**self.ids(endpoint, chart, role))

    def tag(self, endpoint: Endpoint, chart: Chart, role: str) -> str:
        """Return the present ETag of what the endpoint changes: at its own path, or the nearest above it."""
        readable = {other.path: other.roles for other in ENDPOINTS.values() if not other.writes}
        path = endpoint.path
        while path not in readable:
            path = path.rpartition("/")[0]
        reader = Role.CLINICIAN if Role.CLINICIAN in readable[path] else Role.ADMIN
        ids = self.ids(endpoint, chart, role)
        return str(self.ask("get", path.format(**ids), chart.people[reader]).headers["ETag"])

    def body(self, endpoint: Endpoint, chart: Chart, role: str) -> Any:
        """Return the document's example, about this chart and by this role; None when it takes no body."""
        return self.about(endpoint.example, chart, role)

    def about(self, value: Any, chart: Chart, role: str) -> Any:
        """Return a body with the ids, times and secrets in it replaced by those that exist."""
        if isinstance(value, list):
            return [self.about(inner, chart, role) for inner in value]
        if not isinstance(value, dict):
            return value
        if {"rawId", "response"} <= value.keys():
            return self._credential(value["response"], chart.people.get(role, chart.other))
        fresh = self._fresh(chart, role)
        return {
            name: fresh[name]() if name in fresh else self.about(inner, chart, role)
            for name, inner in value.items()
        }

    def _fresh(self, chart: Chart, role: str) -> dict[str, Callable[[], Any]]:
        person = chart.people.get(role, chart.other)
        observed_at = clock.now() - timedelta(hours=3)
        return {
            "id": new_id,
            "site_id": lambda: chart.site.id,
            "patient_id": lambda: chart.patient.id,
            "account_id": lambda: chart.other.account.id,
            "contact_id": lambda: chart.people[Role.CLINICIAN].account.id,
            "deputy_id": lambda: self.people.account((chart.site, Role.CLINICIAN)).id,
            "observed_at": observed_at.isoformat,
            "away_from": clock.now().isoformat,
            "away_until": (clock.now() + timedelta(days=7)).isoformat,
            "code": lambda: self._code(chart),
            "email": lambda: person.account.email,
            "password": lambda: PASSWORD,
            "old": lambda: PASSWORD,
            "refresh_token": lambda: self.security.refresh_tokens.of(self._anew(person).session),
        }

    def _site(self, endpoint: Endpoint, chart: Chart) -> str:
        """The chart's site; one where texts are proposed, where they are decided about."""
        site = sites.read_anew(chart.site.id)
        if endpoint.permission == Operation.SAFETY_TEXT_DECIDE and site and site.safety_proposal is None:
            path, wanted = f"/v1/sites/{site.id}/safety-texts/proposal", ENDPOINTS["propose_safety_texts"]
            headers = chart.people[Role.ADMIN].headers | {"If-Match": f'"{site.rev}"'}
            response = self.client.put(path, json=wanted.example, headers=headers)
            assert response.status_code == 200, response.get_data(as_text=True)
        return chart.site.id

    def _instrument(self, endpoint: Endpoint, chart: Chart) -> str:
        """A shipped instrument, or one of the site's own where it is to be retired."""
        if not endpoint.path.endswith("/retirement"):
            return "who_5"
        definition = ENDPOINTS["add_site_instrument"].example
        path, admin = f"/v1/sites/{chart.site.id}/instruments", chart.people[Role.ADMIN]
        self.ask("post", path, admin, json=definition, expected=(200, 201))
        return str(definition["key"])

    def _replay(self, chart: Chart) -> str:
        if chart.site.id not in self._replays:
            path = f"/v1/sites/{chart.site.id}/replays"
            clinician, wanted = chart.people[Role.CLINICIAN], ENDPOINTS["start_replay"].example
            response = self.ask("post", path, clinician, json=wanted, expected=(202,))
            replays.go_on(clock.now())
            self._replays[chart.site.id] = str(response.json["id"])
        return self._replays[chart.site.id]

    def _webhook(self, endpoint: Endpoint, chart: Chart) -> str:
        """A webhook of the chart's site; where one is tested, nobody listens at its address."""
        tested = endpoint.path.endswith("/test")
        known = chart.site.id, tested
        if subscriptions.read(self._webhooks.get(known, "")) is None:  # or somebody has removed it
            reach = Scope(site_ids=frozenset({chart.site.id}), roles=((chart.site.id, Role.ADMIN),))
            given, admin = self.app.extensions[SETTINGS], chart.people[Role.ADMIN].actor
            signing, egress = Signing(given.refresh_secret), Egress.of(given)
            of_site = Webhooks(signing, egress, chart.site.id, reach, admin, clock.now())
            wanted = {**ENDPOINTS["create_webhook"].example, "id": new_id(), "events": ["alert.raised"]}
            made, _ = of_site.create(wanted | ({"address": NOBODY_LISTENS} if tested else {}))
            self._webhooks[known] = made.id
        return self._webhooks[known]

    def _message(self, endpoint: Endpoint, chart: Chart, role: str) -> str:
        """A dead message of the chart's alert, or the caller's own test message."""
        own = endpoint.path.startswith("/v1/me")
        person = chart.people.get(role, chart.other) if chart is not self.neighbour_or_none else chart.other
        now = clock.now()
        message = Message(
            key=new_id(),
            public_id=new_id(),
            site_id="" if own else chart.site.id,
            channel="email",
            recipient=person.account.id if own else chart.people[Role.CLINICIAN].account.id,
            kind=MessageKind.TEST if own else MessageKind.RAISED,
            created_at=now,
            due_at=now,
            alert_ids=() if own else (chart.alert_id,),
            state=MessageState.WAITING if own else MessageState.DEAD,
            reason="" if own else "address_refused",
        )
        messages.insert(message)
        return message.public_id

    @property
    def neighbour_or_none(self) -> Chart | None:
        """The neighbour's chart, once there is one."""
        return getattr(self, "neighbour", None)

    def _device(self, endpoint: Endpoint, chart: Chart, role: str) -> str:
        """A device of whom the path is about: the caller, or the chart's patient, where it may wait."""
        # The staff of neighbours are the same people.
        of_caller = endpoint.path.startswith("/v1/me") and chart is not self.neighbour_or_none
        person = chart.people.get(role, chart.other) if of_caller else chart.people[Role.PATIENT]
        account = person.account
        waits = endpoint.permission == Operation.DEVICE_CONFIRM
        standing = Standing(confirmed=not waits, invited_by=chart.other.account.id)
        device, life = Device(new_id(), "phone"), timedelta(days=90)
        return sessions.create(account.id, device, now=clock.now(), lifetime=life, standing=standing).id

    def _passkey(self, chart: Chart, role: str) -> str:
        """A passkey of the caller's; of somebody else's where the staff of neighbours are the same people."""
        known = chart is not getattr(self, "neighbour", None)
        person = chart.people.get(role, chart.other) if known else chart.people[Role.PATIENT]
        return self._added(Authenticator(), person)

    def _credential(self, example: dict[str, Any], person: Person) -> dict[str, Any]:
        """What a device of the person answers to what it is asked now."""
        device = Authenticator()
        if "attestationObject" in example:
            return device.create(self._asked_to_create(person))
        self._added(device, person)
        return device.get(passkeys.ask(self.security, now=clock.now()))

    def _added(self, device: Authenticator, person: Person) -> str:
        made = device.create(self._asked_to_create(person))
        added = passkeys.add(self.security, person.actor, made, "Laptop", now=clock.now())
        return added.passkey.id

    def _asked_to_create(self, person: Person) -> dict[str, Any]:
        AttemptDocument.raw().delete_many({})  # the tests add far more passkeys than a person does
        for passkey in passkeys.own(person.actor):
            passkeys.remove(self._with_factor(person), passkey.id, now=clock.now())
        return passkeys.begin(self.security, self._with_factor(person), PASSWORD, now=clock.now())

    def _with_factor(self, person: Person) -> Actor:
        return replace(person.actor, second_factor_at=clock.now())

    def _invitation(self, endpoint: Endpoint, chart: Chart) -> str:
        if endpoint.path.startswith("/v1/sites"):
            admin = chart.people[Role.ADMIN].actor
            invited = invitations.invite_staff(
                self.security, chart.site.id, ("Jo", Role.CLINICIAN), actor=admin, now=clock.now()
            )
            return invited.invitation.invitation_id
        self._code(chart)
        reach = Scope(site_ids=frozenset({chart.site.id}))
        return invitations.listed_of_patient(chart.patient.id, reach, now=clock.now())[0].invitation_id

    def _code(self, chart: Chart) -> str:
        wanted = PatientInvitation(kind=InvitationKind.CAREGIVER, name="Jo")
        actor = chart.people[Role.CLINICIAN].actor
        invited = invitations.invite_to_patient(
            self.security, chart.patient.id, wanted, actor=actor, now=clock.now()
        )
        return invited.code
