"""Every step that a person makes is stored with the account, the role used, the session and the request."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from flask.testing import FlaskClient

from models.accounts import accounts
from models.alerts.alerts import AlertDocument
from models.ledger.document import LedgerDocument
from models.patients.patients import PatientDocument
from models.sites.sites import SiteDocument
from models.store.base import new_id
from services.access.actor import Role
from tests.people import PASSWORD, People, Person
from tests.questionnaires import alsfrs, phq_9

Stored = Mapping[str, Any]


class Steps:
    """Does things over HTTP, and says what has to be stored with each."""

    def __init__(self, client: FlaskClient, people: People) -> None:
        self.client, self.people = client, people
        self.site = people.site()
        self.patient = people.patient(self.site, consent_at=people.now)
        self.own = people.own(self.site, self.patient)
        self.clinician = people.staff(self.site, Role.CLINICIAN)
        self.admin = people.staff(self.site, Role.ADMIN)
        self.at = f"/v1/patients/{self.patient.id}"

    def done(
        self, person: Person, role: Role, method: str, path: str, body: Any = None, **headers: str
    ) -> tuple[Any, Stored]:
        """Ask, and return the answer with the provenance that has to be stored."""
        sent = {} if body is None else {"json": body}
        response = self.client.open(
            path,
            method=method,
            headers=person.headers | {n.replace("_", "-"): v for n, v in headers.items()},
            **sent,
        )
        assert response.status_code in {200, 201, 204}, response.get_data(as_text=True)
        by = {
            "account_id": person.account.id,
            "role": role.value,
            "session_id": person.session.id,
            "request_id": response.headers["X-Request-Id"],
        }
        return response.json if response.data else None, by

    def stored_patient(self) -> Stored:
        found: Stored = PatientDocument.raw().find_one({"_id": self.patient.id})
        return found

    def entry(self, event_id: str) -> Stored:
        found: Stored = LedgerDocument.raw().find_one({"event_id": event_id})["content"]["by"]
        return found


@pytest.fixture
def steps(client: FlaskClient, people: People) -> Steps:
    return Steps(client, people)


def test_reports_and_what_becomes_of_them(steps: Steps) -> None:
    body = alsfrs(steps.people.now)
    _, by = steps.done(steps.own, Role.PATIENT, "POST", f"{steps.at}/reports", body)
    assert steps.entry(body["id"]) == by
    changed = {"answers": {"speech": 2}}
    for version, (what, more) in enumerate((("corrections", changed), ("void", {})), 1):
        event = {"id": new_id(), "reason": "Mistyped.", **more}
        path = f"{steps.at}/reports/{body['id']}/{what}"
        tag = f'"{version}"'
        _, by = steps.done(steps.clinician, Role.CLINICIAN, "POST", path, event, If_Match=tag)
        assert steps.entry(event["id"]) == by


def test_changes_of_a_patient(steps: Steps) -> None:
    change = {"profile": {"height_cm": 170}, "reason": "Measured today."}
    _, by = steps.done(steps.clinician, Role.CLINICIAN, "PATCH", steps.at, change, If_Match='"0"')
    step = steps.stored_patient()["steps"][-1]
    assert (step["by"], step["reason"]) == (by, "Measured today.")
    assert step["changed"]["profile"]["height_cm"] == 170
    assert LedgerDocument.raw().find_one({"kind": "reevaluation"})["content"]["by"] == by
    _, by = steps.done(
        steps.clinician, Role.CLINICIAN, "PATCH", steps.at, {"consent_at": None}, If_Match='"1"'
    )
    assert steps.stored_patient()["steps"][-1]["changed"] == {"consent_at": None}


def test_grants(steps: Steps) -> None:
    carer = steps.people.caregiver(steps.site)
    wanted = {"account_id": carer.account.id, "scope": "read"}
    given, by = steps.done(steps.own, Role.PATIENT, "POST", f"{steps.at}/grants", wanted)
    path = f"{steps.at}/grants/{given['id']}"
    _, revoked_by = steps.done(steps.clinician, Role.CLINICIAN, "DELETE", path)
    (grant,) = steps.stored_patient()["grants"]
    assert (grant["given_by"], grant["revoked_by"]) == (by, revoked_by)


def test_roles(steps: Steps) -> None:
    path = f"/v1/sites/{steps.site.id}/invitations"
    wanted = {"name": "Dr. Okafor", "role": "clinician"}
    invited, by = steps.done(steps.admin, Role.ADMIN, "POST", path, wanted)
    body = {"code": invited["code"], "email": "okafor@example.org", "password": PASSWORD}
    redeemed = steps.client.post("/v1/auth/enrol", json=body)
    (step,) = accounts.steps(redeemed.json["account"]["id"])
    assert (step.by.as_dict(), step.detail) == (by, f"clinician@{steps.site.id}")


def test_texts_thresholds_and_instruments_of_a_site(steps: Steps) -> None:
    path = f"/v1/sites/{steps.site.id}"
    _, by = steps.done(steps.admin, Role.ADMIN, "PATCH", path, {"shows_patient": ["total"]}, If_Match='"0"')
    (step,) = SiteDocument.raw().find_one({})["steps"]
    assert (step["by"], step["changed"]) == (by, {"shows_patient": ["total"]})
    policy = {"limits": {"primary": {"loss_per_month": 1.3}}, "note": "Fewer."}
    _, by = steps.done(steps.clinician, Role.CLINICIAN, "PUT", f"{path}/policy", policy, If_Match='"0"')
    assert SiteDocument.raw().find_one({})["policy_by"] == by


def test_texts_of_safety(steps: Steps) -> None:
    path = f"/v1/sites/{steps.site.id}/safety-texts"
    wanted = {"crisis_text": {"en": "Ring 112, or our ward at any hour."}, "note": "Another number."}
    _, proposed_by = steps.done(steps.admin, Role.ADMIN, "PUT", f"{path}/proposal", wanted, If_Match='"0"')
    site = SiteDocument.raw().find_one({})
    assert site["safety_proposal"]["by"] == proposed_by
    word = {"decision": "agree", "note": "Rung up, and right."}
    _, decided_by = steps.done(
        steps.clinician, Role.CLINICIAN, "POST", f"{path}/decision", word, If_Match='"1"'
    )
    assert [step["by"] for step in SiteDocument.raw().find_one({})["steps"]] == [proposed_by, decided_by]


def test_what_a_clinician_does_with_an_alert(steps: Steps) -> None:
    steps.done(steps.own, Role.PATIENT, "POST", f"{steps.at}/reports", phq_9(steps.people.now, phq_9=2))
    listed, _ = steps.done(steps.clinician, Role.CLINICIAN, "GET", "/v1/alerts")
    alert = listed["items"][0]
    path = f"/v1/alerts/{alert['id']}/actions"
    _, by = steps.done(
        steps.clinician, Role.CLINICIAN, "POST", path, {"action": "acknowledge"}, If_Match=f'"{alert["rev"]}"'
    )
    opened, seen = AlertDocument.raw().find_one({})["history"]
    assert (opened["by"]["role"], opened["by"]["account_id"], seen["by"]) == ("evaluation", "", by)
