"""Dataclass to document and back, written once: a field that a dataclass gains is stored and read by itself.

What is stored: enumerations by their value, moments in UTC cut to milliseconds, days as text, tuples as
lists, nested dataclasses and mappings as objects, `None` as null. Reading follows the type hints: members
that the dataclass does not have are ignored, members that are not stored keep their default. A word that
an enumeration does not know (another release wrote it) is read as the one named in `unknown`, if any.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, fields, is_dataclass
from datetime import date, datetime
from enum import StrEnum
from functools import cached_property
from types import NoneType, UnionType
from typing import Any, Generic, TypeVar, Union, get_args, get_origin, get_type_hints

from models.store.base import milliseconds

Thing = TypeVar("Thing")
Reader = Callable[[Any], Any]


class Unreadable(ValueError):
    """A stored document lacks a member that has no default, or holds a word that is not known."""


@dataclass(frozen=True)
class DocumentMap(Generic[Thing]):
    """How a frozen dataclass is stored.

    Attributes:
        kind: the dataclass.
        unknown: by enumeration, what a word that it does not know is read as.
    """

    kind: type[Thing]
    unknown: Mapping[type[StrEnum], StrEnum] = field(default_factory=dict)

    def write(self, thing: Thing, *, without: Iterable[str] = ()) -> dict[str, Any]:
        """Return the dataclass as a document, but for the named fields."""
        left_out = frozenset(without)
        return {name: plain(getattr(thing, name)) for name in self._readers if name not in left_out}

    def read(self, stored: Mapping[str, Any]) -> Thing:
        """Return the dataclass that was stored.

        Raises:
            Unreadable: a member without a default is missing, or a word is not known.
        """
        values = {name: read(stored[name]) for name, read in self._readers.items() if name in stored}
        try:
            return self.kind(**values)
        except TypeError as error:
            raise Unreadable(f"a stored {self.kind.__name__} lacks a member") from error

    @cached_property
    def _readers(self) -> dict[str, Reader]:
        hints = get_type_hints(self.kind)
        return {one.name: self._reader(hints[one.name]) for one in fields(self.kind)}  # type: ignore[arg-type]

    def _reader(self, hint: Any) -> Reader:
        origin, inner = get_origin(hint), get_args(hint)
        if origin in {Union, UnionType}:
            return _or_none(self._reader(next(one for one in inner if one is not NoneType)))
        if origin is tuple:
            return _tuple_of(self._reader(inner[0]))
        if origin in {Mapping, dict}:
            return _mapping_to(self._reader(inner[1]))
        return self._simple(hint) if isinstance(hint, type) else _as_it_is

    def _simple(self, kind: type) -> Reader:
        if issubclass(kind, StrEnum):
            return self._word(kind)
        if kind is date:
            return date.fromisoformat
        return DocumentMap(kind, self.unknown).read if is_dataclass(kind) else _as_it_is

    def _word(self, words: type[StrEnum]) -> Reader:
        members, other = {word.value: word for word in words}, self.unknown.get(words)

        def read(value: Any) -> StrEnum:
            member = members.get(value, other)
            if member is None:
                raise Unreadable(f"a stored {words.__name__} is not known")
            return member

        return read


def plain(value: Any) -> Any:
    """Return a value as it is stored."""
    if isinstance(value, tuple | list):
        return [plain(entry) for entry in value]
    if isinstance(value, Mapping):
        return {str(name): plain(entry) for name, entry in value.items()}
    if is_dataclass(value):
        return {one.name: plain(getattr(value, one.name)) for one in fields(value)}
    return _plain_scalar(value)


def _plain_scalar(value: Any) -> Any:
    if isinstance(value, StrEnum):
        return value.value
    if isinstance(value, datetime):
        return milliseconds(value)
    return value.isoformat() if isinstance(value, date) else value


def _or_none(read: Reader) -> Reader:
    return lambda value: None if value is None else read(value)


def _tuple_of(read: Reader) -> Reader:
    return lambda value: tuple(map(read, value))


def _mapping_to(read: Reader) -> Reader:
    return lambda value: {name: read(entry) for name, entry in value.items()}


def _as_it_is(value: Any) -> Any:
    return value
