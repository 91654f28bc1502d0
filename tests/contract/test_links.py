"""Operations one after the other, as the links of the document lead: what one answers the next is given.

A patient is enrolled and invited, the code redeemed, a report sent, read, corrected and voided with the tags
that came; alerts are listed, one is read and acted on. Each step is by somebody who may, and the patient is
whoever redeemed the code. No answer may be a server error or one that the document does not name, and nothing
may be gone that was just made. `SLOPE_CONTRACT_EXAMPLES=200` searches longer.
"""

from __future__ import annotations

import contextlib
import os
import secrets
from collections import Counter, defaultdict
from typing import Any, ClassVar

import schemathesis
import yaml
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis.errors import Flaky
from hypothesis.stateful import run_state_machine_as_test
from schemathesis import Case, Response
from schemathesis.core.failures import FailureGroup
from schemathesis.core.parameters import ParameterLocation

from services.access.actor import STAFF, Role
from tests.application import MORNING
from tests.contract.aim import is_valid
from tests.contract.document import ENDPOINTS, FILE, METHODS
from tests.contract.test_schemathesis import CONFIG, Served, status_is_named
from tests.contract.world import World

LONG = os.environ.get("SLOPE_CONTRACT_EXAMPLES")
ROUNDS, PER_ROUND = int(LONG or 8), 5
MOST_ROUNDS = 5 * ROUNDS
"""The library follows links by chance; more rounds where one of them was not met."""
SERVED = Served()
LED = [
    "enrol", "invite_to_patient", "submit_report", "get_report", "correct_report", "void_report",
    "get_patient", "change_patient", "get_alert", "act_on_alert",
]  # fmt: skip
"""What a link has to have led to with success."""
BEGINNINGS = ["create_patient", "list_patients", "list_reports", "list_alerts", "search_alerts"]
_ONLY_OURS = {"phases": {**CONFIG["phases"], "stateful": {"inference": {"algorithms": []}}}}


def story() -> dict[str, Any]:
    """The document with the operations of the story, and the links between them."""
    document: dict[str, Any] = yaml.load(FILE.read_text(encoding="utf-8"), yaml.CSafeLoader)
    told = {*LED, *BEGINNINGS}
    for path, item in list(document["paths"].items()):
        for method in item.keys() & set(METHODS):
            if item[method]["operationId"] not in told:
                del item[method]
                continue
            for response in item[method]["responses"].values():
                links = response.get("links", {})
                response["links"] = {name: link for name, link in links.items() if name in told}
        if not item.keys() & set(METHODS):
            del document["paths"][path]
    return document


SCHEMA = schemathesis.openapi.from_dict(story(), config=schemathesis.Config.from_dict(CONFIG | _ONLY_OURS))
SCHEMA.app = SERVED
MACHINE: Any = SCHEMA.as_state_machine()
_GIVEN_BY_LINKS = {"enrol": {"code"}}
_TAKEN = defaultdict(set, enrol={"email", "password", "second_factor"}, create_patient={"study_code"})
"""What somebody else has already in the examples, and nobody needs."""


class Followed(MACHINE):  # type: ignore[misc]
    """One person after the other does one thing after the other."""

    world: World
    served: ClassVar[Counter[str]] = Counter()
    failures: ClassVar[list[str]] = []
    met: ClassVar[Counter[tuple[str, int]]] = Counter()

    def setup(self) -> None:
        """Remember whose the patients are that were enrolled by a code."""
        self.tokens: dict[str, str] = {}
        self.steps = 0
        self.linked = False

    def step(self, input: Any) -> Any:
        """Make a step, and note whether a link led here."""
        self.linked = input.transition is not None and input.is_applied
        return super().step(input)

    def before_call(self, case: Case[Any]) -> None:
        """Give the step a body about this clinic; what a link has given stays."""
        self.steps += 1
        endpoint, chart = ENDPOINTS[case.operation.definition.raw["operationId"]], self.world.near
        if (
            case.path_parameters
            and not self.linked
            and self.steps % 4
            and is_valid(case, ParameterLocation.PATH)
        ):
            case.path_parameters = self.world.ids(endpoint, chart, Role.PATIENT)
        wrong = not is_valid(case, ParameterLocation.BODY)
        if endpoint.example is None or wrong or not isinstance(case.body, dict):
            return
        given = _GIVEN_BY_LINKS.get(endpoint.id, set()) if self.linked else set()
        kept = {name: value for name, value in case.body.items() if name in given}
        body = endpoint.example if self.steps % 3 else case.body
        case.body = self.world.about(body, chart, Role.PATIENT) | kept
        if endpoint.id == "create_patient":
            case.body["consent_at"] = MORNING.isoformat()
        for name in _TAKEN[endpoint.id] & case.body.keys():
            del case.body[name]

    def get_call_kwargs(self, case: Case[Any]) -> dict[str, Any]:
        """Choose who asks: the patient whose code was redeemed, or the clinic's staff."""
        endpoint, chart = ENDPOINTS[case.operation.definition.raw["operationId"]], self.world.near
        own = self.tokens.get(str((case.path_parameters or {}).get("patient_id")))
        if own is not None and Role.PATIENT in endpoint.roles:
            return {"headers": {"Authorization": f"Bearer {own}"}}
        staff = [role for role in endpoint.roles if role in STAFF] or list(endpoint.roles)
        first = Role.CLINICIAN if Role.CLINICIAN in staff else staff[0]
        return {"headers": self.world.headers(endpoint, chart, first)}

    def after_call(self, response: Response, case: Case[Any]) -> None:
        """Remember what came of it."""
        super().after_call(response, case)
        name = str(case.operation.definition.raw["operationId"])
        self.met[name, response.status_code] += 1
        if self.linked and response.status_code < 300:
            self.served[name] += 1
        if name == "enrol" and response.status_code == 201:
            taken = response.json()
            self.tokens[str(taken["account"]["patient_id"])] = taken["access_token"]

    def validate_response(self, response: Response, case: Case[Any], **kwargs: Any) -> None:
        """Hold the answer to the document."""
        sent = {"headers": kwargs["headers"], "additional_checks": [status_is_named]}
        try:
            case.validate_response(response, recorder=self.recorder, **sent)
        except (FailureGroup, AssertionError) as error:
            self.failures.append(f"{error}\n{case.as_curl_command()}")
            raise


def test_what_one_operation_answers_leads_to_the_next(world: World) -> None:
    """In rounds: what there is depends on what was done before, so no round is repeated exactly."""
    SERVED.app = world.app
    Followed.world = world
    searched = settings(
        max_examples=PER_ROUND,
        stateful_step_count=12,
        phases=[Phase.generate],
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    for number in range(MOST_ROUNDS):
        if number >= ROUNDS and Followed.served.keys() >= set(LED):
            break
        machine = seed(number if LONG is None else secrets.randbits(32))(type("Round", (Followed,), {}))
        # What fails is kept below; that a scenario goes another way the second time is no failure.
        with contextlib.suppress(Flaky, FailureGroup):
            run_state_machine_as_test(machine, settings=searched)
    assert Followed.failures == []
    assert set(LED) - Followed.served.keys() == set(), sorted(Followed.met.items())
