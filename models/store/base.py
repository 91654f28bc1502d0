"""What every document shares: strict storage, no lazy indexes, time-ordered text ids, millisecond times.

Identifiers are text because binary UUIDs do not survive every engine, and version 7 because keys that
grow with time keep inserts at one end of the index. Collections are listed in `models.indexes`, which
creates and checks their indexes.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import UTC, datetime
from types import NoneType
from typing import Any, ClassVar, NamedTuple, TypeVar

from mongoengine import Document
from mongoengine.base import BaseField
from mongoengine.fields import (
    BinaryField,
    BooleanField,
    DateTimeField,
    DictField,
    FloatField,
    IntField,
    ListField,
    StringField,
)
from uuid_utils import uuid7

from models.store import unreadable
from models.store.unreadable import Unreadable

Thing = TypeVar("Thing")
_TYPES: dict[type[BaseField], tuple[type, ...]] = {
    BinaryField: (bytes,),
    BooleanField: (bool,),
    DateTimeField: (datetime,),
    DictField: (dict,),
    FloatField: (float, int),
    IntField: (int,),
    ListField: (list,),
    StringField: (str,),
}


class BaseDocument(Document):
    """Abstract document: indexes are made by an explicit command, unknown stored keys are ignored.

    Unknown keys are ignored so that the previous release can still read what a newer one wrote.
    """

    meta: ClassVar[dict[str, Any]] = {"abstract": True, "auto_create_index": False, "strict": False}

    @classmethod
    def raw(cls) -> Any:
        """Return the driver's collection: reads and guarded updates without building documents."""
        return cls._get_collection()

    @classmethod
    def collection_name(cls) -> str:
        """Return the name of the collection."""
        return str(cls._get_collection_name())

    @classmethod
    def check(cls, raw: Mapping[str, Any], *, whole: bool = False) -> None:
        """Compare what was stored with the declared fields.

        Args:
            raw: all of a document, or some members of it.
            whole: all of it, so that nothing may be missing that is required.

        Raises:
            Unreadable: a value is of another type than its field, or is missing.
        """
        checks = _CHECKS.get(cls)
        if checks is None:
            checks = _CHECKS[cls] = _checks_of(cls)
        for key, value in raw.items():
            if type(value) not in checks.usual.get(key, ()) and not checks.let_pass(key, value):
                raise Unreadable(f"{key} of {cls.collection_name()}")
        if whole and not checks.required <= raw.keys():
            missing = next(key for key in checks.usual if key in checks.required and key not in raw)
            raise Unreadable(f"{missing} of {cls.collection_name()}")

    @classmethod
    def mended(cls, raw: Mapping[str, Any]) -> dict[str, Any]:
        """Read all of a document; return what is derived from the rest of it, and is stored otherwise.

        Raises:
            Exception: it cannot be read.
        """
        del raw
        return {}

    @classmethod
    def readable(
        cls, rows: Iterable[Mapping[str, Any]], read: Callable[[Mapping[str, Any]], Thing]
    ) -> Iterator[Thing]:
        """Go through what can be read of these documents; the others are named in the log and counted."""
        return unreadable.readable(rows, lambda raw: cls._read(raw, read), of=cls.collection_name())

    @classmethod
    def one(cls, raw: Mapping[str, Any], read: Callable[[Mapping[str, Any]], Thing]) -> Thing:
        """Return what a document says.

        Raises:
            Unreadable: it cannot be read.
        """
        return unreadable.one(raw, lambda found: cls._read(found, read), of=cls.collection_name())

    @classmethod
    def _read(cls, raw: Mapping[str, Any], read: Callable[[Mapping[str, Any]], Thing]) -> Thing:
        cls.check(raw)
        return read(raw)


class _Checks(NamedTuple):
    """What the members of a collection's documents are compared with.

    Attributes:
        fields: the declared fields by the key of their member.
        required: keys of those that may not be missing.
        usual: by key the types that fit without another look; that of None where the member may be missing.
    """

    fields: Mapping[str, BaseField]
    required: frozenset[str]
    usual: Mapping[str, frozenset[type]]

    def let_pass(self, key: str, value: Any) -> bool:
        """Return whether a member of another type fits all the same; what is not declared does."""
        field = self.fields.get(key)
        return field is None or (value is not None and _fits(value, field))


_CHECKS: dict[Any, _Checks] = {}


def _checks_of(document: type[BaseDocument]) -> _Checks:
    declared = {"_id" if name == "id" else name: field for name, field in document._fields.items()}
    usual = {key: _usual_types_of(field) for key, field in declared.items()}
    return _Checks(declared, frozenset(key for key, field in declared.items() if field.required), usual)


def _usual_types_of(field: BaseField) -> frozenset[type]:
    if isinstance(field, ListField):  # each entry is looked at
        return frozenset() if field.required else frozenset({NoneType})
    return frozenset(_types_of(field)) | (frozenset() if field.required else {NoneType})


def _types_of(field: BaseField) -> tuple[type, ...]:
    return next((types for kind, types in _TYPES.items() if isinstance(field, kind)), (object,))


def _fits(value: Any, field: BaseField) -> bool:
    if isinstance(field, ListField) and isinstance(value, list):
        return field.field is None or all(_fits(entry, field.field) for entry in value)
    types = _types_of(field)
    if isinstance(value, bool) and bool not in types and object not in types:
        return False
    return isinstance(value, types)


def new_id() -> str:
    """Return a new UUIDv7 as text."""
    return str(uuid7())


NOBODYS = frozenset({0, 2**128 - 1})
"""The nil and the max UUID (RFC 9562, 5.9 and 5.10), which programs send when they have none."""


def id_of(given: Any) -> str | None:
    """Return the id that something stands for, as ids are stored: a UUID, in whatever spelling it came.

    None where it stands for none.
    """
    if not isinstance(given, str):
        return None
    try:
        named = uuid.UUID(given.strip())
    except ValueError:
        return None
    return None if named.int in NOBODYS else str(named)


def milliseconds(moment: datetime) -> datetime:
    """Return the moment in UTC cut to the milliseconds that the database keeps."""
    utc = moment.astimezone(UTC)
    return utc.replace(microsecond=utc.microsecond // 1000 * 1000)
