"""Examples of responses, as the running service answered them: `make examples` writes them anew.

Ids, tokens and codes in them were replaced by made-up ones of the same form.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

FILE = Path(__file__).with_name("recorded.json")


def _read() -> dict[str, dict[int, Any]]:
    content = json.loads(FILE.read_text(encoding="utf-8")) if FILE.exists() else {}
    return {name: {int(status): body for status, body in bodies.items()} for name, bodies in content.items()}


_ALL = _read()
SHARED: dict[int, Any] = _ALL.get("shared", {})
"""Problems that look alike at every operation, by status."""

RESPONSES: dict[str, dict[int, Any]] = {name: bodies for name, bodies in _ALL.items() if name != "shared"}
"""Bodies by operation id and status."""
