"""What the stricter audience withholds, cell by cell: which instrument, who asks, by which way.

Answers of the PHQ-9 with its ninth item are for the patient who gave them and for clinicians; those of a
carer about their own burden are for that carer and for clinicians, not for the patient. A marker stands in
every place where something of a withheld report could show: reasons, notes, blank items, totals. The ways
that only read are all those of the document, so that a new one is walked without being named here.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from models.patients.grants import GrantScope
from models.store.base import new_id
from scoring import instruments
from services import clock
from services.access import digests
from services.access.actor import Role
from services.sites import catalogue
from tests.contract.document import ENDPOINTS, Endpoint
from tests.contract.world import Chart, World
from tests.definitions import own as site_definition
from tests.people import Person
from tests.questionnaires import alsfrs

REASON = "a slip of the finger, said the marker"
NOTE = "a word that nobody else may read"
VOIDED = "entered for somebody else, said the marker"
OWN_INSTRUMENT = site_definition(
    key="carer_two", audience="restricted", subject="caregiver", respondents=["caregiver"], proxy="refused"
)


@dataclass(frozen=True)
class Withheld:
    """An instrument whose answers are withheld, and who gives it.

    Attributes:
        items: its items; the first is answered by 2 and corrected to 1, the second is left out.
        said_as: how alerts on it would be called.
    """

    instrument: str
    author: str
    items: tuple[str, ...]
    said_as: str

    def __str__(self) -> str:
        return self.instrument


def keys_of(instrument: str) -> tuple[str, ...]:
    return tuple(item.key for item in instruments.get(instrument).items)


PHQ_9 = Withheld("phq_9", "own", tuple(f"phq_{n}" for n in (9, 4, 1, 2, 3, 5, 6, 7, 8)), "self_harm|mood")
CASES = (
    PHQ_9,
    Withheld("zbi_12", "author", keys_of("zbi_12"), "carer_burden"),
    Withheld("zbi_22", "author", keys_of("zbi_22"), "carer_burden"),
    Withheld("carer_two", "author", ("falling_asleep", "waking_up"), "carer_burden"),
)
READERS = (str(Role.CLINICIAN), "whoever gave it")
OTHERS = ("own", "author", "another caregiver", str(Role.COORDINATOR), "granted researcher",
          "granted coordinator")  # fmt: skip
NOBODYS = (str(Role.RESEARCHER), str(Role.ADMIN))


def non_readers(case: Withheld) -> tuple[str, ...]:
    return tuple(who for who in OTHERS if who != case.author)


CELLS = [(case, who) for case in CASES for who in non_readers(case)]
EVERYBODY_ELSE = [(case, who) for case in CASES for who in (*non_readers(case), *NOBODYS)]


@dataclass
class Ward:
    """A chart with a withheld report: its first item answered, one blank, corrected once, with a note."""

    world: World
    chart: Chart
    case: Withheld
    report: str = ""
    granted: dict[Role, Person] = field(default_factory=dict)

    def person(self, who: str) -> Person:
        chart = self.chart
        if who in {"own", "author"}:
            return chart.people[Role.PATIENT if who == "own" else Role.CAREGIVER]
        if who == "whoever gave it":
            return self.person(self.case.author)
        if who == "another caregiver":
            return self._granted(Role.CAREGIVER)
        if who.startswith("granted"):
            return self._granted(Role.RESEARCHER if who.endswith("researcher") else Role.COORDINATOR)
        return chart.people[who]

    def _granted(self, role: Role) -> Person:
        if role not in self.granted:
            self.granted[role] = self._with_grant(role)
        return self.granted[role]

    def _with_grant(self, role: Role) -> Person:
        people, chart = self.world.people, self.chart
        account = people.account(*((chart.site, held) for held in dict.fromkeys((role, Role.CAREGIVER))))
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

    def answers(self, first: int = 2) -> dict[str, int]:
        asked, _blank, *rest = self.case.items
        return {asked: first} | dict.fromkeys(rest, 1)

    def body(self, first: int = 2, **fields: Any) -> dict[str, Any]:
        given = {"instrument": self.case.instrument, "answers": self.answers(first), "note": NOTE}
        return alsfrs(clock.now(), **given | fields)

    def correct(self, who: str, **content: Any) -> Any:
        body = {"id": new_id(), "reason": REASON, **content}
        return self.ask("POST", f"{self.at}/{self.report}/corrections", who, body)

    def leaks(self, text: str, *, about_a_patient: bool = True) -> list[str]:
        """What of the report stands in a text."""
        said = [marker for marker in (REASON, NOTE, VOIDED) if marker in text]
        items = "|".join(self.case.items)
        said += re.findall(rf'"({items})":', text) + re.findall(r'"missing": ?\[[^\]]', text)
        if about_a_patient:
            said += re.findall(rf'"(?:{self.case.said_as})"|"\w*digest":', text)
        return said


def made(world: World, case: Withheld) -> Ward:
    chart = world.chart()
    admin = chart.people[Role.ADMIN]
    world.ask("post", f"/v1/sites/{chart.site.id}/instruments", admin, json=OWN_INSTRUMENT, expected=(201,))
    catalogue.forget()
    ward = Ward(world, chart, case)
    body = ward.body()
    ward.report = body["id"]
    sent = ward.ask("POST", ward.at, case.author, body)
    assert sent.status_code == 201, sent.get_data(as_text=True)
    corrected = ward.correct(Role.CLINICIAN, answers={case.items[0]: 1})
    assert corrected.status_code == 201, corrected.get_data(as_text=True)
    return ward


_READ_ONLY: dict[Withheld, Ward] = {}


@pytest.fixture(autouse=True, scope="module")
def _own_wards() -> Any:
    yield
    _READ_ONLY.clear()


def ward_of(world: World, case: Withheld) -> Ward:
    """A ward that nothing is changed in, one for each instrument."""
    if case not in _READ_ONLY:
        _READ_ONLY[case] = made(world, case)
    return _READ_ONLY[case]


WAYS: dict[str, Callable[[Ward, str], Any]] = {
    "the report": lambda ward, who: ward.ask("GET", f"{ward.at}/{ward.report}", who),
    "the list": lambda ward, who: ward.ask("GET", f"{ward.at}?instrument={ward.case.instrument}", who),
}


def shown(content: Any) -> dict[str, Any]:
    return dict(content.get("items", [content])[0])


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("who", READERS)
@pytest.mark.parametrize("case", CASES, ids=str)
def test_its_readers_read_everything(world: World, case: Withheld, who: str, way: str) -> None:
    report = shown(WAYS[way](ward_of(world, case), who).json)
    assert report["withheld"] is False
    assert [version["answers"][case.items[0]] for version in report["versions"]] == [2, 1]
    assert report["missing"] == [case.items[1]]
    assert (report["versions"][-1]["reason"], report["versions"][0]["note"]) == (REASON, NOTE)


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize(("case", "who"), CELLS, ids=str)
def test_from_others_it_is_withheld_with_everything_beside_it(
    world: World, case: Withheld, who: str, way: str
) -> None:
    ward = ward_of(world, case)
    response = WAYS[way](ward, who)
    report = shown(response.json)
    assert (response.status_code, report["withheld"]) == (200, True)
    assert (report["missing"], report["complete"], report["void_reason"]) == ([], None, None)
    for version in report["versions"]:
        withheld = ("answers", "total", "score", "reason", "note", "rests_on")
        assert [version[name] for name in withheld] == [None] * len(withheld)
    assert ward.leaks(response.get_data(as_text=True)) == []


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("who", NOBODYS)
@pytest.mark.parametrize("case", CASES, ids=str)
def test_who_reads_no_reports_is_sent_away(world: World, case: Withheld, who: str, way: str) -> None:
    assert WAYS[way](ward_of(world, case), who).status_code == 403


OF_NO_PATIENT = ("/v1/instruments", "/v1/sites/{site_id}/instruments", "/v1/sites/{site_id}/policy")
"""They say what instruments and thresholds are."""
ASKED = [
    endpoint
    for endpoint in ENDPOINTS.values()
    if (not endpoint.writes or endpoint.id == "search_alerts")
    and endpoint.permission is not None
    and not endpoint.path.startswith(OF_NO_PATIENT)
]


@pytest.mark.parametrize(("case", "who"), EVERYBODY_ELSE, ids=str)
def test_no_operation_that_reads_tells_others(
    world: World, case: Withheld, who: str, capsys: pytest.CaptureFixture[str]
) -> None:
    ward = ward_of(world, case)
    capsys.readouterr()
    statuses = {endpoint.id: read_by(ward, endpoint, who) for endpoint in ASKED}
    odd = {name: status for name, status in statuses.items() if status not in {200, 403, 404}}
    assert (odd, 200 in statuses.values()) == ({}, True)
    logged = capsys.readouterr().err
    assert ward.leaks(logged) == []
    assert case.instrument not in logged


def read_by(ward: Ward, endpoint: Endpoint, who: str) -> int:
    about_a_patient = not endpoint.path.startswith("/v1/sites")
    path = ward.world.path(endpoint, ward.chart, Role.CLINICIAN)
    path = path.replace(ward.chart.reports[Role.PATIENT], ward.report)
    body = {"words": ward.chart.patient.name.split()[0]} if endpoint.writes else None
    response = ward.ask(endpoint.method.upper(), path, who, body)
    text = response.get_data(as_text=True)
    assert ward.leaks(text, about_a_patient=about_a_patient) == [], (endpoint.id, text)
    return int(response.status_code)


@pytest.mark.parametrize(("case", "who"), CELLS, ids=str)
def test_who_may_not_read_may_not_correct_and_is_not_let_in_by_trying(
    world: World, case: Withheld, who: str
) -> None:
    """What was tried, right or wrong, makes no difference to what is answered."""
    ward = ward_of(world, case)
    guesses: list[dict[str, Any]] = [{}, {"answers": {case.items[0]: 7}}]
    guesses += [{"answers": {case.items[0]: value}} for value in range(4)]
    for guess in guesses:
        refused = ward.correct(who, **guess)
        assert refused.status_code in {403, 422}, refused.get_data(as_text=True)
        # What they sent themselves may ask for the text; it says nothing of what is stored.
        assert guess or "crisis_text" not in refused.json
        problems = {error.get("code") for error in refused.json.get("errors", ())}
        assert "changes_nothing" not in {refused.json["code"], *problems}
    answers = [ward.correct(who, answers={case.items[0]: value}) for value in (1, 2)]
    assert len({(answer.status_code, answer.json["code"]) for answer in answers}) == 1
    assert shown(ward.ask("GET", f"{ward.at}/{ward.report}", who).json)["withheld"] is True


@pytest.mark.parametrize(("case", "who"), CELLS, ids=str)
def test_the_same_id_again_is_no_way_to_try_answers(world: World, case: Withheld, who: str) -> None:
    """Neither alone nor in a batch does the right guess differ from a wrong one."""
    ward = ward_of(world, case)
    alone, batched = set(), set()
    for value in range(4):
        body = ward.body(value, id=ward.report)
        response = ward.ask("POST", ward.at, who, body)
        alone.add((response.status_code, response.json["code"]))
        batch = {"entries": [body | {"patient_id": ward.chart.patient.id}]}
        answer = ward.ask("POST", "/v1/report-batches", who, batch)
        (verdict,) = answer.json["verdicts"]
        batched.add((verdict["status"], verdict["problem"]["code"]))
        for text in (response.get_data(as_text=True), answer.get_data(as_text=True)):
            assert not re.search(r"digest|" + REASON + "|" + NOTE, text)
    assert (len(alone), alone) == (1, batched)
    assert alone <= {(403, "not_allowed"), (403, "respondent_not_allowed"), (403, "mode_not_allowed"),
                     (403, "respondent_not_yours"), (409, "id_used")}  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=str)
def test_what_its_giver_sends_otherwise_is_a_conflict_that_says_nothing(world: World, case: Withheld) -> None:
    ward = ward_of(world, case)
    for value in (0, 1, 3):
        response = ward.ask("POST", ward.at, "whoever gave it", ward.body(value, id=ward.report))
        assert (response.status_code, response.json["code"]) == (409, "id_used")
        assert ward.leaks(response.get_data(as_text=True)) == []


@pytest.mark.parametrize("who", ["granted researcher", "another caregiver"])
def test_a_grant_makes_nobody_the_clinic(world: World, who: str) -> None:
    """A researcher with a grant is a caregiver, who gives no questionnaire that is the patient's."""
    ward = ward_of(world, PHQ_9)
    assert ward.ask("POST", ward.at, who, ward.body() | {"mode": "clinic"}).status_code == 403


@pytest.mark.parametrize("case", CASES, ids=str)
def test_a_void_by_somebody_who_may_not_read_shows_nothing(world: World, case: Withheld) -> None:
    ward = made(world, case)
    body = {"id": new_id(), "reason": VOIDED}
    for expected in (201, 200):  # the repetition too
        path = f"{ward.at}/{ward.report}/void"
        headers = ward.person(Role.COORDINATOR).headers | {"If-Match": '"2"'}
        response = ward.world.client.post(path, json=body, headers=headers)
        assert response.status_code == expected, response.get_data(as_text=True)
        told = ("total", "score", "crisis_text", "complete", "assessment", "rests_on")
        assert [response.json[name] for name in told] == [None] * len(told)
        assert ward.leaks(response.get_data(as_text=True)) == []
    for who in non_readers(case):
        assert ward.leaks(WAYS["the report"](ward, who).get_data(as_text=True)) == []
    assert shown(WAYS["the report"](ward, "whoever gave it").json)["void_reason"] == VOIDED


@pytest.mark.parametrize("case", CASES, ids=str)
def test_release_and_what_is_kept_aside_tell_who_may_not_read_nothing(
    world: World, case: Withheld, monkeypatch: pytest.MonkeyPatch
) -> None:
    ward = made(world, case)
    body = ward.body(instrument_version="2027-01")
    assert ward.ask("POST", ward.at, case.author, body).status_code == 202
    for who in (Role.COORDINATOR, Role.ADMIN):
        text = ward.ask("GET", "/v1/quarantine", who).get_data(as_text=True)
        assert body["id"] not in text
        assert ward.leaks(text) == []
    present = catalogue.find(ward.chart.site.id, case.instrument, None)
    newer, find = replace(present, version="2027-01"), catalogue.find

    def found(site_id: str, key: str, version: str | None = None) -> instruments.Definition:
        return newer if version == "2027-01" and key == case.instrument else find(site_id, key, version)

    monkeypatch.setattr(catalogue, "find", found)
    for expected in (201, 200):
        released = ward.ask("POST", f"{ward.at}/{body['id']}/release", Role.ADMIN)
        assert released.status_code == expected, released.get_data(as_text=True)
        told = ("total", "score", "complete", "assessment", "rests_on")
        assert [released.json[name] for name in told] == [None] * len(told)
        assert ward.leaks(released.get_data(as_text=True)) == []


@pytest.mark.parametrize("case", CASES, ids=str)
def test_a_phone_that_nobody_confirmed_gets_nothing_of_what_was_sent_before(
    world: World, case: Withheld
) -> None:
    """The same report repeated from there is taken as sent before, and shows nothing of it."""
    ward = made(world, case)
    first = ward.body()
    assert ward.ask("POST", ward.at, case.author, first).status_code == 201
    giver = ward.person(case.author)
    actor = replace(giver.actor, confirmed=False)
    token = world.security.signer.issue(actor, clock.now())
    headers = {"Authorization": f"Bearer {token}"}
    again = world.client.post(ward.at, json=first, headers=headers)
    assert again.status_code == 200, again.get_data(as_text=True)
    assert (again.json["total"], again.json["missing"], again.json["complete"]) == (None, [], None)
    assert ward.leaks(again.get_data(as_text=True)) == []
    assert world.client.get(f"{ward.at}/{first['id']}", headers=headers).status_code == 403


def test_what_the_coordinator_entered_stays_readable_to_the_coordinator(world: World) -> None:
    """Paper forms: whoever typed the answers knows them; a colleague does not."""
    ward = ward_of(world, PHQ_9)
    body = ward.body(1)
    assert ward.ask("POST", ward.at, Role.COORDINATOR, body).status_code == 201
    path = f"{ward.at}/{body['id']}"
    assert shown(ward.ask("GET", path, Role.COORDINATOR).json)["withheld"] is False
    assert shown(ward.ask("GET", path, "granted coordinator").json)["withheld"] is True


@pytest.mark.parametrize("case", CASES, ids=str)
def test_what_is_stored_of_the_meaning_cannot_be_tried_out_from_the_database(
    world: World, case: Withheld
) -> None:
    """Under another secret the very same report does not meet its stored digest."""
    ward = made(world, case)
    body = ward.body()
    assert ward.ask("POST", ward.at, case.author, body).status_code == 201
    digests.use("another secret than that of the settings")
    try:
        assert ward.ask("POST", ward.at, case.author, body).status_code == 409
    finally:
        digests.use("a secret of the tests, long enough")
    assert ward.ask("POST", ward.at, case.author, body).status_code == 200
