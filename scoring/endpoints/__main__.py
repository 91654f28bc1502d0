"""Prints docs/endpoints.md."""

from __future__ import annotations

import sys

from scoring.endpoints.page import render

if __name__ == "__main__":
    sys.stdout.write(render())
