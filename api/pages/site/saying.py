"""What the pages of a site share: who may do what there, and how a refusal is said."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date

from flask import g

from api.pages import formats
from api.pages.texts import gettext as _
from api.pages.texts import mark
from scoring.problems import Problem
from services.access.permissions import PERMISSIONS, Operation, Reach
from services.errors import AppError, ChangedMeanwhile, Conflict, Invalid, NotAllowed, NotFound

REFUSED = (Invalid, NotAllowed, Conflict, ChangedMeanwhile, NotFound)
"""What a form of a site may be answered with, and is shown with the form."""

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_BY_CODE: Mapping[str, str] = {
    "unknown_country": mark("The public holidays of this country, or of this part of it, are not known."),
    "closed_too_long": mark("Too many days in a row are without a working hour. Open a day among them:"),
    "not_after_opening": mark("A day closes after it opens."),
    "named_twice": mark("A day is named twice."),
    "open_and_closed": mark("A day cannot be both open and closed."),
    "too_long": mark("This is longer than a site may choose:"),
    "out_of_range": mark("This is outside what a site may choose:"),
    "no_out_of_hours_contact": mark(
        "Nobody is named who is told of urgent alerts out of hours and can be rung up."
    ),
    "contact_cannot_read": mark("The out-of-hours contact may not read every alert of the site."),
    "contact_away": mark("The out-of-hours contact is absent, and no deputy is there."),
    "no_second_address": mark("The site has no second address: its chain ends with the care team."),
    "nobody_there": mark("Everybody of the care team is absent or takes no e-mail, or there is nobody."),
    "address_refused": mark(
        "It has to be an https address, without a password or a fragment, that does not lead inside."
        " The operator can list the network of an integration engine."
    ),
}
"""Sentences for codes whose own sentence has numbers or days in it."""


def may(operation: Operation, site_id: str) -> bool:
    """Return whether the reader may do this at the site."""
    row = PERMISSIONS[operation]
    return any(at == site_id and row.get(role) is Reach.SITE for at, role in g.actor.roles)


def said(error: AppError | None, labels: Mapping[str, str] | None = None) -> list[str]:
    """Return what was refused, a sentence each, in the language of the reader.

    Args:
        error: the refusal; None: there is none.
        labels: what the fields are called, by the pointer of what is wrong.
    """
    if error is None:
        return []
    return [_sentence(problem, labels or {}) for problem in error.errors] or [_(error.detail)]


def by_code(code: str, detail: str) -> str:
    """Return the sentence for a code, with the days that its own sentence names; else that sentence."""
    known = _BY_CODE.get(code)
    if known is None:
        return _(detail)
    days = [formats.full_day(date.fromisoformat(day)) for day in _DAY.findall(detail)]
    return " ".join((_(known), ", ".join(days))) if days else _(known)


def _sentence(problem: Problem, labels: Mapping[str, str]) -> str:
    label = labels.get(problem.pointer)
    sentence = by_code(problem.code, problem.detail)
    return sentence if label is None else f"{label}: {sentence}"
