"""Instruments: what can be reported, how it is asked and scored; phones keep them for use offline."""

from __future__ import annotations

from typing import Any

from flask import g, request
from flask.views import MethodView

from api.rest.blueprint import Blueprint
from api.rest.guard import signed_in
from api.rest.preconditions import CACHE_TAG, cacheable
from api.schemas.instruments import InstrumentOut, InstrumentQuery, InstrumentSummaryOut
from scoring.instruments import Definition, UnknownInstrument, UnknownVersion
from services.access.permissions import Operation
from services.errors import not_found
from services.sites import catalogue

blp = Blueprint("instruments", __name__, url_prefix="/v1/instruments", description="Questionnaires")


def _summary(definition: Definition, versions: list[str]) -> dict[str, Any]:
    return {
        "key": definition.key,
        "version": definition.version,
        "versions": versions,
        "title": definition.title,
        "direction": definition.direction,
        "subject": definition.subject,
        "wording": definition.licence.wording,
        "retired": definition.retired,
    }


def _own_sites() -> list[str]:
    return sorted({site_id for site_id, _ in g.actor.roles})


@blp.route("")
class Instruments(MethodView):
    """All instruments."""

    @cacheable
    @signed_in(Operation.INSTRUMENT_READ)
    @blp.page(InstrumentSummaryOut, headers=CACHE_TAG)
    def get(self) -> Any:
        """List the instruments, each in its newest version: the shipped ones, and those of your sites.

        Phones keep them for use offline: ask again with If-None-Match, and 304 says that nothing is
        new.
        """
        sites = _own_sites()
        found = catalogue.listed(sites)
        return [_summary(newest, catalogue.versions(sites, newest.key)) for newest in found]


@blp.route("/<string:key>")
class Instrument(MethodView):
    """One instrument."""

    @cacheable
    @signed_in(Operation.INSTRUMENT_READ)
    @blp.arguments(InstrumentQuery(), location="query")
    @blp.response(200, InstrumentOut, headers=CACHE_TAG)
    def get(self, query: dict[str, Any], key: str) -> Any:
        """Return one version of an instrument: items, codes, scores, missing rule, licence.

        Old versions stay, because reports answered in them are scored by their own rules. The texts come in
        the language that was asked for, where a site of yours has it; `locale` says in which.
        """
        sites = _own_sites()
        try:
            definition = catalogue.find_among(sites, key, query.get("version"))
        except (UnknownInstrument, UnknownVersion) as error:
            raise not_found("instrument") from error
        wanted = [query["locale"]] if query["locale"] else list(request.accept_languages.values())
        return catalogue.in_language(sites, definition, wanted).as_dict()
