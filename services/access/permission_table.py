"""The permission table as docs/security.md prints it: `python -m services.access.permission_table`."""

from __future__ import annotations

from services.access.actor import Role
from services.access.permissions import PERMISSIONS, STEP_UP, WITHOUT_CONFIRMATION, Operation


def render() -> str:
    """Return the table in Markdown."""
    head = ["operation", *Role, "notes"]
    rows = [head, ["---"] * len(head), *map(_row, Operation)]
    return "\n".join(f"| {' | '.join(row)} |" for row in rows) + "\n"


def _row(operation: Operation) -> list[str]:
    cells = [PERMISSIONS[operation].get(role, "") for role in Role]
    notes = ["step-up"] * (operation in STEP_UP) + ["unconfirmed too"] * (operation in WITHOUT_CONFIRMATION)
    return [f"`{operation}`", *cells, ", ".join(notes)]


if __name__ == "__main__":
    print(render(), end="")  # noqa: T201 (what it is for)
