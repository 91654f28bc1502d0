"""What became known: every event and every urgent state is told, however late, and whatever came after."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scoring.decline import Evaluation, Level, Policy, Profile, Report, begin, conclude, evaluate, read
from scoring.decline.rules import BY_ID
from tests.scoring.decline.histories import (
    DEFAULT,
    NOBODY,
    START,
    alsfrs,
    codes,
    days,
    make_report,
    rules_on,
    series,
)
from tests.scoring.decline.strategies import histories, profiles
from tests.scoring.decline.test_fold import named

GOOD = codes()


def ranks(found: Evaluation) -> dict[tuple[str, str], int]:
    """The highest level of what is told, by rule and report."""
    by_key: dict[tuple[str, str], int] = {}
    for item in found.news:
        key = (item.rule, item.report.id)
        by_key[key] = max(item.level.rank, by_key.get(key, -1))
    return by_key


def told(evaluation: Evaluation) -> set[tuple[str, str]]:
    return {(news.rule, news.report.id) for news in evaluation.news}


def batch(*reports: Report, new: set[str] | None = None, profile: Profile = NOBODY) -> Evaluation:
    return evaluate(reports, profile, DEFAULT, new=new)


def test_a_month_offline_in_one_batch_tells_what_was_at_its_worst_in_between() -> None:
    """Breathing lying down was at 0 a month ago, and good in the three reports since."""
    worst_on = START + timedelta(days=56)
    reports = [
        alsfrs(codes(orthopnea=0) if on == worst_on else GOOD, on) for on in days(0, 28, 56, 70, 80, 89)
    ]
    evaluation = batch(*reports)
    assert "orthopnea_at_worst" not in rules_on(evaluation)
    worst = [news for news in evaluation.news if news.rule == "orthopnea_at_worst"]
    assert [(news.level, news.report.id, news.topic) for news in worst] == [
        (Level.URGENT, reports[2].id, "respiratory")
    ]
    flag = worst[0].flag
    assert flag is not None
    assert (flag.rule, flag.raised_by) == ("orthopnea_at_worst", reports[2].id)


def test_breathing_support_of_a_month_ago_is_told_though_its_flag_has_gone() -> None:
    """Support that began is told as a new stage, more of it as a change."""
    (first, *later) = days(50, 85, 120, 155)
    reports = [alsfrs(GOOD, START), alsfrs(codes(support=3), first)]
    reports += [alsfrs(codes(support=2), on) for on in later]
    evaluation = batch(*reports)
    assert not {"stage_failure", "breathing_support"} & set(rules_on(evaluation))
    assert told(evaluation) >= {("stage_failure", reports[1].id), ("breathing_support", reports[2].id)}


def test_the_json_form_of_news() -> None:
    report = make_report("phq_9", {"phq_9": 2}, START)
    assert batch(report).as_dict()["news"] == [
        {
            "topic": "self_harm",
            "rule": "self_harm",
            "level": "urgent",
            "report_id": report.id,
            "observed_at": "2026-01-05T09:00:00+00:00",
            "mark": {"code": 2.0},
            "flag": None,
            "occurrence": True,
        }
    ]


def test_what_has_passed_comes_with_its_flag() -> None:
    worst, *good = [alsfrs(codes(dyspnea=0) if on == START else GOOD, on) for on in days(0, 28, 56)]
    evaluation = batch(worst, *good)
    (told_flag,) = [
        news["flag"] for news in evaluation.as_dict()["news"] if news["rule"] == "dyspnea_at_worst"
    ]
    assert told_flag == batch(worst).as_dict()["flags"][0]


@pytest.mark.parametrize("count", [1, 2, 3])
def test_an_ordinary_report_in_order_tells_nothing(count: int) -> None:
    assert batch(*series([44, 43, 43][:count]), new={series([44, 43, 43])[count - 1].id}).news == ()


def test_what_still_holds_is_not_told_again() -> None:
    first, second = (alsfrs(codes(dyspnea=0), on) for on in days(0, 28))
    memory = read(begin(), first, NOBODY, DEFAULT).memory
    assert read(memory, second, NOBODY, DEFAULT).came_on == ()


def test_each_occurrence_of_a_safety_answer_is_told() -> None:
    reports = [make_report("phq_9", {"phq_9": 1}, on) for on in days(0, 1)]
    memory, first = read(begin(), reports[0], NOBODY, DEFAULT)
    second = read(memory, reports[1], NOBODY, DEFAULT).came_on
    assert [news.report.id for news in (*first, *second)] == [report.id for report in reports]


def test_a_state_below_urgent_that_has_passed_is_not_told() -> None:
    reports = [alsfrs(codes(dyspnea=1) if on == START else GOOD, on) for on in days(0, 28, 56)]
    assert not any(rule == "dyspnea_low" for rule, _ in told(batch(*reports)))


def test_a_late_report_tells_its_own_and_what_an_older_one_brings_on_only_because_of_it() -> None:
    """The fall of five weeks ends at an older report; the late one is what it fell from."""
    old = [alsfrs(codes(dyspnea=2), START), alsfrs(codes(dyspnea=2), START + timedelta(days=28))]
    late = alsfrs(codes(dyspnea=4), START - timedelta(days=7))
    assert told(batch(*old, late, new={late.id})) >= {("dyspnea_fall", old[0].id)}
    assert ("dyspnea_fall", old[0].id) not in told(batch(*old, late, new={old[1].id}))


def test_what_an_older_report_brings_on_only_because_another_was_voided_or_corrected_is_told() -> None:
    """Seven weeks ago was a fall of two, which a report of the same level before it hid."""
    before, hid, fell = (
        alsfrs(codes(orthopnea=code), START + timedelta(days=28 * place))
        for place, code in enumerate((4, 1, 1))
    )
    later = alsfrs(GOOD, START + timedelta(days=100))
    voided = evaluate([before, fell, later], NOBODY, DEFAULT, new=set(), replaced=[hid])
    assert told(voided) >= {("orthopnea_fall", fell.id)}
    assert ("orthopnea_fall", fell.id) not in told(batch(before, hid, fell, later, new={later.id}))
    mended = replace(hid, answers={**hid.answers, "orthopnea": 4})
    corrected = evaluate([before, mended, fell, later], NOBODY, DEFAULT, new={hid.id}, replaced=[hid])
    assert told(corrected) >= {("orthopnea_fall", fell.id)}


def test_what_a_correction_lets_count_for_more_is_told_at_its_higher_level() -> None:
    """The first total was a slip: with 39 instead of 21 what fell at last is more likely a change of pace."""
    slip, *others = (
        alsfrs(total, START + timedelta(days=on))
        for total, on in ((21, 0), (39, 49), (43, 119), (26, 147), (26, 154))
    )
    last = ("acceleration", others[2].id)
    assert ranks(batch(slip, *others))[last] == Level.INFORM.rank
    mended = replace(alsfrs(39, START), id=slip.id)
    found = evaluate([mended, *others], NOBODY, DEFAULT, new={slip.id}, replaced=[slip])
    assert ranks(found)[last] == Level.SOON.rank


@settings(max_examples=60, deadline=None)
@given(histories, profiles, st.data())
def test_what_became_known_by_voids_was_told_too(
    history: list[Report], profile: Profile, data: st.DataObject
) -> None:
    history = named(history)
    known, left = ranks(evaluate(history, profile, Policy())), list(history)
    for _ in range(data.draw(st.integers(0, len(history)))):
        gone = data.draw(st.sampled_from(left))
        left.remove(gone)
        found = evaluate(left, profile, Policy(), new={gone.id}, replaced=[gone])
        known |= {key: max(rank, known.get(key, -1)) for key, rank in ranks(found).items()}
        whole = evaluate(left, profile, Policy())
        assert all(known.get(key, -1) >= rank for key, rank in ranks(whole).items())
        assert found.as_dict() | {"news": []} == whole.as_dict() | {"news": []}


def test_without_new_reports_there_is_no_news() -> None:
    reports = [alsfrs(codes(dyspnea=0), on) for on in days(0, 28)]
    assert batch(*reports, new=set()).news == ()


def test_a_report_that_fails_is_told_of_and_the_others_are_read() -> None:
    good = alsfrs(codes(dyspnea=0), START)
    bad = make_report("weight", {"weight_g": 70_000}, START + timedelta(days=1))
    object.__setattr__(bad, "answers", {"weight_g": "heavy"})
    failed: list[str] = []
    evaluation = evaluate([good, bad], NOBODY, DEFAULT, failed=lambda report: failed.append(report.id))
    assert failed == [bad.id]
    assert rules_on(evaluation)["dyspnea_at_worst"] == "urgent"
    with pytest.raises(ValueError, match="heavy"):
        evaluate([good, bad], NOBODY, DEFAULT)


@settings(max_examples=60, deadline=None)
@given(histories, profiles, st.data())
def test_every_event_and_urgent_state_has_been_told_in_any_order_and_batching(
    history: list[Report], profile: Profile, data: st.DataObject
) -> None:
    """What the history as known in the end brings on was told by some evaluation; flags never differ."""
    history = named(history)
    whole = evaluate(history, profile, Policy())
    arrived: list[Report] = []
    known: set[tuple[str, str]] = set()
    left = data.draw(st.permutations(history))
    while left:
        size = data.draw(st.integers(1, len(left)))
        batch_of, left = left[:size], left[size:]
        arrived += batch_of
        evaluation = evaluate(arrived, profile, Policy(), new={report.id for report in batch_of})
        known |= told(evaluation)
    assert known >= told(whole)
    if history:
        assert evaluation.as_dict() | {"news": []} == whole.as_dict() | {"news": []}


@settings(max_examples=60, deadline=None)
@given(histories, profiles)
def test_in_order_each_report_tells_what_the_whole_history_tells_of_it(
    history: list[Report], profile: Profile
) -> None:
    memory, by_report = begin(), {}
    for report in sorted(named(history), key=lambda report: report.key):
        memory, came_on = read(memory, report, profile, Policy())
        by_report[report.id] = came_on
        assert {news.report.id for news in came_on} <= {report.id}
        stepwise = conclude(memory, profile, Policy(), came_on)
        assert json.loads(json.dumps(stepwise.as_dict())) == stepwise.as_dict()
    whole = evaluate(named(history), profile, Policy())
    assert told(whole) == {news.key for came_on in by_report.values() for news in came_on}


@settings(max_examples=60, deadline=None)
@given(histories, profiles)
def test_news_has_its_flag_unless_that_stands_now(history: list[Report], profile: Profile) -> None:
    evaluation = evaluate(named(history), profile, Policy())
    standing = {
        (signal.rule, signal.raised_by) for flag in evaluation.flags for signal in (flag, *flag.further)
    }
    for news in evaluation.news:
        assert news.level is Level.URGENT or not BY_ID[news.rule].passes
        if news.flag is None:
            assert news.rule in {rule for rule, _ in standing}
            continue
        then = [signal for signal in (news.flag, *news.flag.further) if signal.rule == news.rule]
        assert [signal.level for signal in then] == [news.level]
        assert (news.rule, then[0].raised_by) not in standing
        assert then[0].mark == news.mark
