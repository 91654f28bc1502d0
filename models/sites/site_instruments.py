"""Instruments that sites brought along: their own, and versions of shipped ones with a licensed text or key.

A definition is stored once per site, key and version, and never changed: reports are scored by the version
they were answered in. It is kept as text, because its member names are the site's. How it is found again is
`services.sites.catalogue`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from datetime import datetime
from typing import Any, ClassVar

from mongoengine.fields import DateTimeField, DictField, StringField

from models.store.base import BaseDocument, milliseconds
from models.store.connection import DRIVER_ERRORS, is_duplicate
from models.store.provenance import Provenance


class SiteInstrumentDocument(BaseDocument):
    """Stored form; the key is `site:key:version`."""

    meta: ClassVar[dict[str, Any]] = {"collection": "site_instruments", "indexes": ["site_id"]}

    id = StringField(primary_key=True)
    site_id = StringField(required=True)
    key = StringField(required=True)
    version = StringField(required=True)
    digest = StringField(required=True)
    definition = StringField(required=True)
    added_by = DictField(required=True)
    added_at = DateTimeField(required=True)
    retired_by = DictField()
    retired_at = DateTimeField()

    @classmethod
    def mended(cls, raw: Mapping[str, Any]) -> dict[str, Any]:
        """Read all of it."""
        _instrument(raw)
        return {}


@dataclass(frozen=True, slots=True)
class SiteInstrument:
    """One version of an instrument that a site brought along.

    Attributes:
        digest: of the definition, in whatever order its members were sent.
        definition: JSON, in the form of `scoring.instruments.Definition.as_dict`.
        retired_at: since when phones are not sent it any more; reports in it are still taken and scored.
    """

    site_id: str
    key: str
    version: str
    digest: str
    definition: str
    added_by: Provenance
    added_at: datetime
    retired_by: Provenance | None = None
    retired_at: datetime | None = None


def add(instrument: SiteInstrument) -> bool:
    """Store the definition; return False when the site has this version of the instrument already."""
    plain = {name: value for name, value in asdict(instrument).items() if value is not None}
    stored = plain | {"_id": _id(instrument.site_id, instrument.key, instrument.version)}
    stored["added_at"] = milliseconds(instrument.added_at)
    try:
        SiteInstrumentDocument.raw().insert_one(stored)
    except DRIVER_ERRORS as error:
        if not is_duplicate(error):
            raise
        return False
    return True


def retire(site_id: str, key: str, version: str, *, by: Provenance, now: datetime) -> None:
    """Have phones sent this version no longer; the first who retired it stays on record."""
    present = {"_id": _id(site_id, key, version), "retired_at": {"$exists": False}}
    change = {"retired_at": milliseconds(now), "retired_by": by.as_dict()}
    SiteInstrumentDocument.raw().update_one(present, {"$set": change})


def read(site_id: str, key: str, version: str) -> SiteInstrument | None:
    """Return one version of an instrument of the site."""
    raw = SiteInstrumentDocument.raw().find_one({"_id": _id(site_id, key, version)})
    return None if raw is None else SiteInstrumentDocument.one(raw, _instrument)


def of_site(site_id: str) -> list[SiteInstrument]:
    """Return every version of every instrument of the site, in the order in which they were added."""
    rows = SiteInstrumentDocument.raw().find({"site_id": site_id})
    found = SiteInstrumentDocument.readable(rows, _instrument)
    return sorted(found, key=lambda one: (one.added_at, one.key, one.version))


_FIELDS = tuple(f.name for f in fields(SiteInstrument))
_BY = ("added_by", "retired_by")


def _id(site_id: str, key: str, version: str) -> str:
    return f"{site_id}:{key}:{version}"


def _instrument(raw: Mapping[str, Any]) -> SiteInstrument:
    plain = {name: raw[name] for name in _FIELDS if name in raw}
    people = {name: Provenance.from_dict(plain[name]) for name in _BY if name in plain}
    return SiteInstrument(**plain | people)
