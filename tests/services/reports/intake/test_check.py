"""What a submission says before it is stored: who answers as whom, the local day, every wrong item named."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest

from models.patients.patient import Patient
from models.store.base import new_id
from models.store.provenance import Provenance
from scoring import instruments
from services.errors import Invalid, NotAllowed
from services.reports.intake import check
from services.reports.intake.check import Submission
from services.reports.intake.times import Doubt
from tests.ledger_samples import CONTENT
from tests.people import People
from tests.questionnaires import answers_for

ALSFRS_R = instruments.get("alsfrs_r")
OWN, CARER, STAFF = (
    Provenance("anna", "patient"),
    Provenance("rui", "caregiver"),
    Provenance("kim", "clinician"),
)


@pytest.fixture
def patient(people: People, now: datetime) -> Patient:
    return people.patient(people.site(), consent_at=now - timedelta(days=400))


def submission(at: datetime, **fields: Any) -> Submission:
    values = {"id": new_id(), "instrument": "alsfrs_r", "instrument_version": "1", "answers": answers_for(40)}
    return Submission(**{**values, "observed_at": at} | fields)


@pytest.mark.parametrize(
    ("role", "asked", "stored"),
    [
        ("patient", {}, ("patient", "self")),
        ("patient", {"mode": "self", "respondent": "patient"}, ("patient", "self")),
        ("caregiver", {}, ("caregiver", "proxy")),
        ("caregiver", {"mode": "self"}, ("caregiver", "self")),
        ("clinician", {}, ("clinician", "clinic")),
        ("coordinator", {"mode": "phone"}, ("clinician", "phone")),
        ("coordinator", {"mode": "paper", "respondent": "patient"}, ("patient", "paper")),
        ("clinician", {"mode": "paper", "respondent": "caregiver"}, ("caregiver", "paper")),
    ],
    ids=str,
)
def test_who_answers_and_how(
    now: datetime, role: str, asked: dict[str, str], stored: tuple[str, str]
) -> None:
    assert check.capacity(submission(now, **asked), role) == stored


@pytest.mark.parametrize(
    ("role", "asked", "code"),
    [
        ("patient", {"mode": "proxy"}, "mode_not_allowed"),
        ("patient", {"mode": "paper"}, "mode_not_allowed"),
        ("patient", {"respondent": "caregiver"}, "respondent_not_yours"),
        ("caregiver", {"respondent": "patient"}, "respondent_not_yours"),
        ("clinician", {"mode": "self"}, "mode_not_allowed"),
    ],
    ids=str,
)
def test_nobody_answers_as_somebody_else(now: datetime, role: str, asked: dict[str, str], code: str) -> None:
    with pytest.raises(NotAllowed) as caught:
        check.capacity(submission(now, **asked), role)
    assert caught.value.code == code


def test_a_form_on_paper_says_whose_it_is(now: datetime) -> None:
    with pytest.raises(Invalid) as caught:
        check.capacity(submission(now, mode="paper"), "clinician")
    assert [error.pointer for error in caught.value.errors] == ["/respondent"]


def test_the_local_day_is_that_of_the_zone_of_the_phone(patient: Patient, now: datetime) -> None:
    late = datetime(2076, 3, 1, 23, 30, tzinfo=UTC)
    for zone, day in (("Europe/Berlin", 2), ("America/New_York", 1), (None, 1)):
        content = check.content_of(submission(late, zone=zone), patient, OWN, now)
        assert content.observed_on is not None
        assert content.observed_on.day == day, zone


def test_a_zone_that_nobody_knows_is_noted_and_the_report_taken(patient: Patient, now: datetime) -> None:
    at = now.astimezone(timezone(timedelta(hours=9)))
    content = check.content_of(submission(at, zone="Mars/Olympus"), patient, OWN, now)
    assert Doubt.UNKNOWN_ZONE.value in content.doubts


@pytest.mark.parametrize(
    ("seconds", "kept", "doubt"),
    [(0, 0, False), (600, 600, False), (86_400, 86_400, False), (86_401, None, True), (-1, None, True)],
)
def test_time_on_the_form_is_kept_where_it_can_be(
    patient: Patient, now: datetime, seconds: int, kept: int | None, doubt: bool
) -> None:
    content = check.content_of(submission(now, duration_seconds=seconds), patient, OWN, now)
    assert (content.duration_seconds, Doubt.DURATION.value in content.doubts) == (kept, doubt)


def test_of_a_form_copied_from_paper_there_is_none(patient: Patient, now: datetime) -> None:
    given = submission(now, mode="paper", respondent="patient", duration_seconds=30)
    assert check.content_of(given, patient, STAFF, now).duration_seconds is None


def test_a_time_stated_afterwards_ends_the_doubt_about_the_clock_and_no_other(now: datetime) -> None:
    content = replace(CONTENT, doubts=(Doubt.UNKNOWN_ZONE.value, Doubt.DURATION.value))
    after = check.restated(content, now - timedelta(days=3), by_staff=True, now=now)
    assert after.observed_at == now - timedelta(days=3)
    assert set(after.doubts) == {Doubt.UNKNOWN_ZONE.value, Doubt.DURATION.value}


def test_every_wrong_item_is_named_once() -> None:
    answers = answers_for(40) | {"speech": 9, "walking": 3.5, "no_item": 1}
    with pytest.raises(Invalid) as caught:
        check.checked(ALSFRS_R, replace(CONTENT, answers=answers))
    assert sorted(error.pointer for error in caught.value.errors) == [
        "/answers/no_item",
        "/answers/speech",
        "/answers/walking",
    ]


def test_a_key_that_could_be_anything_is_not_repeated() -> None:
    answers = {"speech": 4, "\u0000 secret": 1}
    for attempt in (lambda c: check.checked(ALSFRS_R, c), check.unchecked):
        with pytest.raises(Invalid) as caught:
            attempt(replace(CONTENT, answers=answers))
        assert "secret" not in str([(error.pointer, error.detail) for error in caught.value.errors])


def test_what_fits_is_scored() -> None:
    content, score = check.checked(ALSFRS_R, replace(CONTENT, answers=answers_for(37)))
    assert score is not None
    assert (score.total, content.mode) == (37, "self")


def test_in_an_unknown_version_answers_are_bounded_numbers() -> None:
    content = replace(CONTENT, answers={"a": 1, "b": 2.5})
    assert check.unchecked(content) is content
    wrong: dict[str, Any] = {"a": True, "b": "x", "c": check.MAX_ANSWER + 1, "d": 10**400}
    with pytest.raises(Invalid) as caught:
        check.unchecked(replace(CONTENT, answers=wrong))
    assert [error.pointer for error in caught.value.errors] == [f"/answers/{key}" for key in wrong]


@pytest.mark.parametrize("answers", [{}, {"speech": None}], ids=str)
def test_a_form_in_which_nothing_is_answered_is_refused(answers: dict[str, Any]) -> None:
    with pytest.raises(Invalid):
        check.refuse_empty(answers)


def test_somebody_elses_questionnaire_is_refused() -> None:
    zbi = instruments.get("zbi_12")
    with pytest.raises(NotAllowed) as caught:
        check.in_mode(zbi, replace(CONTENT, instrument="zbi_12", respondent="patient"))
    assert caught.value.code == "respondent_not_allowed"
    about_themself = check.in_mode(zbi, replace(CONTENT, respondent="caregiver", mode="proxy"))
    assert about_themself.mode == "self"


@pytest.mark.usefixtures("app")
class TestMeaning:
    """Two bodies of one id and one meaning are one report."""

    def test_spelling_zone_duration_and_sending_do_not_matter(self, now: datetime) -> None:
        first = submission(now)
        for other in (
            replace(first, observed_at=now.astimezone(timezone(timedelta(hours=2)))),
            replace(first, zone="Europe/Berlin"),
            replace(first, duration_seconds=5),
            replace(first, sent_at=now),
            replace(first, mode="self"),
            replace(first, respondent="patient"),
            replace(first, answers={key: float(code) for key, code in first.answers.items()}),
        ):
            assert check.meaning_of(other, OWN) == check.meaning_of(first, OWN)

    def test_what_was_said_by_whom_and_when_does(self, now: datetime) -> None:
        first = submission(now)
        others = [
            (replace(first, observed_at=now - timedelta(seconds=1)), OWN),
            (replace(first, answers=answers_for(39)), OWN),
            (replace(first, instrument_version="2"), OWN),
            (replace(first, note="Hello."), OWN),
            (first, CARER),
            (first, replace(OWN, account_id="other")),
        ]
        meanings = {check.meaning_of(given, by) for given, by in [(first, OWN), *others]}
        assert len(meanings) == 1 + len(others)
