"""Stages of remembered reports, and the highest one, against which a rise is told."""

from __future__ import annotations

from datetime import date

import pytest

from scoring.als_staging import Stages
from scoring.decline import Policy, Profile, Topic, evaluate
from tests.scoring.decline.histories import KEYS, alsfrs, codes, days, make_report, rules_after

# King's 0 to 3 by the number of regions: bulbar, arms, legs; MiToS 0 and 1.
KINGS = [{}, {"speech": 3}, {"speech": 3, "handwriting": 3}, {"speech": 3, "handwriting": 3, "walking": 3}]
MITOS = [{}, {"dressing": 1}]
# 4b, while at night only or less it is no loss of the breathing function of MiToS.
FAILED = {"support": 3}
NO_MITOS = {"dressing": None}


def told(answers: list[dict[str, int]]) -> list[bool]:
    """Whether the rise stands after each report, each four weeks after the one before."""
    dates = days(*(28 * place for place in range(len(answers))))
    reports = [alsfrs(codes(**changed), day) for changed, day in zip(answers, dates, strict=True)]
    rises = {"kings_rise", "mitos_rise"}
    return [
        bool(rises & rules_after(*reports[: count + 1], of=Topic.STAGE).keys())
        for count in range(len(reports))
    ]


@pytest.mark.parametrize(
    ("courses", "rise"),
    [
        ([KINGS[0], KINGS[1], KINGS[1]], True),
        ([KINGS[0], KINGS[1], KINGS[2]], True),
        ([KINGS[1], KINGS[0], KINGS[1], KINGS[1]], False),
        ([KINGS[2], KINGS[1], KINGS[1], KINGS[2], KINGS[2]], False),
        ([KINGS[2], KINGS[1], KINGS[1], KINGS[3], KINGS[3]], True),
        ([KINGS[1], KINGS[3], KINGS[2]], True),
        ([KINGS[1], KINGS[3], KINGS[1]], False),
        ([MITOS[0], MITOS[1], MITOS[1]], True),
        ([MITOS[1], MITOS[0], MITOS[1], MITOS[1]], False),
        ([MITOS[1], MITOS[0], MITOS[0], MITOS[1], MITOS[1]], False),
        ([FAILED, KINGS[2], KINGS[1], KINGS[2], KINGS[2]], False),
        ([FAILED, KINGS[1], KINGS[2], KINGS[2]], True),
        # The one scale begins where it is known, whatever the other still lacks.
        ([FAILED, FAILED | MITOS[1], FAILED | MITOS[1]], True),
        ([NO_MITOS, NO_MITOS | KINGS[1], NO_MITOS | KINGS[1]], True),
    ],
)
def test_a_rise_is_above_the_highest_stage_before(courses: list[dict[str, int]], rise: bool) -> None:
    """4a and 4b are failures and no count: after one, the next stage by regions is the start."""
    assert told(courses)[-1] is rise


@pytest.mark.parametrize(
    ("last", "told"),
    [
        (KINGS[2], {"kings_rise": {"stage": 2, "before": 1}}),
        (
            KINGS[2] | MITOS[1],
            {
                "kings_rise": {"stage": 2, "before": 1},
                "mitos_rise": {"stage": 1, "mitos_domain": "movement"},
            },
        ),
        (KINGS[2] | NO_MITOS, {"kings_rise": {"stage": 2, "before": 1}}),
        (FAILED | KINGS[1] | MITOS[1], {"mitos_rise": {"stage": 1, "mitos_domain": "movement"}}),
        (KINGS[1] | {"swallowing": 1}, {"mitos_rise": {"stage": 1, "mitos_domain": "swallowing"}}),
    ],
)
def test_what_rose_is_named_and_what_did_not_is_not(last: dict[str, int], told: dict[str, object]) -> None:
    dates = days(0, 28, 56)
    reports = [alsfrs(codes(**one), day) for one, day in zip([KINGS[1], last, last], dates, strict=True)]
    flag = stage_flag(reports)
    signals = [signal for signal in (flag, *flag.further) if signal.rule.endswith("_rise")]
    assert {signal.rule: dict(signal.numbers) for signal in signals} == told
    assert all(signal.evidence == (reports[1].id, reports[2].id) for signal in signals)
    for signal in signals:
        assert ("King" in signal.sentence) is (signal.rule == "kings_rise")
        assert ("MiToS" in signal.sentence) is (signal.rule == "mitos_rise")


def test_a_domain_that_another_rule_tells_of_is_no_news_of_its_own() -> None:
    """Walking at 1 has a rule, breathing the ladder."""
    for lost in ({"walking": 1}, {"dyspnea": 1}):
        dates = days(0, 28, 56)
        reports = [alsfrs(codes(**one), day) for one, day in zip([{}, lost, lost], dates, strict=True)]
        assert "mitos_rise" not in rules_after(*reports)


def stage_flag(reports: list[object], profile: Profile = Profile()) -> object:  # noqa: B008
    (flag,) = (flag for flag in evaluate(reports, profile, Policy()).flags if flag.topic is Topic.STAGE)
    return flag


@pytest.mark.parametrize(
    ("changed", "form", "stage", "words"),
    [
        ({}, "b", "4a", "nutritional failure (4a: gastrostomy or feeding through a tube)"),
        ({"support": 3}, "a", "4b", "respiratory failure (4b: severe breathlessness or breathing support)"),
        ({"dyspnea": 0}, "b", "4b", "respiratory failure (4b: severe breathlessness or breathing support)"),
    ],
)
def test_the_failure_is_named_in_words(changed: dict[str, int], form: str, stage: str, words: str) -> None:
    first, second = days(0, 28)
    reports = [alsfrs(codes(), first), alsfrs(codes(**changed), second, form=form)]
    flag = stage_flag(reports)
    assert (flag.level, flag.evidence) == ("soon", (reports[1].id,))
    assert dict(flag.numbers) == {"stage": stage}
    assert flag.sentence == f"King's stage 4 is reached for the first time: {words}."


@pytest.mark.parametrize("failed", [{"support": 3}, {"dyspnea": 0}])
def test_a_failure_is_told_once(failed: dict[str, int]) -> None:
    reports = [
        alsfrs(codes(**one), day) for one, day in zip([{}, failed, failed], days(0, 28, 56), strict=True)
    ]
    assert "stage_failure" in rules_after(*reports[:2])
    assert "stage_failure" not in rules_after(*reports)


def test_a_second_failure_of_the_other_kind_is_news() -> None:
    first, second, third = days(0, 28, 56)
    reports = [alsfrs(codes(), first), alsfrs(codes(support=3), second)]
    assert stage_flag([*reports, alsfrs(codes(support=3), third, form="b")]).numbers["stage"] == "4a"


def test_a_failure_on_record_does_not_hide_the_other_one() -> None:
    first, second = days(0, 28)
    reports = [alsfrs(codes(), first), alsfrs(codes(support=3), second, form="b")]
    for profile, stage in (
        (Profile(ventilation_on=second), "4a"),
        (Profile(gastrostomy_on=second), "4b"),
    ):
        assert stage_flag(reports, profile).numbers["stage"] == stage


def stages(profile: Profile, form: str = "a", **answers: int) -> Stages:
    (first,) = days(0)
    report = make_report("alsfrs_r", dict.fromkeys(KEYS, 4) | answers, first)
    found = evaluate([report], profile, Policy()).stages
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("profile", "answers", "nutritional"),
    [
        (Profile(), {}, False),
        (Profile(gastrostomy_on=days(0)[0]), {}, True),
        (Profile(gastrostomy_on=days(-400)[0]), {}, True),
        (Profile(gastrostomy_on=days(1)[0]), {}, False),
        (Profile(), {"gastrostomy": 1}, True),
        (Profile(), {"gastrostomy": 0}, False),
        (Profile(gastrostomy_on=days(0)[0]), {"gastrostomy": 0}, True),
        (Profile(onset_on=date(2020, 1, 1)), {}, False),
    ],
)
def test_a_gastrostomy_counts_when_the_report_or_the_clinic_says_so(
    profile: Profile, answers: dict[str, int], nutritional: bool
) -> None:
    found = stages(profile, **answers)
    assert found.kings.nutritional is nutritional
    assert (found.kings.stage == "4a") is nutritional
