"""Where one can go: the places in the head of every page, for those who may go there."""

from __future__ import annotations

from dataclasses import dataclass

from api.pages.texts import mark as _
from services.access.actor import Actor
from services.access.permissions import PERMISSIONS, Operation


@dataclass(frozen=True, slots=True)
class Place:
    """A page that the head leads to.

    Attributes:
        endpoint: of its view; the part before the last dot marks the place as the present one.
        label: in English; the template looks it up.
        operation: whoever may do this sees the place.
    """

    endpoint: str
    label: str
    operation: Operation

    @property
    def area(self) -> str:
        """The views that belong to the place."""
        return self.endpoint.rpartition(".")[0] + "."


PLACES = (
    Place("pages.worklist.show", _("Worklist"), Operation.ALERT_READ),
    Place("pages.caseload.show", _("Patients"), Operation.PATIENT_CHANGE),
    Place("pages.phone_list.show", _("Phone list"), Operation.ALERT_READ),
    Place("pages.enrolment.show", _("Enrol"), Operation.PATIENT_CREATE),
    Place("pages.kept_aside.show", _("Kept aside"), Operation.QUARANTINE_READ),
    Place("pages.site.first", _("Site"), Operation.SITE_READ),
)

SITE_PLACES = (
    Place("pages.site.show", _("People"), Operation.SITE_READ),
    Place("pages.hours.show", _("Working hours"), Operation.SITE_READ),
    Place("pages.escalation.show", _("Escalation"), Operation.SITE_READ),
    Place("pages.thresholds.show", _("Thresholds"), Operation.SITE_READ),
    Place("pages.site_texts.show", _("What patients are told"), Operation.SITE_READ),
    Place("pages.site_instruments.show", _("Questionnaires"), Operation.SITE_READ),
    Place("pages.deliveries.show", _("Messages"), Operation.MESSAGE_READ),
    Place("pages.webhooks.show", _("Webhooks"), Operation.WEBHOOK_READ),
    Place("pages.figures.show", _("Figures"), Operation.ALERT_FIGURES),
)
"""The pages of one site."""


def places_for(actor: Actor) -> tuple[Place, ...]:
    """Return the places that one of the actor's roles may go to."""
    roles = actor.roles_anywhere
    return tuple(place for place in PLACES if roles & PERMISSIONS[place.operation].keys())


def site_places_for(actor: Actor, site_id: str) -> tuple[Place, ...]:
    """Return the pages of a site that one of the actor's roles there may go to."""
    here = {role for at, role in actor.roles if at == site_id}
    return tuple(place for place in SITE_PLACES if here & PERMISSIONS[place.operation].keys())
