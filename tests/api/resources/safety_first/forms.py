"""Forms with a safety answer, whole or spoiled, as a phone sends them."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any

from werkzeug.test import TestResponse

from tests.people import People, Person
from tests.questionnaires import phq_9

Alerts = Callable[[], dict[str, Any]]
Send = Callable[..., TestResponse]


def at_risk(now: datetime, **fields: Any) -> dict[str, Any]:
    return phq_9(now, phq_9=3) | fields


def later(people: People, person: Person, moment: datetime) -> Person:
    """The person with a token of another moment."""
    token = people.security.signer.issue(person.actor, moment)
    return replace(person, headers={"Authorization": f"Bearer {token}"})


def with_answers(now: datetime, **answers: Any) -> dict[str, Any]:
    body = phq_9(now, phq_9=3)
    return body | {"answers": body["answers"] | answers}


def with_text(now: datetime, old: str, new: str) -> str:
    text = json.dumps(phq_9(now, phq_9=3))
    assert old in text
    return text.replace(old, new, 1)
