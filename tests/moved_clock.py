"""A clock that a test moves for servers and workers that run as their own processes (`services/clock.py`)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path


class MovedClock:
    """The file that they follow; it begins at the system's time.

    Args:
        directory: where to keep it.
    """

    def __init__(self, directory: Path) -> None:
        self._file = directory / "clock"
        self._ahead = timedelta(0)
        self.step(timedelta(0))

    @property
    def variables(self) -> dict[str, str]:
        """Settings of a process that follows it."""
        return {"SLOPE_ENV": "test", "SLOPE_TEST_CLOCK": str(self._file)}

    def step(self, by: timedelta) -> None:
        """Move it forward, or back when negative; processes go by it at their next look at the clock."""
        self._ahead += by
        fresh = self._file.with_suffix(".new")
        fresh.write_text(str(self._ahead.total_seconds()), encoding="ascii")
        fresh.replace(self._file)

    def now(self) -> datetime:
        """Return what it shows."""
        return datetime.now(UTC) + self._ahead
