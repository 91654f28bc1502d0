"""The parts of a written definition that can be read, each with its place, so that all can be checked.

One part of the wrong shape must not hide the mistakes of the others; but what cannot be read is not judged.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from scoring.instruments.definition import Band, Change, Domain, Item, ScoreRule
from scoring.instruments.document import read

Thing = TypeVar("Thing")
Placed = tuple[tuple[str, Thing], ...]


@dataclass(frozen=True, slots=True)
class Draft:
    """What can be read, as pairs of JSON Pointer and part.

    Attributes:
        given: for items, slots, domains and scores every name in the document, of unreadable parts too.
        document: the whole, for its plain members.
    """

    domains: Placed[Domain]
    items: Placed[Item]
    scores: Placed[ScoreRule]
    bands: Placed[Band]
    changes: Placed[Change]
    given: Mapping[str, frozenset[str]]
    document: Mapping[str, Any]

    def fillers(self, place: str) -> tuple[Item, ...]:
        """The readable items that fill a place."""
        return tuple(item for _, item in self.items if item.place == place)

    def all_read(self, *members: str) -> bool:
        """Whether every part of these lists can be read."""
        return all(len(getattr(self, member)) == len(_entries(self.document, member)) for member in members)


def draft_of(document: Mapping[str, Any], broken: frozenset[str]) -> Draft:
    """Read what has none of the broken pointers in it; of a list that is itself broken, nothing."""
    unread = frozenset("/".join(pointer.split("/", 3)[:3]) for pointer in broken)
    return Draft(
        domains=tuple(_readable(document, "domains", Domain, unread)),
        items=tuple(_readable(document, "items", Item, unread)),
        scores=tuple(_readable(document, "scores", ScoreRule, unread)),
        bands=tuple(_readable(document, "bands", Band, unread)),
        changes=tuple(_readable(document, "changes", Change, unread)),
        given={
            "places": _names(document, "items", "slot") | _plain_items(document),
            "items": _names(document, "items", "key"),
            "domains": _names(document, "domains", "key"),
            "scores": _names(document, "scores", "key"),
        },
        document=document,
    )


def _entries(document: Mapping[str, Any], member: str) -> list[Any]:
    entries = document.get(member)
    return entries if isinstance(entries, list) else []


def _readable(
    document: Mapping[str, Any], member: str, kind: type[Thing], unread: frozenset[str]
) -> Iterator[tuple[str, Thing]]:
    if f"/{member}" in unread:
        return
    for place, entry in enumerate(_entries(document, member)):
        pointer = f"/{member}/{place}"
        if pointer not in unread:
            yield pointer, read(kind, entry)


def _names(document: Mapping[str, Any], member: str, name: str) -> frozenset[str]:
    given = (entry.get(name) for entry in _entries(document, member) if isinstance(entry, Mapping))
    return frozenset(name for name in given if isinstance(name, str))


def _plain_items(document: Mapping[str, Any]) -> frozenset[str]:
    """Items that are a place by themselves."""
    alone = [
        item for item in _entries(document, "items") if isinstance(item, Mapping) and not item.get("slot")
    ]
    return _names({"items": alone}, "items", "key")
