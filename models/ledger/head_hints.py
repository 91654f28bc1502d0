"""Where this process last saw patients' ledgers end: who reads on from there meets no older entries.

A hint: another process may have gone further, and a database restored from a backup may end earlier. Who
reads finds out, and looks further or begins at the floor.
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
