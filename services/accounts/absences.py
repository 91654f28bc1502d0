"""Absences of the staff: when somebody is away, and which deputy their alerts go to meanwhile.

A deputy has to be able to read all that the absent person reads at their sites, and must not lead back to
that person while both are away. Should one be written all the same by two who write at once, nothing is
lost: an alert that finds no deputy goes to the care team (`services.alerts.escalation.chain`).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from models.accounts import absences, accounts
from models.accounts.absences import Absence
from models.accounts.account import Account
from models.alerts.alert import Audience
from models.store.provenance import Provenance
from models.store.scope import Scope
from services.access.actor import STAFF, Actor
from services.alerts.readers import may_read
from services.errors import changed_meanwhile, not_found, wrong

LONGEST = timedelta(days=366)


@dataclass(frozen=True, slots=True)
class AbsenceChange:
    """What an absence is to be.

    Attributes:
        rev: of the absence as it was read.
        away_from: None, with `away_until`, for no absence.
        deputy_id: account of who stands in; None for nobody.
    """

    rev: int
    away_from: datetime | None
    away_until: datetime | None
    deputy_id: str | None


def own(actor: Actor) -> Absence:
    """Return one's own absence; an empty one when none is planned and no deputy named."""
    return absences.read(actor.account_id)


def change_own(actor: Actor, wanted: AbsenceChange, *, now: datetime) -> Absence:
    """Put another absence in the place of one's own, which is as it was read.

    Args:
        actor: who is away.
        wanted: what it is to be.
        now: the present moment.

    Raises:
        Invalid: the times or the deputy are not possible.
        ChangedMeanwhile: somebody changed it meanwhile.
    """
    account = accounts.read(actor.account_id)
    if account is None:
        raise not_found("account")
    return _changed(account, wanted, actor.of_own_account(), now)


def of_member(site_id: str, account_id: str, scope: Scope) -> Absence:
    """Return the absence of somebody of the site's staff.

    Raises:
        NotFound: nobody of the staff of a site within reach has this account.
    """
    return absences.read(_member(site_id, account_id, scope).id)


def change_member(
    site_id: str,
    account_id: str,
    wanted: AbsenceChange,
    scope: Scope,
    *,
    actor: Actor,
    now: datetime,
) -> Absence:
    """Put another absence in the place of a member's; as `change_own`.

    Raises:
        NotFound: nobody of the staff of a site within reach has this account.
        Invalid: the times or the deputy are not possible.
        ChangedMeanwhile: somebody changed it meanwhile.
    """
    account = _member(site_id, account_id, scope)
    return _changed(account, wanted, actor.provenance(scope.role_at(site_id)), now)


def _member(site_id: str, account_id: str, scope: Scope) -> Account:
    account = accounts.read(account_id) if scope.covers_site(site_id) else None
    roles = {role.value for role in STAFF}
    if account is None or not any(
        entry.site_id == site_id and entry.role in roles for entry in account.roles
    ):
        raise not_found("member")
    return account


def _changed(account: Account, wanted: AbsenceChange, by: Provenance, now: datetime) -> Absence:
    before = absences.read(account.id)
    if before.rev != wanted.rev:
        raise changed_meanwhile()
    after = replace(
        before,
        away_from=wanted.away_from,
        away_until=wanted.away_until,
        deputy_id=wanted.deputy_id,
        by=by,
        at=now,
    )
    _check_times(after, now)
    _check_deputy(account, after)
    stored = absences.change(before, after)
    if stored is None:
        raise changed_meanwhile()
    return stored


def _check_times(absence: Absence, now: datetime) -> None:
    begin, end = absence.away_from, absence.away_until
    if begin is None and end is None:
        return
    if begin is None or end is None:
        missing = "/away_from" if begin is None else "/away_until"
        raise wrong(missing, "both_or_none", "An absence has a beginning and an end.")
    if end <= begin:
        raise wrong("/away_until", "ends_before_start", "Must be after `away_from`.")
    if end <= now:
        raise wrong("/away_until", "in_the_past", "Must be in the future.")
    if end - begin > LONGEST:
        raise wrong("/away_until", "too_long", f"An absence lasts {LONGEST.days} days at most.")


def _check_deputy(account: Account, absence: Absence) -> None:
    if absence.deputy_id is None:
        return
    deputy = accounts.read(absence.deputy_id)
    if deputy is None or deputy.id == account.id or not _reads_all(deputy, account):
        detail = "Must be somebody else, who may read every alert that this person reads."
        raise wrong("/deputy_id", "cannot_read", detail)
    if _leads_back(absence):
        detail = "The deputies lead back to this person while all of them are away."
        raise wrong("/deputy_id", "circle", detail)


def _reads_all(deputy: Account, account: Account) -> bool:
    places = {(site_id, audience) for site_id, _ in account.roles for audience in Audience}
    return all(may_read(deputy, *place) for place in places if may_read(account, *place))


def _leads_back(absence: Absence) -> bool:
    """Whether the deputy's own deputies, as far as they are away meanwhile, end with the person."""
    passed: set[str] = set()
    following = absence.deputy_id
    while following is not None and following not in passed:
        if following == absence.account_id:
            return True
        passed.add(following)
        other = absences.read(following)
        following = other.deputy_id if other.overlaps(absence) else None
    return False
