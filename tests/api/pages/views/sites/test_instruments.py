"""Questionnaires of a site on a page: versions it brought along are listed and retired."""

from __future__ import annotations

from datetime import datetime

from models.sites import site_instruments
from models.sites.sites import Site
from models.store.scope import Scope
from services.sites.site_instruments import add
from tests.definitions import OWN
from tests.people import Person
from tests.visitor import Visitor, text_of


def test_a_version_is_listed_and_retired(
    administrator: Visitor, admin: Person, site: Site, now: datetime
) -> None:
    path = f"/pages/sites/{site.id}/questionnaires"
    assert "The site has brought none along" in text_of(administrator.get(path))
    scope = Scope(site_ids=frozenset({site.id}), roles=((site.id, "admin"),))
    add(site.id, OWN, scope, actor=admin.actor, now=now)
    shown = text_of(administrator.get(path))
    for part in (OWN["title"], OWN["key"], "English", "2 Mar 2076, Tom Berger", "sent to phones"):
        assert part in shown
    retired = administrator.post(f"{path}/{OWN['key']}/{OWN['version']}/retire")
    assert retired.status_code == 303
    assert site_instruments.read(site.id, OWN["key"], OWN["version"]).retired_at is not None
    assert "retired on 2 Mar 2076, Tom Berger" in text_of(administrator.get(path))
    assert administrator.post(f"{path}/nothing/1/retire").status_code == 404


def test_a_clinician_retires_none(signed_in: Visitor, site: Site) -> None:
    assert signed_in.get(f"/pages/sites/{site.id}/questionnaires").status_code == 200
    assert signed_in.post(f"/pages/sites/{site.id}/questionnaires/x/1/retire").status_code == 403
