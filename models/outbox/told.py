"""When people were first told of an alert: a narrow read of many messages, for the figures."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from models.outbox.message import MessageState
from models.outbox.messages import ONE_BATCH, MessageDocument

_READ = {"alert_ids": 1, "first_attempt_at": 1, "state": 1, "finished_at": 1, "_id": 0}


@dataclass(frozen=True, slots=True)
class FirstTold:
    """When the first attempt to tell of an alert was made, and when the first message was delivered."""

    attempt_at: datetime | None = None
    delivered_at: datetime | None = None


def first_of(public_ids: Iterable[str]) -> dict[str, FirstTold]:
    """Return for each of these alerts when people were first told of it."""
    wanted = sorted(set(public_ids))
    found = dict.fromkeys(wanted, FirstTold())
    for begin in range(0, len(wanted), ONE_BATCH):
        for raw in _rows(wanted[begin : begin + ONE_BATCH]):
            attempt_at = _moment(raw.get("first_attempt_at"))
            delivered = raw.get("state") == MessageState.DELIVERED.value
            delivered_at = _moment(raw.get("finished_at")) if delivered else None
            for alert_id in raw["alert_ids"]:
                if alert_id in found:
                    known = found[alert_id]
                    found[alert_id] = FirstTold(
                        _first(known.attempt_at, attempt_at), _first(known.delivered_at, delivered_at)
                    )
    return found


def _rows(alert_ids: list[str]) -> Iterator[Mapping[str, Any]]:
    query = {"alert_ids": {"$in": alert_ids}}
    yield from MessageDocument.raw().find(query, _READ, batch_size=20 * ONE_BATCH)


def _first(one: datetime | None, other: datetime | None) -> datetime | None:
    return min(filter(None, (one, other)), default=None)


def _moment(value: object) -> datetime | None:
    return value if isinstance(value, datetime) else None
