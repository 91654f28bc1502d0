"""What a submission says, before it is stored: who answers as whom, when by which clock, and whether it fits.

Everything here is decided from the request, the patient and the instrument's definition; nothing is read or
written. Errors point at the place in the body. When a report was answered is `services.reports.intake.times`,
storing is `services.reports.intake.submit`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta, tzinfo
from typing import Any

from models.ledger.entries import Content
from models.patients.patient import Patient
from models.store.provenance import Provenance
from scoring import instruments
from scoring.instruments import Definition, InvalidAnswers, Score
from scoring.instruments.terms import Proxy, Respondent
from scoring.problems import Problem
from services import zones
from services.errors import Invalid, NotAllowed, invalid, wrong
from services.reports import evaluate
from services.reports.intake import times
from services.reports.intake.sameness import digest_of
from services.reports.intake.times import Answered, Doubt

LONGEST_ON_A_FORM = timedelta(days=1)
"""A form that was open for longer was not answered all that time (our choice)."""
MAX_ANSWER = 1_000_000
"""No instrument has a larger number; what nobody can check yet is bounded by it (our choice)."""
_ITEM = re.compile(r"[a-z0-9_]{1,64}")
CLINIC, PHONE, PAPER = "clinic", "phone", "paper"
OF_STAFF = (CLINIC, PHONE, PAPER)
"""How the clinic's staff enters a report: an interview there, one by telephone, a form filled in on paper."""


@dataclass(frozen=True, slots=True)
class Submission:
    """A report as it was sent.

    Attributes:
        id: made by the phone.
        observed_at: when it was answered, by the phone's clock; its offset is kept.
        zone: where, as the phone calls it; it may be the name of no zone.
        mode: how; the usual one of the respondent when none is named.
        respondent: who answered, where the clinic's staff enters a form of somebody else.
        duration_seconds: time on the form, by the phone's clock.
        sent_at: the phone's clock when it sent this; its clock is put right by it.
        note: a word of the respondent to the team; no rule reads it.
    """

    id: str
    instrument: str
    instrument_version: str
    observed_at: datetime
    answers: Mapping[str, Any]
    zone: str | None = None
    mode: str | None = None
    respondent: str | None = None
    duration_seconds: int | None = None
    sent_at: datetime | None = field(default=None, compare=False)
    note: str | None = None


def meaning_of(given: Submission, by: Provenance) -> str:
    """Return the keyed digest of what a report means: two bodies with one id and meaning are one report.

    The instant, the answers, the instrument and its version, respondent and mode, the note, the account. Not
    the spelling, the zone's name, the time on the form, or the time of sending.
    """
    respondent, mode = capacity(given, by.role)
    how = mode if mode in OF_STAFF else ""
    what = [given.instrument, given.instrument_version, codes_of(given.answers), given.note]
    return digest_of("report", by.account_id, given.observed_at, respondent, how, *what)


_WHOLE = frozenset({int})


def codes_of(answers: Mapping[str, Any]) -> dict[str, Any]:
    """Return what is answered: a whole number in whatever spelling is one, and null is no answer."""
    if _WHOLE.issuperset(map(type, answers.values())):
        return dict(answers)
    return {
        key: int(code) if isinstance(code, float) and code.is_integer() else code
        for key, code in answers.items()
        if code is not None
    }


def content_of(given: Submission, patient: Patient, by: Provenance, now: datetime) -> Content:
    """Return what will be stored: the respondent in place, the time put right.

    Raises:
        Invalid: the time is not possible, and nothing tells by how much the clock is wrong.
        NotAllowed: the mode or the respondent is not one that this account may name.
    """
    respondent, mode = capacity(given, by.role)
    zone = zones.zone_for(given.zone, given.observed_at, patient.zone)
    answered = _answered(given, patient, mode, now)
    duration, doubts = _duration(given, mode)
    doubts += () if zone.known else (Doubt.UNKNOWN_ZONE,)
    return Content(
        by=by,
        instrument=given.instrument,
        instrument_version=given.instrument_version,
        zone=zone.name,
        respondent=respondent,
        mode=mode,
        answers=codes_of(given.answers),
        duration_seconds=duration,
        answered_at=given.observed_at,
        sent_at=given.sent_at,
        note=given.note,
        **_times(answered, zone.zone, *doubts),
    )


def at_time(content: Content, answered: Answered) -> Content:
    """Return the content as of this time, with the local date of its zone."""
    zone = zones.zone_named(content.zone) or zones.zone_for(None, answered.at, content.zone).zone
    return replace(content, **_times(answered, zone))


def _times(answered: Answered, zone: tzinfo, *doubts: Doubt) -> dict[str, Any]:
    """Return the members of a content that follow from when it was answered, and what else is doubtful."""
    return {
        "observed_at": answered.at,
        "observed_on": answered.at.astimezone(zone).date(),
        "clock_shift_seconds": round(answered.shift.total_seconds()),
        "time_certainty": answered.certainty.value,
        "doubts": tuple(doubt.value for doubt in (*answered.doubts, *doubts)),
    }


def restated(content: Content, observed_at: datetime, *, by_staff: bool, now: datetime) -> Content:
    """Return the content with the time that somebody states afterwards; no clock is in doubt any more.

    Raises:
        Invalid: the time is not possible.
    """
    state = times.stated_by_staff if by_staff else times.stated_by_respondent
    kept = tuple(Doubt(doubt) for doubt in content.doubts if doubt in _NOT_OF_THE_CLOCK)
    return at_time(content, state(observed_at, now)._replace(doubts=kept))


_NOT_OF_THE_CLOCK = (Doubt.UNKNOWN_ZONE, Doubt.DURATION)


def _answered(given: Submission, patient: Patient, mode: str, now: datetime) -> Answered:
    if mode in OF_STAFF:
        return times.stated_by_staff(given.observed_at, now)
    enrolled_at = min(patient.created_at, patient.consent_at or patient.created_at)
    return times.answered_by_phone(given.observed_at, given.sent_at, enrolled_at=enrolled_at, now=now)


def _duration(given: Submission, mode: str) -> tuple[int | None, tuple[Doubt, ...]]:
    """Return the time on the form, where it says something: not of the staff who copy a form."""
    seconds = given.duration_seconds
    if seconds is None or mode == PAPER:
        return None, ()
    if not 0 <= seconds <= LONGEST_ON_A_FORM.total_seconds():
        return None, (Doubt.DURATION,)
    return seconds, ()


_MODES = {"patient": ("self",), "caregiver": ("proxy", "self"), "clinician": OF_STAFF}


def own_respondent(role: str) -> str:
    """Return as whom an account in this role answers; the clinic's staff as clinician."""
    return role if role in ("patient", "caregiver") else "clinician"


def capacity(given: Submission, role: str) -> tuple[str, str]:
    """Return who answers, and how; the clinic's staff answers as clinician, or enters what somebody answered.

    Raises:
        Invalid: a form on paper, without a word of whose it is.
        NotAllowed: the mode or the respondent is not one that this account may name.
    """
    own = own_respondent(role)
    modes = _MODES[own]
    if given.mode is not None and given.mode not in modes:
        raise NotAllowed("mode_not_allowed", f"A {own} answers in mode {' or '.join(modes)}.")
    mode = given.mode or modes[0]
    if own != "clinician" and given.respondent not in (None, own):
        raise NotAllowed("respondent_not_yours", f"Your account answers as {own}.")
    if mode == PAPER and given.respondent is None:
        raise wrong("/respondent", "required", "Say who filled in the form: patient, caregiver or clinician.")
    return given.respondent or own, mode


def checked(definition: Definition, content: Content) -> tuple[Content, Score | None]:
    """Return the content with canonical answers, and the score.

    A score that fails is None: the answers are stored all the same, and the rules tell it as a data query.

    Raises:
        Invalid: naming every wrong item.
        NotAllowed: this respondent may not answer this instrument.
    """
    content = in_mode(definition, content)
    sound: Mapping[str, Any] = content.answers
    if not sound.keys() <= definition.by_key.keys():
        sound = {key: code for key, code in content.answers.items() if _ITEM.fullmatch(key)}
    errors = [] if len(sound) == len(content.answers) else [_NO_KEYS]
    try:
        answers = instruments.validate(definition, sound)
    except InvalidAnswers as error:
        errors += [
            Problem("/answers" + problem.pointer, problem.code, problem.detail) for problem in error.problems
        ]
    if errors:
        raise Invalid("invalid_answers", "The answers do not fit the instrument.", errors=errors)
    if list(answers) != list(content.answers):  # most come in the order of the form
        content = replace(content, answers=answers)
    return content, evaluate.score_or_none(definition, answers)


def unchecked(content: Content) -> Content:
    """Return the content of a version that this server does not know, once all of it can be stored.

    Raises:
        Invalid: naming every answer that is no number.
    """
    errors = [_NO_KEYS] if any(not _ITEM.fullmatch(key) for key in content.answers) else []
    errors += [
        Problem(f"/answers/{key}", "wrong_type", "Not a number.")
        for key, code in content.answers.items()
        if _ITEM.fullmatch(key) and not _is_number(code)
    ]
    if errors:
        raise invalid(*errors)
    return content


# Such a key is not repeated: it may be anything.
_NO_KEYS = Problem("/answers", "invalid", "Items have keys of at most 64 lower-case letters, digits and _.")


def _is_number(code: object) -> bool:
    return isinstance(code, int | float) and not isinstance(code, bool) and -MAX_ANSWER <= code <= MAX_ANSWER


def refuse_empty(answers: Mapping[str, Any]) -> None:
    """Refuse a form in which nothing is answered: it would count as having been heard from.

    Raises:
        Invalid: every answer is missing.
    """
    if all(code is None for code in answers.values()):
        raise wrong("/answers", "empty", "Nothing is answered.")


def in_mode(definition: Definition, content: Content) -> Content:
    """Return the content with the mode that the instrument gives a caregiver: about themself, or as a proxy.

    What the staff enters keeps the mode in which it was taken.

    Raises:
        NotAllowed: the instrument is for somebody else to answer.
    """
    own = content.respondent == definition.subject
    by_clinician = content.respondent == Respondent.CLINICIAN
    proxy_refused = definition.proxy is Proxy.REFUSED and not own and not by_clinician
    if content.respondent not in definition.respondents or proxy_refused:
        detail = "This questionnaire is for somebody else to answer."
        raise NotAllowed("respondent_not_allowed", detail)
    mode = content.mode if content.mode in OF_STAFF else "self" if own else "proxy"
    return content if mode == content.mode else replace(content, mode=mode)
