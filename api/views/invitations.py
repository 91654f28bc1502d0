"""The shape of open invitations to a patient over HTTP."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from typing import Any

from api.views.people import named_to
from models.accounts.invitations import Invitation
from models.patients.patient import Patient
from models.store.scope import Scope


def invitations_for(found: Iterable[Invitation], patient: Patient, scope: Scope) -> list[dict[str, Any]]:
    """Return the invitations as this reader sees them."""
    named = named_to(scope, patient)
    return [asdict(invitation) | {"created_by": named(invitation.created_by.name)} for invitation in found]
