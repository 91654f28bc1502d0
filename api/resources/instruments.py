"""Instruments: what can be reported, how it is asked and scored; phones keep them for use offline."""

from __future__ import annotations

from typing import Any

from flask import g
from flask.views import MethodView

from api.rest.guard import signed_in
from api.rest.parsing import Blueprint
from api.rest.preconditions import CACHE_TAG, cacheable
from api.schemas.instruments import InstrumentOut, InstrumentQuery, InstrumentsOut
from scoring import instruments
from scoring.instruments import Definition, UnknownInstrument, UnknownVersion
from services.access.permissions import Operation
from services.errors import not_found
from services.sites import catalogue

blp = Blueprint("instruments", __name__, url_prefix="/v1/instruments", description="Questionnaires")

_CACHEABLE = {"Cache-Control": "private, max-age=3600"}
_EXAMPLE = instruments.get("who_5")


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
    @blp.response(200, InstrumentsOut, example={"items": [_summary(_EXAMPLE, ["1"])]}, headers=CACHE_TAG)
    def get(self) -> tuple[Any, dict[str, str]]:
        """List the instruments, each in its newest version: the shipped ones, and those of your sites."""
        sites = _own_sites()
        found = catalogue.listed(sites)
        return {"items": [_summary(one, catalogue.versions(sites, one.key)) for one in found]}, _CACHEABLE


@blp.route("/<string:key>")
class Instrument(MethodView):
    """One instrument."""

    @cacheable
    @signed_in(Operation.INSTRUMENT_READ)
    @blp.arguments(InstrumentQuery(), location="query")
    @blp.response(200, InstrumentOut, example=_EXAMPLE.as_dict(), headers=CACHE_TAG)
    @blp.alt_response(400, "BAD_REQUEST")
    @blp.alt_response(404, "NOT_FOUND")
    @blp.alt_response(422, "UNPROCESSABLE_ENTITY")
    def get(self, query: dict[str, Any], key: str) -> tuple[Any, dict[str, str]]:
        """Return one version of an instrument: items, codes, scores, missing rule, licence.

        Old versions stay, because reports answered in them are scored by their own rules.
        """
        try:
            definition = catalogue.find_among(_own_sites(), key, query.get("version"))
        except (UnknownInstrument, UnknownVersion) as error:
            raise not_found("instrument") from error
        return definition.as_dict(query["locale"]), _CACHEABLE
