"""The caseload: every patient in a line, sorted and searched; the words looked for travel in the body."""

from __future__ import annotations

from enum import StrEnum
from typing import TypeVar

from flask import Blueprint, Response, g, request

from api.pages.guard import signed_in
from api.pages.rendering import page
from services import clock
from services.access.actor import Role
from services.access.permissions import Operation, scope_for
from services.patients import caseload
from services.patients.caseload import Show, SortBy

Chosen = TypeVar("Chosen", bound=StrEnum)

blp = Blueprint("caseload", __name__)
PER_PAGE = 50
_LONGEST_SEARCH = 120


@blp.route("/patients", methods=["GET", "POST"])
@signed_in(Operation.PATIENT_CHANGE)
def show() -> Response:
    """Show the patients; a POST looks for words and changes nothing."""
    search = request.form.get("search", "").strip()[:_LONGEST_SEARCH]
    shown, sort_by = _word(Show, "show", Show.ALL), _word(SortBy, "sort", SortBy.NAME)
    rows = caseload.read(
        g.scope,
        scope_for(g.actor, Operation.ALERT_READ),
        actor=g.actor,
        now=clock.now(),
        search=search,
    )
    arranged = caseload.arranged(rows, show=shown, sort_by=sort_by)
    whole = request.values.get("whole") == "1"
    number = _page_number() if not whole else 1
    first = (number - 1) * PER_PAGE
    return page(
        "caseload.html",
        rows=arranged if whole else arranged[first : first + PER_PAGE],
        count=len(arranged),
        number=number,
        pages=-(-len(arranged) // PER_PAGE),
        whole=whole,
        shown=shown,
        sort_by=sort_by,
        search=search,
        clinical=Role.CLINICIAN in g.actor.roles_anywhere,
        now=clock.now(),
        shows=tuple(Show),
        sorts=tuple(SortBy),
    )


def _word(words: type[Chosen], name: str, usual: Chosen) -> Chosen:
    asked = request.values.get(name, "")
    return words(asked) if asked in set(words) else usual


def _page_number() -> int:
    asked = request.values.get("page", "1")
    return max(1, int(asked)) if asked.isascii() and asked.isdigit() and len(asked) < 6 else 1
