"""Prints docs/rules.md; with the path of the detection bench's operating.json, its rows are included."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from scoring.decline.documentation.page import render


def main(arguments: list[str]) -> None:
    """Write the page to standard output."""
    operating = json.loads(Path(arguments[0]).read_text()) if arguments else None
    sys.stdout.write(render(operating))


if __name__ == "__main__":
    main(sys.argv[1:])
