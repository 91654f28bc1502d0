"""Reads a table that the API sends, and checks that any spreadsheet takes it as it is meant."""

from __future__ import annotations

import csv
import io
import re
from typing import Any

CELL = re.compile(r"[a-z0-9][a-z0-9_.-]*|")
"""No program takes such a cell for a formula, and none has to be quoted."""


def rows_of(response: Any) -> list[dict[str, str]]:
    """Return the rows of the table by the names of their columns."""
    assert response.status_code == 200
    assert response.content_type == "text/csv; charset=utf-8; header=present"
    assert re.fullmatch(r'attachment; filename="[a-z-]+[.]csv"', response.headers["Content-Disposition"])
    text = response.get_data(as_text=True)
    assert text.endswith("\r\n")
    assert "\n" not in text.replace("\r\n", ""), "lines end as RFC 4180 has it"
    rows = list(csv.reader(io.StringIO(text, newline=""), strict=True))
    assert {len(row) for row in rows} == {len(rows[0])}, "each line has a cell for each name"
    assert all(CELL.fullmatch(cell) for row in rows for cell in row)
    written_again = io.StringIO(newline="")
    csv.writer(written_again).writerows(rows)
    assert written_again.getvalue() == text, "read and written again it is the same"
    return [dict(zip(rows[0], row, strict=True)) for row in rows[1:]]
