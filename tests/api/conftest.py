"""The clock stands still in all tests of the doors."""

from __future__ import annotations

import pytest


@pytest.fixture(autouse=True)
def _stopped(stopped_clock: None) -> None:
    """The clock stands still."""
