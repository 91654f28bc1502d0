"""What a submission says, before it is stored: who answers as whom, when by which clock, and whether it fits.

Everything here is decided from the request, the patient and the instrument's definition; nothing is read or
written. Errors point at the place in the body. Storing is `services.reports.submit`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from models.ledger.entries import Content
from models.patients.patients import Patient
from models.store.provenance import Provenance
from scoring import instruments
from scoring.instruments import Definition, InvalidAnswers, Score
from scoring.instruments.terms import Proxy, Respondent
from scoring.problems import Problem
from services.access import digests
from services.access.actor import Actor
from services.errors import Invalid, NotAllowed, wrong
from services.reports import evaluate

CLOCK_AHEAD = timedelta(minutes=5)
"""How far a phone's clock may be ahead before its times are refused (our choice)."""
OLDEST = timedelta(days=5 * 365)
"""A report observed longer ago is a phone without a clock, not a late one (our choice)."""
CLOCK_TRUSTED = timedelta(minutes=2)


@dataclass(frozen=True, slots=True)
class Submission:
    """A report as it was sent.

    Attributes:
        id: made by the phone.
        observed_at: when it was answered, by the phone's clock.
        zone: where; the patient's own zone when the phone names none.
        mode: how; the usual one of the respondent when none is named.
        sent_at: the phone's clock when it sent this; its clock is put right by it.
    """

    id: str
    instrument: str
    instrument_version: str
    observed_at: datetime
    answers: Mapping[str, Any]
    zone: str | None = None
    mode: str | None = None
    duration_seconds: int | None = None
    sent_at: datetime | None = field(default=None, compare=False)


def digest_of(given: Any, actor: Actor) -> str:
    """Return the keyed digest of what was sent and by whom: of the parsed body, before defaults.

    Args:
        given: a dataclass; `sent_at` is left out, because a repetition has another one.
        actor: who sent it.
    """
    plain = ((f.name, getattr(given, f.name)) for f in fields(given) if f.name != "sent_at")
    body = {name: value for name, value in plain if value is not None}
    text = json.dumps([actor.account_id, body], sort_keys=True, separators=(",", ":"), default=_as_text)
    return digests.of(text)


def _as_text(value: datetime) -> str:
    return value.isoformat()


def content_of(given: Submission, patient: Patient, by: Provenance, now: datetime) -> Content:
    """Return what will be stored: the respondent in place, the time put right and possible.

    Raises:
        Invalid: the time is not possible.
        NotAllowed: the mode is not one of this respondent's.
    """
    respondent, mode = capacity(given.mode, by.role)
    offset = timedelta(0) if given.sent_at is None else now - given.sent_at
    offset = offset if abs(offset) > CLOCK_TRUSTED else timedelta(0)
    content = Content(
        by=by,
        instrument=given.instrument,
        instrument_version=given.instrument_version,
        zone=given.zone or patient.zone,
        respondent=respondent,
        mode=mode,
        answers=dict(given.answers),
        duration_seconds=given.duration_seconds,
        clock_offset_seconds=int(offset.total_seconds()),
    )
    return at_time(content, given.observed_at + offset, now)


def at_time(content: Content, observed_at: datetime, now: datetime) -> Content:
    """Return the content as of this time, with the local date of its zone.

    Raises:
        Invalid: the time is not possible.
    """
    if observed_at > now + CLOCK_AHEAD:
        raise wrong("/observed_at", "in_the_future", "Must not be in the future: look at the phone's clock.")
    if observed_at < now - OLDEST:
        raise wrong(
            "/observed_at", "too_old", "Must not be more than five years ago: look at the phone's clock."
        )
    observed_on = observed_at.astimezone(ZoneInfo(content.zone)).date()
    return replace(content, observed_at=observed_at.astimezone(UTC), observed_on=observed_on)


_MODES = {
    "patient": ("self",),
    "caregiver": ("proxy", "self"),
    "clinician": ("clinic", "phone"),
}


def capacity(mode: str | None, role: str) -> tuple[str, str]:
    """Return as whom somebody in this role answers, and how; the clinic's staff answers as clinician.

    Raises:
        NotAllowed: the mode is not one of this respondent's.
    """
    respondent = role if role in _MODES else "clinician"
    modes = _MODES[respondent]
    if mode is not None and mode not in modes:
        raise NotAllowed("mode_not_allowed", f"A {respondent} answers in mode {' or '.join(modes)}.")
    return respondent, mode or modes[0]


def checked(definition: Definition, content: Content) -> tuple[Content, Score | None]:
    """Return the content with canonical answers, and the score.

    A score that fails is None: the answers are stored all the same, and the rules tell it as a data query.

    Raises:
        Invalid: naming every wrong item.
        NotAllowed: this respondent may not answer this instrument.
    """
    content = in_mode(definition, content)
    try:
        answers = instruments.validate(definition, content.answers)
        refuse_empty(answers)
    except InvalidAnswers as error:
        errors = [Problem("/answers" + one.pointer, one.code, one.detail) for one in error.problems]
        detail = "The answers do not fit the instrument."
        raise Invalid("invalid_answers", detail, errors=errors) from error
    return replace(content, answers=answers), evaluate.score_or_none(definition, answers)


def refuse_empty(answers: Mapping[str, Any]) -> None:
    """Refuse a form in which nothing is answered: it would count as having been heard from.

    Raises:
        Invalid: every answer is missing.
    """
    if all(code is None for code in answers.values()):
        raise wrong("/answers", "empty", "Nothing is answered.")


def in_mode(definition: Definition, content: Content) -> Content:
    """Return the content with the mode that the instrument gives a caregiver: about themself, or as a proxy.

    Raises:
        NotAllowed: the instrument is for somebody else to answer.
    """
    own = content.respondent == definition.subject
    by_staff = content.respondent == Respondent.CLINICIAN
    proxy_refused = definition.proxy is Proxy.REFUSED and not own and not by_staff
    if content.respondent not in definition.respondents or proxy_refused:
        detail = "This questionnaire is for somebody else to answer."
        raise NotAllowed("respondent_not_allowed", detail)
    return content if by_staff else replace(content, mode="self" if own else "proxy")
