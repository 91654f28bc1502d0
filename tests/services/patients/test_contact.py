"""What a clinic needs to reach a person: single fields change, and times that cannot be are refused."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest

from services.errors import Invalid
from services.patients.contact import merged

NOW = datetime(2026, 3, 2, 23, 30, tzinfo=UTC)


def pointers(changes: dict[str, Any]) -> list[str]:
    with pytest.raises(Invalid) as caught:
        merged({}, changes, NOW)
    return [error.pointer for error in caught.value.errors]


def test_what_is_not_named_stays() -> None:
    before = {"phone": "+351 21 000", "best_time": "mornings"}
    assert merged(before, {"best_time": "evenings"}, NOW) == {"phone": "+351 21 000", "best_time": "evenings"}


@pytest.mark.parametrize("empty", [None, [], {}])
def test_nothing_takes_a_field_away(empty: object) -> None:
    assert merged({"phone": "1"}, {"phone": empty}, NOW) == {}


def test_dates_are_kept_as_text_inside_lists_too() -> None:
    stay = {"starts_on": date(2026, 1, 2), "ends_on": None}
    after = merged({}, {"born_on": date(1960, 5, 4), "hospital_stays": [stay]}, NOW)
    assert after == {"born_on": "1960-05-04", "hospital_stays": [{"starts_on": "2026-01-02"}]}


def test_what_was_there_is_not_changed_in_place() -> None:
    before = {"phone": "1"}
    merged(before, {"phone": "2"}, NOW)
    assert before == {"phone": "1"}


def test_tomorrow_is_today_somewhere_and_the_day_after_is_nowhere() -> None:
    assert merged({}, {"born_on": date(2026, 3, 3)}, NOW)
    assert pointers({"born_on": date(2026, 3, 4)}) == ["/contact/born_on"]


def test_every_wrong_stay_is_named() -> None:
    stays = [
        {"starts_on": date(2026, 1, 2), "ends_on": date(2026, 1, 1)},
        {"starts_on": date(2026, 1, 2), "ends_on": date(2026, 1, 2)},
        {"starts_on": date(2027, 1, 1), "ends_on": None},
    ]
    assert pointers({"hospital_stays": stays}) == [
        "/contact/hospital_stays/0/ends_on",
        "/contact/hospital_stays/2/starts_on",
    ]
