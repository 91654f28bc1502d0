"""What an instrument is, as data: items, scores, missing rule, bands, meaningful change, licence.

Nothing here computes a score; `answers` validates, `engine` scores and `interpretation` reads the bands. The
shipped instruments are in `definitions/`, one file each, with the fields always in this order; a site's own
are read by `site_definition` from the form that `document` writes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from scoring.instruments.document import DEFAULT_LOCALE, document
from scoring.instruments.terms import Audience, Direction, Kind, Proxy, Respondent, Wording


@dataclass(frozen=True, slots=True)
class Licence:
    """Whose the instrument is, and what follows for its text.

    Attributes:
        credit: the line that has to stand beside the text, where there is one.
        supplied: what a licensee brings before the instrument can be used in full.
    """

    owner: str
    terms: str
    wording: Wording
    credit: str = ""
    supplied: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Domain:
    """A part of the instrument."""

    key: str
    label: str


@dataclass(frozen=True, slots=True)
class Item:
    """One question.

    Attributes:
        codes: permitted codes.
        text: the instrument's wording, only where the licence allows it.
        stem: what stands above a group of items in the instrument, repeated with each of them.
        options: texts of the codes.
        reversed: whether lowest and highest code change places before scoring.
        values: what each code counts in a score, in the order of the codes; empty when it counts as itself.
        slot: items with the same slot are alternatives, of which one is answered; scores name the slot.
        optional: not part of completeness.
        safety_from: a code from which the answer is shown to a clinician at once, whatever the total.
        other_units: units the number may have been given in by mistake, each in units of this item.
    """

    key: str
    domain: str
    codes: range
    label: str
    text: str = ""
    stem: str = ""
    options: Mapping[int, str] = field(default_factory=dict)
    reversed: bool = False
    values: tuple[float, ...] = ()
    slot: str = ""
    optional: bool = False
    safety_from: int | None = None
    audience: Audience = Audience.USUAL
    unit: str = ""
    other_units: Mapping[str, float] = field(default_factory=dict)

    @property
    def place(self) -> str:
        """What scores and missing lists call it: the slot, or its own key."""
        return self.slot or self.key

    def counts(self) -> Mapping[int, float] | None:
        """What each code counts in a score; None when it counts as itself."""
        if self.values:
            return dict(zip(self.codes, self.values, strict=True))
        ends = self.codes[0] + self.codes[-1]
        return {code: ends - code for code in self.codes} if self.reversed else None


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a look-up table: the score looked up, its value, and the value's standard error."""

    raw: int | str
    value: float
    standard_error: float | None = None


@dataclass(frozen=True)
class ScoreRule:
    """How one score is formed.

    A sum is factor * sum + offset, a mean factor * mean + offset, over what the codes count.

    Attributes:
        of: items (or slots) it reads; for a table, the one score it looks up.
        low: the lowest value that can be reached.
        high: the highest; both None for a profile.
        min_answered: fewest answered items for a value; 0 means all. A mean is then the mean of those
            answered, a sum is scaled up to all items.
        decimals: with how many it is shown.
        whole_for_bands: bands are read from the value rounded half up.
    """

    key: str
    label: str
    kind: Kind
    of: tuple[str, ...]
    low: float | None
    high: float | None
    direction: Direction
    factor: float = 1
    offset: float = 0
    min_answered: int = 0
    decimals: int = 0
    whole_for_bands: bool = False
    table: tuple[Row, ...] = ()
    note: str = ""

    @cached_property
    def rows(self) -> Mapping[float | str, Row]:
        """The table by the score looked up."""
        return {row.raw: row for row in self.table}


@dataclass(frozen=True, slots=True)
class Missing:
    """What happens to missing answers, in words, with its source.

    Attributes:
        at_most: with more missing than this nothing is scored; None when each score decides for itself.
    """

    rule: str
    source: str
    at_most: int | None = None


@dataclass(frozen=True, slots=True)
class Band:
    """A named range of a score, from `low` on and below `below`; None is the end of the scale.

    Bands of one score and one scale follow each other without overlap. A band says what others called the
    range; it changes no number, and is no diagnosis.
    """

    score: str
    scale: str
    name: str
    label: str
    low: float | None
    below: float | None
    source: str


@dataclass(frozen=True, slots=True)
class Change:
    """A difference that a source calls meaningful; shown, never applied."""

    score: str
    amount: float
    meaning: str
    source: str


@dataclass(frozen=True)
class Definition:
    """One version of an instrument.

    Attributes:
        title: what people call it.
        sources: where the scale and its scoring were published.
        direction: of the main score.
        recall: the time the questions ask about.
        instruction: what stands above the items, only where the licence allows it.
        subject: whom the answers are about.
        respondents: who may answer.
        main: key of the score called the total; "" where there is none.
        retired: no longer sent to phones; reports in it are still accepted and scored by its own rules.
        locale: BCP 47 tag of the language of the texts.
    """

    key: str
    version: str
    title: str
    sources: tuple[str, ...]
    licence: Licence
    direction: Direction
    recall: str
    subject: Respondent
    respondents: tuple[Respondent, ...]
    proxy: Proxy
    domains: tuple[Domain, ...]
    items: tuple[Item, ...]
    scores: tuple[ScoreRule, ...]
    main: str
    missing: Missing
    bands: tuple[Band, ...] = ()
    changes: tuple[Change, ...] = ()
    instruction: str = ""
    audience: Audience = Audience.USUAL
    retired: bool = False
    locale: str = DEFAULT_LOCALE

    @cached_property
    def by_key(self) -> Mapping[str, Item]:
        """The items by their key, in order."""
        return {item.key: item for item in self.items}

    @cached_property
    def places(self) -> Mapping[str, str]:
        """The place each item fills."""
        return {item.key: item.place for item in self.items}

    @cached_property
    def alternatives(self) -> Mapping[str, tuple[str, ...]]:
        """Slots that more than one item can fill, with those items."""
        slots: dict[str, tuple[str, ...]] = {}
        for item in self.items:
            slots[item.place] = (*slots.get(item.place, ()), item.key)
        return {slot: keys for slot, keys in slots.items() if len(keys) > 1}

    @cached_property
    def required(self) -> tuple[str, ...]:
        """Places that have to be filled for a complete report, in order."""
        return tuple(dict.fromkeys(item.place for item in self.items if not item.optional))

    @cached_property
    def counts(self) -> Mapping[str, Mapping[int, float]]:
        """Items whose codes count otherwise than as themselves, with what they count."""
        return {item.key: counts for item in self.items if (counts := item.counts()) is not None}

    def rule(self, key: str) -> ScoreRule:
        """The rule of one score."""
        return next(rule for rule in self.scores if rule.key == key)

    def items_of(self, key: str) -> frozenset[str]:
        """The items and slots that a score is formed from, also through the score that a table looks up."""
        rule = self.rule(key)
        if rule.kind is not Kind.TABLE:
            return frozenset(rule.of)
        return frozenset[str]().union(*(self.items_of(score) for score in rule.of))

    def as_dict(self) -> dict[str, Any]:
        """JSON-ready and in a fixed order."""
        return {"locale": self.locale, **document(self)}
