"""Prints docs/instruments.md."""

from __future__ import annotations

import sys

from scoring.instruments.page import render

if __name__ == "__main__":
    sys.stdout.write(render())
