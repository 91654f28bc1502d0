"""Who works at a site: the directory, roles given and taken, accounts closed and reopened.

An administrator changes nothing about their own account, and an account that also works elsewhere is not
closed by one site. Whatever changes here holds in every process within five seconds.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from models.accounts import accounts, sessions
from models.accounts.account import Account, AccountEvent, AccountStep, Membership
from models.accounts.sessions import EndReason
from models.store.provenance import Provenance
from models.store.scope import Scope
from services.access.actor import STAFF, Actor, Role
from services.access.security import Security
from services.errors import Conflict, NotAllowed, not_found
from services.retry import FEW_ATTEMPTS, until_won

_Changed = Callable[[Account], tuple[AccountEvent, str, dict[str, Any]] | None]
"""Given an account: what is done to it, with which role, and its new values; None when nothing is."""


@dataclass(frozen=True, slots=True)
class Members:
    """The staff of one site, as somebody who may change it sees them.

    Attributes:
        scope: of the operation; it has to cover the site.
        reason: why something is changed, for the history.
    """

    security: Security
    site_id: str
    scope: Scope
    actor: Actor
    now: datetime
    reason: str = ""

    def everybody(self) -> list[Account]:
        """Return who works at the site, by name, the closed accounts too.

        Raises:
            NotFound: the site is not within reach.
        """
        if not self.scope.covers_site(self.site_id):
            raise not_found("site")
        return accounts.of_site(self.site_id, [role.value for role in STAFF])

    def give_role(self, account_id: str, role: Role) -> Account:
        """Give somebody of the staff another role; giving it again changes nothing.

        Raises:
            NotFound: nobody of the site's staff has this account.
            NotAllowed: it is one's own.
        """
        entry = Membership(self.site_id, role)

        def changed(account: Account) -> tuple[AccountEvent, str, dict[str, Any]] | None:
            if entry in account.roles:
                return None
            return AccountEvent.ROLE_GIVEN, role, {"roles": (*account.roles, entry)}

        return self._change(account_id, changed)

    def take_role(self, account_id: str, role: Role) -> Account:
        """Take a role away from somebody; taking it again changes nothing.

        Raises:
            NotFound: nobody of the site's staff has this account.
            NotAllowed: it is one's own.
        """
        entry = Membership(self.site_id, role)

        def changed(account: Account) -> tuple[AccountEvent, str, dict[str, Any]] | None:
            left = tuple(other for other in account.roles if other != entry)
            return (AccountEvent.ROLE_TAKEN, role, {"roles": left}) if entry in account.roles else None

        return self._change(account_id, changed)

    def close(self, account_id: str) -> Account:
        """Close an account: its sessions end, and it cannot sign in.

        Raises:
            NotFound: nobody of the site's staff has this account.
            NotAllowed: it is one's own.
            Conflict: it has roles at other sites; take away those at this one.
        """

        def changed(account: Account) -> tuple[AccountEvent, str, dict[str, Any]] | None:
            if any(site_id != self.site_id for site_id, _ in account.roles):
                detail = "This account also has roles elsewhere. Take away those at this site."
                raise Conflict("roles_elsewhere", detail)
            return None if account.closed_at else (AccountEvent.CLOSED, "", {"closed_at": self.now})

        account = self._change(account_id, changed)
        sessions.end_all(account_id, EndReason.ACCOUNT_CLOSED, now=self.now, by=self._by())
        return account

    def reopen(self, account_id: str) -> Account:
        """Reopen a closed account; its password and its second factor are as they were.

        Raises:
            NotFound: nobody of the site's staff has this account.
            NotAllowed: it is one's own.
        """

        def changed(account: Account) -> tuple[AccountEvent, str, dict[str, Any]] | None:
            return (AccountEvent.REOPENED, "", {"closed_at": None}) if account.closed_at else None

        return self._change(account_id, changed)

    def _change(self, account_id: str, changed: _Changed) -> Account:
        if account_id == self.actor.account_id:
            raise NotAllowed("own_account", "Nobody changes their own roles. Ask a second person.")

        def attempt() -> Account | None:
            account = next((member for member in self.everybody() if member.id == account_id), None)
            if account is None:
                raise not_found("member")
            wanted = changed(account)
            if wanted is None:
                return account
            event, role, values = wanted
            detail = f"{role}@{self.site_id}" if role else ""
            step = AccountStep(self.now, event, self._by(), detail, self.reason)
            after = accounts.change(account, step, **values)
            if after is not None:
                self.security.revocations.note_powers(after.id, after.powers)
            return after

        return until_won(attempt, over="this account", attempts=FEW_ATTEMPTS)

    def _by(self) -> Provenance:
        return self.actor.provenance(self.scope.role_at(self.site_id))
