"""The words of a flag: headline, sentence and what clears it, from a rule's templates and named numbers.

What is stored of a flag is its rule, the rule's version, its numbers and how it stands; the words can be put
together again from these at any time, in another language too. Numbers that stand for words are codes, and
the words for them are the tables here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple

from scoring.decline.flags import Numbers, Status, Topic
from scoring.decline.reports import WHO
from scoring.decline.rules import BY_ID

MAX_HEADLINE = 90

BULBAR = "bulbar items (speech, saliva, swallowing)"
FINE_MOTOR = "fine motor items (handwriting, cutting food, dressing)"
GROSS_MOTOR = "gross motor items (turning in bed, walking, stairs)"
CODES = {**{str(code): f"{code} of 4" for code in range(5)}, "missing": "not answered"}
SUPPORT = {
    "4": "none",
    "3": "mask ventilation some of the time",
    "2": "mask ventilation every night",
    "1": "mask ventilation day and night",
    "0": "ventilation through a tube",
}

WORDS: Mapping[str, Mapping[str, str]] = {
    "answered": {str(count): f"{count} ALSFRS-R items filled in" for count in range(12)}
    | {"12": "twelve ALSFRS-R items"},
    "respondent": WHO,
    "earlier_respondent": WHO,
    "compared_on": {
        "all": "all 12 items",
        "without_cutting": (
            "the 11 items other than cutting food, because the form of that item changed (5a/5b)"
        ),
        "without_support": "the 11 items other than breathing support, because the support changed",
        "without_both": ("the 10 items other than cutting food and breathing support, because both changed"),
    },
    "domain": {
        "bulbar": BULBAR,
        "fine_motor": FINE_MOTOR,
        "gross_motor": GROSS_MOTOR,
        "respiratory": "breathing items",
    },
    "mitos_domain": {
        "movement": "dressing and washing",
        "swallowing": "swallowing",
        "communicating": "communication by speech and writing",
        "breathing": "breathing",
    },
    "now": SUPPORT,
    "then": SUPPORT,
    "dyspnea": CODES,
    "orthopnea": CODES,
    "stage": {
        "4a": "nutritional failure (4a: gastrostomy or feeding through a tube)",
        "4b": "respiratory failure (4b: severe breathlessness or breathing support)",
    },
}
"""For a number's name and code, the words of a sentence."""

SHORT: Mapping[str, Mapping[str, str]] = {
    "answered": {str(count): f"{count} items filled in" for count in range(12)} | {"12": "twelve items"},
    "domain": {
        "bulbar": "Speech, saliva and swallowing",
        "fine_motor": "Writing, cutting and dressing",
        "gross_motor": "Turning, walking and stairs",
        "respiratory": "Breathing items",
    },
    "now": {"4": "none", "3": "mask at times", "2": "mask at night", "1": "mask day and night", "0": "tube"},
    "stage": {"4a": "4a: feeding tube", "4b": "4b: severe breathlessness or breathing support"},
}
SHORT = {**SHORT, "then": SHORT["now"]}
"""Shorter words for a headline, where there are any."""

OF_A_LIMIT = frozenset({Topic.DECLINE, Topic.ACCELERATION, Topic.DOMAIN})
"""Topics whose numbers are of the latest report; elsewhere they tell what was reported when it was met."""

BELOW = " It is now below the limit that raised it."
BELOW_HEADLINE = " (below its limit now)"
CLEARING = " The latest report no longer meets it; this sign ends with a second one like it."
CLEARING_HEADLINE = " (not in latest report)"


class Told(NamedTuple):
    """A flag in words; the headline has at most `MAX_HEADLINE` characters."""

    headline: str
    sentence: str
    clears_when: str


def tell(rule_id: str, numbers: Numbers, status: Status = Status.MET) -> Told:
    """Put a flag into words.

    Raises:
        KeyError: the rule is not known, or a number that its templates name is missing.
    """
    rule = BY_ID[rule_id]
    text = rule.text
    headline = _filled(text.headline, numbers, {**WORDS, **SHORT})
    sentence = _filled(text.template, numbers, WORDS)
    if status is Status.CLEARING:
        suffix = BELOW_HEADLINE if rule.topic in OF_A_LIMIT else CLEARING_HEADLINE
        headline, sentence = headline + suffix, sentence + CLEARING
    elif status is Status.HOLDS and rule.topic in OF_A_LIMIT:
        headline, sentence = headline + BELOW_HEADLINE, sentence + BELOW
    return Told(headline, sentence, _filled(text.clears_when, numbers, WORDS))


def _filled(template: str, numbers: Numbers, words: Mapping[str, Mapping[str, str]]) -> str:
    said = {name: words.get(name, {}).get(str(value), value) for name, value in numbers.items()}
    for name, others in LISTS.items():
        if name in said:
            said[name] = others(str(numbers[name]))
    return template.format(**said)


def compared_on(code: str) -> str:
    """The words for what a comparison is made on."""
    changed, _, lacking = code.partition(":")
    if not lacking:
        return WORDS["compared_on"][changed]
    left = len(ITEM_WORDS) - len(lacking.split(",")) - LEFT_OUT_BY[changed]
    unanswered = f"{item_list(lacking)}, which most reports leave unanswered"
    because = WORDS["compared_on"][changed].partition(" other than ")[2]
    return f"the {left} items other than {', and '.join(part for part in (unanswered, because) if part)}"


def item_list(codes: str) -> str:
    """The words for items joined by commas, as a list in a sentence."""
    *others, last = (ITEM_WORDS[code] for code in codes.split(","))
    return f"{', '.join(others)} and {last}" if others else last


ITEM_WORDS = {
    "speech": "speech",
    "salivation": "saliva",
    "swallowing": "swallowing",
    "handwriting": "handwriting",
    "cutting": "cutting food",
    "dressing_hygiene": "dressing",
    "turning_in_bed": "turning in bed",
    "walking": "walking",
    "climbing_stairs": "stairs",
    "dyspnea": "breathlessness",
    "orthopnea": "breathing when lying down",
    "respiratory_insufficiency": "breathing support",
}
LEFT_OUT_BY = {"all": 0, "without_cutting": 1, "without_support": 1, "without_both": 2}
LISTS: Mapping[str, Callable[[str], str]] = {"compared_on": compared_on, "unanswered": item_list}
"""Numbers whose codes are put together."""
