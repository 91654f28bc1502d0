"""Tables for a spreadsheet and for `slope` (RFC 4180): a line of names, then a line for each row.

Each cell is a number with a point, a word or an id of ours, a day, a month or empty, so no program takes one
for a formula.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from typing import Any


def table_of(names: Sequence[str], rows: Iterable[Mapping[str, Any]]) -> str:
    """Return the rows as a table of these columns; what is not known is empty."""
    text = io.StringIO(newline="")
    table = csv.DictWriter(text, names, restval="", lineterminator="\r\n")
    table.writeheader()
    table.writerows(rows)
    return text.getvalue()
