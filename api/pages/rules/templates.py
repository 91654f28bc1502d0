"""The templates of all that a flag can say: of rules, of silence, of what is told beside the rules."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from string import Formatter

from api.pages.rules import threshold_names
from scoring.decline import NOT_EVALUATED, QUARANTINED, Numbers, Status, wording
from scoring.decline.evaluation import UNREAD
from scoring.decline.rules import BY_ID
from scoring.decline.silence import CLEARS_WHEN, HEADLINE, RULE, SINCE_ENROLMENT, SINCE_REPORT
from scoring.decline.wording import OF_A_LIMIT, Told
from services.reports.safety import sentences
from services.reports.safety.answers import Concern

LACKING = {
    "all": "the {left} items other than {items}, which most reports leave unanswered",
    "without_cutting": (
        "the {left} items other than {items}, which most reports leave unanswered, and cutting food, because"
        " the form of that item changed (5a/5b)"
    ),
    "without_support": (
        "the {left} items other than {items}, which most reports leave unanswered, and breathing support,"
        " because the support changed"
    ),
    "without_both": (
        "the {left} items other than {items}, which most reports leave unanswered, and cutting food and"
        " breathing support, because both changed"
    ),
}
"""What a comparison is made on where most reports lack some items."""

WORDS: Mapping[str, Mapping[str, str]] = {
    **wording.WORDS,
    **sentences.WORDS,
    "direction": {"ahead": "ahead", "behind": "behind"},
}
"""For a number's name and code, the words of a sentence."""
SHORT_WORDS: Mapping[str, Mapping[str, str]] = {**WORDS, **wording.SHORT}
"""The same, shorter, for a headline."""
TITLES: Mapping[str, str] = {
    **{rule.id: rule.text.title for rule in BY_ID.values()},
    RULE: "No report",
    NOT_EVALUATED: "A report that could not be evaluated",
    QUARANTINED: "A form that is kept aside",
    **{f"{what}_refused": "An answer in a form that was refused" for what in Concern},
    **{f"{what}_quarantined": "An answer in a form that is kept aside" for what in Concern},
}
"""What the rules are called, and what is told beside them."""
NUMBERS = tuple(
    sorted(
        {
            name
            for rule in BY_ID.values()
            for text in (rule.text.headline, rule.text.template, rule.text.clears_when)
            for _, name, _, _ in Formatter().parse(text)
            if name
        }
    )
)
"""The numbers that a sentence of a rule names."""
LATE, MORE = sentences.LATE, sentences.MORE


def of_flag(rule: str, numbers: Numbers, status: str) -> tuple[Told, tuple[str, str]] | None:
    """Return the templates for a flag, and what is added to headline and sentence; None of an unknown rule.

    Args:
        rule: its name.
        numbers: of the flag.
        status: how it stands.
    """
    known = BY_ID.get(rule)
    if known is not None:
        told = Told(known.text.headline, known.text.template, known.text.clears_when)
        of_limit = known.topic in OF_A_LIMIT
        if status == Status.CLEARING:
            short = wording.BELOW_HEADLINE if of_limit else wording.CLEARING_HEADLINE
            return told, (short, wording.CLEARING)
        if status == Status.HOLDS and of_limit:
            return told, (wording.BELOW_HEADLINE, wording.BELOW)
        return told, ("", "")
    if rule == RULE:
        sentence = SINCE_ENROLMENT if "enrolled_on" in numbers else SINCE_REPORT
        return Told(HEADLINE, sentence, CLEARS_WHEN), ("", "")
    found = UNREAD if rule == NOT_EVALUATED else sentences.templates_of(rule, numbers)
    return None if found is None else (found, ("", ""))


def every() -> Iterator[tuple[str | None, str]]:
    """Every text that a catalogue has to have: the kind of word it is, None of a template; and the text."""
    for rule in BY_ID.values():
        yield from ((None, text) for text in (rule.text.headline, rule.text.template, rule.text.clears_when))
    for told in (UNREAD, *sentences.TEMPLATES.values(), *sentences.UNNAMED_TEMPLATES.values()):
        yield from ((None, text) for text in told)
    yield from (("title", title) for title in TITLES.values())
    yield from (("family", family) for family in threshold_names.FAMILIES.values())
    yield from (("threshold", threshold) for threshold in threshold_names.NAMES.values())
    yield from (("number", name.replace("_", " ")) for name in NUMBERS)
    own = (HEADLINE, SINCE_REPORT, SINCE_ENROLMENT, CLEARS_WHEN)
    added = (wording.BELOW, wording.BELOW_HEADLINE, wording.CLEARING, wording.CLEARING_HEADLINE)
    for text in (*own, *added, LATE, MORE, *LACKING.values()):
        yield None, text
    for tables in (WORDS, SHORT_WORDS, {"item": wording.ITEM_WORDS}):
        for kind, table in tables.items():
            yield from ((kind, word) for word in table.values())
