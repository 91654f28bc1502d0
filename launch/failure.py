"""The one way a step of the launcher fails: with a sentence for the person at the terminal."""

from __future__ import annotations


class CannotStart(Exception):
    """A step failed; the message is one sentence that says what to do."""
