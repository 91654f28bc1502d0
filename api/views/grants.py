"""The shape of grants over HTTP."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from typing import Any

from api.views.people import named_to
from models.patients.grants import Grant
from models.patients.patient import Patient
from models.store.scope import Scope


def grants_for(grants: Iterable[Grant], patient: Patient, scope: Scope) -> list[dict[str, Any]]:
    """Return the grants as this reader sees them."""
    named = named_to(scope, patient)
    return [asdict(grant) | {"given_by": named(grant.given_by.name)} for grant in grants]
