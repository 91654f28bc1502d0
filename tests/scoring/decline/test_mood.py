"""Mood totals and item 9 of the PHQ-9."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from scoring.decline import Kind, Level, Policy, Profile, Report, Topic, evaluate
from tests.scoring.decline.histories import START, days, make_report, rules_after


def phq_9(total: int, *, item_9: int = 0, **other: object) -> object:
    answers = spread("phq", 8, total - item_9)
    return make_report("phq_9", {**answers, "phq_9": item_9}, **other)


def spread(prefix: str, items: int, total: int, highest: int = 3) -> dict[str, int]:
    """Answers to so many items that add up to the total."""
    codes = [min(highest, max(0, total - highest * place)) for place in range(items)]
    assert sum(codes) == total
    return {f"{prefix}_{place + 1}": code for place, code in enumerate(codes)}


def gad_7(total: int, **other: object) -> object:
    return make_report("gad_7", spread("gad", 7, total), **other)


def who_5(raw: int, **other: object) -> object:
    keys = ("cheerful", "calm", "active", "rested", "interested")
    codes = list(spread("x", 5, raw, 5).values())
    return make_report("who_5", dict(zip(keys, codes, strict=True)), **other)


@pytest.mark.parametrize(
    ("total", "level"), [(9, None), (10, "inform"), (14, "inform"), (15, "soon"), (24, "soon")]
)
def test_phq_9_total(total: int, level: str | None) -> None:
    assert rules_after(phq_9(total)).get("phq_9_total") == level


@pytest.mark.parametrize(("total", "level"), [(9, None), (10, "inform"), (14, "inform"), (15, "soon")])
def test_gad_7_total(total: int, level: str | None) -> None:
    assert rules_after(gad_7(total)).get("gad_7_total") == level


@pytest.mark.parametrize(
    ("raw", "level"), [(7, "soon"), (8, "inform"), (12, "inform"), (13, None), (0, "soon")]
)
def test_who_5_is_worse_when_lower(raw: int, level: str | None) -> None:
    assert rules_after(who_5(raw)).get("who_5_index") == level


@pytest.mark.parametrize(
    ("report", "numbers"),
    [
        (phq_9(12), {"total": 12, "limit": 10}),
        (gad_7(15), {"total": 15, "limit": 10}),
        (who_5(6), {"total": 24, "limit": 50}),
        (phq_9(2, item_9=2), {"code": 2, "respondent": "patient", "answered_on": "2026-01-05"}),
        (
            phq_9(2, item_9=1, respondent="caregiver"),
            {"code": 1, "respondent": "caregiver", "answered_on": "2026-01-05"},
        ),
    ],
)
def test_a_mood_flag_names_its_report_and_its_numbers(report: Report, numbers: dict[str, object]) -> None:
    (flag,) = evaluate([report], Profile(), Policy()).flags
    assert (flag.evidence, flag.numbers) == ((report.id,), numbers)


@pytest.mark.parametrize(("raw", "level"), [(8, None), (9, "inform"), (12, "inform"), (13, "soon")])
def test_a_prorated_total_is_rounded_half_up_before_it_is_compared(raw: int, level: str | None) -> None:
    """Eight of nine answered: 13 becomes 14.625, hence 15."""
    assert rules_after(make_report("phq_9", spread("phq", 8, raw))).get("phq_9_total") == level


def test_a_total_that_cannot_be_formed_says_nothing() -> None:
    assert rules_after(make_report("phq_9", {"phq_1": 3, "phq_2": 3})) == {}


@pytest.mark.parametrize("by", [{"respondent": "caregiver"}, {"mode": "proxy"}])
def test_a_proxys_totals_are_no_measure_of_mood(by: dict[str, str]) -> None:
    assert rules_after(phq_9(20, **by), gad_7(20, **by), who_5(0, **by)) == {}


def test_an_incomplete_who_5_has_no_index() -> None:
    assert rules_after(make_report("who_5", {"cheerful": 0, "calm": 0})) == {}


@pytest.mark.parametrize(("raw", "level"), [(13, None), (12, "inform")])
def test_an_index_at_the_limit_is_not_below_it(raw: int, level: str | None) -> None:
    """The index moves in steps of 4, so that only another limit than 50 can be met exactly."""
    policy = Policy.from_mapping({"limits": {"mood": {"who_5_inform": 52}}})
    assert rules_after(who_5(raw), policy=policy).get("who_5_index") == level
    recovered = [who_5(raw, day=day) for raw, day in zip((5, 13, 13), days(0, 28, 56), strict=True)]
    assert rules_after(*recovered, policy=policy) == {}


@pytest.mark.parametrize("code", [1, 2, 3])
def test_item_9_is_urgent_whatever_the_total(code: int) -> None:
    (flag,) = evaluate([phq_9(code, item_9=code)], Profile(), Policy()).flags
    assert (flag.topic, flag.level, flag.rule) == (Topic.SELF_HARM, Level.URGENT, "self_harm")
    assert flag.restricted
    assert flag.kind is Kind.EVENT
    assert "thoughts of being better off dead or of self-harm reported" in flag.sentence.lower()


def test_item_9_is_read_from_an_incomplete_form() -> None:
    assert rules_after(make_report("phq_9", {"phq_9": 1})) == {"self_harm": "urgent"}


@pytest.mark.parametrize("answers", [{"phq_9": 0}, {"phq_1": 1}])
def test_item_9_of_zero_or_missing_raises_nothing(answers: dict[str, int]) -> None:
    assert rules_after(make_report("phq_9", answers)) == {}


@pytest.mark.parametrize("by", [{"respondent": "caregiver"}, {"mode": "proxy"}])
def test_item_9_by_proxy_is_a_carers_concern_and_urgent(by: dict[str, str]) -> None:
    rules = rules_after(phq_9(20, item_9=2, **by))
    assert rules == {"self_harm_concern": "urgent"}


def test_an_interview_counts_as_the_patients_own_answers() -> None:
    report = phq_9(20, item_9=1, respondent="clinician", mode="phone")
    assert rules_after(report) == {"self_harm": "urgent", "phq_9_total": "soon"}


def test_item_9_never_clears_by_itself() -> None:
    reports = [phq_9(1, item_9=1, day=START), *(phq_9(0, day=day) for day in days(28, 56, 84, 400))]
    assert rules_after(*reports) == {"self_harm": "urgent"}


def test_item_9_is_not_undone_by_another_form_of_the_same_day() -> None:
    reports = (phq_9(1, item_9=1, hour=8), phq_9(0, hour=9))
    assert rules_after(*reports) == {"self_harm": "urgent"}


def test_each_time_item_9_is_reported_is_an_episode_of_its_own() -> None:
    first, second, third = days(0, 28, 56)
    reports = [phq_9(1, item_9=1, day=first), phq_9(0, day=second), phq_9(2, item_9=1, day=third)]
    topic = evaluate(reports, Profile(), Policy()).topics[Topic.SELF_HARM]
    assert topic.raised_by == reports[2].id


def test_self_harm_never_shares_a_topic_with_what_everybody_may_read() -> None:
    evaluation = evaluate([phq_9(20, item_9=2)], Profile(), Policy())
    assert [(flag.topic, flag.restricted) for flag in evaluation.flags] == [
        (Topic.SELF_HARM, True),
        (Topic.MOOD, False),
    ]
    assert "item 9" not in evaluation.flags[1].sentence


def test_mood_clears_at_the_second_better_score_in_a_row() -> None:
    reports = [who_5(raw, day=day) for raw, day in zip((5, 14, 15), days(0, 28, 56), strict=True)]
    assert "who_5_index" in rules_after(*reports[:2])
    assert rules_after(*reports) == {}


@pytest.mark.parametrize(("later", "stands"), [(9, False), (10, True)])
def test_a_total_at_the_limit_does_not_count_towards_clearing(later: int, stands: bool) -> None:
    first, *others = days(0, 28, 56)
    for rule, totals in (
        ("phq_9_total", [phq_9(20, day=first), *(phq_9(later, day=day) for day in others)]),
        ("gad_7_total", [gad_7(20, day=first), *(gad_7(later, day=day) for day in others)]),
    ):
        assert (rule in rules_after(*totals)) is stands


def test_muting_mood_does_not_mute_item_9() -> None:
    override = {
        "reason": "in treatment",
        "starts_on": "2026-01-01",
        "ends_on": "2026-12-31",
        "mute": ["mood"],
    }
    policy = Policy.from_mapping({"overrides": [override]})
    assert rules_after(phq_9(20, item_9=1), policy=policy) == {"self_harm": "urgent"}


@pytest.mark.parametrize(("days", "level"), [(30, "urgent"), (31, "inform")])
@pytest.mark.parametrize("mode", ["clinic", "phone", "paper"])
def test_item_9_that_staff_enter_long_afterwards_informs(days: int, level: str, mode: str) -> None:
    report = phq_9(2, item_9=2)
    late = replace(report, mode=mode, received_at=report.observed_at + timedelta(days=days))
    (flag,) = evaluate([late], Profile(), Policy()).flags
    assert flag.level == level
    own = replace(late, mode="self")
    assert evaluate([own], Profile(), Policy()).flags[0].level == "urgent"
