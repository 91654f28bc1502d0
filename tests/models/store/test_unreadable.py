"""One's fault costs that one alone, and is named; a database that is away ends the round."""

from __future__ import annotations

import pytest
from pymongo.errors import AutoReconnect

from models.alerts.alert import Alert
from models.store import unreadable
from tests.alert_samples import make_alert


def test_the_others_go_on_and_the_one_is_named() -> None:
    unreadable.forget()
    found = [make_alert(public_id=name) for name in ("a", "b", "c")]
    met = []

    def do(alert: Alert) -> bool:
        met.append(alert.public_id)
        if alert.public_id == "b":
            raise ZeroDivisionError
        return True

    assert unreadable.count_done(found, do, of="alerts", called="public_id") == 2
    assert (met, unreadable.counts()) == (["a", "b", "c"], {"alerts": 1})
    unreadable.forget()


def test_a_database_that_gives_no_answer_ends_the_round() -> None:
    def do(_alert: Alert) -> bool:
        raise AutoReconnect

    with pytest.raises(AutoReconnect):
        unreadable.count_done([make_alert()], do, of="alerts", called="public_id")
