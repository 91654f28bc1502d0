"""Parts of a report: answers and note as they are sent; clock, versions and totals as they are shown.

And how what is shown is written without the library's way through each member.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, date, timedelta
from typing import Any, NamedTuple

from marshmallow import ValidationError, fields

from api.rest.bodies import MOST_ANSWERS
from api.schemas.evaluations import ScoreOut
from api.schemas.fields import Choice, Day, OutSchema, Ready, ReadyList, Text, Timestamp
from api.schemas.people import Person
from services import names
from services.reports.intake.check import MAX_ANSWER
from services.reports.intake.times import CLOCK_TRUSTED, SHIFT_ASKED, Certainty, Doubt

_MINUTE = timedelta(minutes=1)


class Note(Text):
    """A word to the team: without what cannot be stored, and none where nothing is left to be seen.

    A phone that cuts a text sends half a character now and then, and an empty box sends an empty text; a
    report is not lost by that.
    """

    def deserialize(self, value: Any, *args: Any, **kwargs: Any) -> Any:
        """Return the note; None where there is none."""
        stored = names.UNSTORABLE.sub("", value) if isinstance(value, str) else value
        text = super().deserialize(stored, *args, **kwargs)
        return None if isinstance(text, str) and not names.shows_something(text) else text


class Answers(fields.Dict):
    """Item keys with codes or numbers, a whole number in any spelling; null is an answer that was not given.

    Whether they are answers is looked at where the instrument is known (`services.reports.intake.check`), so
    that wrong types and wrong codes are named together.
    """

    def __init__(self, description: str, **kwargs: Any) -> None:
        number = {"type": ["number", "null"], "minimum": -MAX_ANSWER, "maximum": MAX_ANSWER}
        metadata = {
            "type": "object",
            "additionalProperties": number,
            "maxProperties": MOST_ANSWERS,
            "description": description,
        }
        super().__init__(metadata=metadata, **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        answers = super()._deserialize(value, attr, data, **kwargs)
        if len(answers) > MOST_ANSWERS:
            raise ValidationError("Too many answers.")
        return answers


class FlatOut(OutSchema):
    """An answer's shape whose members come as they are sent, but for times, days and numbers with a point.

    Each member is written by the type of its field, without the library's way through it; what has no such
    way is left to the library, but for null, which is null for each. Tests compare both.
    """

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self._forms: dict[tuple[str, ...], _Form] = {}

    def dump(self, obj: Any, *, many: bool | None = None) -> Any:
        """Return the object as JSON has it."""
        if many or self.many or not (type(obj) is dict or isinstance(obj, Mapping)):
            return super().dump(obj, many=many)
        members = tuple(obj)
        form = self._forms.get(members)
        if form is None:  # a view has few, which follow from what its reader may see
            form = self._forms[members] = self._form_of(members)
        written = {**form.order, **obj}
        for name in form.unknown:
            del written[name]
        for name, write in form.ways:
            value = written[name]
            if value is not None:
                written[name] = write(value)
        return written

    def _form_of(self, members: tuple[str, ...]) -> _Form:
        known = {name: field for name, field in self.dump_fields.items() if name in members}
        ways = [(name, _way_of(name, field)) for name, field in known.items()]
        return _Form(
            dict.fromkeys(known),
            [name for name in members if name not in known],
            [(name, way) for name, way in ways if way is not None],
        )


class _Form(NamedTuple):
    """How the objects of one schema that have the same members are written.

    Attributes:
        order: the members that the schema knows, in its order.
        unknown: those that it does not know.
        ways: of the members that are not sent as they are.
    """

    order: dict[str, None]
    unknown: list[str]
    ways: list[tuple[str, Callable[[Any], Any]]]


_AS_THEY_ARE = (fields.Boolean, fields.Integer, fields.String, Ready)
_WRITTEN: dict[type[fields.Field[Any]], Callable[[Any], Any]] = {
    Timestamp: lambda moment: moment.astimezone(UTC).isoformat(),
    Day: date.isoformat,
    fields.Float: float,
}


def _way_of(name: str, field: fields.Field[Any]) -> Callable[[Any], Any] | None:
    inner = field.inner if isinstance(field, fields.List) else field
    if isinstance(field, ReadyList) or isinstance(inner, _AS_THEY_ARE):
        return None
    if isinstance(field, fields.Nested) and isinstance(field.schema, FlatOut):
        return field.schema.dump
    return _WRITTEN.get(type(field)) or (lambda value: field.serialize(name, {name: value}))


class ClockOut(FlatOut):
    """When a report was answered and sent by the phone's own clock, and what was made of it."""

    answered_at = Timestamp(required=True, metadata={"description": "by the phone's clock"})
    sent_at = Timestamp(required=True, allow_none=True, metadata={"description": "by the phone's clock"})
    shift_seconds = fields.Integer(
        required=True, metadata={"description": "added to the phone's times; positive: its clock was behind"}
    )
    certainty = Choice(
        Certainty,
        required=True,
        metadata={
            "description": (
                "of `observed_at`. confirmed: the clock was right at sending; shifted: it was put right;"
                " unchecked: the phone did not say; received: the time could not be, so it is that of"
                " receipt; stated: by a person"
            )
        },
    )
    doubts = fields.List(
        Choice(Doubt),
        required=True,
        metadata={
            "description": (
                "what is doubtful. `clock_shifted`: a shift of more than"
                f" {SHIFT_ASKED // _MINUTE} minutes; `certainty` is shifted from more than"
                f" {CLOCK_TRUSTED // _MINUTE} minutes on"
            )
        },
    )


class RestsOnOut(FlatOut):
    """What a total rests on; with fewer answered than there are items it was scaled up."""

    answered = fields.Integer(required=True)
    items = fields.Integer(required=True)


class AnswersOut(fields.Dict):
    """Answers as they were given."""

    def __init__(self, **kwargs: Any) -> None:
        metadata = {
            "additionalProperties": {"type": "number"},
            "description": "codes by item; null when they are not for you to read",
        }
        super().__init__(metadata=metadata, **kwargs)


class HistoryPointOut(OutSchema):
    """A total of an ALSFRS-R, and its local day."""

    observed_on = Day(required=True)
    total = fields.Integer(required=True)


class VersionOut(OutSchema):
    """One version of a report."""

    received_at = Timestamp(required=True)
    observed_at = Timestamp(required=True)
    sent_by = Person(required=True)
    reason = fields.String(required=True, allow_none=True)
    answers = AnswersOut(required=True, allow_none=True)
    note = fields.String(required=True, allow_none=True)
    total = fields.Float(required=True, allow_none=True)
    rests_on = fields.Nested(RestsOnOut(), required=True, allow_none=True)
    score = Ready(ScoreOut(), required=True, allow_none=True, metadata={"description": "for staff"})
