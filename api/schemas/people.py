"""People in responses: an id for programs, a name for people."""

from __future__ import annotations

from typing import Any

from marshmallow import fields

from api.schemas.fields import OutSchema
from services.accounts import people


class PersonOut(OutSchema):
    """Somebody who acted or was chosen, or the part of the service that acted by itself."""

    id = fields.String(
        required=True,
        metadata={"description": "account; or evaluation, clock, policy, system, operator: nobody's account"},
    )
    name = fields.String(
        required=True,
        allow_none=True,
        metadata={"description": "null when the account is gone, or its name is not for you to read"},
    )


class Unnamed(str):
    """The id of somebody whose name the reader may not see."""

    __slots__ = ()


class Person(fields.Nested):
    """The person behind an account's id, or behind what says by `name` who made a step; null is nobody."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(PersonOut(), **kwargs)

    def _serialize(self, nested_obj: Any, *_args: Any, **_kwargs: Any) -> Any:  # type: ignore[override]
        who = getattr(nested_obj, "name", nested_obj)
        if not who:
            return None
        return {"id": str(who), "name": None if isinstance(who, Unnamed) else people.name_of(who)}
