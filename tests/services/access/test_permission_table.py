"""The page on security prints the table that is in force."""

from __future__ import annotations

from pathlib import Path

from services.access import permission_table
from services.access.permissions import Operation

PAGE = Path(__file__).parents[3] / "docs" / "security.md"


def test_the_page_holds_the_table_that_is_in_force() -> None:
    text = PAGE.read_text(encoding="utf-8")
    begin = text.index("| operation |")
    assert text[begin : text.index("\n\n", begin)] == permission_table.render().strip()


def test_every_operation_has_a_row() -> None:
    assert all(f"`{operation}`" in permission_table.render() for operation in Operation)
