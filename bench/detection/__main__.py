"""`python -m bench.detection`: measure, print, and write docs/detection.md with its plots.

`--quick` uses few patients and one process; `--page` writes the page again from the stored figures; `--only
other-information` measures that section alone and keeps the other figures as they are stored.
"""

from __future__ import annotations

import argparse
import json
from dataclasses import fields
from pathlib import Path

from bench.detection.page import render, tables
from bench.detection.plots import plots
from bench.detection.stored import FIGURES, load
from bench.detection.study import Options, measure_gains, run

DOCS = Path(__file__).parents[2] / "docs"
QUICK = Options(
    held_back=60,
    richer=60,
    training=60,
    curve=20,
    misspecified=20,
    assumed=200,
    gains=20,
    steady=20,
    desk=5,
    processes=1,
)


def main() -> None:
    """Read the options, measure, write."""
    parser = argparse.ArgumentParser(prog="python -m bench.detection", description=__doc__)
    for item in fields(Options):
        parser.add_argument(f"--{item.name.replace('_', '-')}", type=int, default=item.default)
    parser.add_argument("--quick", action="store_true", help="few patients, to see that it works")
    parser.add_argument("--page", action="store_true", help="write the page from the stored figures")
    parser.add_argument("--only", choices=["other-information"], help="measure this section alone")
    parser.add_argument("--docs", type=Path, default=DOCS, help="where detection.md and detection/ go")
    given = parser.parse_args()
    options = Options(**{item.name: getattr(given, item.name) for item in fields(Options)})
    options = QUICK if given.quick else options
    stored = given.docs / "detection" / FIGURES
    stored.parent.mkdir(parents=True, exist_ok=True)
    if not given.page:
        result = json.loads(stored.read_text()) | measure_gains(options) if given.only else run(options)
        stored.write_text(json.dumps(result, indent=1) + "\n")
    result = load(stored.parent)
    for name, text in plots(result).items():
        (stored.parent / name).write_text(text)
    (given.docs / "detection.md").write_text(render(result))
    print("\n".join(tables(result)))


if __name__ == "__main__":
    main()
