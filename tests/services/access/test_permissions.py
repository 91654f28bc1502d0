"""The permission table, cell by cell: what it says, and whom it lets reach which patient."""

from __future__ import annotations

import pytest

from models.patients import patients
from models.patients.grants import GrantScope
from models.patients.patient import Patient
from models.store.scope import Scope
from services.access.actor import Actor, Role
from services.access.permissions import PERMISSIONS, Operation, Reach, scope_for
from services.errors import NotAllowed
from tests.people import People, Person

# o = what is one's own, g = what was granted, s = the site of the role, q = of the site, silence and
# questions about the data, - = not at all.
TABLE = """
                     patient caregiver clinician coordinator researcher admin
report:submit        o       g         s         s           -          -
report:read          o       g         s         s           -          -
report:correct       o       g         s         s           -          -
report:void          -       -         s         s           -          -
patient:create       -       -         -         s           -          -
patient:read         o       g         s         s           -          -
patient:change       -       -         s         s           -          -
patient:override     -       -         s         -           -          -
patient:invite       -       -         s         s           -          -
grant:read           o       -         s         s           -          -
grant:give           o       -         s         s           -          -
grant:revoke         o       -         s         s           -          -
evaluation:read      -       -         s         -           -          -
alert:read           -       -         s         q           -          -
alert:act            -       -         s         q           -          -
alert:figures        -       -         s         -           -          s
note:read            -       -         s         s           -          -
quarantine:read      -       -         s         s           -          s
quarantine:release   -       -         s         -           -          s
quarantine:reject    -       -         s         -           -          -
site:read            -       -         s         s           s          s
site:change          -       -         -         -           -          s
safety_text:decide   -       -         s         -           -          -
policy:change        -       -         s         -           -          -
replay:run           -       -         s         -           -          s
instrument:add       -       -         -         -           -          s
message:read         -       -         s         -           -          s
message:retry        -       -         s         -           -          s
webhook:read         -       -         -         -           -          s
webhook:change       -       -         -         -           -          s
member:invite        -       -         -         -           -          s
instrument:read      o       o         o         o           o          o
account:read         o       o         o         o           o          o
session:end          o       o         o         o           o          o
session:confirm      o       o         o         o           o          o
account:change       o       o         o         o           o          o
absence:change       -       -         o         o           -          -
member:read          -       -         s         s           s          s
member:change        -       -         -         -           -          s
device:read          -       -         s         s           -          -
device:end           -       -         s         s           -          -
device:confirm       -       -         s         -           -          -
"""
_HEAD, *_ROWS = [line.split() for line in TABLE.strip().splitlines()]
CELLS = [(row[0], role, cell) for row in _ROWS for role, cell in zip(_HEAD, row[1:], strict=True)]
LETTERS = {"o": Reach.OWN, "g": Reach.GRANTED, "s": Reach.SITE, "q": Reach.QUERIES, "-": None}
NEEDS_REPORT_GRANT = {"report:submit", "report:correct"}


def test_the_table_names_every_operation_and_every_role() -> None:
    assert [row[0] for row in _ROWS] == list(PERMISSIONS) == list(Operation)
    assert list(Role) == _HEAD


@pytest.mark.parametrize(("operation", "role", "cell"), CELLS)
def test_the_cell_says_what_the_table_says(operation: str, role: str, cell: str) -> None:
    assert PERMISSIONS[Operation(operation)].get(Role(role)) == LETTERS[cell]


@pytest.mark.parametrize(("operation", "role", "cell"), CELLS)
def test_the_cell_becomes_this_reach(operation: str, role: str, cell: str) -> None:
    patient_id = "me" if role == "patient" else None
    actor = Actor("account", "session", (("north", Role(role)),), patient_id)
    if cell == "-":
        with pytest.raises(NotAllowed):
            scope_for(actor, Operation(operation))
        return
    scope = scope_for(actor, Operation(operation))
    assert scope.site_ids == (frozenset({"north"}) if cell == "s" else frozenset())
    assert scope.patient_id == (patient_id if cell == "o" else None)
    assert scope.granted_to == ("account" if cell == "g" else None)


class World:
    """Two sites with two patients each, and somebody of every role at the first."""

    def __init__(self, people: People) -> None:
        north, south = people.site(), people.site()
        self.own, self.granted, self.readable = (people.patient(north) for _ in range(3))
        self.foreign = people.patient(south)
        caregiver = people.caregiver(north, self.granted)
        people.grant(self.readable, caregiver.account, scope=GrantScope.READ)
        self._people: dict[str, Person] = {
            Role.PATIENT: people.own(north, self.own),
            Role.CAREGIVER: caregiver,
            **{role: people.staff(north, role) for role in list(Role)[2:]},
        }

    def reached(self, operation: str, role: str, now: object) -> set[str]:
        actor = self._people[role].actor
        try:
            scope = scope_for(actor, Operation(operation))
        except NotAllowed:
            return set()
        return {name for name in NAMES if _reads(getattr(self, name), scope, now)}


NAMES = ("own", "granted", "readable", "foreign")


def _reads(patient: Patient, scope: Scope, now: object) -> bool:
    return patients.read(patient.id, scope, now=now) is not None  # type: ignore[arg-type]


def test_every_role_reaches_these_patients_and_no_other(people: People) -> None:
    world = World(people)
    for operation, role, cell in CELLS:
        expected: set[str] = set()
        if cell == "s":
            expected = {"own", "granted", "readable"}
        elif cell == "o" and role == "patient":
            expected = {"own"}
        elif cell == "g":
            expected = {"granted"} if operation in NEEDS_REPORT_GRANT else {"granted", "readable"}
        assert world.reached(operation, role, people.now) == expected, (operation, role)


def test_roles_at_several_sites_add_up() -> None:
    roles = (("north", Role.CLINICIAN), ("south", Role.CLINICIAN), ("east", Role.ADMIN))
    actor = Actor("account", "session", (*roles, ("west", Role.CAREGIVER)))
    scope = scope_for(actor, Operation.REPORT_READ)
    assert scope.site_ids == {"north", "south"}
    assert scope.granted_to == "account"


def test_an_account_without_roles_may_do_nothing() -> None:
    with pytest.raises(NotAllowed):
        scope_for(Actor("account", "session"), Operation.ACCOUNT_READ)
