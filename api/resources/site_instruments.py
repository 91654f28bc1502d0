"""Instruments that a site brings along: its own, and licensed texts and keys for shipped ones."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any
from uuid import UUID

from flask import g
from flask.views import MethodView
from marshmallow import INCLUDE

from api.rest.guard import signed_in
from api.rest.parsing import Blueprint
from api.schemas.site_instruments import SiteInstrumentIn, SiteInstrumentOut, SiteInstrumentsOut
from services import clock
from services.access.permissions import Operation
from services.sites import site_instruments

blp = Blueprint("site_instruments", __name__, url_prefix="/v1/sites", description="Instruments of its own")

_SITE = "019ab1c2-0000-7000-8000-00000000000a"
_DEFINITION: dict[str, Any] = {
    "key": "sleep_two",
    "version": "1",
    "title": "Two questions on sleep",
    "sources": ["Written by the clinic."],
    "licence": {"owner": "the clinic", "terms": "for its own patients", "wording": "full"},
    "direction": "higher_is_worse",
    "recall": "last week",
    "subject": "patient",
    "respondents": ["patient", "caregiver", "clinician"],
    "proxy": "marked",
    "domains": [{"key": "sleep", "label": "Sleep"}],
    "items": [
        {
            "key": "falling_asleep",
            "domain": "sleep",
            "codes": {"low": 0, "high": 3},
            "label": "Falling asleep",
            "text": "How often was it hard to fall asleep?",
        },
        {
            "key": "waking_up",
            "domain": "sleep",
            "codes": {"low": 0, "high": 3},
            "label": "Waking up at night",
            "text": "How often did you wake up at night?",
        },
    ],
    "scores": [
        {
            "key": "total",
            "label": "Total",
            "kind": "sum",
            "of": ["falling_asleep", "waking_up"],
            "low": 0,
            "high": 6,
            "direction": "higher_is_worse",
        }
    ],
    "main": "total",
    "missing": {"rule": "Both have to be answered.", "source": "the clinic"},
}
_ADDED = {
    "site_id": _SITE,
    "key": "sleep_two",
    "version": "1",
    "digest": "6f1ed002ab5595859014ebf0951522d9d3c3f2f3c2a1b0c9d8e7f60514233241",
    "added_by": "019ab1c2-0000-7000-8000-0000000000d1",
    "added_at": "2026-11-24T09:30:00+00:00",
}


@blp.route("/<uuid:site_id>/instruments")
class SiteInstruments(MethodView):
    """What a site brought along."""

    @signed_in(Operation.SITE_READ)
    @blp.response(200, SiteInstrumentsOut, example={"items": [_ADDED]})
    @blp.alt_response(404, "NOT_FOUND")
    def get(self, site_id: UUID) -> dict[str, Any]:
        """List the definitions that a site brought along; each is read as any instrument is."""
        return {"items": site_instruments.listed(str(site_id), g.scope)}

    @signed_in(Operation.INSTRUMENT_ADD)
    @blp.arguments(SiteInstrumentIn(), unknown=INCLUDE, example=_DEFINITION)
    @blp.response(201, SiteInstrumentOut, example=_ADDED)
    @blp.alt_response(200, schema=SiteInstrumentOut, success=True, description="the site has it already")
    @blp.alt_response(400, "BAD_REQUEST")
    @blp.alt_response(404, "NOT_FOUND")
    @blp.alt_response(409, "CONFLICT")
    @blp.alt_response(413, "REQUEST_ENTITY_TOO_LARGE")
    @blp.alt_response(415, "UNSUPPORTED_MEDIA_TYPE")
    @blp.alt_response(422, "UNPROCESSABLE_ENTITY")
    def post(self, document: dict[str, Any], site_id: UUID) -> tuple[Any, int]:
        """Add a definition; whoever belongs to the site can report in it from then on.

        Every mistake in it is named. A version is never changed: a mistake that is found later needs a new
        one. To bring the licensed text of a shipped instrument, take its definition, put the texts in, and
        give it a version of your own; its items and codes have to stay, and its scoring too where the decline
        rules read it. Reports that were kept aside for want of this version can be released now.
        """
        instrument, new = site_instruments.add(
            str(site_id), document, g.scope, actor=g.actor, now=clock.now()
        )
        return instrument, HTTPStatus.CREATED if new else HTTPStatus.OK
