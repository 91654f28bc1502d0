"""Definitions as a site brings them along, and answers made from a definition the way a phone reads it."""

from __future__ import annotations

import copy
import random
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from api.examples.site_instruments import DEFINITION
from models.store.base import new_id
from scoring import instruments
from tests.scoring.instruments.made_up import MADE_UP

OWN: Mapping[str, Any] = DEFINITION
"""The example of the document: two items, one sum."""
# Everything the engine can do; without the item that no rule would read.
EVERYTHING = replace(
    MADE_UP, items=tuple(replace(item, safety_from=None) for item in MADE_UP.items)
).as_dict()


def own(**members: Any) -> dict[str, Any]:
    """A definition of a site's own."""
    return copy.deepcopy(dict(OWN)) | members


def shipped(key: str, **members: Any) -> dict[str, Any]:
    """A shipped definition under a version of the site's."""
    return instruments.get(key).as_dict() | {"version": "clinic-1"} | members


def places(definition: Mapping[str, Any]) -> dict[str, list[dict[str, Any]]]:
    """The items by what has to be filled: their slot, or themselves."""
    found: dict[str, list[dict[str, Any]]] = {}
    for item in definition["items"]:
        found.setdefault(item.get("slot", item["key"]), []).append(item)
    return found


def codes(item: Mapping[str, Any]) -> range:
    return range(item["codes"]["low"], item["codes"]["high"] + 1, item["codes"].get("step", 1))


def filled(definition: Mapping[str, Any], chance: random.Random) -> dict[str, int]:
    """Answers to every place, one of its alternatives each."""
    chosen = [chance.choice(items) for items in places(definition).values()]
    return {item["key"]: chance.choice(codes(item)) for item in chosen}


def report(definition: Mapping[str, Any], answers: Mapping[str, Any], at: datetime) -> dict[str, Any]:
    """A report in this version of the instrument."""
    return {
        "id": new_id(),
        "instrument": definition["key"],
        "instrument_version": definition["version"],
        "observed_at": at.isoformat(),
        "answers": dict(answers),
    }
