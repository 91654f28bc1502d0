"""Strict field types: what the library would coerce is refused, as is what the database cannot hold."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from typing import Any

from marshmallow import EXCLUDE, RAISE, Schema, ValidationError, fields, validate

from api.rest.components import named
from api.schemas.meanings.words import described
from models.store.base import id_of
from services import clock, names

UUID_FORM = "[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"
_UUID_PATTERN = f"^{UUID_FORM}$"
YEARS = (1900, 2100)


class Pattern(validate.Regexp):
    """A pattern of the document (ECMA-262), of which the whole text is an instance.

    `$` is the end of the text in ECMA-262; in Python a line break may follow it.
    """

    def __init__(self, pattern: str, error: str = "Not of the right form.") -> None:
        super().__init__(pattern, error=error)

    def __call__(self, value: Any) -> Any:
        """Return the text."""
        if self.regex.fullmatch(value) is None:
            raise ValidationError(self.error)
        return value


class InSchema(Schema):
    """A request's shape: unknown members are errors."""

    class Meta:
        """Refuse what is not named."""

        unknown = RAISE


class OutSchema(Schema):
    """An answer's shape: strict clients survive a member added later."""

    class Meta:
        """Let answers grow."""

        unknown = EXCLUDE

    def get_attribute(self, obj: Any, attr: str, default: Any) -> Any:
        """Return a member; one that a mapping lacks is missing, also where the mapping has such a method."""
        if type(obj) is dict or isinstance(obj, Mapping):  # the first is much faster to ask
            return obj.get(attr, default)
        return super().get_attribute(obj, attr, default)


class NormalText(fields.String):
    """Text in NFC of bounded length, as it comes and as it is kept.

    The time that the normal form takes can grow with the square of the length, so the length is looked at
    before anything else; and again afterwards, because the normal form can be three times as long
    (Unicode Standard Annex 15).
    """

    def __init__(self, *, minimum: int, maximum: int, **kwargs: Any) -> None:
        self._maximum = maximum
        super().__init__(validate=validate.Length(min=minimum, max=maximum), **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        text = super()._deserialize(value, attr, data, **kwargs)
        if len(text) > self._maximum:
            raise ValidationError(f"Longer than maximum length {self._maximum}.")
        return unicodedata.normalize("NFC", text)


class Text(NormalText):
    """Text in NFC, stripped, without control characters or lone surrogates, of bounded length."""

    def __init__(self, *, minimum: int = 1, maximum: int = 200, **kwargs: Any) -> None:
        super().__init__(minimum=minimum, maximum=maximum, **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        text = super()._deserialize(value, attr, data, **kwargs)
        if names.UNSTORABLE.search(text):
            raise ValidationError(names.CANNOT_BE_STORED)
        return text.strip()


class Line(Text):
    """Text that people read as a name: what `services.names` lets be one."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        text = super()._deserialize(value, attr, data, **kwargs)
        mistake = names.mistake_in(text)
        if mistake is not None:
            raise ValidationError(mistake)
        return text


class Locale(fields.String):
    """A language that texts are written in, such as `en` or `pt-BR` (BCP 47: language and region)."""

    def __init__(self, **kwargs: Any) -> None:
        pattern = Pattern(r"^[a-z]{2,3}(-[A-Z]{2})?$", error="Must be a locale such as en or pt-BR.")
        super().__init__(validate=pattern, **kwargs)


class StrictBoolean(fields.Boolean):
    """`true` or `false`, nothing that merely looks like it."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> bool:  # noqa: ARG002
        if not isinstance(value, bool):
            raise ValidationError("Not true or false.")
        return value


class Identifier(fields.String):
    """A UUID as text, lower case, hyphenated."""

    def __init__(self, **kwargs: Any) -> None:
        metadata = {"format": "uuid", "pattern": _UUID_PATTERN, **kwargs.pop("metadata", {})}
        super().__init__(metadata=metadata, **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        text = super()._deserialize(value, attr, data, **kwargs)
        named = id_of(text) if re.fullmatch(UUID_FORM, text) else None
        if named is None:
            raise ValidationError("Not a UUID.")
        return named


_CALENDAR_DATE = re.compile(r"\d{4}-\d{2}-\d{2}[Tt ]", re.ASCII)


class Timestamp(fields.AwareDateTime):
    """An ISO 8601 time with an offset; the offset is kept, so that the local date can be known."""

    _years = YEARS

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(format="iso", **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> datetime:
        text = value[:-1] + "Z" if isinstance(value, str) and value.endswith("z") else value  # RFC 3339, 5.6
        if isinstance(text, str) and not _CALENDAR_DATE.match(text):  # the library takes dates by week, too
            raise ValidationError("Not a valid datetime.")
        moment = super()._deserialize(text, attr, data, **kwargs)
        if not self._years[0] < moment.year < self._years[1]:
            raise ValidationError("Not a date of this or the last century.")
        if (moment.utcoffset() or timedelta(0)) % timedelta(minutes=1):  # RFC 3339 has hours and minutes only
            raise ValidationError("Not a valid datetime.")
        return clock.as_stored(moment)  # before anything is compared with it

    def _serialize(self, value: Any, attr: str | None, obj: Any, **kwargs: Any) -> Any:
        utc = value.astimezone(UTC) if isinstance(value, datetime) else value
        return super()._serialize(utc, attr, obj, **kwargs)


_LONGEST_TIME = 64


class PhoneTime(Timestamp):
    """What a phone's clock said, however wrong it is: what cannot be is asked about and not refused.

    A phone whose language has digits of its own may write the time with them: they are read as what they are.
    """

    _years = (1, 9999)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> datetime:
        if isinstance(value, str) and len(value) <= _LONGEST_TIME:
            value = "".join(str(unicodedata.decimal(sign, sign)) for sign in value)
        return super()._deserialize(value, attr, data, **kwargs)


class Day(fields.Date):
    """A calendar date `YYYY-MM-DD` between 1900 and 2100."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> date:
        if not isinstance(value, str) or not re.fullmatch(r"\d{4}-\d{2}-\d{2}", value):
            raise ValidationError("Not a date of the form YYYY-MM-DD.")
        day = super()._deserialize(value, attr, data, **kwargs)
        if not YEARS[0] < day.year < YEARS[1]:
            raise ValidationError("Not a date of this or the last century.")
        return day


class ReadyList(fields.List[Any]):
    """A list whose items are in their JSON form already: they are described here, but not converted."""

    def _serialize(self, value: Any, attr: str | None, obj: Any, **kwargs: Any) -> Any:  # noqa: ARG002
        return value


class WholeNumber(fields.Integer):
    """An integer within bounds, in any spelling of JSON (`3`, `3.0`, `3e0`); `"3"` and `true` are refused."""

    def __init__(self, low: int, high: int, **kwargs: Any) -> None:
        super().__init__(strict=True, validate=validate.Range(low, high), **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:  # noqa: ARG002
        if isinstance(value, float) and value.is_integer():
            value = int(value)
        if isinstance(value, bool) or not isinstance(value, int):
            raise ValidationError("Not a whole number.")
        return value


class QueryNumber(fields.Integer):
    """An integer within bounds, from the text of a query string: digits only."""

    def __init__(self, low: int, high: int, **kwargs: Any) -> None:
        super().__init__(validate=validate.Range(low, high), **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        if not (isinstance(value, str) and value.isascii() and value.isdecimal()):
            raise ValidationError("Not a whole number.")
        return super()._deserialize(value, attr, data, **kwargs)


class QueryBoolean(fields.Boolean):
    """`true` or `false` as the text of a query string."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> bool:  # noqa: ARG002
        if value not in {"true", "false"}:
            raise ValidationError("Not true or false.")
        return bool(value == "true")


class Choice(fields.String):
    """One word of a set; the program gets the member.

    In the document the set is a part with a name: the class's, or the one given where only some of its
    members are meant.
    """

    def __init__(self, words: Iterable[StrEnum], *, name: str = "", **kwargs: Any) -> None:
        self._members = {word.value: word for word in words}
        of_set = name or getattr(words, "__name__", "")
        part = {
            "type": "string",
            "enum": list(self._members),
            "description": described(of_set, self._members),
        }
        metadata = kwargs.pop("metadata", {}) | named(of_set, part)
        super().__init__(validate=validate.OneOf(list(self._members)), metadata=metadata, **kwargs)

    def deserialize(self, value: Any, *args: Any, **kwargs: Any) -> Any:
        """Return the member once the word was validated."""
        word = super().deserialize(value, *args, **kwargs)
        return self._members.get(word, word)


class Ready(fields.Nested):
    """An object that is in its JSON form already: it is described here, but not converted."""

    def _serialize(self, nested_obj: Any, *_args: Any, **_kwargs: Any) -> Any:  # type: ignore[override]
        return nested_obj


class ReadyMap(fields.Dict):
    """A mapping of such objects by name."""

    def _serialize(self, value: Any, attr: str | None, obj: Any, **kwargs: Any) -> Any:  # noqa: ARG002
        return value
