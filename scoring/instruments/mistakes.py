"""What can be wrong with a definition, and the error that lists all of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Mistake:
    """One mistake: a JSON Pointer into the document, a stable code, a sentence."""

    pointer: str
    code: str
    detail: str


class InvalidDefinition(ValueError):
    """A definition that cannot be used; `mistakes` names every reason."""

    def __init__(self, mistakes: Iterable[Mistake]) -> None:
        self.mistakes = tuple(mistakes)
        super().__init__("; ".join(f"{mistake.pointer}: {mistake.detail}" for mistake in self.mistakes))
