"""Safety first: what the answer to a form carries that was refused, limited or put off.

A form is read as it was sent, tolerant of nonsense. Where it tells of a concern, the answer carries the text
of the site and the alert stands, or follows within a minute. What cannot be stored is answered 503, so that
the phone sends it again.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from models.store.base import id_of
from models.store.connection import DRIVER_ERRORS, is_away
from models.store.scope import Scope
from services.access.actor import Actor
from services.errors import Unavailable
from services.reports import read
from services.reports.safety import notices
from services.reports.safety.answers import Several, look, look_anywhere
from services.reports.safety.notices import RefusedForm, SafetyAnswer
from services.reports.safety.texts import default_texts

_log = logging.getLogger(__name__)
_FEW_DIGITS = 18
_PASSING: tuple[type[Exception], ...] = (*DRIVER_ERRORS, Unavailable)


class NotStored(Exception):
    """A form tells of a concern, and its notice could not be stored; `members` belong to the answer."""

    def __init__(self, members: Mapping[str, Any]) -> None:
        super().__init__()
        self.members = members


def read_body(raw: bytes) -> Any:
    """Return what JSON there is in a body, whatever is wrong with it; None where nothing can be read."""
    try:
        return _READER.raw_decode(raw.decode("utf-8-sig", errors="replace").lstrip())[0]
    except (ValueError, RecursionError):
        return None


def form_of(body: Any, patient_id: str | None = None) -> RefusedForm | None:
    """Return the form that a body is; an entry of a batch names its patient, in whatever spelling."""
    if not isinstance(body, Mapping):
        return None
    about = patient_id or id_of(_one(body.get("patient_id"))) or ""
    names = ("id", "instrument", "instrument_version", "answers", "observed_at")
    return RefusedForm(about, *(_one(body.get(name)) for name in names))


def entries_of(body: Any) -> Iterable[Any]:
    """Return the entries of a batch."""
    entries = _one(body.get("entries")) if isinstance(body, Mapping) else None
    return entries if isinstance(entries, list) else ()


def corrected(form: RefusedForm, report_id: str) -> RefusedForm | None:
    """Return the form that a correction makes of a report; None where that is not there, or nothing is told.

    Raises:
        NotStored: the report cannot be read, so it is not known of which instrument the answers are.
    """
    finding = look_anywhere(form.answers)
    if finding is None:
        return None
    try:
        report = read.answered_by(form.patient_id, report_id)
    except Exception as error:  # whatever is damaged, the text goes out, and the phone sends it again
        _log.warning("a correction with a safety answer was not looked at: %s", type(error).__name__)
        raise NotStored(_members(SafetyAnswer(default_texts(finding.concern)))) from error
    if report is None:
        return None
    return replace(form, instrument=report.instrument, version=report.instrument_version)


def members_for(
    forms: Iterable[RefusedForm], scope: Scope | None, *, actor: Actor, now: datetime
) -> dict[str, Any]:
    """Return what the answer to refused forms carries; nothing where none tells of a concern.

    Where one cannot be told, those that follow are told all the same.

    Args:
        forms: as they were sent; of one that names nobody the text only.
        scope: how far the actor reaches; None where the actor may not report: the text only.
        actor: who sent them.
        now: the present moment.

    Raises:
        NotStored: the phone has to send them again.
    """
    members: dict[str, Any] = {}
    instead: dict[str, Any] = {}
    failed: Exception | None = None
    for form in forms:
        if failed is not None and _is_away(failed):  # each would wait for it as long
            instead |= _members(_by_default(form))
            continue
        try:
            members |= _members(_told(form, scope, actor, now))
        except _PASSING as error:
            _log.warning("a safety notice was not stored: %s", type(error).__name__)
            failed, instead = error, instead | _members(_by_default(form))
        except Exception as error:  # whatever is damaged, the text goes out, and the phone sends it again
            _log.exception("a safety notice was not stored")
            failed, instead = error, instead | _members(_text(form, actor))
    if failed is not None:
        raise NotStored(instead | members) from failed
    return members


def _is_away(error: Exception) -> bool:
    return isinstance(error, DRIVER_ERRORS) and is_away(error)


def _told(form: RefusedForm, scope: Scope | None, actor: Actor, now: datetime) -> SafetyAnswer | None:
    if scope is None or not form.patient_id:
        return notices.text_only(form, actor)
    return notices.tell(form, scope, actor=actor, now=now)


def _text(form: RefusedForm, actor: Actor) -> SafetyAnswer | None:
    try:
        return notices.text_only(form, actor)
    except Exception:  # not even that could be read
        return _by_default(form)


def _by_default(form: RefusedForm) -> SafetyAnswer | None:
    finding = look(form.instrument, form.answers, version_known=False)
    return None if finding is None else SafetyAnswer(default_texts(finding.concern))


def _members(answer: SafetyAnswer | None) -> dict[str, Any]:
    if answer is None:
        return {}
    texts = {"crisis_text": answer.texts.crisis, "breathing_text": answer.texts.breathing}
    members: dict[str, Any] = {name: text for name, text in texts.items() if text is not None}
    return members | ({"evaluation": "pending"} if answer.pending else {})


def _with_repeated_keys(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in pairs:
        found[key] = value if key not in found else Several((*_values(found[key]), *_values(value)))
    return found


def _one(value: Any) -> Any:
    """Of a key that is named more than once: the objects or the lists together, else what comes last."""
    if not isinstance(value, Several):
        return value
    objects = [part for part in value if isinstance(part, Mapping)]
    if objects:
        return _with_repeated_keys([pair for part in objects for pair in part.items()])
    lists = [part for part in value if isinstance(part, list)]
    return [entry for part in lists for entry in part] if lists else value[-1]


def _values(value: Any) -> tuple[Any, ...]:
    return value if isinstance(value, Several) else (value,)


def _whole_number(digits: str) -> float:
    return int(digits) if len(digits) <= _FEW_DIGITS else float(digits)


_READER = json.JSONDecoder(object_pairs_hook=_with_repeated_keys, parse_int=_whole_number)
"""Reads what stands at the beginning of a text, and asks nothing of what follows."""
