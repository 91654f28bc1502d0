"""How one is told of alerts, in which language one reads, and when one is away."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

from flask import Blueprint, Response, g, redirect, request, url_for

from api.application import security
from api.pages import cookies, formats
from api.pages.guard import signed_in
from api.pages.rendering import page
from api.pages.texts import gettext as _
from api.pages.views import fields
from models.accounts.absences import Absence
from models.accounts.account import Account, Membership
from models.accounts.notifications import Pace, QuietHours
from services import clock, languages
from services.access.actor import Role
from services.access.permissions import PERMISSIONS, Operation, scope_for
from services.accounts import absences, notifications
from services.accounts.absences import AbsenceChange
from services.accounts.members import Members
from services.errors import AppError, ChangedMeanwhile, Invalid

blp = Blueprint("told", __name__)
_SAID = {
    "told": "How you are told was changed.",
    "test": "A test message is on its way. Look whether it arrives.",
    "away": "Your absence was stored.",
}


@blp.get("/mine/told")
@signed_in(Operation.ACCOUNT_READ)
def show() -> Response:
    """Show how one is told, and when one is away."""
    return _page(done=_SAID.get(request.args.get("done", ""), ""))


@blp.post("/mine/told")
@signed_in(Operation.ACCOUNT_CHANGE)
def change() -> Any:
    """Change language, address and times."""
    form = request.form
    chosen = form.get("locale", "")
    locale = chosen if chosen in languages.LANGUAGES else languages.ENGLISH
    begin, end = _hour(form.get("quiet_begin", "")), _hour(form.get("quiet_end", ""))
    wanted = {
        "locale": locale,
        "email": form.get("email", "").strip() or None,
        "pace": Pace.DIGEST if form.get("pace") == Pace.DIGEST else Pace.IMMEDIATE,
        "digest_hour": _hour(form.get("digest_hour", "")) or 0,
        "quiet": None if begin is None or end is None or begin == end else QuietHours(begin, end),
    }
    try:
        notifications.change(g.actor, wanted, now=clock.now())
    except Invalid as error:
        return _page(problem=error, of="told")
    response = redirect(url_for("pages.told.show", done="told"), 303)
    cookies.put(response, cookies.LANGUAGE, locale, remembered=True)  # type: ignore[arg-type]
    return response


@blp.post("/mine/told/test")
@signed_in(Operation.ACCOUNT_CHANGE)
def send_test() -> Any:
    """Have a test message sent."""
    notifications.send_test(g.actor, now=clock.now())
    return redirect(url_for("pages.told.show", done="test"), 303)


@blp.post("/mine/absence")
@signed_in(Operation.ABSENCE_CHANGE)
def change_absence() -> Any:
    """Say when one is away, and who stands in."""
    form = request.form
    try:
        last = fields.day("away_until")
        wanted = AbsenceChange(
            fields.rev(),
            _beginning(fields.day("away_from")),
            _beginning(last and last + timedelta(days=1)),
            form.get("deputy_id", "") or None,
        )
        absences.change_own(g.actor, wanted, now=clock.now())
    except (Invalid, ChangedMeanwhile) as error:
        return _page(problem=error, of="away")
    return redirect(url_for("pages.told.show", done="away"), 303)


def _page(*, done: str = "", problem: AppError | None = None, of: str = "") -> Response:
    said = None
    if problem is not None:
        said = " ".join(_(error.detail) for error in problem.errors) or _(problem.detail)
    may_be_away = bool(g.actor.roles_anywhere & PERMISSIONS[Operation.ABSENCE_CHANGE].keys())
    absence = absences.own(g.actor) if may_be_away else Absence(g.actor.account_id)
    zone = formats.zone()
    return page(
        "told.html",
        status=200 if problem is None else 422,
        told=notifications.read(g.actor),
        languages=languages.LANGUAGES,
        hours=range(24),
        may_be_away=may_be_away,
        absence=absence,
        first_day=absence.away_from and absence.away_from.astimezone(zone).date(),
        last_day=absence.away_until
        and (absence.away_until - timedelta(microseconds=1)).astimezone(zone).date(),
        deputies=_deputies() if may_be_away else (),
        done=_(done) if done else "",
        problem=said,
        of=of,
        typed=request.form,
    )


def _deputies() -> list[Account]:
    site_id = formats.own_site()
    scope = scope_for(g.actor, Operation.MEMBER_READ)
    everybody = Members(security(), site_id, scope, g.actor, clock.now()).everybody()
    wanted = Membership(site_id, Role.CLINICIAN.value)
    others = (member for member in everybody if member.id != g.actor.account_id and member.closed_at is None)
    return [member for member in others if wanted in member.roles]


def _hour(text: str) -> int | None:
    return int(text) if text.isdecimal() and len(text) < 10 and int(text) < 24 else None


def _beginning(day: date | None) -> datetime | None:
    return None if day is None else datetime.combine(day, time(), formats.zone())
