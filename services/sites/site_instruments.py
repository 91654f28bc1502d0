"""Instruments that a site brings along: checked whole, stored for good, never changed.

What makes a definition sound is `scoring.instruments.site_definition`'s to say. Here it is compared with the
rest of the service: what a report can hold, which answers the decline rules read, and what reaches a
clinician at once.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from models.sites import site_instruments, sites
from models.sites.site_instruments import SiteInstrument
from models.store.scope import Scope
from scoring import instruments
from scoring.decline.rules import BY_INSTRUMENT
from scoring.instruments import Definition, Item, UnknownInstrument
from scoring.instruments.site_definition import InvalidDefinition, load
from scoring.problems import Problem
from services.access.actor import Actor
from services.errors import Conflict, Invalid, not_found
from services.sites import catalogue

MOST_OF_A_SITE = 200
MOST_ITEMS = 100
"""A report holds no more answers (`api.schemas.reports`)."""


def add(
    site_id: str, document: Mapping[str, Any], scope: Scope, *, actor: Actor, now: datetime
) -> tuple[SiteInstrument, bool]:
    """Store a definition, once; return it, and whether it is new.

    Raises:
        NotFound: no such site within reach.
        Invalid: naming every mistake in the definition.
        Conflict: the site has another definition under this key and version, or as many as it can have.
    """
    _reach(site_id, scope)
    definition = checked(document)
    text = json.dumps(definition.as_dict())
    wanted = SiteInstrument(
        site_id=site_id,
        key=definition.key,
        version=definition.version,
        digest=_digest(definition),
        definition=text,
        added_by=actor.provenance(scope.role_at(site_id)),
        added_at=now,
    )
    known = site_instruments.read(site_id, definition.key, definition.version)
    if known is None and len(site_instruments.of_site(site_id)) >= MOST_OF_A_SITE:
        raise Conflict("too_many_instruments", "This site has as many definitions as one can have.")
    if known is None and site_instruments.add(wanted):
        catalogue.forget()
        return wanted, True
    return _same(known or site_instruments.read(site_id, definition.key, definition.version), wanted), False


def listed(site_id: str, scope: Scope) -> list[SiteInstrument]:
    """Return what the site brought along, in the order it was added.

    Raises:
        NotFound: no such site within reach.
    """
    _reach(site_id, scope)
    return site_instruments.of_site(site_id)


def retire(
    site_id: str, key: str, version: str, scope: Scope, *, actor: Actor, now: datetime
) -> SiteInstrument:
    """Have phones sent a version no longer; reports in it are still taken, and scored by its own rules.

    Raises:
        NotFound: no such site within reach, or the site did not bring this version along.
    """
    _reach(site_id, scope)
    if site_instruments.read(site_id, key, version) is None:
        raise not_found("instrument")
    site_instruments.retire(site_id, key, version, by=actor.provenance(scope.role_at(site_id)), now=now)
    catalogue.forget()
    stored = site_instruments.read(site_id, key, version)
    if stored is None:
        raise not_found("instrument")
    return stored


def checked(document: Mapping[str, Any]) -> Definition:
    """Return the definition.

    Raises:
        Invalid: naming every mistake in it.
    """
    try:
        definition = load(document)
    except InvalidDefinition as error:
        raise _refused(list(error.problems)) from error
    errors = list(_mistakes(definition))
    if errors:
        raise _refused(errors)
    return definition


def _mistakes(definition: Definition) -> Iterator[Problem]:
    if len(definition.items) > MOST_ITEMS:
        yield Problem("/items", "wrong_length", f"a report holds at most {MOST_ITEMS} answers")
    try:
        shipped = instruments.get(definition.key)
    except UnknownInstrument:
        yield from _unwatched(definition)
        return
    yield from _other_answers(definition, shipped)
    if definition.key in BY_INSTRUMENT and _scoring(definition) != _scoring(shipped):
        detail = "the decline rules read this instrument: only its texts can be the site's own"
        yield Problem("/scores", "scoring_changed", detail)


def _unwatched(definition: Definition) -> Iterator[Problem]:
    """An answer that is marked for a clinician to see at once must have a rule that raises an alert."""
    for place, item in enumerate(definition.items):
        if item.safety_from is not None:
            detail = "no rule reads this item, so nobody would be alerted"
            yield Problem(f"/items/{place}/safety_from", "not_watched", detail)


def _other_answers(definition: Definition, shipped: Definition) -> Iterator[Problem]:
    """Answers under one key have to mean the same in all its versions."""
    for place, item in enumerate(definition.items):
        known = shipped.by_key.get(item.key)
        if known is None or _answer(item) != _answer(known):
            detail = "items, their codes and alternatives have to be those of the shipped instrument"
            yield Problem(f"/items/{place}", "item_changed", detail)
    for key in shipped.by_key.keys() - definition.by_key.keys():
        yield Problem("/items", "item_missing", f"the shipped instrument has an item {key}")
    if (definition.subject, definition.respondents, definition.proxy) != (
        shipped.subject,
        shipped.respondents,
        shipped.proxy,
    ):
        yield Problem("/respondents", "respondents_changed", "who answers has to stay as shipped")


def _answer(item: Item) -> tuple[object, ...]:
    return item.codes, item.slot, item.optional, item.unit


def _scoring(definition: Definition) -> tuple[object, ...]:
    counts = {item.key: item.counts() for item in definition.items}
    rules = [
        (score.key, score.kind, score.of, score.factor, score.offset, score.min_answered, score.table)
        for score in definition.scores
    ]
    return counts, rules, definition.main, definition.missing.at_most


def _digest(definition: Definition) -> str:
    text = json.dumps(definition.as_dict(), sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _same(known: SiteInstrument | None, wanted: SiteInstrument) -> SiteInstrument:
    if known is None or known.digest != wanted.digest:
        raise Conflict(
            "version_taken",
            "The site has another definition of this version. A changed one needs a version of its own.",
            extra={"sent_digest": wanted.digest} | ({"stored_digest": known.digest} if known else {}),
        )
    return known


def _reach(site_id: str, scope: Scope) -> None:
    if not scope.covers_site(site_id) or sites.read(site_id) is None:
        raise not_found("site")


def _refused(errors: list[Problem]) -> Invalid:
    return Invalid("invalid_definition", "The definition has mistakes.", errors=errors)
