"""Webhook subscriptions of a site: made, changed, given other secrets and tested by its administrators.

A secret is shown once, when it is made. The one before goes on signing for a while, so that a receiver can
change over without losing a message. Every change is kept with who made it and when.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from models.outbox import messages
from models.outbox.message import Attempt, AttemptOutcome, Message, MessageKind, MessageState
from models.sites import sites, webhooks
from models.sites.webhooks import WebhookEvent, WebhookStep, WebhookSubscription
from models.store.base import new_id
from models.store.positions import Position
from models.store.provenance import by_itself
from models.store.scope import Scope
from services.access.actor import Actor
from services.delivery import outbound
from services.delivery.channels.port import Channel, Delivered
from services.delivery.egress import Egress
from services.delivery.signing import Signing
from services.errors import Conflict, changed_meanwhile, not_found, wrong
from services.retry import FEW_ATTEMPTS, until_won

MOST_OF_A_SITE = 10
"""Our choice: a site has one integration engine and perhaps a pager."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of a test.

    Attributes:
        reason: why it was not delivered, a word; "" when it was.
    """

    delivered: bool
    at: datetime
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Webhooks:
    """The subscriptions of one site, as somebody who may change them sees them.

    Attributes:
        scope: of the operation; it has to cover the site.
    """

    signing: Signing
    egress: Egress
    site_id: str
    scope: Scope
    actor: Actor
    now: datetime

    def all(self) -> list[WebhookSubscription]:
        """Return those that were not removed, in the order in which they were made.

        Raises:
            NotFound: no such site within reach.
        """
        self._reach()
        return webhooks.of_site(self.site_id)

    def read(self, subscription_id: str) -> WebhookSubscription:
        """Return one.

        Raises:
            NotFound: no such subscription within reach.
        """
        found = webhooks.read(subscription_id) if self.scope.covers_site(self.site_id) else None
        if found is None or found.site_id != self.site_id:
            raise not_found("webhook")
        return found

    def create(self, wanted: Mapping[str, Any]) -> tuple[WebhookSubscription, str | None]:
        """Make a subscription; made again, it is the one that is there.

        Args:
            wanted: `id`, `address`, `audience`, `events`, `description`.

        Returns:
            The subscription and its secret; None when it was made before.

        Raises:
            NotFound: no such site within reach.
            Invalid: the address cannot be reached from here.
            Conflict: the id was used for another one, or the site has as many as it can have.
        """
        self._reach()
        self._check_address(wanted["address"])
        secret, stored = self.signing.new(self.now)
        made = WebhookSubscription(
            **{**wanted, "events": tuple(wanted["events"])},
            site_id=self.site_id,
            created_at=self.now,
            secrets=(stored,),
        )
        known = webhooks.read(made.id)
        if known is None and len(webhooks.of_site(self.site_id)) >= MOST_OF_A_SITE:
            raise Conflict("too_many_webhooks", "This site has as many webhooks as one can have.")
        if known is None and webhooks.add(made, self._step(WebhookEvent.CREATED, _told(wanted))):
            return made, secret
        known = known or webhooks.read(made.id)
        if known is None or _content(known) != _content(made):
            raise Conflict("id_used", "This id was used for something else.")
        return known, None

    def change(self, subscription_id: str, rev: int, wanted: Mapping[str, Any]) -> WebhookSubscription:
        """Change a subscription that is still at `rev`.

        Args:
            subscription_id: which.
            rev: what the caller read.
            wanted: any of `address`, `audience`, `events`, `description`, `active`.

        Raises:
            NotFound: no such subscription within reach.
            Invalid: the address cannot be reached from here.
            ChangedMeanwhile: somebody changed it meanwhile.
        """
        before = self._at(subscription_id, rev)
        if "address" in wanted:
            self._check_address(wanted["address"])
        values = dict(wanted) | ({"events": tuple(wanted["events"])} if "events" in wanted else {})
        if wanted.get("active"):
            values |= {"off_because": "", "off_at": None}
        return self._changed(before, WebhookEvent.CHANGED, _told(wanted), values)

    def rotate(self, subscription_id: str, rev: int, *, keep_hours: int) -> tuple[WebhookSubscription, str]:
        """Give a subscription that is still at `rev` a new secret; the one before works for so many hours.

        Raises:
            NotFound: no such subscription within reach.
            ChangedMeanwhile: somebody changed it meanwhile.
        """
        before = self._at(subscription_id, rev)
        secret, stored = self.signing.new(self.now)
        until = self.now + timedelta(hours=keep_hours)
        former = tuple(replace(entry, until=until) for entry in before.secrets[:1]) if keep_hours else ()
        told = {"keep_hours": keep_hours}
        after = self._changed(before, WebhookEvent.ROTATED, told, {"secrets": (stored, *former)})
        return after, secret

    def remove(self, subscription_id: str, rev: int) -> None:
        """Remove a subscription that is still at `rev`, with its secrets; what waits is not sent any more.

        Raises:
            NotFound: no such subscription within reach.
            ChangedMeanwhile: somebody changed it meanwhile.
        """
        values = {"removed_at": self.now, "active": False, "secrets": ()}
        self._changed(self._at(subscription_id, rev), WebhookEvent.REMOVED, {}, values)

    def test(self, subscription_id: str, channel: Channel) -> Verdict:
        """Send a signed test event now, also to a subscription that is switched off.

        Raises:
            NotFound: no such subscription within reach.
        """
        to = self.read(subscription_id)
        public_id = new_id()
        message = Message(
            key=f"test:{public_id}",
            public_id=public_id,
            site_id=self.site_id,
            channel=channel.name,
            recipient=to.id,
            kind=MessageKind.TEST,
            created_at=self.now,
            due_at=self.now,
        )
        outcome = channel.send(message, now=self.now)
        reason = "" if isinstance(outcome, Delivered) else outcome.reason
        messages.insert(_finished(message, reason))
        return Verdict(delivered=not reason, at=self.now, reason=reason)

    def deliveries(
        self, subscription_id: str, *, after: Position | None, limit: int
    ) -> tuple[list[Message], Position | None]:
        """Return a page of what was sent to a subscription, the latest first, and where the next one begins.

        Raises:
            NotFound: no such subscription within reach.
        """
        found = messages.of_recipient(self.read(subscription_id).id, after=after, limit=limit + 1)
        return found[:limit], found[limit - 1].position if len(found) > limit else None

    def _reach(self) -> None:
        if not self.scope.covers_site(self.site_id) or sites.read(self.site_id) is None:
            raise not_found("site")

    def _at(self, subscription_id: str, rev: int) -> WebhookSubscription:
        found = self.read(subscription_id)
        if found.rev != rev:
            raise changed_meanwhile()
        return found

    def _changed(
        self,
        before: WebhookSubscription,
        event: WebhookEvent,
        told: Mapping[str, Any],
        values: Mapping[str, Any],
    ) -> WebhookSubscription:
        after = webhooks.change(before, self._step(event, told), **values)
        if after is None:
            raise changed_meanwhile()
        return after

    def _step(self, event: WebhookEvent, told: Mapping[str, Any]) -> WebhookStep:
        return WebhookStep(self.now, event, self.actor.provenance(self.scope.role_at(self.site_id)), told)

    def _check_address(self, address: str) -> None:
        if not outbound.is_address(address, self.egress):
            detail = (
                "It has to be an https address, without a password or a fragment, that does not lead inside."
                " The operator can list the network of an integration engine."
            )
            raise wrong("/address", "address_refused", detail)


def switch_off(subscription_id: str, because: str, *, now: datetime) -> None:
    """Switch a subscription off by itself, because its receiver is gone; the site sees why."""

    def attempt() -> bool | None:
        present = webhooks.read(subscription_id)
        if present is None or not present.active:
            return True
        step = WebhookStep(now, WebhookEvent.SWITCHED_OFF, by_itself("system"), {"because": because})
        after = webhooks.change(present, step, active=False, off_because=because, off_at=now)
        return None if after is None else True

    until_won(attempt, over="this webhook", attempts=FEW_ATTEMPTS)


def _finished(message: Message, reason: str) -> Message:
    """A message that was tried once, and is not tried again."""
    how = AttemptOutcome.FAILED if reason else AttemptOutcome.DELIVERED
    return replace(
        message,
        state=MessageState.DEAD if reason else MessageState.DELIVERED,
        reason=reason,
        attempts=(Attempt(message.created_at, how, reason),),
        first_attempt_at=message.created_at,
        finished_at=message.created_at,
        tries=1,
    )


def _told(wanted: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in wanted.items() if name != "id"}


def _content(subscription: WebhookSubscription) -> tuple[Any, ...]:
    return subscription.site_id, subscription.address, subscription.audience, subscription.events
