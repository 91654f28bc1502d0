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
from services.delivery.audience import Recipient, ToldAs, assignees, recipients
from services.delivery.channels.port import Address, Channel, Telling
from services.delivery.hours import GIVE_UP_AFTER
from services.logs import fault, log

BATCH = 200

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
        reached = [
            _store(telling, channel.name, address, now) for channel, address in _to(channels, telling, now)
        ]
        if not any(reached):
            log.warning("notice_reaches_nobody")


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
    site = (Recipient(None, site_address=True, because=ToldAs.SECOND_ADDRESS),)
    return people + (site if SITE_ADDRESS in wanted else ())


def _because(alert: Alert, account_id: str) -> ToldAs:
    return ToldAs.ASSIGNED if account_id == alert.assigned_to else ToldAs.CARE_TEAM


def _store(telling: Telling, channel: str, address: Address, now: datetime) -> bool:
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
