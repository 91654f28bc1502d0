"""Questionnaires that a site brought along: their versions, which are retired, and their translations."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask import Blueprint, Response, g, redirect, request, url_for

from api.pages.guard import signed_in
from api.pages.rendering import page
from api.pages.site import saying
from models.sites import translations
from models.sites.site_instruments import SiteInstrument
from models.sites.translations import SiteTranslation
from services import clock
from services.access.permissions import Operation, scope_for
from services.accounts import people
from services.sites import catalogue, site_instruments

blp = Blueprint("site_instruments", __name__)


@dataclass(frozen=True, slots=True)
class Version:
    """A version that the site brought along; `items` is how many questions it has."""

    stored: SiteInstrument
    title: str
    locale: str
    items: int
    added_by: str
    retired_by: str


@dataclass(frozen=True, slots=True)
class Translated:
    """The texts of a version in another language."""

    stored: SiteTranslation
    title: str
    changed_by: str


@blp.get("/sites/<uuid:site_id>/questionnaires")
@signed_in(Operation.SITE_READ)
def show(site_id: UUID) -> Response:
    """Show what the site asks in its own words, and what every site may ask."""
    return _page(str(site_id), done=request.args.get("done") == "retired")


@blp.post("/sites/<uuid:site_id>/questionnaires/<string:key>/<string:version>/retire")
@signed_in(Operation.INSTRUMENT_ADD)
def retire(site_id: UUID, key: str, version: str) -> Any:
    """Have phones sent a version no longer."""
    site_instruments.retire(str(site_id), key, version, g.scope, actor=g.actor, now=clock.now())
    return redirect(url_for("pages.site_instruments.show", site_id=site_id, done="retired"), 303)


def _page(site_id: str, *, done: bool) -> Response:
    own = site_instruments.listed(site_id, scope_for(g.actor, Operation.SITE_READ))
    asked = catalogue.listed([site_id])
    titles = {(definition.key, definition.version): definition.title for definition in asked}
    return page(
        "site_instruments.html",
        site_id=site_id,
        own=[_version(instrument) for instrument in own],
        translated=[_translated(translation, titles) for translation in translations.of_site(site_id)],
        asked=asked,
        may_change=saying.may(Operation.INSTRUMENT_ADD, site_id),
        done=done,
    )


def _version(one: SiteInstrument) -> Version:
    text = json.loads(one.definition)
    retired_by = "" if one.retired_by is None else people.name_of(one.retired_by.name) or ""
    return Version(
        stored=one,
        title=str(text.get("title", one.key)),
        locale=str(text.get("locale", "en")),
        items=len(text.get("items", ())),
        added_by=people.name_of(one.added_by.name) or "",
        retired_by=retired_by,
    )


def _translated(one: SiteTranslation, titles: dict[tuple[str, str], str]) -> Translated:
    name = people.name_of(one.changed_by.name) or ""
    return Translated(one, titles.get((one.key, one.version), one.key), name)
