"""Decline of one domain: the confirmed drop of a subscore, boundary by boundary, and what silences it.

The slope of a subscore is in `test_domain_slope`.
"""

from __future__ import annotations

import pytest

from scoring.decline import Flag, Level, Policy, Profile, Report, Topic, evaluate
from scoring.decline.rule import Evidence, Finding
from scoring.decline.rules.domain import Reading, told
from tests.scoring.decline.histories import alsfrs, days, lost, rules_after

DROP = "domain_drop"


def course(losses: dict[int, int], domain: str = "fine_motor", **other: object) -> list[Report]:
    """Reports on these days, with so many points lost in one domain."""
    dates = days(*losses)
    return [
        alsfrs(lost(**{domain: count}), day, **other)
        for count, day in zip(losses.values(), dates, strict=True)
    ]


def flag_after(reports: list[Report], policy: Policy = Policy()) -> Flag:  # noqa: B008
    flags = evaluate(reports, Profile(), policy).flags
    (flag,) = (flag for flag in flags if flag.topic is Topic.DOMAIN)
    return flag


def lit(reports: list[Report], policy: Policy = Policy()) -> bool:  # noqa: B008
    return DROP in rules_after(*reports, policy=policy)


def test_of_two_domains_that_say_as_much_the_first_is_told() -> None:
    first, second = (Finding(Level.INFORM, False, lambda: Evidence({}, ())) for _ in range(2))
    readings = [Reading("bulbar", 1.0, first), Reading("fine_motor", 1.0, second)]
    assert told(readings, None, alone=False) is first


def test_while_the_total_speaks_no_other_domain_takes_the_place_of_the_flagged_one() -> None:
    greater, flagged = (Finding(Level.INFORM, False, lambda: Evidence({}, ())) for _ in range(2))
    readings = [Reading("bulbar", 2.0, greater), Reading("fine_motor", 1.0, flagged)]
    assert told(readings, "fine_motor", alone=True) is flagged
    assert told(readings, "fine_motor", alone=False) is greater


FALLING_ON = {
    "drop": (14, [12, 9, 8, 7, 7, 6, 5, 4, 3]),
    "slope": (28, [12, 12, 8, 8, 7, 6, 5, 4, 3]),
    "until the total speaks": (14, [12, 9, 8, 5, 2, 0, 0, 0]),
    "and back": (14, [12, 9, 8, 7, 9, 10, 11, 11, 11]),
    "and slowly back": (28, [12, 12, 8, 8, 7, 8, 9, 9, 10]),
}


@pytest.mark.parametrize(("every", "bulbar"), FALLING_ON.values(), ids=FALLING_ON)
def test_a_flag_that_stands_has_the_numbers_of_the_latest_report(every: int, bulbar: list[int]) -> None:
    dates = days(*range(0, every * len(bulbar), every))
    reports = [alsfrs(lost(bulbar=12 - score), day) for score, day in zip(bulbar, dates, strict=True)]
    stood = 0
    for place, latest in enumerate(bulbar):
        for flag in evaluate(reports[: place + 1], Profile(), Policy()).flags:
            for signal in (flag, *flag.further):
                if signal.rule in {DROP, "domain_slope"}:
                    stood += 1
                    assert (signal.numbers["domain"], signal.numbers["latest"]) == ("bulbar", latest)
    assert stood > 1


def test_a_flag_ends_also_while_the_total_speaks() -> None:
    """The domain is near its old level, and the total goes on falling in another."""
    fine = {0: 0, 14: 3, 28: 4, 42: 4, 56: 1, 70: 1, 84: 1, 98: 1, 112: 1}
    losses = zip(fine.values(), [0, 0, 0, 6, 7, 7, 8, 8, 8], days(*fine), strict=True)
    reports = [alsfrs(lost(fine_motor=few, gross_motor=many), day) for few, many, day in losses]
    assert lit(reports[:-1])
    assert not lit(reports)
    assert all(rules_after(*reports[:stop], of=Topic.DECLINE) for stop in (6, 7, 8, 9))


CASES = [
    ({0: 0, 14: 3, 28: 4}, True, "four and three below"),
    ({0: 0, 14: 2, 28: 4}, False, "the report before is only two below"),
    ({0: 0, 14: 3, 28: 3}, False, "the latest is only three below"),
    ({0: 0, 14: 3, 27: 4}, False, "reference 27 days before"),
    ({0: 0, 14: 3, 62: 4}, True, "reference exactly 62 days before"),
    ({0: 0, 14: 3, 63: 4}, False, "reference 63 days before"),
    ({0: 0, 30: 4}, False, "nothing confirms it"),
    ({0: 1, 5: 0, 10: 1, 38: 4, 45: 5}, True, "median of the reference, four above the latest"),
    ({0: 0, 5: 2, 10: 2, 38: 5, 45: 5}, False, "one high report does not make a usual level"),
    ({0: 0, 5: 1, 38: 4, 45: 4}, False, "a median of a half point, three and a half above"),
]


@pytest.mark.parametrize(("losses", "expected", "why"), CASES, ids=[case[2] for case in CASES])
def test_a_drop_needs_two_reports_below_the_usual_level(
    losses: dict[int, int], expected: bool, why: str
) -> None:
    assert lit(course(losses)) is expected


@pytest.mark.parametrize("domain", ["bulbar", "fine_motor", "gross_motor", "respiratory"])
def test_every_domain_is_watched(domain: str) -> None:
    """Breathing loses in items 10 and 11; item 12 is support."""
    assert lit(course({0: 0, 14: 3, 28: 4}, domain))


def test_the_report_before_is_never_part_of_its_own_reference() -> None:
    """Thirty days before the latest it would be old enough."""
    assert not lit(course({0: 0, 30: 4, 60: 4})[1:])
    assert not lit(course({0: 0, 30: 2, 60: 4}))


WORDS = [
    ("bulbar", "bulbar items (speech, saliva, swallowing)"),
    ("fine_motor", "fine motor items (handwriting, cutting food, dressing)"),
    ("gross_motor", "gross motor items (turning in bed, walking, stairs)"),
    ("respiratory", "breathing items"),
]


@pytest.mark.parametrize(("domain", "words"), WORDS)
def test_the_sentence_names_the_domain_and_the_three_levels(domain: str, words: str) -> None:
    reports = course({0: 1, 5: 1, 14: 4, 33: 5}, domain)
    flag = flag_after(reports)
    assert flag.sentence == (
        f"The {words} fell by 4 points of 12 against the level of 4 to 9 weeks earlier"
        " (7 now, 8 in the report before, 11 then)."
    )
    assert flag.clears_when == (
        "Every domain is less than 2 points below its level of 4 to 9 weeks earlier, at two reports in a row."
    )
    assert (flag.rule, flag.level, flag.evidence) == (DROP, "inform", tuple(report.id for report in reports))
    assert dict(flag.numbers) == {
        "domain": domain,
        "drop": 4,
        "latest": 7,
        "previous": 8,
        "reference": 11,
        "from_weeks": 4,
        "to_weeks": 9,
        "clear_points": 2,
    }


def test_the_weeks_of_the_sentence_are_the_policys() -> None:
    other = {"reference_from_days": 42, "reference_to_days": 84, "clear_points": 1, "drop_points": 3}
    policy = Policy.from_mapping({"limits": {"domain": other}})
    flag = flag_after(course({0: 0, 70: 2, 84: 3}), policy)
    assert (flag.numbers["from_weeks"], flag.numbers["to_weeks"], flag.numbers["clear_points"]) == (6, 12, 1)


def test_of_two_domains_the_one_that_fell_most_is_told() -> None:
    dates = days(0, 14, 28)
    both = [{}, {"gross_motor": 3, "bulbar": 3}, {"gross_motor": 4, "bulbar": 5}]
    reports = [alsfrs(lost(**losses), day) for losses, day in zip(both, dates, strict=True)]
    calm = {"primary": {"min_reports": 20}}
    flag = flag_after(reports, Policy.from_mapping({"limits": calm}))
    assert (flag.numbers["domain"], flag.numbers["drop"]) == ("bulbar", 5)


def lit_after_each(losses: dict[int, int]) -> list[bool]:
    reports = course(losses)
    return [lit(reports[: count + 1]) for count in range(len(reports))]


def test_it_clears_at_the_second_report_near_the_old_level() -> None:
    assert lit_after_each({0: 0, 14: 3, 28: 4, 42: 1, 56: 1}) == [False, False, True, True, False]


@pytest.mark.parametrize(("low", "clears"), [(1, True), (2, False)])
def test_only_less_than_two_points_below_the_level_counts_towards_clearing(low: int, clears: bool) -> None:
    losses = {0: 0, 3: 0, 6: 0, 20: 3, 34: 4, 48: low, 62: low}
    assert lit_after_each(losses)[4:] == [True, True, not clears]


def test_a_second_domain_that_is_still_low_keeps_it_standing() -> None:
    dates = days(0, 14, 28, 42, 56)
    low = [{}, {"fine_motor": 3}, {"fine_motor": 4}, {"gross_motor": 2}, {"gross_motor": 2}]
    reports = [alsfrs(lost(**losses), day) for losses, day in zip(low, dates, strict=True)]
    assert lit(reports)
    recovered = [alsfrs(lost(**losses), day) for losses, day in zip([*low[:3], {}, {}], dates, strict=True)]
    assert not lit(recovered)


def test_a_report_that_can_be_compared_with_none_changes_nothing() -> None:
    """A year later there is no reference: the flag stands, however good the reports are."""
    assert lit_after_each({0: 0, 14: 3, 28: 4, 200: 0, 230: 0, 400: 0})[-1]


@pytest.mark.parametrize(("bulbar", "expected"), [(3, {}), (0, {DROP: "inform"})])
def test_it_is_not_raised_while_a_flag_on_decline_stands(bulbar: int, expected: dict[str, str]) -> None:
    """The same drop of one domain, with and without the points that first make it a drop of the total."""
    far = {"reference_from_days": 56, "reference_to_days": 84}
    policy = Policy.from_mapping({"limits": {"domain": far, "primary": {"min_reports": 20}}})
    losses = [(0, 0), (3, bulbar), (3, bulbar), (4, bulbar)]
    reports = [
        alsfrs(lost(fine_motor=fine, bulbar=other), day)
        for (fine, other), day in zip(losses, days(0, 56, 70, 84), strict=True)
    ]
    assert ("confirmed_drop" in rules_after(*reports[:3], policy=policy)) is (bulbar == 3)
    assert rules_after(*reports, policy=policy, of=Topic.DOMAIN) == expected


def test_it_is_not_raised_by_a_report_that_makes_the_total_speak() -> None:
    reports = course({0: 0, 14: 3, 28: 4})
    sensitive = {"primary": {"inform_probability": 0.5, "soon_probability": 0.5, "loss_per_month": 0.6}}
    assert lit(reports)
    assert not lit(reports, Policy.from_mapping({"limits": sensitive}))


def test_another_respondents_report_neither_confirms_nor_refers() -> None:
    mixed = [
        *course({0: 0}),
        *course({7: 0, 14: 3, 21: 3}, respondent="caregiver"),
        *course({28: 4}),
    ]
    assert not lit(mixed)
    assert lit([*mixed, *course({35: 4})])
    assert not lit([*course({0: 0, 14: 3}), *course({28: 4}, respondent="caregiver")])


def test_the_caregivers_series_counts_once_the_patient_has_stopped() -> None:
    own, caregivers = course({0: 0}), {90: 0, 108: 3, 122: 4}
    assert lit([*own, *course(caregivers, respondent="caregiver")])
    later = course({20: 0})
    assert not lit([*own, *later, *course(caregivers, respondent="caregiver")])


def test_a_respondent_of_112_days_ago_is_still_the_reference_one() -> None:
    caregivers = course({84: 0, 98: 3, 112: 4}, respondent="caregiver")
    assert not lit([*course({0: 0}), *caregivers])
    assert lit([*course({-1: 0}), *caregivers])


def test_a_domain_whose_form_changed_is_left_out_and_the_others_are_not() -> None:
    """Item 5 belongs to fine motor: through 5a/5b it is not compared, gross motor still is."""
    first, *later = days(0, 14, 28)
    fine = [alsfrs(lost(fine_motor=count), day, form="b") for count, day in zip((3, 4), later, strict=True)]
    assert not lit([alsfrs(lost(), first), *fine])
    gross = [alsfrs(lost(gross_motor=count), day, form="b") for count, day in zip((3, 4), later, strict=True)]
    assert lit([alsfrs(lost(), first), *gross])


def test_a_domain_whose_support_changed_is_left_out() -> None:
    dates = days(0, 14, 28)
    breathing = [lost(), lost(respiratory=3), lost(respiratory=4)]
    supported = [[*codes[:11], support] for codes, support in zip(breathing, (4, 3, 3), strict=True)]
    assert not lit([alsfrs(codes, day) for codes, day in zip(supported, dates, strict=True)])


def test_an_incomplete_report_says_nothing() -> None:
    reports = course({0: 0, 14: 3})
    missing = lost(fine_motor=4)
    missing[0] = None
    assert not lit([*reports, alsfrs(missing, days(28)[0])])
    assert lit([*reports, alsfrs(missing, days(27)[0]), *course({28: 4})])
