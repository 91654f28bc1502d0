"""What the stricter audience withholds, cell by cell: who asks, by which way, and what the answer holds.

The instrument is the PHQ-9, whose answers are for the patient who gave them and for clinicians. A marker
stands in every place where something of a withheld report could show: reasons, blank items, totals.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from models.patients.grants import GrantScope
from models.store.base import new_id
from services import clock
from services.access.actor import Role
from tests.contract.world import Chart, World
from tests.people import Person
from tests.questionnaires import phq_9

REASON = "item nine was a slip of the finger"
READERS = [str(Role.CLINICIAN), "own"]
NON_READERS = [str(Role.COORDINATOR), str(Role.CAREGIVER), "granted researcher", "granted coordinator"]
NOBODYS = [str(Role.RESEARCHER), str(Role.ADMIN)]


@dataclass
class Ward:
    """A chart with a PHQ-9 that the patient gave: item 9 answered, one item blank, corrected once."""

    world: World
    chart: Chart
    report: str

    def person(self, who: str) -> Person:
        people, chart = self.world.people, self.chart
        if who == "own":
            return chart.people[Role.PATIENT]
        if not who.startswith("granted"):
            return chart.people[who]
        role = Role.RESEARCHER if who.endswith("researcher") else Role.COORDINATOR
        account = people.account((chart.site, role), (chart.site, Role.CAREGIVER))
        people.grant(chart.patient, account, scope=GrantScope.REPORT)
        return people.signed_in(account)

    @property
    def at(self) -> str:
        return f"/v1/patients/{self.chart.patient.id}/reports"

    def ask(self, method: str, path: str, who: str, body: Any = None) -> Any:
        sent = {} if body is None else {"json": body}
        tag = {"If-Match": f'"{self.version()}"'} if path.endswith(("/corrections", "/void")) else {}
        return self.world.client.open(path, method=method, headers=self.person(who).headers | tag, **sent)

    def version(self) -> int:
        """The report's newest, as its clinician reads it."""
        clinician = self.chart.people[Role.CLINICIAN].headers
        read = self.world.client.get(f"{self.at}/{self.report}", headers=clinician)
        return len(read.json["versions"])

    def correct(self, who: str, **content: Any) -> Any:
        body = {"id": new_id(), "reason": REASON, **content}
        return self.ask("POST", f"{self.at}/{self.report}/corrections", who, body)


def answers() -> dict[str, int]:
    given: dict[str, int] = phq_9(clock.now(), phq_9=2, phq_1=1)["answers"]
    del given["phq_4"]
    return given


@pytest.fixture
def ward(world: World) -> Ward:
    chart = world.chart()
    body = phq_9(clock.now()) | {"answers": answers()}
    made = Ward(world, chart, body["id"])
    assert made.ask("POST", made.at, "own", body).status_code == 201
    corrected = made.correct(Role.CLINICIAN, answers={**answers(), "phq_9": 1})
    assert corrected.status_code == 201, corrected.get_data(as_text=True)
    return made


WAYS: dict[str, Callable[[Ward, str], Any]] = {
    "the report": lambda ward, who: ward.ask("GET", f"{ward.at}/{ward.report}", who),
    "the list": lambda ward, who: ward.ask("GET", f"{ward.at}?instrument=phq_9", who),
}


def shown(content: Any) -> dict[str, Any]:
    return dict(content.get("items", [content])[0])


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("who", READERS)
def test_its_readers_read_everything(ward: Ward, who: str, way: str) -> None:
    report = shown(WAYS[way](ward, who).json)
    assert report["withheld"] is False
    assert [version["answers"]["phq_9"] for version in report["versions"]] == [2, 1]
    assert report["missing"] == ["phq_4"]
    assert report["versions"][-1]["reason"] == REASON


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("who", NON_READERS)
def test_from_others_it_is_withheld_with_everything_beside_it(ward: Ward, who: str, way: str) -> None:
    response = WAYS[way](ward, who)
    report = shown(response.json)
    assert (response.status_code, report["withheld"]) == (200, True)
    assert (report["missing"], report["complete"], report["void_reason"]) == ([], None, None)
    for version in report["versions"]:
        assert [version[name] for name in ("answers", "total", "score", "reason")] == [None] * 4
    text = response.get_data(as_text=True)
    assert REASON not in text
    assert 'phq_9": ' not in text


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("who", NOBODYS)
def test_who_reads_no_reports_is_sent_away(ward: Ward, who: str, way: str) -> None:
    assert WAYS[way](ward, who).status_code == 403


@pytest.mark.parametrize("who", NON_READERS)
@pytest.mark.parametrize("content", [{}, {"answers": answers()}], ids=["a reason only", "answers"])
def test_who_may_not_read_may_not_correct_and_is_not_let_in_by_trying(
    ward: Ward, who: str, content: dict[str, Any]
) -> None:
    refused = ward.correct(who, **content)
    assert refused.status_code in {403, 422}, refused.get_data(as_text=True)
    # What they sent themselves may ask for the text; it says nothing of what is stored.
    assert "answers" in content or "crisis_text" not in refused.json
    assert shown(ward.ask("GET", f"{ward.at}/{ward.report}", who).json)["withheld"] is True


@pytest.mark.parametrize("who", ["granted researcher", str(Role.CAREGIVER)])
def test_a_grant_makes_nobody_the_clinic(ward: Ward, who: str) -> None:
    """A researcher with a grant is a caregiver, who gives no questionnaire that is the patient's."""
    body = phq_9(clock.now(), phq_9=1) | {"mode": "clinic"}
    assert ward.ask("POST", ward.at, who, body).status_code == 403


def test_a_conflict_says_nothing_of_what_was_sent_before(ward: Ward) -> None:
    for value in range(4):
        body = phq_9(clock.now(), phq_9=value) | {"id": ward.report}
        response = ward.ask("POST", ward.at, "own", body)
        assert response.status_code == 409
        assert not {name for name in response.json if "digest" in name}
        batch = ward.ask(
            "POST", "/v1/report-batches", "own", {"entries": [body | {"patient_id": ward.chart.patient.id}]}
        )
        assert "digest" not in batch.get_data(as_text=True)


def test_a_void_by_somebody_who_may_not_read_shows_nothing(ward: Ward) -> None:
    body = {"id": new_id(), "reason": "Entered for somebody else."}
    response = ward.ask("POST", f"{ward.at}/{ward.report}/void", Role.COORDINATOR, body)
    assert response.status_code == 201
    assert [response.json[name] for name in ("total", "score", "crisis_text", "complete")] == [None] * 4
    assert response.json["missing"] == []
    report = shown(ward.ask("GET", f"{ward.at}/{ward.report}", Role.CAREGIVER).json)
    assert report["void_reason"] is None


def test_what_the_coordinator_entered_stays_readable_to_the_coordinator(ward: Ward) -> None:
    """Paper forms: whoever typed the answers knows them; a colleague does not."""
    body = phq_9(clock.now(), phq_9=1)
    assert ward.ask("POST", ward.at, Role.COORDINATOR, body).status_code == 201
    path = f"{ward.at}/{body['id']}"
    assert shown(ward.ask("GET", path, Role.COORDINATOR).json)["withheld"] is False
    assert shown(ward.ask("GET", path, "granted coordinator").json)["withheld"] is True


def test_nothing_of_it_is_in_the_log(ward: Ward, capsys: pytest.CaptureFixture[str]) -> None:
    ward.correct(Role.CLINICIAN, answers={**answers(), "phq_9": 3})
    ward.ask("GET", f"{ward.at}/{ward.report}", Role.CAREGIVER)
    said = capsys.readouterr().err
    assert REASON not in said
    assert "phq" not in said
