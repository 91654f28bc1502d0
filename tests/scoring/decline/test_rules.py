"""The rules as data: complete, distinct, readable, and never reassuring."""

from __future__ import annotations

import re
from string import Formatter

import pytest

from scoring.decline.fold import DAY_TOPICS
from scoring.decline.limits import Limits
from scoring.decline.rule import Rule
from scoring.decline.rules import RULES

NEVER = (
    "stable",
    "fine.",
    "no concern",
    "reassur",
    "healthy",
    "good news",
    "prognos",
    "surviv",
    "life expect",
    "suicid",
)
EACH = pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)


def test_ids_are_distinct() -> None:
    assert len({rule.id for rule in RULES}) == len(RULES)


@EACH
def test_a_rule_says_where_it_comes_from_and_what_it_misses(rule: Rule) -> None:
    text = rule.text
    for part in (text.title, text.formula, text.template, text.clears_when, rule.source, rule.weaknesses):
        assert part.strip()
    assert (
        "our choice" in rule.source.lower()
        or re.search(r"\b(19|20)\d\d\b", rule.source)
        or "banding" in rule.source
    )
    assert all(hasattr(Limits(), name) for name in rule.limits)


@EACH
def test_a_sentence_begins_with_a_capital_ends_with_a_stop_and_never_reassures(rule: Rule) -> None:
    sentence = rule.text.template
    assert sentence[0].isupper()
    assert sentence.endswith(".")
    assert not any(word in (sentence + rule.text.clears_when).lower() for word in NEVER)


@EACH
def test_every_sentence_has_its_numbers_or_stands_alone(rule: Rule) -> None:
    names = [name for _, name, _, _ in Formatter().parse(rule.text.template) if name]
    assert all(re.fullmatch(r"[a-z_0-9]+", name) for name in names)


def test_a_topic_read_again_for_a_day_is_shared_with_no_other_rule() -> None:
    for rule in RULES:
        if rule.every_report or rule.instrument != "alsfrs_r":
            assert rule.topic not in DAY_TOPICS, rule.id


def test_what_is_restricted_shares_no_topic_with_what_is_not() -> None:
    restricted = {rule.topic for rule in RULES if rule.restricted}
    assert restricted == {"self_harm", "carer_burden"}
    assert all(rule.restricted for rule in RULES if rule.topic in restricted)


def test_queries_share_no_topic_with_clinical_flags() -> None:
    queries = {rule.topic for rule in RULES if rule.data_query}
    assert all(rule.data_query for rule in RULES if rule.topic in queries)
