"""The error that lists everything wrong with a definition."""

from __future__ import annotations

from collections.abc import Iterable

from scoring.problems import Problem


class InvalidDefinition(ValueError):
    """A definition that cannot be used; `problems` names every reason."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("; ".join(f"{problem.pointer}: {problem.detail}" for problem in self.problems))
