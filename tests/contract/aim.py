"""Turns generated requests into requests about what exists; most generated ones would meet nothing but 404.

What is replaced follows from the generated values alone, so that a failing request can be generated again.
Invalid parts of a request stay as they were generated: they are the point of it.
"""

from __future__ import annotations

import zlib
from typing import Any

from schemathesis import Case
from schemathesis.core.parameters import ParameterLocation
from schemathesis.generation.meta import TestPhase

from tests.contract.document import Endpoint
from tests.contract.world import Chart, World

ANOTHER_CLINICS = 1
MADE_UP = 2
CHOICES = 8
"""One of eight requests asks for what another clinic has, and one for ids that nothing has."""


def number_of(case: Case[Any]) -> int:
    """Return a number that follows from the values of the case, 0 for an example of the document."""
    if phase_of(case) is TestPhase.EXAMPLES:
        return 0
    values = repr((case.path_parameters, dict(case.headers), case.query, case.body))
    return zlib.crc32(values.encode("utf-8", "surrogatepass"))


def phase_of(case: Case[Any]) -> TestPhase | None:
    """Return how the case was made."""
    return None if case.meta is None else case.meta.phase.name


class Aim:
    """Where one role's requests to one operation go; what can change something has a clinic of its own."""

    def __init__(self, world: World, endpoint: Endpoint, role: str, chart: Chart) -> None:
        self.world, self.endpoint, self.role, self.chart = world, endpoint, role, chart

    def take(self, case: Case[Any]) -> dict[str, str]:
        """Point the case at what exists; return the headers to send it with."""
        choice = number_of(case) % CHOICES
        if choice != MADE_UP:
            self._fill_path(case, self.world.far if choice == ANOTHER_CLINICS else self.chart)
            self._fill_body(case, choice)
        if "If-Match" in case.headers and is_valid(case, ParameterLocation.HEADER):
            case.headers["If-Match"] = self.world.tag(self.endpoint, self.chart, self.role)
        return self.headers()

    def ids(self) -> dict[str, Any]:
        """Return the ids of what exists, for the path."""
        return self.world.ids(self.endpoint, self.chart, self.role)

    def headers(self) -> dict[str, str]:
        """Return what the role sends beside the request."""
        return self.world.headers(self.endpoint, self.chart, self.role)

    def _fill_path(self, case: Case[Any], chart: Chart) -> None:
        if case.path_parameters and is_valid(case, ParameterLocation.PATH):
            case.path_parameters = self.world.ids(self.endpoint, chart, self.role)

    def _fill_body(self, case: Case[Any], choice: int) -> None:
        if not isinstance(case.body, dict) or not is_valid(case, ParameterLocation.BODY):
            return
        body = dict(case.body)
        if phase_of(case) is TestPhase.EXAMPLES:
            body = self.endpoint.example
        elif choice % 2:
            body |= self.endpoint.example
        case.body = self.world.about(body, self.chart, self.role)


def is_valid(case: Case[Any], location: ParameterLocation) -> bool:
    """Return whether this part of a case fits the document."""
    return case.meta is None or not case.meta.is_negative_at(location)
