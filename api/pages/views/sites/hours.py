"""When a site works: its hours by weekday, public holidays, days that are closed or worked besides."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from babel import Locale
from flask import Blueprint, Response, g, redirect, request, url_for

from api.pages import formats, texts
from api.pages.guard import signed_in
from api.pages.rendering import page
from api.pages.site import holiday_names, saying
from api.pages.site.hours import hours_of
from api.pages.texts import gettext as _
from api.pages.views import fields
from models.sites.working_hours import WorkingHours
from services import clock
from services.access.permissions import Operation, scope_for
from services.accounts import people
from services.errors import AppError
from services.sites import hours, public_holidays

blp = Blueprint("hours", __name__)


@blp.get("/sites/<uuid:site_id>/hours")
@signed_in(Operation.SITE_READ)
def show(site_id: UUID) -> Response:
    """Show the hours, and for whoever may change them the form."""
    return _page(str(site_id), done=request.args.get("done") == "stored")


@blp.post("/sites/<uuid:site_id>/hours")
@signed_in(Operation.SITE_CHANGE)
def change(site_id: UUID) -> Any:
    """Put other hours in force."""
    wanted = None
    try:
        wanted = hours_of(request.form)
        hours.change(str(site_id), wanted, fields.rev(), g.scope, actor=g.actor, now=clock.now())
    except saying.REFUSED as error:
        return _page(str(site_id), problem=error, wanted=wanted)
    return redirect(url_for("pages.hours.show", site_id=site_id, done="stored"), 303)


def _page(
    site_id: str, *, done: bool = False, problem: AppError | None = None, wanted: WorkingHours | None = None
) -> Response:
    found = hours.read(
        site_id, scope_for(g.actor, Operation.SITE_READ), now=clock.now(), language=texts.language()
    )
    labels = {f"/weekly/{place}": formats.weekday(place) for place in range(7)}
    names = hours.by_day_of(tuple(range(7)))  # type: ignore[arg-type]
    labels |= {f"/weekly/{name}/closes": formats.weekday(place) for name, place in names.items()}  # type: ignore[arg-type]
    labels |= {"/closed_days": _("Closed besides"), "/open_days": _("Worked besides")}
    return page(
        "hours.html",
        status=200 if problem is None else 422,
        site_id=site_id,
        found=found,
        shown=wanted or found.hours,
        holidays=[(holiday.day, *holiday_names.told(holiday)) for holiday in found.holidays],
        countries=_countries(),
        changed_by=found.changed_by and people.name_of(found.changed_by.name),
        may_change=saying.may(Operation.SITE_CHANGE, site_id),
        done=done,
        problems=saying.said(problem, labels),
    )


def _countries() -> list[tuple[str, str]]:
    names = Locale.parse(texts.language()).territories
    return sorted(
        ((code, str(names.get(code, code))) for code in public_holidays.countries()), key=lambda one: one[1]
    )
