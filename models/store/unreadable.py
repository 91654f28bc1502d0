"""Stored documents that cannot be read: left out of what is done with the others, named and counted.

One document's fault costs that document alone. Whoever goes through stored documents does so with `readable`;
whoever reads a single one gets `Unreadable`. What was met is named in the log by collection and id, counted
for `/readyz` (`counts`) and for the list that somebody looks at (`met`).
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, TypeVar

from models.store.connection import gave_no_answer
from models.store.remembered import Remembered

REMEMBERED_SECONDS = 7200.0
"""How long a document counts after it was last met (our choice).

What the round over all has found it meets again each minute until it is repaired (`models.soundness`).
"""
MOST = 1000

Thing = TypeVar("Thing")
Row = Mapping[str, Any]

_log = logging.getLogger(__name__)
_known: Remembered[tuple[str, str], bool] = Remembered(MOST, seconds=REMEMBERED_SECONDS)
_met: ContextVar[set[tuple[str, str]] | None] = ContextVar("unreadable_met", default=None)


class Unreadable(ValueError):
    """A stored document lacks a member, or holds a value or a word that is not known."""


def readable(rows: Iterable[Row], read: Callable[[Row], Thing], *, of: str) -> Iterator[Thing]:
    """Go through what can be read of stored documents; the others are noted.

    Args:
        rows: as they are stored.
        read: reads one.
        of: the collection.
    """
    for raw in rows:
        try:
            thing = read(raw)
        except Exception as error:  # whatever is wrong with one document, the others are read
            note(of, name_of(raw), error)
        else:
            yield thing


def entries(raw: Row, name: str, read: Callable[[Row], Thing], *, of: str) -> list[Thing]:
    """Return what can be read of a list in a document, such as its history; none where there is no list."""
    stored = raw.get(name)
    if stored is not None and not isinstance(stored, list):
        note(of, name_of(raw), name)
    return list(readable(stored if isinstance(stored, list) else (), read, of=of))


def one(raw: Row, read: Callable[[Row], Thing], *, of: str) -> Thing:
    """Return what a stored document says.

    Raises:
        Unreadable: it cannot be read, which was noted.
    """
    try:
        return read(raw)
    except Exception as error:
        note(of, name_of(raw), error)
        raise Unreadable(f"a stored document of {of} cannot be read") from error


def count_done(things: Iterable[Thing], do: Callable[[Thing], bool], *, of: str, called: str) -> int:
    """Do something with each of several that were read; return with how many it was done.

    One's fault is noted and costs that one alone; only a database that gives no answer ends it.

    Args:
        things: what was read.
        do: says whether it did something.
        of: the collection.
        called: the attribute that says what one is called in the log.
    """
    done = 0
    for thing in things:
        try:
            done += do(thing)
        except Exception as error:
            if gave_no_answer(error):
                raise
            note(of, getattr(thing, called), error)
    return done


def name_of(raw: object) -> str:
    """Return what a document is called in the log: its key, without the topic in the midst of one."""
    if not isinstance(raw, Mapping):
        return ""
    public_id, key = raw.get("public_id"), str(raw.get("_id", raw.get("id", "")))
    first, *between, last = key.split(":") if ":" in key else (key, "")
    return public_id if isinstance(public_id, str) else f"{first}:{last}" if between else key


def note(collection: str, document_id: str, error: Exception | str) -> None:
    """Name a document in the log, once in a while, and count it."""
    key = (collection, document_id)
    met = _met.get()
    if met is not None:
        met.add(key)
    if _known.get(key) is None:
        what = error if isinstance(error, str) else type(error).__name__
        named = {"collection": collection, "document_id": document_id, "wrong": what}
        _log.error("a stored document cannot be read", extra=named)
    _known.put(key, True)


def is_sound(collection: str, document_id: str) -> None:
    """Count a document no longer that was put in order."""
    _known.drop((collection, document_id))


def counts() -> dict[str, int]:
    """Return how many documents of each collection this process could not read lately."""
    return dict(Counter(collection for collection, _ in named()))


def named() -> set[tuple[str, str]]:
    """Return which documents this process could not read lately, by collection and id."""
    return set(_known.present())


@contextmanager
def met() -> Iterator[set[tuple[str, str]]]:
    """Collect the documents (collection and id) that are met in this block."""
    found: set[tuple[str, str]] = set()
    around = _met.get()
    token = _met.set(found)
    try:
        yield found
    finally:
        _met.reset(token)
        if around is not None:
            around |= found


def met_so_far() -> int:
    """Return how many documents were met in the block of `met` around; none outside of one."""
    return len(_met.get() or ())


def forget() -> None:
    """Forget everything; between tests."""
    _known.clear()
