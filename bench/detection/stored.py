"""The stored figures of the page: those of the last run, and those of the rules before for comparison."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

FIGURES, BEFORE = "operating.json", "before.json"


def load(folder: Path) -> dict[str, Any]:
    """What the page is written from; the figures of the rules before are of the same simulated patients."""
    result: dict[str, Any] = json.loads((folder / FIGURES).read_text())
    before = folder / BEFORE
    return {**result, "before": json.loads(before.read_text()) if before.exists() else {}}
