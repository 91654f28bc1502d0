"""Other texts of safety for a site: an administrator proposes, a clinician agrees or refuses, all is kept.

What patients in danger are shown is a clinical matter, and one mistake in it is one too many: so two people
have looked at each text, and the one who agrees is a clinician of the site.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from models.sites import sites
from models.sites.safety_proposal import SafetyProposal
from models.sites.sites import Site, SiteStep
from models.store.provenance import Provenance
from models.store.scope import Scope
from services.access.actor import Actor
from services.errors import Conflict, NotAllowed, changed_meanwhile
from services.sites.site_policy import read_site

TEXTS = ("crisis_text", "breathing_text")
_PROPOSAL = "safety_proposal"


class SafetyTextEvent(StrEnum):
    """What happened to a site's texts of safety."""

    PROPOSED = "proposed"
    AGREED = "agreed"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class SafetyTextStep:
    """A line of the history.

    Attributes:
        crisis_text: that was proposed, or is shown from then on; None where it is not about it.
        breathing_text: likewise.
    """

    at: datetime
    by: Provenance
    event: SafetyTextEvent
    crisis_text: Mapping[str, str] | None
    breathing_text: Mapping[str, str] | None
    note: str


def propose(
    site_id: str, wanted: Mapping[str, Any], rev: int, scope: Scope, *, actor: Actor, now: datetime
) -> Site:
    """Propose other texts for a site that is still at `rev`, in place of what is proposed now.

    Args:
        site_id: the site.
        wanted: `note` and one or both of `TEXTS`.
        rev: of the site that the caller read.
        scope: the caller's reach.
        actor: who proposes.
        now: the present moment.

    Raises:
        NotFound: no such site within reach.
        ChangedMeanwhile: somebody changed the site meanwhile.
    """
    read_site(site_id, scope)
    by = actor.provenance(scope.role_at(site_id))
    texts = {name: wanted.get(name) for name in TEXTS}
    proposal = SafetyProposal(**texts, note=wanted["note"], by=by, at=now)
    step = SiteStep(now, by, {}, wanted["note"])
    return _changed(site_id, rev, step, {_PROPOSAL: proposal})


def decide(
    site_id: str, word: tuple[bool, str], rev: int, scope: Scope, *, actor: Actor, now: datetime
) -> Site:
    """Agree to what is proposed, which is shown from then on; or refuse it.

    Args:
        site_id: the site.
        word: whether the actor agrees, and why.
        rev: of the site that the caller read.
        scope: the caller's reach.
        actor: who decides.
        now: the present moment.

    Raises:
        NotFound: no such site within reach.
        ChangedMeanwhile: somebody changed the site meanwhile, so that it was not this that was read.
        Conflict: nothing is proposed.
        NotAllowed: the actor proposed it.
    """
    agrees, note = word
    site = read_site(site_id, scope)
    if site.rev != rev:
        raise changed_meanwhile()
    proposal = site.safety_proposal
    if proposal is None:
        raise Conflict("nothing_proposed", "No texts are proposed.")
    if agrees and proposal.by.account_id == actor.account_id:
        raise NotAllowed("own_proposal", "Somebody else has to agree to what you proposed.")
    texts = {name: getattr(proposal, name) for name in TEXTS} if agrees else {}
    changes = {name: text for name, text in texts.items() if text is not None}
    step = SiteStep(now, actor.provenance(scope.role_at(site_id)), {}, note)
    return _changed(site_id, rev, step, {**changes, _PROPOSAL: None})


def history(site_id: str, scope: Scope) -> list[SafetyTextStep]:
    """Return what was proposed and decided, by whom and why, the latest first.

    Raises:
        NotFound: no such site within reach.
    """
    read_site(site_id, scope)
    return [_line(step) for step in reversed(sites.steps(site_id)) if _PROPOSAL in step.changed]


def _changed(site_id: str, rev: int, step: SiteStep, changes: Mapping[str, Any]) -> Site:
    site = sites.change(site_id, rev, step=step, **changes)
    if site is None:
        raise changed_meanwhile()
    return site


def _line(step: SiteStep) -> SafetyTextStep:
    proposed = step.changed[_PROPOSAL]
    agreed = any(name in step.changed for name in TEXTS)
    event = SafetyTextEvent.AGREED if agreed else SafetyTextEvent.REFUSED
    if proposed:
        event = SafetyTextEvent.PROPOSED
    texts = {name: (proposed or step.changed).get(name) for name in TEXTS}
    return SafetyTextStep(step.at, step.by, event, note=step.note, **texts)
