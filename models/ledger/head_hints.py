"""The highest entry of patients' ledgers that this process has seen: where the next read may start.

It is a hint. Another process may have appended later entries, and a database restored from a backup may end
earlier. The read notices both: it reads on to the end, or starts again at the floor.
"""

from __future__ import annotations

from models.store.remembered import Remembered

MOST = 50_000
"""Patients; about ten megabytes."""

_ends: Remembered[str, int] = Remembered(MOST)


def remembered(patient_id: str, otherwise: int) -> int:
    """Return the highest number seen, at least `otherwise`."""
    return max(_ends.get(patient_id) or 0, otherwise)


def remember(patient_id: str, seq: int) -> None:
    """Note that the entry exists."""
    _ends.update(patient_id, lambda known: max(known or 0, seq))


def forget(patient_id: str) -> None:
    """Note that the entry that was seen is not there any more."""
    _ends.drop(patient_id)
