"""Every operation of the document, as every role, at one's own and at other places.

The permission table says who may do what and how far that reaches; here the running application is held to
it, operation by operation. That the table itself is as intended is tests/services/access/test_permissions.py.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest

from models.patients.grants import GrantScope
from models.store.base import new_id
from services.access.actor import STAFF, Role
from services.access.permissions import PERMISSIONS, Operation, Reach
from tests.contract.document import ENDPOINTS, Endpoint
from tests.contract.world import Chart, World
from tests.people import Person
from tests.questionnaires import alsfrs

GUARDED = {name: endpoint for name, endpoint in ENDPOINTS.items() if endpoint.permission is not None}
EVERY_CELL = [(name, str(role)) for name in GUARDED for role in Role]
ADMITTED = [(name, role) for name, role in EVERY_CELL if role in GUARDED[name].roles]
REFUSED = [cell for cell in EVERY_CELL if cell not in ADMITTED]
# What is one's own has no clinic: another account's device is tests/services/accounts/test_devices.py.
OF_CALLER = {name for name, endpoint in GUARDED.items() if endpoint.path.startswith(("/v1/me", "/v1/auth"))}
OF_CALLER |= {"note_worklist_look"}
# Instruments are the same for everybody; all other ids in paths belong to a clinic.
PLACED = [
    (name, role)
    for name, role in ADMITTED
    if name not in OF_CALLER and set(GUARDED[name].parameters) - {"key"}
]
_EVERYWHERE = {"key", "version", "locale"}
"""Names of instruments and languages, which belong to no clinic."""
NESTED = [(name, role) for name, role in PLACED if len(set(GUARDED[name].parameters) - _EVERYWHERE) > 1]
READING = [(name, role) for name, role in ADMITTED if not GUARDED[name].writes]
PLACED_BY_BODY = [
    (name, role)
    for name, role in ADMITTED
    if name not in OF_CALLER and (name, role) not in PLACED and GUARDED[name].example is not None
]
LISTS = {"search_alerts"}
"""Their body names nothing that could be missing: they list what there is within reach."""
OUTSIDE_THE_DOCUMENT = {"/mailbox", "/", "/openapi.json", "/docs", "/docs/{name}", "/enrol"}


def reach(operation: str, role: str) -> Reach:
    return PERMISSIONS[Operation(str(GUARDED[operation].permission))][Role(role)]


def of_reach(*reaches: Reach) -> list[tuple[str, str]]:
    return [cell for cell in PLACED if reach(*cell) in reaches]


def ask(world: World, endpoint: Endpoint, role: str, about: Chart, headers: dict[str, str]) -> Any:
    """Do the operation about this chart, with these headers."""
    body = world.body(endpoint, about, role)
    if endpoint.needs_tag:
        headers = headers | {"If-Match": world.tag(endpoint, about, role)}
    sent = {} if body is None else {"json": body}
    path = world.path(endpoint, about, role)
    return world.client.open(path, method=endpoint.method.upper(), headers=headers, **sent)


def status_of(world: World, endpoint: Endpoint, role: str, about: Chart, by: Person) -> int:
    return int(ask(world, endpoint, role, about, by.headers).status_code)


@pytest.mark.parametrize("operation", ENDPOINTS)
def test_an_operation_names_its_permission_or_says_that_it_needs_no_account(operation: str) -> None:
    content = ENDPOINTS[operation].content
    public = content.get("security") == []
    assert public is (content.get("x-permission") is None)
    assert public or content["x-permission"] in list(Operation)


def test_no_route_is_outside_the_document(world: World) -> None:
    documented = {endpoint.path for endpoint in ENDPOINTS.values()} | OUTSIDE_THE_DOCUMENT
    routes = {re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule) for rule in world.app.url_map.iter_rules()}
    pages = {rule for rule in routes if rule.startswith("/pages/")}  # held to their own guard by their tests
    assert routes - pages - documented == set()


@pytest.mark.parametrize("operation", GUARDED)
def test_without_a_token_nothing_is_done(world: World, operation: str) -> None:
    response = ask(world, GUARDED[operation], Role.CLINICIAN, world.near, {})
    assert (response.status_code, response.json["code"]) == (401, "not_signed_in")


@pytest.mark.parametrize(("operation", "role"), REFUSED)
def test_who_has_no_cell_in_the_table_is_refused_everywhere(world: World, operation: str, role: str) -> None:
    for chart in (world.near, world.far):
        response = ask(world, GUARDED[operation], role, chart, world.near.people[role].headers)
        assert (response.status_code, response.json["code"]) == (403, "not_allowed")


@pytest.mark.parametrize(("operation", "role"), ADMITTED)
def test_who_has_a_cell_is_served_within_reach(world: World, operation: str, role: str) -> None:
    endpoint = GUARDED[operation]
    chart = world.chart() if endpoint.writes else world.near
    response = ask(world, endpoint, role, chart, world.headers(endpoint, chart, role))
    assert endpoint.serves(response.status_code), response.get_data(as_text=True)


@pytest.mark.parametrize(("operation", "role"), PLACED)
def test_what_another_clinic_has_is_not_there(world: World, operation: str, role: str) -> None:
    assert status_of(world, GUARDED[operation], role, world.far, world.near.people[role]) == 404


@pytest.mark.parametrize(("operation", "role"), of_reach(Reach.SITE, Reach.QUERIES))
def test_a_role_at_one_clinic_opens_nothing_at_another(world: World, operation: str, role: str) -> None:
    roles = ((world.far.site, Role(role)), (world.near.site, Role.CAREGIVER))
    both = world.people.signed_in(world.people.account(*roles))
    assert status_of(world, GUARDED[operation], role, world.near, both) == 404
    if not GUARDED[operation].writes:
        assert status_of(world, GUARDED[operation], role, world.far, both) == 200


@pytest.mark.parametrize(("operation", "role"), of_reach(Reach.OWN, Reach.GRANTED))
def test_another_patient_of_the_same_clinic_is_not_there(world: World, operation: str, role: str) -> None:
    neighbour = world.neighbour
    assert status_of(world, GUARDED[operation], role, neighbour, world.near.people[role]) == 404
    clinician = world.near.people[Role.CLINICIAN]
    assert world.ask("get", f"/v1/patients/{neighbour.patient.id}", clinician).json["id"]


@pytest.mark.parametrize(("operation", "role"), NESTED)
def test_an_id_from_elsewhere_is_not_found_under_ones_own(world: World, operation: str, role: str) -> None:
    endpoint, near = GUARDED[operation], world.near
    outer = endpoint.parameters[0]
    ids = world.ids(endpoint, world.far, role) | {outer: world.ids(endpoint, near, role)[outer]}
    body = world.body(endpoint, near, role)
    tag = {"If-Match": '"1"'} if endpoint.needs_tag else {}
    response = world.client.open(
        endpoint.path.format(**ids),
        method=endpoint.method.upper(),
        headers=near.people[role].headers | tag,
        **({} if body is None else {"json": body}),
    )
    assert response.status_code == 404


NO_GRANT: dict[str, Callable[[World], dict[str, Any]]] = {
    "one that has ended": lambda world: {
        "starts_at": world.people.now - timedelta(days=2),
        "ends_at": world.people.now,
    },
    "one that has not begun": lambda world: {"starts_at": world.people.now + timedelta(seconds=1)},
    "one that was revoked": lambda world: {"revoked_at": world.people.now},
}


@pytest.mark.parametrize("grant", NO_GRANT)
@pytest.mark.parametrize(("operation", "role"), of_reach(Reach.GRANTED))
def test_a_grant_that_does_not_run_opens_nothing(world: World, operation: str, role: str, grant: str) -> None:
    near = world.near
    caregiver = world.people.caregiver(near.site, near.patient, **NO_GRANT[grant](world))
    assert status_of(world, GUARDED[operation], role, near, caregiver) == 404


@pytest.mark.parametrize(("operation", "role"), of_reach(Reach.GRANTED))
def test_a_grant_to_read_opens_reading_only(world: World, operation: str, role: str) -> None:
    near = world.near
    reader = world.people.caregiver(near.site, near.patient, scope=GrantScope.READ)
    told = operation in {"submit_report", "correct_report"}
    expected = 403 if told else 404 if GUARDED[operation].writes else 200
    assert status_of(world, GUARDED[operation], role, near, reader) == expected


@pytest.mark.parametrize(("operation", "role"), READING)
def test_what_is_read_holds_nothing_of_what_is_out_of_reach(world: World, operation: str, role: str) -> None:
    near, endpoint = world.near, GUARDED[operation]
    text = ask(world, endpoint, role, near, near.people[role].headers).get_data(as_text=True)
    whole_site = reach(operation, role) in {Reach.SITE, Reach.QUERIES}
    hidden = [world.far] if whole_site else [world.far, world.neighbour]
    for chart in hidden:
        for value in (chart.patient.id, chart.kept_aside, chart.alert_id, *chart.reports.values()):
            assert value not in text
    assert world.far.site.id not in text


@pytest.mark.parametrize(("operation", "role"), PLACED_BY_BODY)
def test_a_body_about_another_clinic_finds_nothing(world: World, operation: str, role: str) -> None:
    response = ask(world, GUARDED[operation], role, world.far, world.near.people[role].headers)
    if operation in LISTS:
        assert world.far.site.id not in response.get_data(as_text=True)
        return
    verdicts = response.json.get("verdicts", [{"status": response.status_code}])
    assert {verdict.get("status", verdict.get("verdict")) for verdict in verdicts} <= {404, "alert_not_found"}


@pytest.fixture(scope="module")
def attended(world: World) -> Chart:
    """A chart about which the staff have done all that patients can read of."""
    chart = world.chart()
    clinician, at = chart.people[Role.CLINICIAN], f"/v1/patients/{chart.patient.id}"
    entered = alsfrs(world.people.now, mode="clinic", respondent="patient")
    reason = {"id": new_id(), "reason": "Mistyped.", "answers": {"speech": 2}}
    granted = {"account_id": chart.other.account.id, "scope": "read"}
    invited = {"kind": "caregiver", "name": "Jo"}
    for path, body in (("reports", entered), ("grants", granted), ("invitations", invited)):
        world.ask("post", f"{at}/{path}", clinician, json=body, expected=(201,))
    for given in chart.reports.values():
        again = reason | {"id": new_id()}
        tag = clinician.headers | {"If-Match": '"1"'}
        response = world.client.post(f"{at}/reports/{given}/corrections", json=again, headers=tag)
        assert response.status_code == 201
    return chart


def people_in(value: Any) -> Iterator[dict[str, Any]]:
    """Everybody who is named in a response."""
    if isinstance(value, dict) and value.keys() == {"id", "name"}:
        yield value
    elif isinstance(value, dict | list):
        for inner in value.values() if isinstance(value, dict) else value:
            yield from people_in(inner)


@pytest.mark.parametrize("role", [Role.PATIENT, Role.CAREGIVER])
def test_patients_and_carers_are_told_no_name_of_the_staff(world: World, attended: Chart, role: Role) -> None:
    staff = {attended.people[member].account.id for member in STAFF}
    found: dict[str, set[str | None]] = {}
    for operation, reader in READING:
        if reader == role:
            response = ask(world, GUARDED[operation], role, attended, attended.people[role].headers)
            named = [person["name"] for person in people_in(response.json) if person["id"] in staff]
            found |= {operation: set(named)} if named else {}
    assert {name for name, names in found.items() if names != {None}} == set()
    assert {"list_reports", "get_report"} <= found.keys()
    assert role is Role.CAREGIVER or {"list_grants", "list_patient_invitations"} <= found.keys()
