"""A phone and a clinician, as a client that was generated from openapi.yaml sees them.

    openapi-python-client generate --path openapi.yaml --meta none --output-path examples/python/slope_client
    python examples/python/drive.py http://127.0.0.1:8000 CODE EMAIL PASSWORD

CODE is a patient's one-use code, EMAIL and PASSWORD are a clinician's. Each step stops with a message when
the service does not do what its document says.
"""

from __future__ import annotations

import sys
import uuid
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from typing import Any, TypeVar
from uuid import UUID

from slope_client import AuthenticatedClient, Client
from slope_client.api.alerts import act_on_alert, get_alert, search_alerts
from slope_client.api.auth import enrol, refresh, sign_in
from slope_client.api.report_batches import submit_report_batch
from slope_client.api.reports import list_reports, submit_report
from slope_client.models import (
    AlertAction,
    AlertActionIn,
    AlertOut,
    AlertSearchIn,
    BatchEntryIn,
    BatchIn,
    BatchOut,
    DeviceIn,
    EnrolIn,
    ListedAlertOut,
    ProblemCode,
    ReceiptOut,
    RefreshIn,
    ReportIn,
    ReportInAnswers,
    ReportPageOut,
    ReportState,
    Respondent,
    SignInIn,
    TokensOut,
    Topic,
)
from slope_client.models import Problem as ProblemOut
from slope_client.types import UNSET, Response, Unset

Shape = TypeVar("Shape")
# The items of the ALSFRS-R, from `get_instrument`; codes 0 to 4.
ITEMS = (
    "speech",
    "salivation",
    "swallowing",
    "handwriting",
    "cutting_without_gastrostomy",
    "dressing_hygiene",
    "turning_in_bed",
    "walking",
    "climbing_stairs",
    "dyspnea",
    "orthopnea",
    "respiratory_insufficiency",
)
LIMBS = ("walking", "climbing_stairs", "dressing_hygiene", "handwriting")


def expect(kind: type[Shape], response: Response[Any], *statuses: int) -> Shape:
    """Return the body of a response that has to have one of these statuses and this shape."""
    if response.status_code not in statuses or not isinstance(response.parsed, kind):
        raise SystemExit(f"{response.status_code} instead of {statuses}: {response.content[:500]!r}")
    return response.parsed


def codes(lost: int) -> dict[str, float | None]:
    """Answers of somebody who has lost so many points in arms and legs."""
    points = dict.fromkeys(ITEMS, 4)
    for place in range(lost):
        points[LIMBS[place % len(LIMBS)]] -= 1
    return {item: float(left) for item, left in points.items()}


def answered(lost: int, days_ago: int, version: str = "1") -> ReportIn:
    """Return a report. The id is made by the phone: it makes sending it again safe."""
    answers = ReportInAnswers()
    answers.additional_properties = codes(lost)
    return ReportIn(
        id=uuid.uuid4(),
        instrument="alsfrs_r",
        instrument_version=version,
        observed_at=datetime.now(UTC) - timedelta(days=days_ago, minutes=5),
        respondent=Respondent.PATIENT,
        answers=answers,
    )


def queued(patient_id: UUID, lost: int, days_ago: int) -> BatchEntryIn:
    """Return an entry of the phone's offline queue: a report with its patient."""
    return BatchEntryIn.from_dict({**answered(lost, days_ago).to_dict(), "patient_id": str(patient_id)})


def phone(address: str, code: str) -> UUID:
    """Enrol, refresh, report; send again, conflict, send an unknown version and an offline queue."""
    anonymous = Client(base_url=address)
    device = DeviceIn(id=uuid.uuid4(), name="a phone")
    enrolled = enrol.sync_detailed(client=anonymous, body=EnrolIn(code=code, device=device))
    tokens = expect(TokensOut, enrolled, HTTPStatus.CREATED)
    again = RefreshIn(refresh_token=tokens.refresh_token)
    tokens = expect(TokensOut, refresh.sync_detailed(client=anonymous, body=again), HTTPStatus.OK)
    if tokens.account.patient_id is None:
        raise SystemExit("the code was not a patient's")
    patient_id = UUID(tokens.account.patient_id)
    client = AuthenticatedClient(base_url=address, token=tokens.access_token)

    report = answered(0, days_ago=112)
    first = submit_report.sync_detailed(patient_id, client=client, body=report)
    receipt = expect(ReceiptOut, first, HTTPStatus.CREATED)
    print(f"taken: {receipt.total} of 48. {receipt.reads_reports}")
    twice = submit_report.sync_detailed(patient_id, client=client, body=report)
    if not expect(ReceiptOut, twice, HTTPStatus.OK).repeated:
        raise SystemExit("the same report was taken twice")
    report.answers.additional_properties["speech"] = 1
    conflict = submit_report.sync_detailed(patient_id, client=client, body=report)
    if expect(ProblemOut, conflict, HTTPStatus.CONFLICT).code != ProblemCode.ID_USED:
        raise SystemExit("the conflict has another code")
    newer = submit_report.sync_detailed(patient_id, client=client, body=answered(0, 100, "2099-1"))
    if expect(ReceiptOut, newer, HTTPStatus.ACCEPTED).state is not ReportState.QUARANTINED:
        raise SystemExit("an unknown version was not kept aside")
    send_queue(client, patient_id)
    return patient_id


def send_queue(client: AuthenticatedClient, patient_id: UUID) -> None:
    """Send what was answered offline; one bad entry blocks no other."""
    entries = [queued(patient_id, lost, days) for lost, days in ((3, 84), (7, 56), (11, 28), (14, 0))]
    entries[1].answers.additional_properties["speech"] = 9
    batch = submit_report_batch.sync_detailed(client=client, body=BatchIn(entries=entries))
    for verdict in expect(BatchOut, batch, HTTPStatus.OK).verdicts:
        if isinstance(verdict.problem, ProblemOut):
            wrong = verdict.problem.errors
            places = [] if isinstance(wrong, Unset) else [error.pointer for error in wrong]
            print(f"entry {verdict.index} was refused: {verdict.problem.code}, {places}")
        else:
            print(f"entry {verdict.index} was taken: {verdict.status}")


def clinician(address: str, email: str, password: str, patient_id: UUID) -> None:
    """Sign in, find the alert, acknowledge it by a stale tag and by the right one, page through reports."""
    signed_in = sign_in.sync_detailed(
        client=Client(base_url=address), body=SignInIn(email=email, password=password)
    )
    tokens = expect(TokensOut, signed_in, HTTPStatus.OK)
    client = AuthenticatedClient(base_url=address, token=tokens.access_token)
    alert = find(client, patient_id)
    print(f"{alert.level.value}: {alert.sentence}")
    tag = get_alert.sync_detailed(alert.id, client=client).headers["ETag"]
    seen = AlertActionIn(action=AlertAction.ACKNOWLEDGE, note="Will phone today.")
    stale = act_on_alert.sync_detailed(alert.id, client=client, body=seen, if_match='"0"')
    expect(ProblemOut, stale, HTTPStatus.PRECONDITION_FAILED)
    done = act_on_alert.sync_detailed(alert.id, client=client, body=seen, if_match=tag)
    acted = expect(AlertOut, done, HTTPStatus.OK)
    print(f"{acted.state.value}; it now allows {[action.value for action in acted.actions]}")
    after: str | Unset = UNSET
    ids: list[str] = []
    while True:
        listed = list_reports.sync_detailed(patient_id, client=client, limit=2, after=after)
        page = expect(ReportPageOut, listed, HTTPStatus.OK)
        ids += [report.id for report in page.items]
        if page.next_ is None:
            break
        after = page.next_
    if len(ids) != len(set(ids)) or len(ids) < 4:
        raise SystemExit(f"the pages do not fit together: {ids}")
    print(f"{len(ids)} reports in pages of two")


def find(client: AuthenticatedClient, patient_id: UUID) -> ListedAlertOut:
    """Return the patient's alert on decline."""
    wanted = AlertSearchIn(patient_id=patient_id, topic=Topic.DECLINE)
    listed = search_alerts.sync(client=client, body=wanted)
    if listed is None or isinstance(listed, ProblemOut) or not listed.items:
        raise SystemExit("no alert on decline")
    return listed.items[0]


if __name__ == "__main__":
    address, code, email, password = sys.argv[1:]
    clinician(address, email, password, phone(address, code))
