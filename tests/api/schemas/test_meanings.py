"""Every code that the source can put into a problem is described to clients."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from api.schemas.meanings.codes import PLACES, PLACES_OF_DEFINITIONS, PROBLEMS
from api.schemas.meanings.words import described
from scoring.instruments.answers import ProblemCode
from services import errors
from services.alerts.escalation.faults import Fault

ROOT = Path(__file__).parents[3]
DOORS_OF_THEIR_OWN = (
    "scoring/cli",
    "api/pages",
    "api/mailbox",
    "api/commands",
    "api/demo",
    "services/settings.py",
)
ERRORS = {
    name
    for name, kind in vars(errors).items()
    if isinstance(kind, type) and issubclass(kind, errors.AppError)
}
OF_PAGES = {"staff_only", "sign_in_again"}
"""Of sessions that only pages have."""
OF_PLACES = {"Problem": 1, "wrong": 1, "_problem": 1}
"""Calls that name a wrong place, and which of their arguments is its code."""


def calls() -> Iterator[tuple[str, ast.Call]]:
    for floor in ("scoring", "services", "api"):
        for path in sorted((ROOT / floor).rglob("*.py")):
            if not str(path.relative_to(ROOT)).startswith(DOORS_OF_THEIR_OWN):
                for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                    if isinstance(node, ast.Call):
                        yield name_of(node.func), node


def name_of(called: ast.expr) -> str:
    if isinstance(called, ast.Attribute):
        return called.attr
    return called.id if isinstance(called, ast.Name) else ""


def words(call: ast.Call, place: int) -> Iterator[str]:
    """The word, or the two of a condition."""
    if len(call.args) > place:
        for node in ast.walk(call.args[place]):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value.isidentifier():
                yield node.value


def test_every_code_of_a_wrong_place_is_described() -> None:
    used = {word for name, call in calls() if name in OF_PLACES for word in words(call, OF_PLACES[name])}
    used |= {*ProblemCode, *Fault}
    used -= {"duplicate_"}  # of an item, a domain or a score
    assert len(used) > 80
    assert used - PLACES.keys() - PLACES_OF_DEFINITIONS.keys() == set()


def test_every_code_of_an_error_is_described() -> None:
    used = {word for name, call in calls() if name in ERRORS for word in words(call, 0)}
    used |= {f"{word}_not_found" for name, call in calls() if name == "not_found" for word in words(call, 0)}
    assert len(used) > 50
    used -= {"_not_found"}  # behind the name of what is not there
    assert used - PROBLEMS.keys() - OF_PAGES == set()


def test_a_code_has_one_meaning() -> None:
    assert PLACES.keys() & PLACES_OF_DEFINITIONS.keys() == set()


def test_a_word_without_a_meaning_fails_the_export() -> None:
    with pytest.raises(KeyError):
        described("Level", ["inform", "later"])
