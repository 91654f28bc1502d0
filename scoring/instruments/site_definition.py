"""Reads a site's own definition, in the form that `Definition.as_dict` writes.

It is used only when nothing is wrong with it; otherwise every mistake is named at once. To bring a licensed
text, value set or key, take the shipped definition, add what was supplied, and give it a version of its own.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from scoring.instruments.catalogue import UnknownInstrument, versions
from scoring.instruments.checks.draft import Draft, draft_of
from scoring.instruments.checks.mistakes import InvalidDefinition
from scoring.instruments.checks.ranges import range_problems
from scoring.instruments.checks.references import reference_problems
from scoring.instruments.checks.schema import SCHEMA
from scoring.instruments.checks.shape import shape_problems
from scoring.instruments.definition import Definition, Item
from scoring.instruments.document import read
from scoring.instruments.terms import Audience
from scoring.problems import Problem

__all__ = ["SCHEMA", "InvalidDefinition", "load"]


def load(document: object) -> Definition:
    """Return the definition.

    Raises:
        InvalidDefinition: with every mistake there is.
    """
    problems = list(shape_problems(document, SCHEMA))
    if isinstance(document, Mapping):
        draft = draft_of(document, frozenset(problem.pointer for problem in problems))
        problems += [*reference_problems(draft), *range_problems(draft), *_against_shipped(draft)]
    if problems or not isinstance(document, Mapping):
        raise InvalidDefinition(problems)
    return read(Definition, document)


def _against_shipped(draft: Draft) -> Iterator[Problem]:
    """A site may add to a shipped instrument, but not take its version or its protection."""
    known = _shipped(draft.document)
    if not known:
        return
    if draft.document.get("version") in {shipped.version for shipped in known}:
        yield Problem("/version", "version_taken", "this version is shipped; choose another name")
    if known[-1].audience is Audience.RESTRICTED and draft.document.get("audience") != Audience.RESTRICTED:
        yield Problem("/audience", "protection_dropped", "the answers are for a restricted audience")
    protected = {item.key: _protection(item) for item in known[-1].items}
    for pointer, item in draft.items:
        if item.key in protected and _protection(item) != protected[item.key]:
            detail = "safety_from and audience have to stay as shipped"
            yield Problem(pointer, "protection_dropped", detail)


def _protection(item: Item) -> tuple[int | None, Audience]:
    return item.safety_from, item.audience


def _shipped(document: Mapping[str, Any]) -> tuple[Definition, ...]:
    try:
        return versions(str(document.get("key")))
    except UnknownInstrument:
        return ()
