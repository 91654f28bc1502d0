"""Translations that a site brought along: the texts of one version of an instrument in another language.

One document for each site, instrument, version and locale. A mistake in a translation is put right in place,
because answers are codes and do not change with it; who did it and when is kept.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from datetime import datetime
from typing import Any, ClassVar

from mongoengine.fields import DateTimeField, DictField, ListField, StringField

from models.store.base import BaseDocument, milliseconds
from models.store.provenance import Provenance


class TranslationDocument(BaseDocument):
    """Stored form; the key is `site:key:version:locale`."""

    meta: ClassVar[dict[str, Any]] = {"collection": "translations", "indexes": ["site_id"]}

    id = StringField(primary_key=True)
    site_id = StringField(required=True)
    key = StringField(required=True)
    version = StringField(required=True)
    locale = StringField(required=True)
    digest = StringField(required=True)
    texts = StringField(required=True)
    changed_by = DictField(required=True)
    changed_at = DateTimeField(required=True)
    steps = ListField(DictField())


@dataclass(frozen=True, slots=True)
class SiteTranslation:
    """The texts of one version of an instrument in one language, as a site brought them.

    Attributes:
        digest: of the texts.
        texts: JSON, in the form that `scoring.instruments.translation.load` reads.
    """

    site_id: str
    key: str
    version: str
    locale: str
    digest: str
    texts: str
    changed_by: Provenance
    changed_at: datetime


def put(translation: SiteTranslation) -> None:
    """Store the texts in place of those before, and keep who did it and when."""
    stored = asdict(translation) | {"changed_at": milliseconds(translation.changed_at)}
    step = {name: stored[name] for name in ("changed_at", "changed_by", "digest")}
    TranslationDocument.raw().update_one(
        {"_id": _id(translation)}, {"$set": stored, "$push": {"steps": step}}, upsert=True
    )


def of_site(site_id: str) -> list[SiteTranslation]:
    """Return every translation of the site, by instrument, version and locale."""
    rows = TranslationDocument.raw().find({"site_id": site_id}, dict.fromkeys(_FIELDS, 1))
    found = TranslationDocument.readable(rows, _translation)
    return sorted(found, key=lambda one: (one.key, one.version, one.locale))


_FIELDS = tuple(f.name for f in fields(SiteTranslation))


def _id(translation: SiteTranslation) -> str:
    return f"{translation.site_id}:{translation.key}:{translation.version}:{translation.locale}"


def _translation(raw: Mapping[str, Any]) -> SiteTranslation:
    plain = {name: raw[name] for name in _FIELDS}
    return SiteTranslation(**plain | {"changed_by": Provenance.from_dict(raw["changed_by"])})
