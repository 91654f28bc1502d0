"""Instruments that a site brings along: its own, and licensed texts and keys for shipped ones."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any
from uuid import UUID

from flask import g
from flask.views import MethodView
from marshmallow import INCLUDE

from api.examples import site_instruments as examples
from api.rest.blueprint import Blueprint
from api.rest.guard import signed_in
from api.schemas.sites.instruments import (
    SiteInstrumentIn,
    SiteInstrumentOut,
    TranslationIn,
    TranslationOut,
)
from services import clock
from services.access.permissions import Operation
from services.sites import site_instruments, site_translations

blp = Blueprint("site_instruments", __name__, url_prefix="/v1/sites", description="Instruments of its own")


@blp.route("/<uuid:site_id>/instruments")
class SiteInstruments(MethodView):
    """What a site brought along."""

    @signed_in(Operation.SITE_READ)
    @blp.page(SiteInstrumentOut)
    def get(self, site_id: UUID) -> Any:
        """List the definitions that a site brought along; each is read as any instrument is.

        `digest` changes whenever a definition does.
        """
        return site_instruments.listed(str(site_id), g.scope)

    @signed_in(Operation.INSTRUMENT_ADD)
    @blp.doc(operationId="add_site_instrument")
    @blp.arguments(SiteInstrumentIn(), unknown=INCLUDE, example=examples.DEFINITION)
    @blp.stores(SiteInstrumentOut)
    @blp.fails(409, "version_taken", "too_many_instruments")
    def post(self, document: dict[str, Any], site_id: UUID) -> tuple[Any, int]:
        """Add a definition; whoever belongs to the site can report in it from then on.

        Every mistake in it is named. A version is never changed: a mistake that is found later needs a new
        one. To bring the licensed text of a shipped instrument, take its definition, put the texts in, and
        give it a version of your own; its items and codes have to stay, and its scoring too where the decline
        rules read it. Reports that were kept aside for want of this version can be released now.

        Sent twice, the second gets 200. When it fails, the site has what it had.
        """
        instrument, new = site_instruments.add(
            str(site_id), document, g.scope, actor=g.actor, now=clock.now()
        )
        return instrument, HTTPStatus.CREATED if new else HTTPStatus.OK


@blp.route("/<uuid:site_id>/instruments/<string:key>/<string:version>/retirement")
class SiteInstrumentRetirement(MethodView):
    """A version that is not sent to phones any more."""

    @signed_in(Operation.INSTRUMENT_ADD)
    @blp.doc(operationId="retire_site_instrument")
    @blp.response(200, SiteInstrumentOut)
    def post(self, site_id: UUID, key: str, version: str) -> Any:
        """Retire a version that the site brought along.

        Phones are sent the one before, or the shipped one; reports in this one are still taken, and scored
        by its own rules. Sent twice, the first stays on record. When it fails, the version is still sent.
        """
        return site_instruments.retire(str(site_id), key, version, g.scope, actor=g.actor, now=clock.now())


@blp.route("/<uuid:site_id>/instruments/<string:key>/<string:version>/translations")
class Translations(MethodView):
    """A version in other languages."""

    @signed_in(Operation.SITE_READ)
    @blp.page(TranslationOut)
    def get(self, site_id: UUID, key: str, version: str) -> Any:
        """List the languages in which the site asks this version, beside the definition's own."""
        return site_translations.listed(str(site_id), (key, version), g.scope)


@blp.route("/<uuid:site_id>/instruments/<string:key>/<string:version>/translations/<string:locale>")
class Translation(MethodView):
    """A version in one other language."""

    @signed_in(Operation.INSTRUMENT_ADD)
    @blp.doc(operationId="put_translation")
    @blp.arguments(TranslationIn(), unknown=INCLUDE, example=examples.TRANSLATION)
    @blp.response(200, TranslationOut)
    def put(self, document: dict[str, Any], site_id: UUID, key: str, version: str, locale: str) -> Any:
        """Bring the texts of a version in a language, in place of those before.

        Every mistake in it is named: what is not translated, and what the definition has no text for. The
        translation is used for whoever asks for its language, and is nobody's default. Answers are codes and
        do not change with it. Sent twice, the later counts. When it fails, the texts before stay.
        """
        return site_translations.put(
            str(site_id),
            (key, version),
            {**document, "locale": locale},
            g.scope,
            actor=g.actor,
            now=clock.now(),
        )
