"""When people were first told of alerts: the first attempt and the first delivery of all their messages."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from models.outbox import messages, told
from models.outbox.message import MessageState
from models.outbox.messages import MessageDocument
from models.outbox.told import FirstTold
from tests.message_samples import NOON, make_message

pytestmark = pytest.mark.usefixtures("database")

MINUTE = timedelta(minutes=1)
DELIVERED: dict[str, Any] = {"state": MessageState.DELIVERED}


def test_the_first_attempt_and_the_first_delivery_of_each() -> None:
    made = (
        make_message(notice=1, state=MessageState.DEAD, first_attempt_at=NOON, finished_at=NOON + MINUTE),
        make_message(
            notice=2,
            state=MessageState.DELIVERED,
            first_attempt_at=NOON + MINUTE,
            finished_at=NOON + 9 * MINUTE,
        ),
        make_message(
            key="digest",
            alert_ids=("alert-1", "alert-2"),
            **DELIVERED,
            first_attempt_at=NOON + 3 * MINUTE,
            finished_at=NOON + 4 * MINUTE,
        ),
        make_message(alert_id="alert-3"),
    )
    assert all(map(messages.insert, made))
    assert told.first_of(["alert-1", "alert-2", "alert-3", "alert-4"]) == {
        "alert-1": FirstTold(NOON, NOON + 4 * MINUTE),
        "alert-2": FirstTold(NOON + 3 * MINUTE, NOON + 4 * MINUTE),
        "alert-3": FirstTold(),
        "alert-4": FirstTold(),
    }
    assert told.first_of([]) == {}


def test_a_damaged_moment_is_as_if_it_was_not_known() -> None:
    assert messages.insert(
        make_message(state=MessageState.DELIVERED, first_attempt_at=NOON, finished_at=NOON)
    )
    MessageDocument.raw().update_one({"alert_ids": "alert-1"}, {"$set": {"finished_at": "noon"}})
    assert told.first_of(["alert-1"]) == {"alert-1": FirstTold(NOON, None)}
