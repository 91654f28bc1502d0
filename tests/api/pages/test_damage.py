"""What a page cannot show is said on it: how many, and whom to ask; never left out silently."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from models.alerts.alerts import AlertDocument
from models.patients.patients import PatientDocument
from models.patients.summaries import PatientSummaryDocument
from models.store import unreadable
from models.store.base import BaseDocument
from tests.api.pages.desk import Desk
from tests.visitor import Visitor, text_of

ASK = "Ask the operator of the service."


@pytest.fixture(autouse=True)
def _nothing_met_before() -> Iterator[None]:
    unreadable.forget()
    yield
    unreadable.forget()


@pytest.mark.parametrize(
    ("path", "document", "damage"),
    [
        ("/pages/", AlertDocument, {"level": 5}),
        ("/pages/patients", PatientSummaryDocument, {"seq": "no such word"}),
        ("/pages/patients", PatientDocument, {"name": 5}),
    ],
    ids=["worklist", "caseload, a figure", "caseload, a patient"],
)
def test_what_cannot_be_shown_is_counted_on_the_page(
    signed_in: Visitor, desk: Desk, path: str, document: type[BaseDocument], damage: dict[str, object]
) -> None:
    patient = desk.falling()
    other = desk.in_danger()
    assert ASK not in text_of(signed_in.get(path))
    about = {"_id": patient.id} if document is PatientDocument else {"patient_id": patient.id}
    if document is PatientSummaryDocument:
        about = {"_id": patient.id}
    assert document.raw().update_one(about, {"$set": damage}).modified_count == 1
    shown = signed_in.get(path)
    assert shown.status_code == 200
    assert "1 thing cannot be shown, or not as it was" in text_of(shown)
    assert ASK in text_of(shown)
    assert other.name in text_of(shown)


def test_a_stranger_is_told_nothing(visitor: Visitor) -> None:
    assert ASK not in text_of(visitor.get("/pages/sign-in"))
