"""Dataclass to document and back, written once: a field that a dataclass gains is stored and read by itself.

What is stored: enumerations by their value, moments in UTC cut to milliseconds, days as text, tuples as
lists, nested dataclasses and mappings as objects, `None` as null. Reading follows the type hints: members
that the dataclass does not have are ignored; members that are not stored, or are null where there is always
a value, keep their default. A word that an enumeration does not know (another release wrote it) is read as
the one named in `unknown`, if any. What is of another type cannot be read; a map with `instead` reads on
all the same, with a value that cannot be overlooked in its place.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import MISSING, dataclass, field, fields, is_dataclass
from datetime import date, datetime
from enum import StrEnum
from functools import cached_property
from types import NoneType, UnionType
from typing import Any, Generic, TypeVar, Union, get_args, get_origin, get_type_hints

from models.store import unreadable
from models.store.base import milliseconds
from models.store.unreadable import Unreadable

Thing = TypeVar("Thing")
Reader = Callable[[Any], Any]


@dataclass(frozen=True)
class DocumentMap(Generic[Thing]):
    """How a frozen dataclass is stored.

    Attributes:
        kind: the dataclass.
        unknown: by enumeration, what a word that it does not know is read as.
        instead: what members are read as that are missing or cannot be read, before their default; None: a
            document of which something cannot be read is not read at all.
        collection: where a document stands of which something was read otherwise, for the log.
    """

    kind: type[Thing]
    unknown: Mapping[type[StrEnum], StrEnum] = field(default_factory=dict)
    instead: Mapping[str, Any] | None = None
    collection: str = ""

    def write(self, thing: Thing, *, without: Iterable[str] = ()) -> dict[str, Any]:
        """Return the dataclass as a document, but for the named fields."""
        left_out = frozenset(without)
        return {name: plain(getattr(thing, name)) for name in self._readers if name not in left_out}

    def read(self, stored: Mapping[str, Any]) -> Thing:
        """Return the dataclass that was stored.

        Raises:
            Unreadable: a member without a default is missing, a value is of another type, a word is not
                known.
        """
        if type(stored) is not dict:
            _checked(stored, (Mapping,))
        values: dict[str, Any] = {}
        for name, read in self._readers.items():
            if name not in stored:
                continue
            try:
                values[name] = read(stored[name])
            except (ValueError, TypeError, AttributeError) as error:
                if stored[name] is None and name in self._with_default and name not in (self.instead or ()):
                    continue
                if self.instead is None:
                    raise Unreadable(f"{name} of a stored {self.kind.__name__}") from error
                unreadable.note(self.collection, unreadable.name_of(stored), name)
        if len(values) < len(self._readers) and not self._never_left_out <= values.keys():
            self._fill(values, stored)
        return self.kind(**values)

    def _fill(self, values: dict[str, Any], stored: Mapping[str, Any]) -> None:
        for name in self._readers:
            if name in values:
                continue
            if self.instead is not None and name in self.instead:
                values[name] = self.instead[name]
                if values[name] is not None:
                    unreadable.note(self.collection, unreadable.name_of(stored), name)
            elif name not in self._with_default:
                raise Unreadable(f"{name} of a stored {self.kind.__name__}")

    @cached_property
    def _never_left_out(self) -> frozenset[str]:
        """Members that do not simply keep their default where they are missing."""
        instead = self.instead or {}
        return frozenset(name for name in self._readers if name in instead or name not in self._with_default)

    @cached_property
    def _readers(self) -> dict[str, Reader]:
        hints = get_type_hints(self.kind)
        return {member.name: self._reader(hints[member.name]) for member in fields(self.kind)}  # type: ignore[arg-type]

    @cached_property
    def _with_default(self) -> frozenset[str]:
        every = fields(self.kind)  # type: ignore[arg-type]
        has = (
            member.name
            for member in every
            if member.default is not MISSING or member.default_factory is not MISSING
        )
        return frozenset(has)

    def _reader(self, hint: Any) -> Reader:
        origin, inner = get_origin(hint), get_args(hint)
        if origin in {Union, UnionType}:
            return _or_none(self._reader(next(kind for kind in inner if kind is not NoneType)))
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
        return DocumentMap(kind, self.unknown).read if is_dataclass(kind) else _of(kind)

    def _word(self, words: type[StrEnum]) -> Reader:
        members, other = {word.value: word for word in words}, self.unknown.get(words)

        def read(value: Any) -> StrEnum:
            member = members.get(value, other) if isinstance(value, str) else None
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
        return {member.name: plain(getattr(value, member.name)) for member in fields(value)}
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
    return lambda value: tuple(map(read, _checked(value, (list,))))


def _mapping_to(read: Reader) -> Reader:
    return lambda value: {name: read(entry) for name, entry in value.items()}


def _of(kind: type) -> Reader:
    """A value as it is, if it is one of these; every engine gives whole numbers where a float was stored."""
    kinds = (int, float) if kind is float else (kind,)
    if kind in {object, Any}:
        return _as_it_is
    return lambda value: value if type(value) in kinds else _checked(value, kinds)


def _checked(value: Any, kinds: tuple[type, ...]) -> Any:
    if type(value) in kinds:
        return value
    if not isinstance(value, kinds) or (isinstance(value, bool) and bool not in kinds):
        raise Unreadable("a value is of another type")
    return value


def _as_it_is(value: Any) -> Any:
    return value
