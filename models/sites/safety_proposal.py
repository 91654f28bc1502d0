"""A proposal of other texts of safety for a site: nobody is shown them until a clinician has agreed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from models.store.provenance import Provenance


@dataclass(frozen=True, slots=True)
class SafetyProposal:
    """What an administrator proposed and nobody has decided about yet.

    Attributes:
        crisis_text: by locale; None: the present one stays.
        breathing_text: by locale; None: the present one stays.
        note: why.
    """

    crisis_text: Mapping[str, str] | None
    breathing_text: Mapping[str, str] | None
    note: str
    by: Provenance
    at: datetime
