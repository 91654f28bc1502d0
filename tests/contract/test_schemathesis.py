"""The exported document against the running application, with requests generated from the document.

Each request is sent by those who may do the operation (one with a generated body by one of them, in turn)
and by one who may not. What only reads is also asked plainly by everybody who may: generated queries may all
be refused. No response may be a server error or one that the document does not name, and in the end everybody
who may must have been served: a run that meets only 404s fails.
`SLOPE_CONTRACT_EXAMPLES=200` searches longer, and spares nobody any request.
"""

from __future__ import annotations

import os
from collections import Counter, defaultdict
from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from flask import Flask
from hypothesis import HealthCheck, settings
from schemathesis import Case, CheckContext, Response
from schemathesis.core.failures import FailureGroup
from schemathesis.generation.meta import TestPhase
from schemathesis.specs.openapi.checks import is_unexpected_http_status_case

from services.access.actor import Role
from tests.contract.aim import Aim, number_of, phase_of
from tests.contract.document import ENDPOINTS, FILE, NOBODY, Endpoint
from tests.contract.world import World

LONG = os.environ.get("SLOPE_CONTRACT_EXAMPLES")
SEARCH = settings(
    max_examples=int(LONG or 15),
    derandomize=LONG is None,
    database=None,
    deadline=None,
    # All cases of an operation share one round, on purpose.
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
CONFIG: dict[str, Any] = {
    # Tokens are real or absent here; made-up ones are tests/services/access/test_tokens.py.
    "generation": {"with-security-parameters": False},
    "phases": {"coverage": {"unexpected-methods": ["trace"]}},
    "checks": {
        # What fits the document can still be refused: by the instrument's rules, a patient's state, a tag.
        "positive_data_acceptance": {"enabled": False},
        # Without If-Match it is 428, which the check does not expect; and who may not is told first.
        "missing_required_header": {"expected-statuses": [401, 403, 404, 422, 428]},
    },
    # Entries of a batch are judged one by one: a bad one is a verdict, and the status is 200.
    "operations": [
        {
            "include-operation-id": "submit_report_batch",
            "checks": {"negative_data_rejection": {"enabled": False}},
        }
    ],
}


class Served:
    """Stands for the application, which is there only once its database is."""

    app: Flask

    def __call__(self, environ: Any, start_response: Any) -> Any:
        return self.app(environ, start_response)


SERVED = Served()
SCHEMA = schemathesis.openapi.from_path(FILE, config=schemathesis.Config.from_dict(CONFIG))
SCHEMA.app = SERVED


_SERVED_BY_CODES_MADE_ELSEWHERE = {"recover", "reset_password"}
"""One-use codes that a person was shown or an operator made: served in tests/api/resources/accounts."""


class Round:
    """All requests to one operation, and the statuses that each role met."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._aims: dict[str, Aim] = {}
        self.endpoint: Endpoint | None = None
        self.statuses: defaultdict[str, Counter[int]] = defaultdict(Counter)

    def send(self, case: Case[Any]) -> None:
        """Send the case as everybody who should, and check each response."""
        if self.endpoint is None:
            self.endpoint = ENDPOINTS[case.operation.definition.raw["operationId"]]
            self._ask_plainly(case, self.endpoint)
        for role in _senders(case, self.endpoint):
            sent = case.derive()
            self._send(sent, self._aim(role, self.endpoint).take(sent), role)

    def _ask_plainly(self, case: Case[Any], endpoint: Endpoint) -> None:
        """Ask for what is only read as everybody who may, without any query."""
        for role in () if endpoint.writes else endpoint.roles:
            aim = self._aim(role, endpoint)
            plain = case.operation.Case(path_parameters=aim.ids())
            self._send(plain, aim.headers(), role)

    def _aim(self, role: str, endpoint: Endpoint) -> Aim:
        if role not in self._aims:
            changes = endpoint.writes and role in endpoint.roles
            chart = self._world.chart() if changes else self._world.near
            self._aims[role] = Aim(self._world, endpoint, role, chart)
        return self._aims[role]

    def _send(self, case: Case[Any], headers: dict[str, str], role: str) -> None:
        try:
            self._call(case, headers, role)
        except FailureGroup as error:
            error.add_note(f"sent as {role}")
            raise

    def _call(self, case: Case[Any], headers: dict[str, str], role: str) -> None:
        response = case.call(headers=headers)
        self.statuses[role][response.status_code] += 1
        case.validate_response(response, headers=headers, additional_checks=[status_is_named])

    def unserved(self) -> set[str]:
        """Return who may do the operation, and never could."""
        assert self.endpoint is not None
        if self.endpoint.id in _SERVED_BY_CODES_MADE_ELSEWHERE:
            return set()
        served = self.endpoint.serves
        return {role for role in self.endpoint.roles if not any(map(served, self.statuses[role]))}


def _senders(case: Case[Any], endpoint: Endpoint) -> list[str]:
    admitted, number = endpoint.roles, number_of(case)
    one = [admitted[number % len(admitted)]]
    if is_unexpected_http_status_case(case) or endpoint.permission is None:
        return one
    refused = [role for role in (NOBODY, *Role) if role not in admitted]
    everybody = LONG or phase_of(case) is TestPhase.EXAMPLES or endpoint.example is None
    return [*(admitted if everybody else one), refused[number % len(refused)]]


def status_is_named(_context: CheckContext | None, response: Response, case: Case[Any]) -> None:
    # The library's check is content with `default`, which stands for what no view answers itself.
    if not is_unexpected_http_status_case(case):
        named = case.operation.definition.raw["responses"]
        assert str(response.status_code) in named, f"The document does not name {response.status_code}."


# The parameter gives each operation's test a name of its own.
@pytest.fixture(params=["every role"])
def asked(world: World) -> Iterator[Round]:
    """The round of one operation, at whose end everybody who may must have been served."""
    SERVED.app = world.app
    asked = Round(world)
    yield asked
    assert asked.unserved() == set(), dict(asked.statuses)


@SCHEMA.parametrize()
@SEARCH
def test_every_answer_is_one_that_the_document_names(case: Case[Any], asked: Round) -> None:
    asked.send(case)
