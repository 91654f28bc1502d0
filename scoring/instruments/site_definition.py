"""Reads a site's own definition, in the form that `Definition.as_dict` writes.

It is used only when nothing is wrong with it; otherwise every mistake is named at once. To bring a licensed
text, value set or key, take the shipped definition, add what was supplied, and give it a version of its own.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from scoring.instruments.catalogue import UnknownInstrument, versions
from scoring.instruments.definition import Definition, Item
from scoring.instruments.document import read
from scoring.instruments.draft import Draft, draft_of
from scoring.instruments.mistakes import InvalidDefinition, Mistake
from scoring.instruments.ranges import range_mistakes
from scoring.instruments.references import reference_mistakes
from scoring.instruments.schema import SCHEMA
from scoring.instruments.shape import shape_mistakes
from scoring.instruments.terms import Audience

__all__ = ["SCHEMA", "InvalidDefinition", "Mistake", "load"]


def load(document: object) -> Definition:
    """Return the definition.

    Raises:
        InvalidDefinition: with every mistake there is.
    """
    mistakes = list(shape_mistakes(document, SCHEMA))
    if isinstance(document, Mapping):
        draft = draft_of(document, frozenset(mistake.pointer for mistake in mistakes))
        mistakes += [*reference_mistakes(draft), *range_mistakes(draft), *_against_shipped(draft)]
    if mistakes or not isinstance(document, Mapping):
        raise InvalidDefinition(mistakes)
    return read(Definition, document)


def _against_shipped(draft: Draft) -> Iterator[Mistake]:
    """A site may add to a shipped instrument, but not take its version or its protection."""
    known = _shipped(draft.document)
    if not known:
        return
    if draft.document.get("version") in {one.version for one in known}:
        yield Mistake("/version", "version_taken", "this version is shipped; choose another name")
    if known[-1].audience is Audience.RESTRICTED and draft.document.get("audience") != Audience.RESTRICTED:
        yield Mistake("/audience", "protection_dropped", "the answers are for a restricted audience")
    protected = {item.key: _protection(item) for item in known[-1].items}
    for pointer, item in draft.items:
        if item.key in protected and _protection(item) != protected[item.key]:
            detail = "safety_from and audience have to stay as shipped"
            yield Mistake(pointer, "protection_dropped", detail)


def _protection(item: Item) -> tuple[int | None, Audience]:
    return item.safety_from, item.audience


def _shipped(document: Mapping[str, Any]) -> tuple[Definition, ...]:
    try:
        return versions(str(document.get("key")))
    except UnknownInstrument:
        return ()
