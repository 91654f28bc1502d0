"""The caseload: every patient in a line, sorted and searched.

The words looked for travel in the body of a form, and in the address that it leads to only sealed.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Any, TypeVar

from flask import Blueprint, Response, g, redirect, request, url_for

from api.pages.guard import signed_in
from api.pages.rendering import page
from api.pages.worklist import searches
from services import clock
from services.access.actor import Role
from services.access.permissions import Operation, scope_for
from services.patients import caseload
from services.patients.caseload import Show, SortBy

Chosen = TypeVar("Chosen", bound=StrEnum)

blp = Blueprint("caseload", __name__)
PER_PAGE = 50
_LONGEST_SEARCH = 120
_PLAIN = ("show", "sort", "page", "whole")
"""The fields that stand readable in an address."""


@blp.post("/patients")
@signed_in(Operation.PATIENT_CHANGE)
def look_for() -> Any:
    """Lead to the patients whom the words name; nothing is changed."""
    words = request.form.get("words", "").strip()[:_LONGEST_SEARCH]
    plain: dict[str, Any] = {name: request.form.get(name) or None for name in _PLAIN}
    sought = searches.sealed({"words": words})
    return redirect(url_for("pages.caseload.show", **plain, search=sought), 303)


@blp.get("/patients")
@signed_in(Operation.PATIENT_CHANGE)
def show() -> Response:
    """Show the patients, or those whom the sealed search of the address names."""
    words = searches.opened().get("words", "")
    shown, sort_by = _word(Show, "show", Show.ALL), _word(SortBy, "sort", SortBy.NAME)
    rows = caseload.read(
        g.scope,
        scope_for(g.actor, Operation.ALERT_READ),
        actor=g.actor,
        now=clock.now(),
        search=words,
    )
    arranged = caseload.arranged(rows, show=shown, sort_by=sort_by)
    whole = request.args.get("whole") == "1"
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
        words=words,
        clinical=Role.CLINICIAN in g.actor.roles_anywhere,
        now=clock.now(),
        shows=tuple(Show),
        sorts=tuple(SortBy),
    )


def _word(words: type[Chosen], name: str, usual: Chosen) -> Chosen:
    asked = request.args.get(name, "")
    return words(asked) if asked in set(words) else usual


def _page_number() -> int:
    asked = request.args.get("page", "1")
    return max(1, int(asked)) if asked.isascii() and asked.isdigit() and len(asked) < 6 else 1
