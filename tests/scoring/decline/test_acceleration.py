"""Acceleration: the pace has changed, whatever the limit for fast progression."""

from __future__ import annotations

import math
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.decline import Flag, Level, Policy, Profile, Report, Topic, evaluate
from scoring.decline.alsfrs.pace import chance_of, measure_pace
from scoring.decline.alsfrs.series import Series
from scoring.decline.alsfrs.trend import prior_of
from scoring.decline.limits import Acceleration
from scoring.decline.rules.acceleration import limit_for, limit_of, moved, shift_of
from scoring.trajectory import Point, Prior, change_point, find_change
from scoring.trajectory.change import Overall
from tests.scoring.decline.histories import START, alsfrs, codes_for, rules_after, series

FASTER = [43, 43, 42, 43, 42, 42, 42, 41, 42, 41, 41, 41, 40, 39, 37, 36, 34]
SLOW_THEN_FAST = [43, 43, 42, 43, 42, 42, 42, 41, 42, 41, 41, 41, 40, 41, 39, 38, 37]


def limits(**own: float) -> Policy:
    return Policy.from_mapping({"limits": {"acceleration": own}})


LIGHT = limits(probability=0.05, probability_weekly=0.05, pace_share=0.5)
LOW = limits(probability=0.05, probability_weekly=0.05, pace_share=0.0)


def lit(reports: list[Report], policy: Policy = Policy()) -> bool:  # noqa: B008
    return "acceleration" in rules_after(*reports, policy=policy)


def test_a_slow_course_that_becomes_fast_is_told_soon() -> None:
    rules = rules_after(*series(FASTER, every=14), of=Topic.ACCELERATION)
    assert rules == {"acceleration": "soon"}


def test_on_less_than_even_odds_it_is_inform() -> None:
    flag = flag_after(series(SLOW_THEN_FAST, every=14))
    assert float(flag.numbers["probability"]) < 0.5
    assert flag.level is Level.INFORM
    even = flag_after(series(FASTER, every=14), limits(soon_probability=0.999))
    assert even.level is Level.INFORM


@pytest.mark.parametrize(
    "totals",
    [
        SLOW_THEN_FAST[:13],
        SLOW_THEN_FAST[::-1],
        [44, 44, 43, 43, 42, 42, 41, 41, 40, 40, 39, 39, 38, 38],
        [40] * 20,
        [0] * 20,
        [48] * 20,
    ],
    ids=["before it", "improving", "steady", "flat", "floor", "ceiling"],
)
def test_no_acceleration_is_told_where_there_is_none(totals: list[int]) -> None:
    assert not lit(series(totals, every=14))


RISING = {
    "after a fall": [40, 39, 39, 37, 37, 36, 33, 32, 32, 30, 30, 29, 31, 36, 39, 41, 44],
    "after a plateau": [34, 32, 31, 31, 30, 30, 29, 30, 31, 31, 35, 37, 39, 40],
    "from a low": [36, 35, 34, 33, 34, 32, 30, 30, 30, 30, 30, 33, 35, 37, 39, 42],
    "all along": [20, 20, 21, 22, 24, 27, 30, 34, 38, 42, 46],
}


@pytest.mark.parametrize("totals", RISING.values(), ids=RISING)
@pytest.mark.parametrize("every", [7, 14, 28])
def test_a_course_that_turns_upwards_is_no_faster_loss(totals: list[int], every: int) -> None:
    points = [Point(START.toordinal() + every * place, total, "") for place, total in enumerate(totals)]
    change = change_point(points, Prior(correlation=0.1, own_noise=True))
    assert change.probability < 0.1
    assert not lit(series(totals, every=every))


@pytest.mark.parametrize("rise", range(1, 9))
def test_the_range_encloses_the_loss_also_where_none_is_left(rise: int) -> None:
    """A flag that stands while the course turns upwards states no loss that its own range leaves out."""
    reports = series(SLOW_THEN_FAST, every=14)
    after = [min(48, SLOW_THEN_FAST[-1] + rise * (place + 1)) for place in range(3)]
    later = series([*SLOW_THEN_FAST, *after], every=14)
    for stop in range(len(reports), len(later) + 1):
        for flag in evaluate(later[:stop], Profile(), Policy()).flags:
            if "loss_now" in flag.numbers:
                numbers = {name: float(flag.numbers[name]) for name in ("loss_low", "loss_now", "loss_high")}
                assert numbers["loss_low"] <= numbers["loss_now"] <= numbers["loss_high"]


def test_a_steady_fast_course_is_the_primary_rules() -> None:
    rules = rules_after(*series([46 - 2 * place for place in range(10)]))
    assert "acceleration" not in rules
    assert rules["fast_decline"] == "soon"


def test_it_is_not_raised_while_the_primary_rule_says_soon() -> None:
    """The same course would raise it under a policy whose primary rule says soon later."""
    reports = series([46, 46, 45, 45, 43, 41, 39, 37, 35, 33, 31, 29], every=28)
    early = {"inform_probability": 0.5, "soon_probability": 0.5}
    assert lit(reports)
    assert not lit(reports, Policy.from_mapping({"limits": {"primary": early}}))


@pytest.mark.parametrize(("reports", "measured"), [(3, False), (4, True)])
def test_four_reports_over_eight_weeks_are_needed(reports: int, measured: bool) -> None:
    assert lit(series([42, 42, 38, 34][4 - reports :]), LOW) is measured


def test_the_limit_follows_the_gap_between_reports() -> None:
    limits = Acceleration()
    assert limit_of(28, limits) == limit_of(91, limits) == limits.probability
    assert limit_of(7, limits) == limit_of(1, limits) == pytest.approx(limits.probability_weekly)
    assert limit_of(14, limits) == pytest.approx((2 * limits.probability + limits.probability_weekly) / 3)


def test_the_switch_to_5b_and_begun_ventilation_are_no_acceleration() -> None:
    before = series([42] * 12, every=14)
    days = [START + timedelta(days=168 + 14 * place) for place in range(4)]
    fed = codes_for(42)
    fed[4] = 0
    assert not lit([*before, *(alsfrs(fed, day, form="b") for day in days)])
    ventilated = codes_for(42)
    ventilated[11] = 0
    assert not lit([*before, *(alsfrs(ventilated, day) for day in days)])
    weaker = codes_for(42)
    weaker[7] = 0
    assert lit([*before, *(alsfrs(weaker, day) for day in days)])


def test_a_caregiver_who_rates_lower_is_no_acceleration() -> None:
    own = series([42, 42, 42, 42, 41, 41, 41, 41, 41, 41], every=14)
    days = [START + timedelta(days=140 + 14 * place) for place in range(3)]
    assert not lit([*own, *(alsfrs(38, day, respondent="caregiver") for day in days)])


def test_it_clears_when_the_fall_turns_out_to_be_two_bad_reports() -> None:
    totals = [*SLOW_THEN_FAST, 41, 41, 40, 41, 41]
    flags = [lit(series(totals[: count + 1], every=14)) for count in range(len(totals))]
    assert flags[16]
    assert not flags[-1]


def test_a_change_found_stays_known_while_the_loss_goes_on() -> None:
    totals = [*SLOW_THEN_FAST, 36, 35, 34, 33]
    assert lit(series(totals, every=14))


def test_the_sentence_says_since_when_and_from_what_to_what() -> None:
    evaluation = evaluate(series(SLOW_THEN_FAST, every=14), Profile(), Policy())
    (flag,) = (flag for flag in evaluation.flags if flag.topic is Topic.ACCELERATION)
    numbers = flag.numbers
    assert float(numbers["loss_before"]) < 0.8
    assert float(numbers["loss_low"]) < float(numbers["loss_now"]) < float(numbers["loss_high"])
    assert numbers["since_low_on"] <= numbers["since_on"] <= numbers["since_high_on"]
    for part in (
        f"since about {numbers['since_on']}",
        f"{numbers['chance_percent']} %",
        "points a month are lost now",
    ):
        assert part in flag.sentence
    assert flag.evidence == tuple(report.id for report in series(SLOW_THEN_FAST, every=14))


def flag_after(reports: list[Report], policy: Policy = Policy()) -> Flag:  # noqa: B008
    flags = evaluate(reports, Profile(), policy).flags
    (flag,) = (flag for flag in flags if flag.topic is Topic.ACCELERATION)
    return flag


def limit_by_hand(before: float) -> float:
    """The fortnightly limit, its log odds moved by 4.2 for each point a month above 0.6 lost before."""
    base = (2 * 0.105 + 0.18) / 3
    odds = base / (1 - base) * math.exp(4.2 * max(0.0, -before - 0.6))
    return odds / (1 + odds)


def chance_by_hand(probability: float, every: int) -> float:
    """Log odds times 1.2, less 0.2 for four-weekly, plus 0.05 for weekly, a third between for fortnightly."""
    return 1 / (1 + math.exp(-(1.2 * log_odds(probability) + {7: 0.05, 14: -0.35 / 3, 28: -0.2}[every])))


@pytest.mark.parametrize("every", [7, 14, 28])
@pytest.mark.parametrize("probability", [1e-12, 0.1, 0.5, 0.77, 1 - 1e-12])
def test_the_chance_that_is_stated_is_the_models_on_another_scale(probability: float, every: int) -> None:
    assert chance_of(probability, every) == pytest.approx(chance_by_hand(probability, every))


def test_the_scale_goes_no_further_than_weekly_and_four_weekly_reports() -> None:
    assert (
        chance_of(0.3, 1) == chance_of(0.3, 7) > chance_of(0.3, 14) > chance_of(0.3, 28) == chance_of(0.3, 91)
    )


@pytest.mark.parametrize("every", [7, 14, 28])
def test_none_and_certainty_stay_what_they_are(every: int) -> None:
    assert (chance_of(0.0, every), chance_of(1.0, every)) == (0.0, 1.0)


@given(st.floats(0, 1), st.floats(0, 1), st.floats(1, 91))
def test_more_is_never_stated_as_less(one: float, other: float, gap: float) -> None:
    low, high = sorted((one, other))
    assert 0 <= chance_of(low, gap) <= chance_of(high, gap) <= 1


@pytest.mark.parametrize(("probability", "shift"), [(0.2, 0.0), (0.2, 1.0), (0.5, -2.0), (0.9, 3.0)])
def test_a_limit_is_moved_on_the_scale_of_log_odds(probability: float, shift: float) -> None:
    assert log_odds(moved(probability, shift)) == pytest.approx(log_odds(probability) + shift)


def log_odds(probability: float) -> float:
    return math.log(probability / (1 - probability))


def test_more_is_asked_of_those_who_lose_more() -> None:
    """The same totals on a line that falls by three quarters of a point more in each report."""
    slow = series(SLOW_THEN_FAST, every=14)
    fast = series([total + 5 - round(0.75 * place) for place, total in enumerate(SLOW_THEN_FAST)], every=14)
    asked = [float(flag_after(reports, LIGHT).numbers["limit"]) for reports in (slow, fast)]
    assert asked[1] > asked[0] >= 0.05
    assert flag_after(fast, LOW).numbers["limit"] == pytest.approx(0.05)


@pytest.mark.parametrize(("base", "is_moved"), [(0.19, True), (0.225, True), (0.235, False)])
def test_the_pace_moves_the_limit_as_long_as_the_chance_could_be_raised_or_stand(
    base: float, is_moved: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A chance of at most 20 %: below seven eighths of the base it decides nothing."""
    fast = series([total + 5 - round(0.75 * place) for place, total in enumerate(SLOW_THEN_FAST)], every=14)
    memory = evaluate(fast, Profile(), LIGHT).memory
    assert memory.trend is not None
    pace = measure_pace(Series(memory.points), memory.points[-1], memory.trend, LIGHT.on(START))
    assert pace is not None
    monkeypatch.setattr(type(pace), "most_chance", 0.2)
    own = limits(probability=base, probability_weekly=base, pace_share=0.5).on(START).acceleration
    assert (limit_for(pace, own) > base + 0.01) is is_moved
    assert is_moved or limit_for(pace, own) == pytest.approx(base)


def test_soon_begins_at_its_limit_and_goes_by_the_chance_that_is_stated() -> None:
    reports = series(FASTER, every=14)
    chance = float(flag_after(reports).numbers["probability"])
    assert chance > 0.5
    levels = [
        flag_after(reports, limits(soon_probability=limit)).level
        for limit in (chance, math.nextafter(chance, 1))
    ]
    assert levels == [Level.SOON, Level.INFORM]


@pytest.mark.parametrize("window_days", [91, 183, 300])
def test_the_noise_is_that_of_the_last_half_year_whatever_the_window_of_the_line(window_days: int) -> None:
    reports = series([*SLOW_THEN_FAST[:9], 44, 36, 44, *SLOW_THEN_FAST[9:]], every=14)
    wide = Policy.from_mapping({"limits": {"primary": {"window_days": window_days}}})
    memory = evaluate(reports, Profile(), wide).memory
    points = [Point(point.day, point.total or 0, point.id) for point in memory.points]
    change = change_point(points, Prior(correlation=0.1, own_noise=True))
    trend = memory.trend
    assert trend is not None
    pace = measure_pace(Series(memory.points), memory.points[-1], trend, wide.on(reports[-1].observed_on))
    assert pace is not None
    assert pace.change == change
    assert (pace.change.residual_sd == trend.residual_sd) is (window_days == 183)


def test_its_numbers_are_those_of_the_change_point() -> None:
    reports = series(SLOW_THEN_FAST, every=14)
    points = [
        Point(report.observed_on.toordinal(), total, report.id)
        for report, total in zip(reports, SLOW_THEN_FAST, strict=True)
    ]
    change = change_point(points, Prior(correlation=0.1, own_noise=True))
    turn = change.turn()
    before, now, now_sd = change.overall
    margin = 1.959964 * math.hypot(now_sd, 0.25 * now)
    limit, chance = limit_by_hand(before), chance_by_hand(change.probability, 14)
    assert dict(flag_after(reports).numbers) == {
        "reports": 17,
        "weeks": 32,
        "since_on": date.fromordinal(turn.since).isoformat(),
        "since_low_on": date.fromordinal(turn.low).isoformat(),
        "since_high_on": date.fromordinal(turn.high).isoformat(),
        "loss_before": pytest.approx(-before),
        "loss_now": pytest.approx(-now),
        "loss_low": pytest.approx(-now - margin),
        "loss_high": pytest.approx(-now + margin),
        "level_now": evaluate(reports, Profile(), Policy()).trajectory.level,
        "probability": pytest.approx(chance),
        "limit": pytest.approx(limit),
        "chance_percent": math.floor(100 * chance),
        "clear_percent": math.floor(87.5 * limit),
        "residual_sd": pytest.approx(change.residual_sd),
        "compared_on": "all",
        "respondent": "patient",
    }
    assert flag_after(reports).clears_when == (
        "The chance of a change of pace within the last half year falls below"
        f" {math.floor(87.5 * limit)} % at two reports in a row."
    )


def test_the_caregivers_series_counts_once_the_patient_has_stopped() -> None:
    """A year after the patient's last report the caregiver's totals are measured like the patient's."""
    carers = series(SLOW_THEN_FAST, every=14, respondent="caregiver")
    numbers = dict(flag_after([alsfrs(44, START - timedelta(days=400)), *carers]).numbers)
    assert numbers.pop("respondent") == "caregiver"
    assert numbers.items() < flag_after(series(SLOW_THEN_FAST, every=14)).numbers.items()


def overridden(on: date, **primary: float) -> Policy:
    """The default policy but for the primary rule's limits on one day."""
    day = on.isoformat()
    override = {"reason": "asked", "starts_on": day, "ends_on": day, "limits": {"primary": primary}}
    return Policy.from_mapping({"overrides": [override]})


@pytest.mark.parametrize(
    ("primary", "level", "lit_there"),
    [
        ({"inform_probability": 0.5}, "inform", True),
        ({"inform_probability": 0.5, "soon_probability": 0.5}, "soon", False),
    ],
)
def test_a_primary_flag_that_stands_at_soon_keeps_it_silent(
    primary: dict[str, float], level: str, lit_there: bool
) -> None:
    """Under the limits of the day before the last; the last report by itself asks for no more than inform."""
    reports = series(SLOW_THEN_FAST, every=14)
    policy = overridden(reports[-2].observed_on, **primary, loss_per_month=0.6)
    assert rules_after(*reports[:-1], policy=policy).get("fast_decline") == level
    assert rules_after(*reports).get("fast_decline") != "soon"
    assert lit(reports, policy) is lit_there


def test_a_primary_rule_with_too_few_reports_does_not_silence_it() -> None:
    """Of five reports of a year only the last two are in the primary rule's window."""
    days = [START + timedelta(days=day) for day in (0, 60, 120, 310, 360)]
    reports = [alsfrs(total, day) for total, day in zip((44, 44, 44, 42, 26), days, strict=True)]
    evaluation = evaluate(reports, Profile(), Policy())
    assert evaluation.trajectory is not None
    assert not evaluation.trajectory.measured
    assert evaluation.trajectory.steep_probability > 0.8
    assert lit(reports)


def test_the_limit_itself_is_enough() -> None:
    reports = series(SLOW_THEN_FAST)
    probability = float(flag_after(reports, LOW).numbers["probability"])
    assert lit(reports, limits(probability=probability, pace_share=0.0))
    assert not lit(reports, limits(probability=math.nextafter(probability, 1), pace_share=0.0))


@pytest.mark.parametrize(("last", "lit_there"), [(54, False), (55, True)])
def test_four_reports_over_55_days_are_needed(last: int, lit_there: bool) -> None:
    days = [START + timedelta(days=day) for day in (0, 18, 36, last)]
    reports = [alsfrs(total, day) for total, day in zip((42, 42, 38, 34), days, strict=True)]
    assert lit(reports, LOW) is lit_there


def test_four_reports_on_three_days_are_not_enough() -> None:
    first, second, third = (START + timedelta(days=28 * place) for place in range(3))
    own = [alsfrs(42, first), alsfrs(38, second), alsfrs(30, third)]
    assert not lit([*own, alsfrs(30, third, hour=8, respondent="caregiver")], LOW)


def test_near_the_ceiling_three_reports_of_half_a_year_are_too_early() -> None:
    """Four reports of a year, of which the last three are in the primary rule's window."""
    dates = [START + timedelta(days=day) for day in (0, 200, 260, 320)]
    for totals, expected in (((48, 48, 48, 46), False), ((47, 47, 47, 45), True)):
        reports = [alsfrs(total, day) for total, day in zip(totals, dates, strict=True)]
        assert lit(reports, LOW) is expected


def test_a_year_is_looked_at_inclusive() -> None:
    (first,) = series([44])
    for gap, reports in ((365, 5), (366, 4)):
        days = [START + timedelta(days=gap - back) for back in (84, 56, 28, 0)]
        later = [alsfrs(total, day) for total, day in zip((44, 44, 40, 36), days, strict=True)]
        numbers = flag_after([first, *later], LOW).numbers
        assert numbers["reports"] == reports


def test_it_clears_at_the_second_chance_below_seven_eighths_of_the_limit() -> None:
    totals = [*SLOW_THEN_FAST, 39, 40, 41, 41, 41, 41]
    reports = series(totals, every=14)
    points = [Point(place * 14, total, str(place)) for place, total in enumerate(totals)]
    prior = Prior(correlation=0.1, own_noise=True)
    chances = [
        chance_by_hand(change_point(points[:count], prior).probability, 14)
        for count in range(17, len(totals) + 1)
    ]
    limit = (2 * 0.105 + 0.18) / 3
    below = [chance < 0.875 * limit for chance in chances]
    first_low = below.index(True)
    assert below[first_low : first_low + 2] == [True, True]
    told = [lit(reports[: 17 + place], limits(pace_share=0.0)) for place in range(first_low + 2)]
    assert told == [True] * (first_low + 1) + [False]


def test_a_chance_at_the_clearing_limit_does_not_count_towards_clearing() -> None:
    """Half of twice the chance is the chance itself, so that the limit can be met exactly."""
    totals = [42, 42, 42, 42, 42, 42, 36, 36, 41, 41, 41, 41]
    points = [Point(place * 28, total, str(place)) for place, total in enumerate(totals)]
    prior = Prior(correlation=0.1, own_noise=True)
    chances = [
        chance_of(change_point(points[:count], prior).probability, 28) for count in range(8, len(totals))
    ]
    place = next(place for place, chance in enumerate(chances) if chance < chances[0] / 2)
    exactly, a_little_more = chances[place], math.nextafter(chances[place], 1)
    assert max(chances[place + 1 :]) < exactly
    for chance, stands in ((exactly, True), (a_little_more, False)):
        policy = limits(probability=2 * chance, clear_share=0.5, pace_share=0.0)
        assert lit(series(totals[:8]), policy)
        assert lit(series(totals[: place + 9]), policy) is stands


def test_at_the_floor_it_is_not_taken_back() -> None:
    """A total that has ended cannot go on falling; that it lies flat says nothing."""
    falling = [40, 40, 40, 39, 40, 39, 39, 38, 33, 28, 22, 16, 11, 8]
    calm = {"primary": {"inform_probability": 0.999, "soon_probability": 0.9999, "steep_probability": 0.999}}
    policy = Policy.from_mapping({"limits": calm})
    assert lit(series([*falling, *([8] * 12)]), policy)
    assert not lit(series([total + 8 for total in [*falling, *([8] * 12)]]), policy)


def test_the_noise_is_that_of_the_items_that_are_compared() -> None:
    totals = [44, 42, 43, 41, 43, 41, 42, 40, 41, 38, 40, 37, 38, 35, 37]
    forms = ["a" if place < 5 else "b" for place in range(len(totals))]
    reports = [
        alsfrs(total, START + timedelta(days=21 * place), form=form)
        for place, (total, form) in enumerate(zip(totals, forms, strict=True))
    ]
    memory, own = evaluate(reports, Profile(), Policy()).memory, Policy().on(START)
    assert memory.trend is not None
    found = Series(memory.points)
    pace = measure_pace(found, memory.points[-1], memory.trend, own)
    assert pace is not None
    assert (memory.trend.omitted, pace.omitted) == ((), (4,))
    course, _ = found.course_since(memory.points[-1].day - 365)
    assert pace.change == find_change(course, prior_of(own.model), reference=memory.trend.rater)


def test_a_report_that_lacks_an_answer_has_no_pace() -> None:
    memory = evaluate(series(FASTER, every=14), Profile(), Policy()).memory
    assert memory.trend is not None
    found, last = Series(memory.points), memory.points[-1]
    assert measure_pace(found, last, memory.trend, Policy().on(START)) is not None
    lacking = last._replace(items="-" + last.items[1:], total=None)
    assert measure_pace(found, lacking, memory.trend, Policy().on(START)) is None


@pytest.mark.parametrize(("loss", "points"), [(-1, 0), (0.6, 0), (0.7, 0.1), (1.6, 1), (3, 2.4), (3.2, 2.4)])
def test_the_limit_rises_between_a_loss_of_0_6_and_of_3(
    loss: float, points: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    memory = evaluate(series(FASTER, every=14), Profile(), Policy()).memory
    assert memory.trend is not None
    pace = measure_pace(Series(memory.points), memory.points[-1], memory.trend, Policy().on(START))
    assert pace is not None
    monkeypatch.setattr(type(pace.change), "overall", property(lambda _: Overall(-loss, -2.0, 0.1)))
    assert shift_of(pace, Acceleration(pace_share=4.2)) == pytest.approx(4.2 * points)
