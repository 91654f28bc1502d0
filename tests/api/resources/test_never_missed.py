"""What the reports say over HTTP: judged without what is always blank, and ended only by what ends it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient

from models.patients.patient import Patient
from models.sites.sites import Site
from models.store.base import new_id
from services.patients import silence
from tests.people import People, Person
from tests.questionnaires import ITEMS, alsfrs, answers_for, phq_9

Told = Callable[[], dict[str, str]]
Listed = Callable[..., dict[str, dict[str, Any]]]


@pytest.fixture
def send(client: FlaskClient, patient: Patient, own: Person) -> Callable[..., None]:
    def post(observed_at: datetime, answers: dict[str, int], by: Person = own, **fields: Any) -> None:
        body = alsfrs(observed_at, answers=answers, **fields)
        response = client.post(f"/v1/patients/{patient.id}/reports", json=body, headers=by.headers)
        assert response.status_code == 201, response.json

    return post


@pytest.fixture
def told(client: FlaskClient, patient: Patient, clinician: Person) -> Told:
    """The level of each rule whose flag stands."""

    def get() -> dict[str, str]:
        response = client.get(f"/v1/patients/{patient.id}/evaluation", headers=clinician.headers)
        flags = response.json["flags"]
        return {signal["rule"]: signal["level"] for flag in flags for signal in (flag, *flag["further"])}

    return get


@pytest.fixture
def listed(client: FlaskClient, clinician: Person) -> Listed:
    """The worklist by topic."""

    def get(**query: str) -> dict[str, dict[str, Any]]:
        response = client.get("/v1/alerts", query_string=query, headers=clinician.headers)
        found = {alert["topic"]: alert for alert in response.json["items"]}
        assert len(found) == len(response.json["items"])
        return found

    return get


@pytest.fixture
def resolve(client: FlaskClient, clinician: Person) -> Callable[[dict[str, Any]], None]:
    """A clinician sees to an alert of the list."""

    def post(alert: dict[str, Any]) -> None:
        path = f"/v1/alerts/{alert['id']}"
        tag = client.get(path, headers=clinician.headers).headers["ETag"]
        body = {"action": "resolve", "outcome": "called"}
        headers = clinician.headers | {"If-Match": tag}
        assert client.post(f"{path}/actions", json=body, headers=headers).status_code == 200

    return post


def codes(**changed: int) -> dict[str, int]:
    return dict.fromkeys(ITEMS, 4) | changed


@pytest.mark.usefixtures("stopped_clock")
def test_one_item_that_is_always_left_blank_does_not_switch_detection_off(
    send: Callable[..., None], told: Told, now: datetime
) -> None:
    for place, total in enumerate(range(48, 24, -2)):
        answers = {item: code for item, code in answers_for(total).items() if item != "salivation"}
        send(now - timedelta(days=14 * (11 - place)), answers)
    assert told()["fast_decline"] == "soon"


@pytest.mark.usefixtures("stopped_clock")
def test_three_reports_that_lack_an_item_ask_for_the_answers(
    send: Callable[..., None], told: Told, now: datetime
) -> None:
    for place in range(5):
        send(now - timedelta(days=100 - place), answers_for(44))
    for place in range(3):
        answers = {item: code for item, code in answers_for(44).items() if item != "salivation"}
        send(now - timedelta(days=30 - place), answers)
    assert told()["items_unanswered"] == "soon"


@pytest.mark.usefixtures("stopped_clock")
def test_two_good_forms_around_midnight_do_not_end_an_urgent_breathing_flag(
    send: Callable[..., None], told: Told, now: datetime
) -> None:
    midnight = (now - timedelta(days=3)).replace(hour=0, minute=0, second=0, microsecond=0)
    send(now - timedelta(days=20), codes(dyspnea=0))
    for seconds in (-20, 20):
        send(midnight + timedelta(seconds=seconds), codes(), zone="UTC")
    assert told()["dyspnea_at_worst"] == "urgent"


@pytest.mark.usefixtures("stopped_clock")
def test_another_respondents_good_forms_do_not_end_it_either(
    send: Callable[..., None], told: Told, now: datetime, people: People, site: Site, patient: Patient
) -> None:
    caregiver = people.caregiver(site, patient)
    send(now - timedelta(days=40), codes(orthopnea=4))
    send(now - timedelta(days=30), codes(orthopnea=1))
    for ago in (20, 15, 10):
        send(now - timedelta(days=ago), codes(), by=caregiver, mode="proxy")
    send(now - timedelta(days=5), codes(orthopnea=1))
    assert told()["orthopnea_fall"] == "urgent"


@pytest.mark.usefixtures("stopped_clock")
def test_a_weight_that_falls_by_more_than_a_tenth_each_time_is_believed(
    send: Callable[..., None], told: Told, now: datetime
) -> None:
    found = []
    for place, grams in enumerate((80_000, 71_000, 63_000, 56_000, 49_800)):
        at = now - timedelta(days=91 * (4 - place))
        send(at, {"weight_g": grams}, instrument="weight", id=new_id())
        found.append(told())
    assert [levels.get("weight_jump") for levels in found] == [None, "inform", "inform", "soon", "soon"]
    assert [levels.get("weight_loss") for levels in found] == [None, None, "soon", "soon", "soon"]


@pytest.mark.usefixtures("stopped_clock")
def test_two_scales_that_differ_by_more_than_a_tenth_make_no_deadlock(
    send: Callable[..., None], told: Told, now: datetime
) -> None:
    for place, grams in enumerate((80_000, 70_000, 80_000, 69_500, 79_500, 69_000, 68_500)):
        at = now - timedelta(days=30 * (6 - place))
        send(at, {"weight_g": grams}, instrument="weight", id=new_id())
    assert told()["weight_loss"] == "soon"


@pytest.mark.usefixtures("stopped_clock")
def test_the_same_answers_again_end_nothing_that_nobody_has_seen(
    send: Callable[..., None], listed: Listed, now: datetime
) -> None:
    worse = codes(dyspnea=3, swallowing=3, speech=2)
    for days, answers in ((90, codes()), (62, codes()), (34, worse), (1, worse)):
        send(now - timedelta(days=days), answers)
    found = listed()
    assert (found["respiratory"]["level"], found["speech"]["level"]) == ("soon", "inform")
    for topic in ("respiratory", "speech"):
        assert (found[topic]["state"], found[topic]["condition"]) == ("open", "holds")
    assert listed(state="ended") == {}


@pytest.mark.usefixtures("stopped_clock")
@pytest.mark.parametrize(
    ("answers", "topic"),
    [({"walking": 1}, "walking"), ({"respiratory_insufficiency": 2}, "stage")],
    ids=["can no longer walk", "respiratory failure"],
)
def test_nor_do_they_end_what_has_been_lost_for_good(
    send: Callable[..., None], listed: Listed, now: datetime, answers: dict[str, int], topic: str
) -> None:
    for days, changed in ((90, {}), (62, {}), (34, answers), (1, answers)):
        send(now - timedelta(days=days), codes(**changed))
    assert (listed()[topic]["state"], listed()[topic]["condition"]) == ("open", "holds")


@pytest.mark.usefixtures("stopped_clock")
def test_what_says_nothing_is_no_sign_of_life(
    client: FlaskClient,
    send: Callable[..., None],
    listed: Listed,
    own: Person,
    clinician: Person,
    patient: Patient,
    now: datetime,
) -> None:
    send(now - timedelta(days=100), codes())
    path = f"/v1/patients/{patient.id}/reports"
    yesterday = now - timedelta(days=1)
    empty = alsfrs(yesterday, answers={})
    response = client.post(path, json=empty, headers=own.headers)
    assert (response.status_code, response.json["errors"][0]["code"]) == (422, "empty")
    nulls = alsfrs(yesterday, answers=dict.fromkeys(ITEMS))
    assert client.post(path, json=nulls, headers=own.headers).status_code == 422
    for report in (
        alsfrs(yesterday, answers={}, note="A word."),
        alsfrs(yesterday, instrument_version="2077"),
    ):
        assert client.post(path, json=report, headers=own.headers).status_code in (201, 202)
    voided = alsfrs(yesterday)
    send(yesterday, voided["answers"], id=voided["id"])
    headers = clinician.headers | {"If-Match": '"1"'}
    body = {"id": new_id(), "reason": "Somebody else's."}
    assert client.post(f"{path}/{voided['id']}/void", json=body, headers=headers).status_code == 201
    silence.look(now)
    assert listed()["silence"]["level"] == "soon"


@pytest.mark.usefixtures("stopped_clock")
def test_who_never_begins_is_told_of(people: People, site: Site, listed: Listed, now: datetime) -> None:
    long_ago = now - timedelta(days=100)
    never = People(people.security, long_ago).patient(site, consent_at=long_ago)
    silence.look(now)
    assert listed()["silence"]["patient"]["id"] == never.id


@pytest.mark.usefixtures("stopped_clock")
def test_two_bad_forms_around_midnight_confirm_no_drop(
    send: Callable[..., None], told: Told, now: datetime
) -> None:
    midnight = (now - timedelta(days=3)).replace(hour=0, minute=0, second=0, microsecond=0)
    for days in (60, 50, 40):
        send(now - timedelta(days=days), answers_for(46))
    for seconds in (-20, 20):
        send(midnight + timedelta(seconds=seconds), answers_for(36), zone="UTC")
    assert "confirmed_drop" not in told()
    send(midnight + timedelta(days=2), answers_for(36), zone="UTC")
    assert "confirmed_drop" in told()


@pytest.mark.usefixtures("stopped_clock")
@pytest.mark.parametrize("swapped", [False, True])
def test_of_two_forms_of_one_instant_the_last_received_counts(
    client: FlaskClient,
    send: Callable[..., None],
    own: Person,
    patient: Patient,
    now: datetime,
    set_clock: Callable[[datetime], None],
    swapped: bool,
) -> None:
    ids = sorted(new_id() for _ in range(2))
    at = now - timedelta(days=1)
    for place, total in enumerate((44, 40)):
        set_clock(now + timedelta(seconds=place))
        send(at, answers_for(total), id=ids[place != swapped])
    last = alsfrs(now, 40)
    response = client.post(f"/v1/patients/{patient.id}/reports", json=last, headers=own.headers)
    assert [report["total"] for report in response.json["history"]][-2:] == [40, 40]


@pytest.mark.usefixtures("stopped_clock")
@pytest.mark.parametrize("first", ["morning", "evening"])
def test_of_one_day_the_last_observed_counts_whichever_came_first(
    client: FlaskClient, send: Callable[..., None], own: Person, patient: Patient, now: datetime, first: str
) -> None:
    noon = (now - timedelta(days=2)).replace(hour=12)
    forms = {"morning": (noon - timedelta(hours=4), 44), "evening": (noon + timedelta(hours=6), 40)}
    for part in (first, *(forms.keys() - {first})):
        send(forms[part][0], answers_for(forms[part][1]), zone="UTC")
    send(now - timedelta(days=40), answers_for(45))
    shown = client.get(f"/v1/patients/{patient.id}/series", headers=own.headers)
    assert [point["total"] for point in shown.json["totals"]] == [45, 40]


A_MONTH_OFFLINE = [
    ("respiratory", [(90, {}), (62, {}), (34, {"orthopnea": 0}), (20, {}), (10, {}), (1, {})], "urgent"),
    ("stage", [(90, {}), (62, {}), (40, {"respiratory_insufficiency": 2}), (20, {}), (1, {})], "soon"),
    (
        "stage",
        [(days, {"respiratory_insufficiency": 2 if days in (40, 5) else 4}) for days in (90, 62, 40, 20, 5)],
        "soon",
    ),
    (
        "self_harm",
        [(40, {"phq_9": 0}), (20, {"phq_9": 2}), (5, {"phq_9": 0})],
        "urgent",
    ),
]


@pytest.mark.usefixtures("stopped_clock")
@pytest.mark.parametrize("way", ["one batch", "newest first", "two batches"])
@pytest.mark.parametrize(
    ("topic", "course", "level"), A_MONTH_OFFLINE, ids=["breathing", "mask", "mask twice", "safety"]
)
def test_what_was_so_in_a_month_offline_is_raised_however_it_comes(
    client: FlaskClient,
    own: Person,
    patient: Patient,
    listed: Listed,
    now: datetime,
    topic: str,
    course: list[tuple[int, dict[str, int]]],
    level: str,
    way: str,
) -> None:
    entries = []
    for days, changed in course:
        at = now - timedelta(days=days)
        body = phq_9(at, **changed) if "phq_9" in changed else alsfrs(at, answers=codes(**changed))
        entries.append(body | {"patient_id": patient.id})
    cuts = {"one batch": [entries], "newest first": [[entry] for entry in reversed(entries)]}
    for batch in cuts.get(way, [entries[::2], entries[1::2]]):
        response = client.post("/v1/report-batches", json={"entries": batch}, headers=own.headers)
        assert [verdict["status"] for verdict in response.json["verdicts"]] == [201] * len(batch)
    assert (listed()[topic]["level"], listed()[topic]["state"]) == (level, "open")


@pytest.mark.usefixtures("stopped_clock")
def test_questions_about_the_data_never_swallow_one_another(
    client: FlaskClient,
    send: Callable[..., None],
    resolve: Callable[[dict[str, Any]], None],
    listed: Listed,
    own: Person,
    patient: Patient,
    now: datetime,
) -> None:
    for place in range(5):
        send(now - timedelta(days=100 - place), answers_for(44))
    for alert in listed().values():
        resolve(alert)
    kept = alsfrs(now - timedelta(days=40), instrument_version="2077")
    path = f"/v1/patients/{patient.id}/reports"
    assert client.post(path, json=kept, headers=own.headers).status_code == 202
    assert "kept aside" in listed()["data_query"]["headline"]
    resolve(listed()["data_query"])
    ahead = now + timedelta(hours=5)
    send(now - timedelta(days=31), answers_for(44), sent_at=ahead.isoformat())
    assert listed()["time_query"]["state"] == "open"
    assert "data_query" not in listed(), "it was dealt with"
    for place in range(3):
        lacking = {item: code for item, code in answers_for(44).items() if item != "salivation"}
        send(now - timedelta(days=30 - place), lacking)
    assert listed()["data_query"]["raised_because"] == "new_rule"
