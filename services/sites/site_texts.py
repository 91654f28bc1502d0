"""What people are told by a clinic, in their language: when it reads reports, and the texts of safety.

A phone keeps it, so that what has to be said at once is said without a signal too.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from models.sites import sites
from models.sites.sites import Site
from services.sites.safety_texts import text_for


@dataclass(frozen=True, slots=True)
class SiteTexts:
    """What somebody is told by a site.

    Attributes:
        zone: IANA name of the site's time zone.
        reads_reports: when the team reads reports, in plain words.
        takes_notes: whether a word to the team may stand with a report.
        crisis_text: shown when a safety item asks for it.
        breathing_text: shown with an urgent answer on breathing.
    """

    id: str
    name: str
    zone: str
    reads_reports: str
    takes_notes: bool
    crisis_text: str
    breathing_text: str


def of_sites(site_ids: Iterable[str], locales: Iterable[str | None]) -> list[SiteTexts]:
    """Return what these sites tell, in the first of these locales that they have; by the site's name."""
    wanted = list(locales)
    found = (sites.read(site_id) for site_id in set(site_ids))
    told = [_texts(site, wanted) for site in found if site is not None]
    return sorted(told, key=lambda one: (one.name, one.id))


def _texts(site: Site, wanted: list[str | None]) -> SiteTexts:
    return SiteTexts(
        id=site.id,
        name=site.name,
        zone=site.zone,
        reads_reports=site.reads_reports,
        takes_notes=site.takes_notes,
        crisis_text=text_for(site.crisis_text, wanted),
        breathing_text=text_for(site.breathing_text, wanted),
    )
