"""docs/instruments.md, written from the definitions: `python -m scoring.instruments > docs/instruments.md`.

A test compares the stored page with this one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from itertools import groupby

from scoring.instruments.answers import permitted_codes
from scoring.instruments.catalogue import catalogue, versions
from scoring.instruments.definition import Band, Definition, Item, ScoreRule
from scoring.instruments.terms import Audience, Direction, Kind, Proxy, Wording

INTRODUCTION = """# Instruments

Written by `python -m scoring.instruments`; do not edit.

Every instrument is one file in `scoring/instruments/definitions`: items, permitted codes, scores, missing
rule, bands, meaningful change, sources, licence. One engine validates and scores all of them. A band repeats
what a source says of a range; it changes no number and is no diagnosis, and a score without a band is not a
sign of health. Scoring rules are facts and can be used freely; wording belongs to its owners and is shown
only where they allow it.

"Our choice" means that no published rule was found or followed.

## A site's own definitions

A site can load a definition of its own in the form the API shows (`Definition.as_dict()`; its JSON Schema is
`scoring.instruments.site_definition.SCHEMA`). To bring a licensed text, a scoring key or a value set, take
the shipped definition, add what the licensee supplied, and give it a version of its own; what protects
answers (safety items, restricted audience) has to stay. `site_definition.load` names every mistake with its
place: doubled or unknown names, an item reversed twice, a range no answers reach, a gap in a table or between
bands.

## Overview
"""

_DIRECTIONS = {
    Direction.HIGHER_IS_BETTER: "higher is better",
    Direction.HIGHER_IS_WORSE: "higher is worse",
    Direction.NEITHER: "no better or worse end",
}
_WORDINGS = {
    Wording.FULL: "full wording",
    Wording.OWN_WORDS: "our own words",
    Wording.LABELS: "labels only",
    Wording.SUPPLIED: "text supplied by the licensee",
}
_PROXIES = {
    Proxy.MARKED: "another person's answers are a series of their own, marked as such",
    Proxy.APART: "another person's answers are kept apart and never read as a self-report",
    Proxy.REFUSED: "nobody else can answer",
}


def render() -> str:
    """The whole page as Markdown."""
    newest = catalogue()
    rows = [
        (
            f"[{definition.title}](#{_anchor(definition)})",
            f"`{definition.key}`",
            str(len(definition.required)),
            _DIRECTIONS[definition.direction],
            _WORDINGS[definition.licence.wording],
        )
        for definition in newest
    ]
    parts = [INTRODUCTION, *_table(("instrument", "key", "items", "direction", "text"), rows)]
    for definition in newest:
        parts.extend(_instrument(definition))
    return "\n".join(parts).rstrip() + "\n"


def _anchor(definition: Definition) -> str:
    return "".join(mark for mark in definition.title.lower() if mark.isalnum() or mark in " -").replace(
        " ", "-"
    )


def _instrument(definition: Definition) -> Iterator[str]:
    yield f"## {definition.title}\n"
    yield from _identity(definition)
    yield "### Items\n"
    yield from _table(("item", "domain", "codes", "name", "remarks"), _items(definition))
    yield from _scores(definition)
    yield f"Missing answers: {definition.missing.rule} Source: {definition.missing.source}.\n"
    yield from _meaning(definition)


def _identity(definition: Definition) -> Iterator[str]:
    licence = definition.licence
    yield f"- Key `{definition.key}`, version {definition.version}{_older(definition)}"
    yield f"- Sources: {'; '.join(definition.sources)}"
    yield f"- Owner: {licence.owner}. Terms: {licence.terms}. Shown: {_WORDINGS[licence.wording]}."
    if licence.credit:
        yield f"- Credit: {licence.credit}"
    if licence.supplied:
        yield f"- The licensee supplies: {', '.join(licence.supplied)}"
    yield f"- Asks about: {definition.recall}; {_DIRECTIONS[definition.direction]}"
    yield (
        f"- About the {definition.subject}; answered by {', '.join(definition.respondents)};"
        f" {_PROXIES[definition.proxy]}"
    )
    if definition.audience is Audience.RESTRICTED:
        yield "- Read only by whoever answered and the site's clinicians"
    yield ""


def _older(definition: Definition) -> str:
    older = [version for version in versions(definition.key) if version.version != definition.version]
    return "".join(f"; {version.version} is {'retired' if version.retired else 'older'}" for version in older)


def _items(definition: Definition) -> Iterator[Sequence[str]]:
    """A row for each item; items without a text of their own share one where they follow each other."""
    labels = {domain.key: domain.label for domain in definition.domains}
    for (domain, codes, remarks, label), run in groupby(definition.items, partial(_row, definition)):
        keys = [f"`{item.key}`" for item in run]
        names = keys[0] if len(keys) == 1 else f"{keys[0]} to {keys[-1]}"
        yield names, labels.get(domain, ""), codes, label, remarks


def _row(definition: Definition, item: Item) -> tuple[str, str, str, str]:
    unnamed = definition.licence.wording is Wording.SUPPLIED and item.label.split()[-1].isdigit()
    return item.domain, permitted_codes(item), "; ".join(_remarks(item)), "" if unnamed else item.label


def _remarks(item: Item) -> Iterator[str]:
    if item.slot:
        yield f"one form of `{item.slot}`"
    if item.reversed:
        yield "reversed"
    if item.values:
        yield f"counts {', '.join(f'{value:g}' for value in item.values)}"
    if item.optional:
        yield "optional"
    if item.safety_from is not None:
        yield f"from {item.safety_from} a clinician sees it at once, also in an incomplete form"
    if item.audience is Audience.RESTRICTED:
        yield "restricted audience"
    if item.other_units:
        yield f"guarded against {' and '.join(item.other_units)}"


def _scores(definition: Definition) -> Iterator[str]:
    if not definition.scores:
        yield "Scores: none without the licensee's key.\n"
        return
    yield "### Scores\n"
    rows = [
        (
            f"`{rule.key}`",
            rule.label,
            _formula(rule),
            "" if rule.low is None else f"{rule.low:g} to {rule.high:g}",
            _DIRECTIONS[rule.direction],
            _needed(rule),
        )
        for rule in definition.scores
    ]
    yield from _table(("score", "name", "formula", "range", "direction", "needs"), rows)
    notes = [f"- `{rule.key}`: {rule.note}" for rule in definition.scores if rule.note]
    yield from (*notes, "") if notes else ()


def _formula(rule: ScoreRule) -> str:
    if rule.kind is Kind.TABLE:
        return f"table over `{rule.of[0]}`"
    factor = "" if rule.factor == 1 else f"{rule.factor:g} × "
    offset = "" if not rule.offset else f" {'+' if rule.offset > 0 else '−'} {abs(rule.offset):g}"
    return f"{factor}{rule.kind} of {_named(rule.of)}{offset}"


def _named(places: Sequence[str]) -> str:
    shown = places if len(places) <= 6 else (*places[:2], "…", places[-1])
    return ", ".join("…" if place == "…" else f"`{place}`" for place in shown)


def _needed(rule: ScoreRule) -> str:
    if rule.kind is Kind.TABLE or len(rule.of) == 1:
        return ""
    return f"{rule.min_answered or len(rule.of)} of {len(rule.of)}"


def _meaning(definition: Definition) -> Iterator[str]:
    if definition.bands:
        yield "### Bands\n"
        rows = [
            (f"`{band.score}`", band.scale, band.label, _limits(band), band.source)
            for band in definition.bands
        ]
        yield from _table(("score", "scale", "band", "range", "source"), rows)
    if definition.changes:
        yield "### Meaningful change\n"
        changes = [
            (f"`{change.score}`", f"{change.amount:g}", change.meaning, change.source)
            for change in definition.changes
        ]
        yield from _table(("score", "change", "meaning", "source"), changes)


def _limits(band: Band) -> str:
    low = "" if band.low is None else f"from {band.low:g}"
    below = "" if band.below is None else f"below {band.below:g}"
    return " ".join(filter(None, (low, below)))


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    lines = [f"| {' | '.join(row)} |" for row in (head, ["---"] * len(head), *rows)]
    return [*lines, ""]
