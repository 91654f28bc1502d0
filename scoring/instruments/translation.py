"""Texts of one version of an instrument in another language: a layer over the definition, never a version.

A translation changes what is read and nothing that is counted: items, codes, scores and rules stay those of
the definition. It is whole or it is refused, so that nobody is asked in two languages at once.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from scoring.instruments.checks.mistakes import InvalidDefinition
from scoring.instruments.checks.schema import TRANSLATION
from scoring.instruments.checks.shape import shape_problems
from scoring.instruments.definition import Definition, Item
from scoring.instruments.document import read
from scoring.problems import Problem, pointer_to


@dataclass(frozen=True, slots=True)
class ItemTexts:
    """What is read of one item; `options` by code."""

    label: str
    text: str = ""
    stem: str = ""
    options: Mapping[int, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Translation:
    """The texts of one version in one language.

    Attributes:
        locale: BCP 47 tag, such as `pt-BR`.
        domains: labels by key.
        items: texts by the item's key.
        scores: labels by key.
        credit: who translated it, where that has to stand beside the text.
    """

    locale: str
    title: str
    recall: str
    items: Mapping[str, ItemTexts]
    domains: Mapping[str, str] = field(default_factory=dict)
    scores: Mapping[str, str] = field(default_factory=dict)
    instruction: str = ""
    credit: str = ""


def load(definition: Definition, document: object) -> Translation:
    """Return a translation of the definition from its written form.

    Raises:
        InvalidDefinition: with every mistake there is: what is missing, what the definition does not have.
    """
    problems = list(shape_problems(document, TRANSLATION))
    if problems or not isinstance(document, Mapping):
        raise InvalidDefinition(problems)
    items = {key: read(ItemTexts, texts) for key, texts in document["items"].items()}
    translation = replace(read(Translation, {**document, "items": {}}), items=items)
    problems = list(_unfitting(definition, translation))
    if problems:
        raise InvalidDefinition(problems)
    return translation


def translated(definition: Definition, translation: Translation) -> Definition:
    """Return the definition with the texts of the translation; what is counted is the same."""
    licence = definition.licence
    if translation.credit:
        licence = replace(licence, credit=" ".join(filter(None, (licence.credit, translation.credit))))
    return replace(
        definition,
        locale=translation.locale,
        title=translation.title,
        recall=translation.recall,
        instruction=translation.instruction,
        licence=licence,
        domains=tuple(
            replace(domain, label=translation.domains[domain.key]) for domain in definition.domains
        ),
        items=tuple(_item(item, translation.items[item.key]) for item in definition.items),
        scores=tuple(replace(score, label=translation.scores[score.key]) for score in definition.scores),
    )


def _item(item: Item, texts: ItemTexts) -> Item:
    return replace(item, label=texts.label, text=texts.text, stem=texts.stem, options=dict(texts.options))


def _unfitting(definition: Definition, translation: Translation) -> Iterator[Problem]:
    if bool(definition.instruction) != bool(translation.instruction):
        yield _missing_or_unknown("/instruction", missing=bool(definition.instruction))
    labels = {
        "domains": ({domain.key for domain in definition.domains}, translation.domains),
        "items": (set(definition.by_key), translation.items),
        "scores": ({score.key for score in definition.scores}, translation.scores),
    }
    for name, (wanted, given) in labels.items():
        for key in sorted(wanted ^ set(given)):
            yield _missing_or_unknown(pointer_to(name, key), missing=key in wanted)
    for key in sorted(set(definition.by_key) & set(translation.items)):
        yield from _unfitting_item(definition.by_key[key], translation.items[key])


def _unfitting_item(item: Item, texts: ItemTexts) -> Iterator[Problem]:
    for name in ("text", "stem"):
        original, given = getattr(item, name), getattr(texts, name)
        if bool(original) != bool(given):
            yield _missing_or_unknown(pointer_to("items", item.key, name), missing=bool(original))
    for code in sorted(set(item.options) ^ set(texts.options)):
        pointer = pointer_to("items", item.key, "options", str(code))
        yield _missing_or_unknown(pointer, missing=code in item.options)


def _missing_or_unknown(pointer: str, *, missing: bool) -> Problem:
    if missing:
        return Problem(pointer, "not_translated", "the definition has a text here")
    return Problem(pointer, "no_such_text", "the definition has no text here")
