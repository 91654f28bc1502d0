"""A flag in words of the reader's language, put together from its rule, its numbers and how it stands.

English is what is stored; days in it are written as people do. In other languages the same templates are
filled from catalogues of their own, `languages/`; what they do not know is told in English.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from gettext import NullTranslations
from pathlib import Path
from string import Formatter
from typing import Any

from babel import Locale, lists
from flask import g

from api.pages import formats, texts
from api.pages.rules import templates, threshold_names
from models.alerts.alert import Condition, State
from models.alerts.worklists import WorklistLine
from scoring.decline import Status, Topic, wording
from scoring.decline.wording import Told
from services import languages
from services.alerts import worklist


class _Unknown(NullTranslations):
    """What a catalogue does not have: the flag is told in English, not in two languages at once."""

    def gettext(self, message: str) -> str:
        """Say that there is no such text."""
        raise KeyError(message)

    def pgettext(self, context: str, message: str) -> str:
        """Say that there is no such text."""
        raise KeyError(context, message)


def _catalogues() -> dict[str, NullTranslations]:
    found = languages.catalogues(Path(__file__).parent / "languages")
    for catalogue in found.values():
        catalogue.add_fallback(_Unknown())
    return found


CATALOGUES = _catalogues()
_DAY = re.compile(r"\b\d{4}-\d{2}-\d{2}\b")
_DECIMALS = re.compile(r"\.(\d)f")


class _Filling(Formatter):
    """Fills a template: decimals as the language writes them, and `{days:día|días}` by the number."""

    def format_field(self, value: Any, format_spec: str) -> Any:
        """Return a value as its field asks for it."""
        if "|" in format_spec:
            forms = format_spec.split("|")
            return forms[0] if _plural(value) == "one" else forms[-1]
        decimals = _DECIMALS.fullmatch(format_spec)
        if decimals:
            return formats.number(float(value), int(decimals.group(1)))
        if format_spec == "g":
            return formats.short_number(float(value))
        return str(value)


_FILLING = _Filling()


def told(flag: Mapping[str, Any], *, standing: bool = True) -> Told:
    """Return headline, sentence and what clears it, of a flag as it is stored.

    Args:
        flag: as it is stored.
        standing: whether it still stands; where it does not, nothing is said of what ends it.
    """
    flag = flag if standing else _as_it_was(flag)
    stored = Told(*(str(flag.get(name, "")) for name in ("headline", "sentence", "clears_when")))
    language = texts.language()
    if language == languages.ENGLISH:
        return Told(*map(with_days, stored))
    found = _put_together(flag)
    return Told(*map(with_days, stored)) if found is None else found


def _as_it_was(flag: Mapping[str, Any]) -> Mapping[str, Any]:
    """The flag without what the latest report said of it while it stood."""
    headline, sentence = str(flag.get("headline", "")), str(flag.get("sentence", ""))
    for added in (wording.CLEARING_HEADLINE, wording.BELOW_HEADLINE):
        headline = headline.removesuffix(added)
    for added in (wording.CLEARING, wording.BELOW):
        sentence = sentence.removesuffix(added)
    return {**flag, "status": Status.MET, "headline": headline, "sentence": sentence}


def headline(flag: Mapping[str, Any]) -> str:
    """Return the headline of a flag."""
    return told(flag).headline


def title(rule: str) -> str:
    """Return what a rule is called; its name where it is not known."""
    known = templates.TITLES.get(rule)
    if known is None:
        return rule.replace("_", " ")
    return known if texts.language() == languages.ENGLISH else _translated("title", known)


def threshold(field: str) -> str:
    """Return what a threshold is called, by its family and name."""
    return _named("threshold", threshold_names.NAMES.get(field), field)


def family(name: str) -> str:
    """Return what a family of thresholds is called."""
    return _named("family", threshold_names.FAMILIES.get(name), name)


def _named(kind: str, known: str | None, stored: str) -> str:
    if known is None:
        return stored.replace("_", " ").replace(".", ": ")
    return known if texts.language() == languages.ENGLISH else _translated(kind, known)


def rows(numbers: Mapping[str, Any]) -> list[tuple[str, Any]]:
    """Return the numbers behind a flag with what they are called; in other languages those of a sentence."""
    if texts.language() == languages.ENGLISH:
        return [(name.replace("_", " "), value) for name, value in numbers.items()]
    wanted = {name: value for name, value in numbers.items() if name in templates.NUMBERS}
    try:
        said = _said(wanted, templates.WORDS)
    except (KeyError, ValueError, TypeError):
        return []
    return [(_translated("number", name.replace("_", " ")), value) for name, value in said.items()]


def prepare(lines: Iterable[WorklistLine]) -> None:
    """Read at once what the words of these alerts are put together from, where they are not in English."""
    if texts.language() != languages.ENGLISH:
        g.flags = {**g.get("flags", {}), **worklist.flags_of(lines)}


def tell_presently(lines: Iterable[WorklistLine], flags: Iterable[Mapping[str, Any]]) -> None:
    """Have alerts of one patient speak of the newest evaluation, as the rest of the page does.

    A list keeps the words of the last time when there was news; `flags` has the present numbers of the same
    topics, for what still holds.
    """
    by_topic = {flag["topic"]: flag for flag in flags}
    standing = (line for line in lines if line.condition is Condition.HOLDS and line.topic != Topic.SILENCE)
    g.presently = {line.id: by_topic[line.topic] for line in standing if line.topic in by_topic}


def stands(line: WorklistLine) -> bool:
    """Return whether it is so by the reports, and nobody has ended it."""
    return line.condition is Condition.HOLDS and line.state is not State.ENDED


def of_line(line: WorklistLine) -> Told:
    """Return the words of an alert that stands in a list; those of several are read by `prepare`."""
    presently = g.get("presently", {}).get(line.id)
    if presently is not None and line.state is not State.ENDED:
        return told(presently)
    if texts.language() != languages.ENGLISH and line.id not in g.get("flags", {}):
        prepare([line])
    known = g.get("flags", {}).get(line.id, {})
    return told({**known, "headline": line.headline, "sentence": line.sentence}, standing=stands(line))


def with_days(text: str) -> str:
    """Return a text in which days are written as people do."""
    return _DAY.sub(lambda found: _day(found.group()), text)


def _put_together(flag: Mapping[str, Any]) -> Told | None:
    """The words in the reader's language; None where one of them is not known."""
    numbers = flag.get("numbers")
    if not isinstance(numbers, Mapping):
        return None
    try:
        found = templates.of_flag(str(flag.get("rule", "")), numbers, str(flag.get("status", "")))
        if found is None:
            return None
        (short, long, clears_when), (of_headline, of_sentence) = found
        said = _said(numbers, templates.WORDS)
        return Told(
            _filled(short, _said(numbers, templates.SHORT_WORDS)) + _filled(of_headline, said),
            _filled(long, said) + _filled(of_sentence, said),
            _filled(clears_when, said),
        )
    except (KeyError, ValueError, TypeError):  # stored by a version of the rule with other numbers
        return None


def _filled(template: str, said: Mapping[str, Any]) -> str:
    if not template:
        return ""
    parts = (template,) if not template.endswith((templates.LATE, templates.MORE)) else _parts(template)
    return "".join(_FILLING.vformat(_translated(None, part), (), said) for part in parts)


def _parts(template: str) -> list[str]:
    """A sentence and what is said after it, each of which is a text of its own."""
    for end in (templates.MORE, templates.LATE):
        if template.endswith(end):
            return [*_parts(template.removesuffix(end)), end]
    return [template]


def _said(numbers: Mapping[str, Any], words: Mapping[str, Mapping[str, str]]) -> dict[str, Any]:
    said: dict[str, Any] = {}
    for name, value in numbers.items():
        table = words.get(name, {})
        if name in _LISTS:
            said[name] = _LISTS[name](str(value))
        elif str(value) in table:
            said[name] = _translated(name, table[str(value)])
        elif name.endswith("_on") and isinstance(value, str):
            said[name] = _day(value)
        else:
            said[name] = value
    return said


def _translated(kind: str | None, text: str) -> str:
    catalogue = CATALOGUES[texts.language()]
    return catalogue.gettext(text) if kind is None else catalogue.pgettext(kind, text)


def _compared_on(code: str) -> str:
    changed, _colon, lacking = code.partition(":")
    if not lacking:
        return _translated("compared_on", wording.WORDS["compared_on"][changed])
    left = len(wording.ITEM_WORDS) - len(lacking.split(",")) - wording.LEFT_OUT_BY[changed]
    said = {"left": left, "items": _items(lacking)}
    return _FILLING.vformat(_translated(None, templates.LACKING[changed]), (), said)


def _items(codes: str) -> str:
    named = [_translated("item", wording.ITEM_WORDS[code]) for code in codes.split(",")]
    return str(lists.format_list(named, locale=texts.language()))


_LISTS: Mapping[str, Callable[[str], str]] = {"compared_on": _compared_on, "unanswered": _items}


def _day(text: str) -> str:
    try:
        return formats.full_day(date.fromisoformat(text))
    except ValueError:
        return text


def _plural(value: Any) -> str:
    return str(Locale.parse(texts.language()).plural_form(float(value)))
