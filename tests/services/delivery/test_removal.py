"""What is kept for a stated time goes afterwards, and nothing else: receipts stay as long as their alert."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from models.alerts import looks
from models.outbox import messages
from models.outbox.message import Message, MessageKind, MessageState
from models.outbox.messages import MessageDocument
from models.store import call_counts, unreadable
from models.store import removal as stored
from models.store.call_counts import CallCountDocument
from services.delivery import removal
from tests.message_samples import NOON, make_message

pytestmark = pytest.mark.usefixtures("database")

KEEP = timedelta(days=180)
DAY = timedelta(days=1)
AFTER = NOON + KEEP + DAY
DONE: dict[str, Any] = {"state": MessageState.DELIVERED, "finished_at": NOON}


def keep(*made: Message) -> None:
    for message in made:
        assert messages.insert(message)


def sent_tests(count: int, **fields: Any) -> list[Message]:
    values = {"kind": MessageKind.TEST, "alert_ids": (), **DONE, **fields}
    return [make_message(key=f"test:{number}", **values) for number in range(count)]


def left() -> set[str]:
    return {raw["_id"] for raw in MessageDocument.raw().find({}, {"_id": 1})}


@pytest.mark.parametrize("kind", MessageKind)
@pytest.mark.parametrize("state", [MessageState.DELIVERED, MessageState.DEAD, MessageState.DROPPED])
def test_what_is_about_no_alert_goes_and_receipts_stay(kind: MessageKind, state: MessageState) -> None:
    about_none = kind in {MessageKind.TEST, MessageKind.WEBHOOK_OFF, MessageKind.ADDRESS_OFF}
    message = make_message(kind=kind, state=state, finished_at=NOON)
    keep(replace(message, alert_ids=()) if about_none else message)
    assert removal.remove_old(KEEP, NOON + KEEP - DAY) == 0
    assert removal.remove_old(KEEP, AFTER) == int(about_none)
    assert len(left()) == int(not about_none)
    assert [receipt.kind for receipt in messages.of_alert("alert-1")] == [kind] * (not about_none)


def test_what_waits_stays_however_old_it_is() -> None:
    keep(*sent_tests(1, state=MessageState.WAITING, finished_at=None))
    assert removal.remove_old(KEEP, AFTER + 1000 * DAY) == 0
    assert len(left()) == 1


def test_one_that_cannot_be_removed_costs_the_others_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    keep(*sent_tests(5))
    MessageDocument.raw().update_one({"_id": "test:0"}, {"$set": {"finished_at": "long ago"}})
    collection = MessageDocument.raw()

    class Stubborn:
        """The collection, of which one document cannot be removed."""

        find = staticmethod(collection.find)

        @staticmethod
        def delete_one(query: dict[str, Any]) -> Any:
            if query["_id"] == "test:2":
                raise RuntimeError("broken")
            return collection.delete_one(query)

    with monkeypatch.context() as changed:
        changed.setattr(MessageDocument, "raw", staticmethod(lambda: Stubborn))
        assert removal.remove_old(KEEP, AFTER) == 3
    assert left() == {"test:0", "test:2"}
    assert unreadable.counts() == {"outbox": 1}
    unreadable.forget()


def test_one_that_is_to_be_tried_again_stays() -> None:
    (dead,) = sent_tests(1, state=MessageState.DEAD)
    keep(dead)
    assert messages.try_again(dead, now=AFTER, give_up_at=AFTER + DAY) is not None
    assert removal.remove_old(KEEP, AFTER) == 0
    assert messages.read(dead.key) is not None


def test_old_looks_and_counts_go() -> None:
    looks.note("anna", ["north"], at=NOON)
    looks.note("ben", ["north"], at=NOON + 2 * DAY)
    call_counts.count("somebody", now=NOON)
    call_counts.count("somebody", now=AFTER)
    assert removal.remove_old(KEEP, AFTER) == 2
    assert looks.read("anna", ["north"]) == {}
    assert looks.read("ben", ["north"]) == {"north": NOON + 2 * DAY}
    assert CallCountDocument.raw().count_documents({}) == 1


def test_many_are_removed_batch_after_batch(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stored, "BATCH", 4)
    keep(*sent_tests(10))
    assert removal.remove_old(KEEP, AFTER) == 10
    monkeypatch.setattr(removal, "MOST_BATCHES", 1)
    keep(*sent_tests(10))
    assert removal.remove_old(KEEP, AFTER) == 4, "the rest is left to the next time"
