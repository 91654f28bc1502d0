"""Two hundred random mutilations of a good report, each made together with what has to become of it.

Some keep what a person meant: the score has to be that of the whole body. Some take it away: then the answer
is a 422 that names the place. Several of one kind may be joined.
"""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml
from flask.testing import FlaskClient
from openapi_schema_validator import OAS31Validator

from models.ledger import ledger
from models.patients.patient import Patient
from tests.people import Person
from tests.questionnaires import ITEMS, alsfrs

SEEDS = range(200)
ZONES = (
    "Europe/Berlin",
    "Etc/Unknown",
    "GMT+02:00",
    "europe/berlin",
    "localtime",
    "Factory",
    "",
    "(UTC+01:00) Amsterdam, Berlin, Bern, Rome, Stockholm, Vienna (summer)",
    "Europe/Berlin\x00",
    "Pacific/Apia",
    None,
)

pytestmark = pytest.mark.usefixtures("stopped_clock")


@dataclass
class Case:
    """A body under way, and what is expected of it.

    Attributes:
        numbers: how whole numbers are written, by item.
        wrong: pointers that a refusal has to name; empty when the report has to be taken.
        missing: items that were taken away.
    """

    body: dict[str, Any]
    now: datetime
    chance: random.Random
    numbers: dict[str, str] = field(default_factory=dict)
    wrong: set[str] = field(default_factory=set)
    missing: set[str] = field(default_factory=set)

    def item(self) -> str:
        return self.chance.choice([item for item in ITEMS if item in self.body["answers"]])

    def text(self) -> str:
        halved = "\ud83d" in str(self.body.get("note"))  # half a character has no other spelling
        text = json.dumps(self.body, ensure_ascii=halved or self.chance.random() < 0.5)
        answers = self.body["answers"]
        for item, number in self.numbers.items() if isinstance(answers, dict) else ():
            code = answers.get(item)
            text = text.replace(f'"{item}": {json.dumps(code)}', f'"{item}": {number}')
        return text


def respell_a_number(case: Case) -> None:
    item = case.item()
    code = case.body["answers"][item]
    if type(code) is int:
        case.numbers[item] = case.chance.choice(
            [f"{code}.0", f"{code}e0", f"{10 * code}e-1", f"{code}.00E+0"]
        )


def respell_the_time(case: Case) -> None:
    minutes = case.chance.choice([0, 60, -210, 345, 840, -720])
    at = datetime.fromisoformat(case.body["observed_at"]).astimezone(UTC)
    text = (at + timedelta(minutes=minutes)).replace(tzinfo=None).isoformat()
    sign = "-" if minutes < 0 else "+"
    offset = "Z" if minutes == 0 else f"{sign}{abs(minutes) // 60:02}:{abs(minutes) % 60:02}"
    case.body["observed_at"] = text + offset


def name_a_zone(case: Case) -> None:
    case.body["zone"] = case.chance.choice(ZONES)


def send_nulls(case: Case) -> None:
    for name in case.chance.sample(["zone", "mode", "respondent", "duration_seconds", "note"], 3):
        case.body.setdefault(name, None)
    case.body["answers"]["cutting_with_gastrostomy"] = None


def take_an_answer_away(case: Case) -> None:
    item = case.item()
    case.missing.add(item)
    case.numbers.pop(item, None)
    if case.chance.random() < 0.5:
        del case.body["answers"][item]
    else:
        case.body["answers"][item] = None


def shift_the_clock(case: Case) -> None:
    off = case.chance.choice(
        [timedelta(hours=20), timedelta(days=-3650), timedelta(minutes=-90), timedelta(days=90)]
    )
    case.body["sent_at"] = (case.now + off).isoformat()
    case.body["observed_at"] = (case.now + off - timedelta(hours=1)).isoformat()


def break_the_clock(case: Case) -> None:
    """The clock was put right between answering and sending."""
    off = case.chance.choice([timedelta(hours=20), timedelta(days=-20_000), timedelta(days=400)])
    case.body["observed_at"] = (case.now + off).isoformat()
    case.body["sent_at"] = case.now.isoformat()


def leave_the_form_open(case: Case) -> None:
    case.body["duration_seconds"] = case.chance.choice([-5, 86_401, 10**9, 240.0])


def write_a_note(case: Case) -> None:
    """An empty box, half a character at the cut, what was pasted, and a word."""
    case.body["note"] = case.chance.choice(["", " \n", "\u200b", "Cut here \ud83d", "a\x0bb\x00", "x" * 500])


def change_letter_case(case: Case) -> None:
    case.body["id"] = case.body["id"].upper()


def answer_wrongly(case: Case) -> None:
    item = case.item()
    case.numbers.pop(item, None)
    case.body["answers"][item] = case.chance.choice([9, -1, 3.5, "4", True, [4], {"code": 4}, 10**30])
    case.wrong.add(f"/answers/{item}")


def answer_what_is_not_asked(case: Case) -> None:
    case.body["answers"]["singing"] = 4
    case.wrong.add("/answers/singing")


KEEPING: tuple[Callable[[Case], None], ...] = (
    respell_a_number, respell_the_time, name_a_zone, send_nulls, take_an_answer_away, shift_the_clock,
    break_the_clock, leave_the_form_open, change_letter_case, write_a_note,
)  # fmt: skip
WRONG_ANSWERS: tuple[Callable[[Case], None], ...] = (answer_wrongly, answer_what_is_not_asked)
MALFORMED: tuple[tuple[str, Any, str], ...] = (
    ("observed_at", "yesterday", "/observed_at"),
    ("observed_at", "2076-03-02T08:00:00", "/observed_at"),
    ("observed_at", 1_700_000_000, "/observed_at"),
    ("observed_at", None, "/observed_at"),
    ("sent_at", "08:30", "/sent_at"),
    ("id", "one", "/id"),
    ("id", None, "/id"),
    ("answers", None, "/answers"),
    ("answers", [4] * 12, "/answers"),
    ("zone", 7, "/zone"),
    ("mode", "telepathy", "/mode"),
    ("respondent", "dog", "/respondent"),
    ("duration_seconds", "240", "/duration_seconds"),
    ("duration_seconds", 2.5, "/duration_seconds"),
    ("instrument_version", 1, "/instrument_version"),
    ("instrument", "alsfrs-r", "/instrument"),
    ("note", "x" * 501, "/note"),
    ("surprise", 1, "/surprise"),
)


def case_of(seed: int, now: datetime) -> Case:
    chance = random.Random(seed)
    case = Case(alsfrs(now - timedelta(hours=1), chance.randrange(24, 49)), now, chance)
    for mutilate in chance.sample(KEEPING, chance.randrange(1, 5)):
        mutilate(case)
    if seed % 4 == 2:
        for mutilate in chance.sample(WRONG_ANSWERS, chance.randrange(1, 3)):
            mutilate(case)
    if seed % 4 == 3:
        name, value, pointer = MALFORMED[seed // 4 % len(MALFORMED)]
        case.body[name] = value
        case.wrong = {pointer}
    return case


@pytest.fixture(scope="session")
def described() -> Callable[[int, Any], None]:
    """Hold an answer to what the document says of it."""
    document = yaml.safe_load(Path("openapi.yaml").read_text(encoding="utf-8"))
    answers = document["paths"]["/v1/patients/{patient_id}/reports"]["post"]["responses"]

    def check(status: int, body: Any) -> None:
        response = answers[str(status)]
        while "$ref" in response:
            response = document["components"]["responses"][response["$ref"].rpartition("/")[2]]
        (media,) = response["content"].values()
        schema = {**media["schema"], "components": document["components"]}
        assert [error.message for error in OAS31Validator(schema).iter_errors(body)] == []

    return check


@pytest.mark.parametrize("seed", SEEDS)
def test_nothing_is_lost_that_a_person_meant_and_nothing_taken_that_cannot_be(
    client: FlaskClient,
    patient: Patient,
    own: Person,
    now: datetime,
    described: Callable[[int, Any], None],
    seed: int,
) -> None:
    case = case_of(seed, now)
    meant = {item: code for item, code in alsfrs_answers(case).items() if item not in case.missing}
    path = f"/v1/patients/{patient.id}/reports"
    response = client.post(path, data=case.text(), content_type="application/json", headers=own.headers)
    described(response.status_code, response.json)
    if case.wrong:
        assert response.status_code == 422
        assert {error["pointer"] for error in response.json["errors"]} == case.wrong
        assert ledger.read_entries(patient.id) == []
        return
    assert response.status_code == 201
    (entry,) = ledger.read_entries(patient.id)
    assert dict(entry.content.answers) == meant
    assert response.json["total"] == (None if case.missing else sum(meant.values()))
    assert now - timedelta(hours=1) <= datetime.fromisoformat(response.json["observed_at"]) <= now


def alsfrs_answers(case: Case) -> Mapping[str, Any]:
    """What the person meant by the codes that are still there."""
    answers = case.body["answers"]
    return {item: answers[item] for item in ITEMS if item in answers} if isinstance(answers, dict) else {}
