"""From the mark on an alert to messages: each notice makes one message per recipient and channel.

The notice was decided in the same update as the step that causes it. Here the alerts that carry such a mark
are found by an index, their messages are stored under keys that only one of several workers gets, and then
the mark is taken away, unless a further notice has come meanwhile. A worker may be killed between any two of
these writes: the next one makes the same messages again, which are there. Nobody's request waits for this.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime

from models.alerts import alerts
from models.alerts.alert import Alert
from models.alerts.notices import Notice, NoticeKind
from models.outbox import messages
from models.outbox.message import SITE_ADDRESS, Message, MessageKind, MessageState
from models.store.base import new_id
from models.store.connection import DRIVER_ERRORS
from services.alerts.readers import readers_of
from services.delivery import digests
from services.delivery.audience import SITE, Recipient, ToldAs, assignees, last_resort, recipients
from services.delivery.channels.port import Address, Channel, Telling
from services.delivery.hours import GIVE_UP_AFTER
from services.delivery.site_notices import CHANNEL
from services.logs import fault, log

BATCH = 200
_FOR_SOMEBODY = frozenset({NoticeKind.RAISED, NoticeKind.ESCALATED})
"""What somebody has to be told, whoever it is."""

TELLS = frozenset({MessageState.WAITING, MessageState.DELIVERED})
"""In these states a message tells somebody, or still may."""
_KINDS = {
    MessageKind.RAISED: NoticeKind.RAISED,
    MessageKind.ESCALATED: NoticeKind.ESCALATED,
    MessageKind.DIGEST: NoticeKind.RAISED,
}

Channels = Mapping[str, Channel]


def make_messages(channels: Channels, now: datetime) -> int:
    """Turn every notice that waits into messages; return for how many alerts.

    One alert's fault costs that alert only, and is tried again the next time.
    """
    done, after = 0, None
    while True:
        batch = alerts.with_pending_notices(BATCH, after=after)
        done += sum(_made(alert, channels, now) for alert in batch)
        if len(batch) < BATCH:
            return done
        after = max(alert.notices.pending[0].at for alert in batch if alert.notices.pending)


def _made(alert: Alert, channels: Channels, now: datetime) -> bool:
    try:
        _make(alert, channels, now)
    except DRIVER_ERRORS:
        raise  # the database is away for all of them
    except Exception as error:  # one alert's fault must not stop the others
        fault(error, step="make_messages")
        return False
    return alerts.clear_notices(alert)


def _make(alert: Alert, channels: Channels, now: datetime) -> None:
    for notice in alert.notices.pending:
        telling = Telling(alert, notice, _told(alert, notice, now))
        if _reaches(channels, telling, now):
            continue
        # A door of a program, such as a webhook, is nobody who was told.
        instead = last_resort(alert) if notice.kind in _FOR_SOMEBODY else ()
        if not _reaches(channels, replace(telling, recipients=instead), now):
            log.warning("notice_reaches_nobody")


def _reaches(channels: Channels, telling: Telling, now: datetime) -> bool:
    """Store the messages of a notice; return whether one of them may reach somebody it is for."""
    people = {person.account_id or SITE_ADDRESS for person in telling.recipients}
    to = [
        address.recipient
        for channel, address in _to(channels, telling, now)
        if store(telling, channel.name, address, now)
    ]
    return not people.isdisjoint(to)


def _to(channels: Channels, telling: Telling, now: datetime) -> Iterable[tuple[Channel, Address]]:
    for channel in channels.values():
        for address in channel.addresses(telling, now=now):
            yield channel, address


def _told(alert: Alert, notice: Notice, now: datetime) -> tuple[Recipient, ...]:
    """Whom a notice is for: of what was withdrawn those who had been told, of an assignment the assignee."""
    if notice.kind not in {NoticeKind.WITHDRAWN, NoticeKind.ASSIGNED}:
        return recipients(alert, now=now)
    if notice.kind is NoticeKind.ASSIGNED:
        # who takes it need not be told
        return () if alert.assigned_to == alert.seen_by else assignees(alert, now=now)
    before = [
        message for message in messages.of_alert(alert.public_id) if message.state is not MessageState.DROPPED
    ]
    wanted = {alert.assigned_to, *(message.recipient for message in before)}
    found = [reader for reader in readers_of(alert) if reader.id in wanted]
    people = tuple(Recipient(reader.id, because=_because(alert, reader.id)) for reader in found)
    return people + ((SITE,) if SITE_ADDRESS in wanted else ())


def _because(alert: Alert, account_id: str) -> ToldAs:
    return ToldAs.ASSIGNED if account_id == alert.assigned_to else ToldAs.CARE_TEAM


def store(telling: Telling, channel: str, address: Address, now: datetime) -> bool:
    """Store the message of one address; return whether something may reach it."""
    alert, notice = telling.alert, telling.notice
    message = Message(
        key=f"{alert.public_id}:{notice.number}:{address.recipient}:{channel}",
        public_id=new_id(),
        site_id=alert.site_id,
        channel=channel,
        recipient=address.recipient,
        kind=MessageKind(notice.kind.value),
        created_at=notice.at,
        due_at=max(address.due_at or now, now),
        because=str(address.because),
        alert_ids=(alert.public_id,),
        about=(f"{alert.public_id}:{notice.number}",),
        notice=notice.number,
        level=alert.level,
        give_up_at=max(address.due_at or now, now) + GIVE_UP_AFTER,
    )
    if address.unreachable:
        messages.insert(unreachable(message, address.unreachable, now))
        return False
    if address.digest:
        digests.tell_of(message, address.digest)
    else:
        messages.insert(message)
    return True


def unreachable(message: Message, reason: str, now: datetime) -> Message:
    """Return a message that is dead from the beginning, so that everybody sees who could not be told."""
    return replace(message, state=MessageState.DEAD, reason=reason, finished_at=now)


def tell_site(given_up: Message, *, now: datetime) -> None:
    """Have the second address told of what a message that is given up was to tell, if nobody else is.

    To be asked before the message is noted as dead, so that who dies in between meets the same end again,
    and after it: two that are given up in the same moment each take the other for one that may still arrive.
    """
    kind = _KINDS.get(given_up.kind)
    if kind is None or given_up.channel != CHANNEL or given_up.recipient == SITE_ADDRESS:
        return
    for about in given_up.about:
        alert_id, number = _notice(about)
        alert = alerts.present([alert_id]).get(alert_id)
        if alert is None or _somebody_is_told(given_up, alert_id, number):
            continue
        for site in last_resort(alert):
            telling = Telling(alert, Notice(number, kind, now), (site,))
            store(telling, CHANNEL, Address(SITE_ADDRESS, site.because), now)


def _somebody_is_told(given_up: Message, alert_id: str, number: int) -> bool:
    """Whether another message tells of this notice of an alert, or of a later one."""
    return any(
        told_id == alert_id and told >= number
        for other in messages.of_alert(alert_id)
        if other.key != given_up.key
        and other.channel == CHANNEL
        and other.kind in _KINDS
        and other.state in TELLS
        for told_id, told in map(_notice, other.about)
    )


def _notice(about: str) -> tuple[str, int]:
    alert_id, _, number = about.rpartition(":")
    return alert_id, int(number)
