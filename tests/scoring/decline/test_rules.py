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
MARKS = ("passes", "every_report", "lasting", "restricted", "data_query", "remark", "of_function")
TABLE = [
    # rule, topic, kind, instrument, groups of limits, marks
    ("dyspnea_at_worst", "respiratory", "state", "alsfrs_r", "function", "passes every_report of_function"),
    ("orthopnea_at_worst", "respiratory", "state", "alsfrs_r", "function", "passes every_report of_function"),
    ("orthopnea_fall", "respiratory", "state", "alsfrs_r", "function", "every_report of_function"),
    ("dyspnea_fall", "respiratory", "state", "alsfrs_r", "function", "every_report of_function"),
    ("dyspnea_low", "respiratory", "state", "alsfrs_r", "function", "passes every_report of_function"),
    ("orthopnea_low", "respiratory", "state", "alsfrs_r", "function", "passes every_report of_function"),
    (
        "breathing_first_with_bulbar",
        "respiratory",
        "event",
        "alsfrs_r",
        "function",
        "every_report of_function",
    ),
    ("breathing_first", "respiratory", "event", "alsfrs_r", "function", "every_report of_function"),
    ("fast_decline", "decline", "state", "alsfrs_r", "primary model", "passes of_function"),
    ("confirmed_drop", "decline", "state", "alsfrs_r", "confirmed_drop", "of_function"),
    ("acceleration", "acceleration", "state", "alsfrs_r", "acceleration model", "of_function"),
    ("domain_drop", "domain_decline", "state", "alsfrs_r", "domain", "of_function"),
    ("domain_slope", "domain_decline", "state", "alsfrs_r", "domain", "passes of_function"),
    ("stage_failure", "stage", "event", "alsfrs_r", "", "of_function"),
    ("kings_rise", "stage", "event", "alsfrs_r", "", "of_function"),
    ("mitos_rise", "stage", "event", "alsfrs_r", "", "of_function"),
    ("speech_level", "speech", "event", "alsfrs_r", "function", "of_function"),
    ("swallowing_level", "swallowing", "event", "alsfrs_r", "function", "of_function"),
    ("walking_level", "walking", "event", "alsfrs_r", "function", "of_function"),
    ("feeding_tube", "feeding_tube", "event", "alsfrs_r", "function", "of_function"),
    ("breathing_support", "ventilation", "event", "alsfrs_r", "function", "of_function"),
    ("self_harm", "self_harm", "event", "phq_9", "", "every_report lasting restricted"),
    ("self_harm_concern", "self_harm", "event", "phq_9", "", "every_report lasting restricted"),
    ("phq_9_total", "mood", "state", "phq_9", "mood", "passes"),
    ("gad_7_total", "mood", "state", "gad_7", "mood", "passes"),
    ("who_5_index", "mood", "state", "who_5", "mood", "passes"),
    ("weight_loss", "weight", "state", "weight", "weight", "passes"),
    ("weight_quick_loss", "weight", "state", "weight", "weight", ""),
    ("low_bmi", "weight", "state", "weight", "weight", "passes"),
    ("weight_jump", "weight_query", "state", "weight", "weight", "passes data_query"),
    ("well_being_low", "well_being", "state", "well_being", "well_being", "passes"),
    ("well_being_fall", "well_being", "state", "well_being", "well_being", ""),
    ("carer_burden", "carer_burden", "state", "zbi_12", "carer", "passes restricted"),
    ("carer_burden_rise", "carer_burden", "event", "zbi_12", "carer", "restricted"),
    ("total_rise", "data_query", "event", "alsfrs_r", "plausibility", "data_query of_function"),
    ("surprise", "data_query", "event", "alsfrs_r", "plausibility", "data_query of_function"),
    ("straight_line", "data_query", "event", "alsfrs_r", "plausibility", "data_query of_function"),
    ("too_quick", "data_query", "event", "alsfrs_r", "plausibility", "data_query remark of_function"),
    ("new_respondent", "data_query", "event", "alsfrs_r", "plausibility", "data_query remark of_function"),
    ("tube_unrecorded", "data_query", "state", "alsfrs_r", "plausibility", "passes data_query of_function"),
    ("tube_form", "data_query", "state", "alsfrs_r", "plausibility", "passes data_query of_function"),
    ("items_unanswered", "data_query", "state", "alsfrs_r", "primary", "passes data_query of_function"),
    (
        "report_after_death",
        "data_query",
        "state",
        "alsfrs_r",
        "plausibility",
        "passes data_query of_function",
    ),
]
EACH = pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)


def facts(rule: Rule) -> tuple[str, ...]:
    marks = " ".join(name for name in MARKS if getattr(rule, name))
    return (rule.id, rule.topic.value, rule.kind.value, rule.instrument, " ".join(rule.limits), marks)


def test_each_rule_is_of_the_kind_that_the_table_says() -> None:
    assert [facts(rule) for rule in RULES] == TABLE


def test_ids_are_distinct() -> None:
    assert len({rule.id for rule in RULES}) == len(RULES)


@EACH
def test_a_rule_says_where_it_comes_from_and_what_it_misses(rule: Rule) -> None:
    text = rule.text
    for part in (
        text.title,
        text.headline,
        text.formula,
        text.template,
        text.clears_when,
        rule.source,
        rule.weaknesses,
    ):
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
