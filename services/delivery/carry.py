"""Carrying messages: claimed one at a time, looked at again, sent, and what became of it noted.

Between the notice and the sending somebody may have acted, the patient may have died, the recipient may have
left: what is not true any more is dropped, with the reason. A message that fails is tried again with growing
pauses, for three days; then it is dead, and stands in a list until somebody has it tried again. A worker that
dies while it sends leaves a lease that ends: the message goes out a second time, with the same id, by which a
receiver recognizes it.
"""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import datetime, timedelta

from models.accounts import accounts
from models.alerts import alerts
from models.alerts.alert import CURRENT, Alert, Condition, State
from models.outbox import messages
from models.outbox.message import (
    ABOUT_NO_ALERT,
    Attempt,
    AttemptOutcome,
    Message,
    MessageKind,
    MessageState,
    lane_of,
)
from scoring.decline import Level
from services.alerts.readers import may_read
from services.delivery.audience import assignees
from services.delivery.channels.port import Channel, Delivered, Failed, Gone, Outcome
from services.delivery.outbox import TELLS, tell_site
from services.logs import fault, log

LEASE = timedelta(minutes=2)
"""Longer than a channel may take, or a message would be sent twice as a matter of course."""
FIRST_PAUSE = timedelta(seconds=30)
LONGEST_PAUSE = timedelta(minutes=15)
LONGEST_PAUSE_URGENT = timedelta(minutes=2)
LONGEST_WISH = messages.LONGEST_PAUSE
"""Our choice: at most so long a receiver's wish to be asked later is followed."""
_JITTER = 0.2
_TOLD_WHILE_CURRENT = frozenset({MessageKind.ASSIGNED, MessageKind.WITHDRAWN})
FAULT = "fault"


def carry_next(channel: Channel, *, urgent: bool, now: datetime) -> bool:
    """Carry the message of a channel that has been due for longest; return whether there was one.

    Args:
        channel: which one.
        urgent: of its two lanes, the one for what is urgent.
        now: the present moment.
    """
    message = messages.claim(lane_of(channel.name, urgent=urgent), now=now, lasting=LEASE)
    if message is None:
        return False
    became = _dropped_or_sent(channel, message, now)
    if isinstance(became, str):
        messages.drop(message, became, now=now)
    else:
        _note(message, became, now)
    return True


def still_true(message: Message, now: datetime) -> tuple[Message, str]:
    """Return what of a message is still true, and why it is not to be sent: a word, "" when it is."""
    if message.kind in ABOUT_NO_ALERT:
        return message, ""
    found = alerts.present(message.alert_ids)
    wrong = {alert_id: _not_true(message, found.get(alert_id), now) for alert_id in message.alert_ids}
    left = tuple(alert_id for alert_id, reason in wrong.items() if not reason)
    if not left:
        return message, next(iter(wrong.values()), "nothing_to_tell")
    return replace(message, alert_ids=left), ""


def _not_true(message: Message, alert: Alert | None, now: datetime) -> str:
    if alert is None:
        return "alert_gone"
    if alert.not_followed is not None:
        return f"patient_{alert.not_followed}"
    if not _reads(message.recipient, alert):
        return "may_not_read"
    return _past(message, alert.at(now), now)


def _past(message: Message, alert: Alert, now: datetime) -> str:
    """Why what was to be told of an alert is past by now."""
    state, kind = alert.state, message.kind
    stopped = state not in CURRENT if kind in _TOLD_WHILE_CURRENT else state is not State.OPEN
    if stopped:
        return f"alert_{state}"
    if kind is MessageKind.ASSIGNED:
        told = {recipient.account_id for recipient in assignees(alert, now=now)}
        return "" if message.recipient in told else "assigned_to_another"
    if kind is MessageKind.WITHDRAWN:
        return "" if alert.condition is Condition.WITHDRAWN else "holds_again"
    return "superseded" if _told_later(message, alert) else ""


def _reads(recipient: str, alert: Alert) -> bool:
    """Whether a recipient who is a person may still read the alert; others are their channel's matter."""
    account = accounts.read(recipient)
    return account is None or may_read(account, alert.site_id, alert.audience)


def _told_later(message: Message, alert: Alert) -> bool:
    """Whether a message of a later notice of the same alert tells the recipient the same."""
    if message.kind is MessageKind.DIGEST or alert.notices.last == message.notice:
        return False
    same = {MessageKind.RAISED, MessageKind.ESCALATED}
    return any(
        other.recipient == message.recipient and other.channel == message.channel
        for other in messages.of_alert(alert.public_id)
        if other.notice > message.notice and other.kind in same and other.state in TELLS
    )


def _dropped_or_sent(channel: Channel, message: Message, now: datetime) -> Outcome | str:
    """Send what is still true of a message; return the outcome, or why nothing is to be sent.

    Whatever raises on the way is a failed attempt like any other: so it is noted, and ends some day.
    """
    try:
        still, reason = still_true(message, now)
        return reason or channel.send(still, now=now)
    except Exception as error:  # one message's fault must not stop the others
        fault(error, step="send", channel=channel.name)
        return Failed(FAULT)


def _note(message: Message, outcome: Outcome, now: datetime) -> None:
    begun = message.attempts[-1].at
    match outcome:
        case Delivered():
            attempt = Attempt(begun, AttemptOutcome.DELIVERED)
            messages.finish(message, MessageState.DELIVERED, attempt, now=now)
        case Gone(reason):
            _give_up(message, Attempt(begun, AttemptOutcome.GONE, reason), now)
        case Failed(reason, retry_at):
            attempt = Attempt(begun, AttemptOutcome.FAILED, reason)
            again = next_try(message, now, retry_at)
            if message.give_up_at is not None and again > message.give_up_at:
                _give_up(message, attempt, now)
            else:
                messages.put_off(message, again, attempt)


def _give_up(message: Message, attempt: Attempt, now: datetime) -> None:
    _tell_site(message, now)
    messages.finish(message, MessageState.DEAD, attempt, now=now)
    _tell_site(message, now)
    log.warning("message_dead", channel=message.channel, reason=attempt.reason)


def _tell_site(message: Message, now: datetime) -> None:
    try:
        tell_site(message, now=now)
    except Exception as error:  # the message ends all the same
        fault(error, step="tell_site", channel=message.channel)


def next_try(message: Message, now: datetime, wished: datetime | None = None) -> datetime:
    """Return when a message that failed is tried again: later each time, and not all at the same moment."""
    if wished is not None:
        return min(max(wished, now + timedelta(seconds=1)), now + LONGEST_WISH)
    longest = LONGEST_PAUSE_URGENT if message.level is Level.URGENT else LONGEST_PAUSE
    pause = min(FIRST_PAUSE * 2.0 ** min(message.tries - 1, 10), longest)
    return now + pause * random.uniform(1 - _JITTER, 1 + _JITTER)
