"""A challenge counts once, however many race with it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from models.accounts import used_challenges

NOW = datetime(2076, 3, 2, 8, 30, tzinfo=UTC)
RACERS = 12


@pytest.mark.usefixtures("database")
def test_of_many_one_uses_it() -> None:
    def use(_number: int) -> bool:
        return used_challenges.use("a challenge", until=NOW + timedelta(minutes=5))

    with ThreadPoolExecutor(RACERS) as pool:
        assert list(pool.map(use, range(RACERS))).count(True) == 1
    assert used_challenges.use("another", until=NOW)


def test_the_challenge_itself_is_not_stored(database: Any) -> None:
    used_challenges.use("a challenge", until=NOW)
    assert "a challenge" not in str(list(database["used_challenges"].find()))
