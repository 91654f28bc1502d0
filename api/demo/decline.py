"""Plays a fast-falling patient over HTTP: enrolled by code, reporting every two weeks, until an alert opens.

Uses nothing of the service but its address, like a phone and a clinician's page would. The answers are the
same each time; the patient is a new one.
"""

from __future__ import annotations

import time
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from api.demo.client import Client
from api.demo.course import DAYS_PER_MONTH, Course, Reporter

INTERVAL_DAYS = 14
REPORTS = 13
_COURSE = Course(total=45, losses=((0, 2.0),), onset="leg")
_SEED = "decline"
_ZONE = "Europe/Berlin"
_NAME = "Dora Fallon (synthetic)"


@dataclass(frozen=True, slots=True)
class Line:
    """What is known after one report.

    Attributes:
        observed_at: in the patient's zone, as the sentences name days.
        trajectory: as the clinician reads it.
        alerts: those that this report opened, or raised to another level.
    """

    observed_at: datetime
    total: float
    trajectory: Mapping[str, Any]
    alerts: tuple[Mapping[str, Any], ...]


@dataclass(slots=True)
class Play:
    """One patient's story.

    Attributes:
        service: as nobody.
        coordinator: enrols.
        clinician: reads.
        pause_seconds: between reports, so that one can watch.
    """

    service: Client
    coordinator: Client
    clinician: Client
    pause_seconds: float = 0.0
    patient_id: str = ""

    def enrol(self, site_id: str, now: datetime) -> Client:
        """Enrol the patient, let the phone redeem the code, and return the phone."""
        new = {
            "id": str(uuid.uuid4()),
            "site_id": site_id,
            "name": _NAME,
            "study_code": f"DEMO-{uuid.uuid4().hex[:4]}",
            "zone": _ZONE,
            "consent_at": (now - timedelta(days=INTERVAL_DAYS * REPORTS)).isoformat(),
            "profile": {"report_interval_days": INTERVAL_DAYS},
        }
        self.patient_id = self.coordinator.post("/v1/patients", new)["id"]
        path = f"/v1/patients/{self.patient_id}/invitations"
        code = self.coordinator.post(path, {"kind": "patient"})["code"]
        device = {"id": str(uuid.uuid4()), "name": "demo phone"}
        enrolled = self.service.post("/v1/auth/enrol", {"code": code, "device": device})
        return Client(self.service.address, enrolled["access_token"])

    def report(self, phone: Client, now: datetime) -> Iterator[Line]:
        """Send the reports one by one, and yield what each has changed."""
        reporter, levels = Reporter(_COURSE, _SEED), dict[str, str]()
        for number in range(REPORTS):
            ago = timedelta(days=INTERVAL_DAYS * (REPORTS - 1 - number), hours=1)
            observed = (now - ago).astimezone(ZoneInfo(_ZONE))
            month = number * INTERVAL_DAYS / DAYS_PER_MONTH
            receipt = phone.post(
                f"/v1/patients/{self.patient_id}/reports", _report(reporter, month, observed)
            )
            evaluation = self.clinician.get(f"/v1/patients/{self.patient_id}/evaluation")
            fresh = [alert for alert in self.worklist() if levels.get(alert["id"]) != alert["level"]]
            levels |= {alert["id"]: alert["level"] for alert in fresh}
            yield Line(observed, receipt["total"], evaluation["trajectory"], tuple(fresh))
            time.sleep(self.pause_seconds)

    def worklist(self) -> list[Mapping[str, Any]]:
        """Return the patient's lines of the clinician's worklist."""
        return self._alerts("current")

    def ended(self) -> list[Mapping[str, Any]]:
        """Return the patient's alerts that have ended meanwhile."""
        return self._alerts("ended")

    def _alerts(self, state: str) -> list[Mapping[str, Any]]:
        path = f"/v1/alerts?patient_id={self.patient_id}&state={state}&limit=200"
        found: list[Mapping[str, Any]] = self.clinician.get(path)["items"]
        return found


def _report(reporter: Reporter, month: float, observed: datetime) -> dict[str, Any]:
    return {
        "id": str(uuid.uuid4()),
        "instrument": "alsfrs_r",
        "instrument_version": "1",
        "observed_at": observed.isoformat(),
        "answers": reporter.alsfrs_r(month),
    }
