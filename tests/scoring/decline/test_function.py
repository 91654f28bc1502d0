"""Item events and stage changes: what is new is told, what was there at the start is not."""

from __future__ import annotations

from datetime import date

import pytest

from scoring.decline import Policy, Profile, Topic, evaluate
from tests.scoring.decline.histories import START, alsfrs, codes, days, rules_after

EVENTS = {"speech_level", "swallowing_level", "walking_level", "feeding_tube", "breathing_support"}


KNOWN = Profile(gastrostomy_on=START, ventilation_on=START)
"""The clinic has tube and mask on record, so that they are no new stage."""


def events(*reports: object, profile: Profile = KNOWN) -> set[str]:
    return EVENTS & rules_after(*reports, profile=profile).keys()


@pytest.mark.parametrize(
    ("item", "before", "now", "rule"),
    [
        ("speech", 3, 2, "speech_level"),
        ("speech", 4, 3, None),
        ("swallowing", 3, 2, "swallowing_level"),
        ("swallowing", 4, 3, None),
        ("walking", 2, 1, "walking_level"),
        ("walking", 3, 2, None),
        ("support", 4, 3, "breathing_support"),
        ("support", 2, 3, "breathing_support"),
        ("support", 3, 3, None),
    ],
)
def test_an_item_that_reaches_its_level_is_an_event(
    item: str, before: int, now: int, rule: str | None
) -> None:
    first, second = days(0, 28)
    found = events(alsfrs(codes(**{item: before}), first), alsfrs(codes(**{item: now}), second))
    assert found == ({rule} if rule else set())


@pytest.mark.parametrize("item", ["speech", "swallowing", "walking", "support"])
def test_what_the_first_report_says_is_the_start_and_no_event(item: str) -> None:
    first, second = days(0, 28)
    assert events(alsfrs(codes(**{item: 1}), first), alsfrs(codes(**{item: 1}), second)) == set()


def test_an_event_is_told_once_even_when_the_item_recovers_and_falls_again() -> None:
    reports = [
        alsfrs(codes(speech=code), day) for code, day in zip((3, 2, 4, 2), days(0, 28, 56, 84), strict=True)
    ]
    assert events(*reports[:2]) == {"speech_level"}
    assert events(*reports) == set()


@pytest.mark.parametrize("forms", ["abb", "abab"])
def test_a_tube_is_told_once_also_when_5a_was_answered_between(forms: str) -> None:
    dates = days(*(28 * place for place in range(len(forms))))
    reports = [alsfrs(codes(), day, form=form) for form, day in zip(forms, dates, strict=True)]
    assert events(*reports[:2]) == {"feeding_tube"}
    assert events(*reports) == set()


@pytest.mark.parametrize(("gap", "stands"), [(27, True), (28, False)])
def test_an_event_stands_for_four_weeks(gap: int, stands: bool) -> None:
    first, second, third = days(0, 28, 28 + gap)
    reports = [
        alsfrs(codes(speech=code), day) for code, day in zip((3, 2, 2), (first, second, third), strict=True)
    ]
    assert ("speech_level" in events(*reports)) is stands


def test_feeding_through_a_tube_is_an_event_when_5b_begins() -> None:
    first, second = days(0, 28)
    assert events(alsfrs(codes(), first), alsfrs(codes(), second, form="b")) == {"feeding_tube"}


@pytest.mark.parametrize(("changed", "form"), [({}, "b"), ({"support": 2}, "a")])
def test_what_is_told_as_a_new_stage_is_not_told_twice(changed: dict[str, int], form: str) -> None:
    first, second = days(0, 28)
    reports = (alsfrs(codes(), first), alsfrs(codes(**changed), second, form=form))
    assert events(*reports, profile=Profile()) == set()
    assert "stage_failure" in rules_after(*reports)


def test_support_is_compared_within_one_respondent() -> None:
    reports = [
        alsfrs(codes(support=code), day, respondent=who)
        for code, day, who in zip(
            (3, 4, 3, 4), days(0, 1, 28, 29), ("caregiver", "patient", "caregiver", "patient"), strict=True
        )
    ]
    assert events(*reports[2:]) == {"breathing_support"}
    assert "breathing_support" not in events(*reports[:1], *reports[2:3])
    assert events(*reports[:2]) == {"breathing_support"}


@pytest.mark.parametrize(("gap", "told"), [(84, False), (85, True)])
def test_support_that_goes_back_and_forth_is_no_change(gap: int, told: bool) -> None:
    """A level that the same respondent reported within 84 days is no news."""
    dates = days(0, gap - 28, gap)
    reports = [alsfrs(codes(support=code), day) for code, day in zip((3, 4, 3), dates, strict=True)]
    met_by = evaluate(reports, Profile(), Policy()).topics[Topic.VENTILATION].met_by
    assert (met_by == reports[-1].id) is told


SUPPORT = (
    "ventilation through a tube",
    "mask ventilation day and night",
    "mask ventilation every night",
    "mask ventilation some of the time",
    "none",
)


@pytest.mark.parametrize(("then", "now"), [(4, 3), (3, 2), (2, 1), (1, 0), (0, 4), (4, 2)])
def test_the_support_event_names_both_levels(then: int, now: int) -> None:
    first, second = days(0, 28)
    reports = [alsfrs(codes(support=then), first), alsfrs(codes(support=now), second)]
    (flag,) = (flag for flag in evaluate(reports, KNOWN, Policy()).flags if flag.topic is Topic.VENTILATION)
    assert flag.sentence == (
        f"The support for breathing changed from {SUPPORT[then]} to {SUPPORT[now]} (item 12)."
    )


STAGE_CASES = [
    # King's 0 -> 1 in one report is not enough; in two it is.
    ([{}, {"speech": 3}], set()),
    ([{}, {"speech": 3}, {"speech": 3}], {"kings_rise"}),
    ([{}, {"speech": 3}, {}], set()),
    # MiToS alone.
    ([{}, {"dressing": 1}, {"dressing": 1}], {"mitos_rise"}),
    # 4b at once, with breathing support; not again.
    ([{}, {"support": 3}], {"stage_failure"}),
    ([{"support": 3}, {"support": 2}], set()),
    ([{}, {"dyspnea": 0}], {"stage_failure"}),
]


@pytest.mark.parametrize(("answers", "expected"), STAGE_CASES)
def test_a_stage_is_told_when_it_is_sure(answers: list[dict[str, int]], expected: set[str]) -> None:
    dates = days(*(14 * place for place in range(len(answers))))
    reports = [alsfrs(codes(**changed), day) for changed, day in zip(answers, dates, strict=True)]
    assert set(rules_after(*reports, of=Topic.STAGE)) == expected


def test_two_respondents_do_not_confirm_each_others_stage() -> None:
    first, second, third = days(0, 28, 35)
    reports = [
        alsfrs(codes(), first),
        alsfrs(codes(speech=3), second),
        alsfrs(codes(speech=3), third, respondent="caregiver"),
    ]
    assert rules_after(*reports, of=Topic.STAGE) == {}


@pytest.mark.parametrize(
    ("changed", "form", "profile", "news"),
    [
        ({"support": 3}, "a", Profile(), True),
        ({"support": 3}, "a", Profile(ventilation_on=days(28)[0]), False),
        ({"support": 3}, "a", Profile(ventilation_on=days(29)[0]), True),
        ({}, "b", Profile(), True),
        ({}, "b", Profile(gastrostomy_on=days(28)[0]), False),
    ],
)
def test_a_failure_on_the_clinics_record_is_no_news(
    changed: dict[str, int], form: str, profile: Profile, news: bool
) -> None:
    first, second = days(0, 28)
    reports = (alsfrs(codes(), first), alsfrs(codes(**changed), second, form=form))
    assert ("stage_failure" in rules_after(*reports, profile=profile)) is news


def test_stages_of_the_latest_report_are_shown() -> None:
    first, second = days(0, 28)
    evaluation = evaluate([alsfrs(codes(), first), alsfrs(codes(support=2), second)], Profile(), Policy())
    assert evaluation.stages is not None
    assert (evaluation.stages.kings.stage, evaluation.stages.mitos.stage) == ("4b", 1)


def test_no_report_no_stage() -> None:
    assert evaluate([], Profile(onset_on=date(2025, 1, 1)), Policy()).stages is None
