"""What an account may reach, as a part of the query: tenancy is never decided in a view.

`services.access.permissions` builds a scope from the caller's roles for one operation; the functions of
the collection modules take it and put it into their queries. An empty scope matches nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

NOTHING: dict[str, Any] = {"_id": {"$in": []}}


def any_of(values: Iterable[str]) -> Any:
    """Return the query for one of these; equality for a single one, which every engine finds by its index."""
    wanted = sorted(set(values))
    return wanted[0] if len(wanted) == 1 else {"$in": wanted}


@dataclass(frozen=True, slots=True)
class Scope:
    """The reach of one account for one operation; the parts add up.

    Attributes:
        site_ids: every patient of these sites.
        query_site_ids: of these sites, alerts on silence and questions about the data only.
        patient_id: this patient.
        granted_to: the account whose running grants open a patient to it.
        grant_scopes: which kinds of grant suffice.
        roles: site and role: through which cell of the permission table each of `site_ids` is reached.
    """

    site_ids: frozenset[str] = frozenset()
    query_site_ids: frozenset[str] = frozenset()
    patient_id: str | None = None
    granted_to: str | None = None
    grant_scopes: frozenset[str] = frozenset()
    roles: tuple[tuple[str, str], ...] = ()

    def patient_filter(self) -> dict[str, Any]:
        """Return the query part that leaves only reachable patients.

        Whether a grant is running at this moment is not in it: `models.patients` looks at that in what
        it read.
        """
        parts = self._parts()
        if len(parts) > 1:
            return {"$or": parts}
        return parts[0] if parts else dict(NOTHING)

    def one_patient(self, patient_id: str) -> dict[str, Any]:
        """Return the query for this patient, which finds nothing when it is out of reach."""
        if self.is_own(patient_id):
            return {"_id": patient_id}
        rest = [part for part in self._parts() if "_id" not in part]
        if not rest:
            return dict(NOTHING)
        return {"_id": patient_id, **(rest[0] if len(rest) == 1 else {"$or": rest})}

    def is_own(self, patient_id: str) -> bool:
        """Return whether the patient is within reach by its id alone."""
        return patient_id == self.patient_id

    def covers_site(self, site_id: str) -> bool:
        """Return whether everything of the site is within reach."""
        return site_id in self.site_ids

    def role_at(self, site_id: str) -> str:
        """Return the role through which the site is reached; "" for a reach of the service's own."""
        return dict(self.roles).get(site_id, "")

    def role_towards(self, patient_id: str, site_id: str) -> str:
        """Return the role through which a patient of the site, who is within reach, is reached.

        One's own chart comes first and a grant last, so nobody gets more than that one cell gives.
        """
        if self.is_own(patient_id):
            return "patient"
        return self.role_at(site_id) if self.covers_site(site_id) else "caregiver"

    def without_grants(self) -> Scope:
        """Return the scope for changes of the patient itself, which no grant opens."""
        return replace(self, granted_to=None, grant_scopes=frozenset())

    def _parts(self) -> list[dict[str, Any]]:
        parts: list[dict[str, Any]] = []
        if self.site_ids:
            parts.append({"site_id": {"$in": sorted(self.site_ids)}})
        if self.patient_id is not None:
            parts.append({"_id": self.patient_id})
        if self.granted_to is not None:
            # With $in, because equality misses members of an indexed list on the embedded engine.
            parts.append({"granted_to": {"$in": [self.granted_to]}})
        return parts
