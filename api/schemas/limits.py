"""The thresholds of the decline rules on the wire, with the ranges and units that the rules declare.

Which there are is `scoring.decline.limits`' to say; values are checked by the rules, not here.
"""

from __future__ import annotations

from dataclasses import fields as members_of
from typing import Any

from marshmallow import fields

from api.rest.components import named
from scoring.decline.limits import Limits as Declared

_UNITS = (
    ("_days", "days"),
    ("days", "days"),
    ("per_month", "ALSFRS-R points a month"),
    ("prior_slope", "ALSFRS-R points a month"),
    ("probability", "probability"),
    ("_percent", "percent"),
    ("_share", "share"),
    ("seconds", "seconds"),
    ("reports", "reports"),
    ("bmi", "kg/m2"),
)


def _unit(name: str) -> str:
    return next((unit for part, unit in _UNITS if part in name), "points")


def _threshold(declared: Any) -> dict[str, Any]:
    low, high = declared.metadata["low"], declared.metadata["high"]
    if isinstance(declared.default, bool):
        return {"type": "boolean", "default": declared.default, "description": declared.metadata["source"]}
    whole = declared.type in (int, "int")
    return {
        "type": "integer" if whole else "number",
        "minimum": low,
        "maximum": high,
        "default": declared.default,
        "description": f"{_unit(declared.name)}; {declared.metadata['source']}",
    }


def _object(properties: dict[str, Any], description: str, *, whole: bool) -> dict[str, Any]:
    needed = {"required": list(properties)} if whole else {"additionalProperties": False}
    return {"type": "object", "description": description, "properties": properties, **needed}


def _group(group: Any, *, whole: bool) -> dict[str, Any]:
    properties = {member.name: _threshold(member) for member in members_of(group.default)}
    description = (type(group.default).__doc__ or "").splitlines()[0]
    name = type(group.default).__name__ + ("LimitsInForce" if whole else "Limits")
    return named(name, _object(properties, description, whole=whole))


class Limits(fields.Dict):
    """Thresholds by group and name.

    Args:
        whole: whether every threshold is there, also those that have their default.
    """

    def __init__(self, *, whole: bool = False, **kwargs: Any) -> None:
        groups = {group.name: _group(group, whole=whole) for group in members_of(Declared)}
        said = "Every threshold." if whole else "Thresholds; what is left out keeps its default."
        part = _object(groups, said, whole=whole)
        metadata = named("LimitsInForce" if whole else "Limits", part) | kwargs.pop("metadata", {})
        super().__init__(keys=fields.String(), metadata=metadata, **kwargs)
