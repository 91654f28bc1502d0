"""The one place that reads the clock. Everything below the view gets `now` as an argument.

A test moves the clock of servers and workers that run as processes of their own: the file that the setting
`SLOPE_TEST_CLOCK` names holds one number, by how many seconds the clock is ahead of the system's, behind it
when negative. Time goes on from there. Another number counts from the next reading of the clock on, in every
process that follows the file; replace the file by a rename, so that nobody reads half a number.

How long something took and how old a copy in memory is come from `time.monotonic`, and are not moved. Nor are
new ids, or the engine's clock, by which TTL indexes remove what is past use: with a clock that is days behind
they remove too early.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path


def now() -> datetime:
    """Return the present moment, aware, in UTC, cut to the milliseconds that the database keeps."""
    moment = datetime.now(UTC)
    if _followed is not None:
        moment += _followed.ahead()
    return as_stored(moment)


def as_stored(moment: datetime) -> datetime:
    """Return the moment cut to the milliseconds that the database keeps; its offset is kept."""
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)


def of_host() -> datetime:
    """Return the moment by the clock of this host, whatever a test has moved."""
    return datetime.now(UTC)


def ahead_in(file: Path) -> timedelta:
    """Return by how much the clock of a file is ahead of the system's.

    Raises:
        ValueError: there is no such file, or no number of seconds in it that a clock can be moved by.
    """
    try:
        ahead = timedelta(seconds=float(file.read_text(encoding="ascii")))
        datetime.now(UTC) + ahead
    except (OSError, OverflowError) as error:
        raise ValueError(str(error)) from error
    return ahead


def follow(file: Path | None) -> None:
    """Let the clock of this process be as far ahead as the file says, or be the system's again.

    Raises:
        ValueError: the file does not say it.
    """
    global _followed  # noqa: PLW0603 (a process has one clock)
    _followed = None if file is None else _Followed(file)


class _Followed:
    """A file that is read again when it has changed."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._known = self._state(), ahead_in(file)

    def ahead(self) -> timedelta:
        """Return what the file says now."""
        state = self._state()
        if state != self._known[0]:
            self._known = state, ahead_in(self._file)
        return self._known[1]

    def _state(self) -> tuple[int, int]:
        found = self._file.stat()
        return found.st_ino, found.st_mtime_ns


_followed: _Followed | None = None
