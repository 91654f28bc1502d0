"""What is news to those who deal with an alert, against what they knew when they dealt with it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from models.alerts.alert import Alert, Because, End, EndedHow, Grounds, NotFollowed, State
from scoring.decline import Level, Topic
from services.alerts import news
from services.alerts.news import FLICKER, News, Verdict, reason_to_raise
from tests.alert_samples import EVENT, Told, ended_unseen, evaluation, make_alert, news_of, on_day, verdict

DEALT = [State.ACKNOWLEDGED, State.SNOOZED, State.ENDED]
AT_NOON = on_day(1) + timedelta(hours=4)
SELF_HARM = Told(Topic.SELF_HARM, Level.URGENT, rule="self_harm", reports=(1,))
SLOWLY = {"loss_now": 1.5, "level_now": 34.0}


def reason(state: State, before: Told, after: Told, day: float = 20, **said: Any) -> Because | None:
    return reason_to_raise(make_alert(state, before), verdict(after, **said), on_day(day))


@pytest.mark.parametrize("state", [State.OPEN, *DEALT])
@pytest.mark.parametrize("day", [2, 20, 400])
def test_being_still_met_is_no_news_however_long(state: State, day: float) -> None:
    assert reason(state, Told(mark=SLOWLY), Told(met=15, mark=SLOWLY), day) is None


@pytest.mark.parametrize("state", [State.OPEN, *DEALT])
def test_a_higher_level_is_news(state: State) -> None:
    assert reason(state, Told(), Told(level=Level.URGENT)) is Because.HIGHER_LEVEL
    assert reason(state, Told(level=Level.URGENT), Told(level=Level.INFORM)) is None


@pytest.mark.parametrize("state", [State.OPEN, *DEALT])
def test_a_rule_that_was_not_on_is_news_so_that_one_question_swallows_no_other(state: State) -> None:
    query = Told(Topic.DATA_QUERY, rule="tube_form")
    other = replace(query, also={"tube_unrecorded": {}})
    assert reason(state, query, other) is Because.NEW_RULE
    assert reason(state, other, query) is None


@pytest.mark.parametrize("state", [State.OPEN, *DEALT])
@pytest.mark.parametrize(
    ("mark", "worse"),
    [
        ({"loss_now": 1.99, "level_now": 34.0}, False),
        ({"loss_now": 2.0, "level_now": 34.0}, True),
        ({"loss_now": 1.5, "level_now": 28.5}, False),
        ({"loss_now": 1.5, "level_now": 28.0}, True),
    ],
)
def test_worse_by_the_rules_own_step_is_news(state: State, mark: dict[str, float], worse: bool) -> None:
    """A decline comes back by half a point a month, or by 6 points lost since."""
    found = reason(state, Told(mark=SLOWLY), Told(met=30, mark=mark))
    assert found is (Because.WORSE if worse else None)


@pytest.mark.parametrize("state", [State.OPEN, State.ACKNOWLEDGED, State.ENDED])
def test_each_new_occurrence_of_a_safety_answer_is_news(state: State) -> None:
    later = replace(SELF_HARM, reports=(1, 15))
    earlier = replace(SELF_HARM, reports=(0, 1))
    assert reason(state, SELF_HARM, later) is Because.NEW_OCCURRENCE
    assert reason(state, SELF_HARM, earlier) is Because.NEW_OCCURRENCE
    assert reason(state, SELF_HARM, SELF_HARM) is None


def test_news_of_safety_that_is_no_occurrence_is_none() -> None:
    told = news_of(replace(SELF_HARM, raised=0), stands=True)
    assert reason(State.ACKNOWLEDGED, SELF_HARM, SELF_HARM, news=[told]) is None


@pytest.mark.parametrize(
    ("told", "running", "expected"),
    [
        (Told(), False, Because.MUTE_ENDED),
        (Told(level=Level.URGENT), False, Because.MUTE_ENDED),
        (Told(cleared=9), False, None),
        (Told(), True, None),
        (Told(level=Level.URGENT), True, Because.HIGHER_LEVEL),
    ],
)
def test_what_a_mute_ended_is_news_when_it_is_over_and_holds(
    told: Told, running: bool, expected: Because | None
) -> None:
    end = End(EndedHow.DISMISSED, on_day(2), news.POLICY)
    said = replace(verdict(told), muted_until=on_day(30).date() if running else None)
    assert reason_to_raise(replace(make_alert(State.ENDED), end=end), said, on_day(20)) is expected


def test_an_occurrence_that_only_the_news_names_counts() -> None:
    told = news_of(replace(SELF_HARM, raised=9), stands=True, occurrence=True)
    assert reason(State.ACKNOWLEDGED, SELF_HARM, SELF_HARM, news=[told]) is Because.NEW_OCCURRENCE


@pytest.mark.parametrize(
    ("level", "after", "expected"),
    [
        (Level.SOON, FLICKER, None),
        (Level.SOON, FLICKER + timedelta(seconds=1), Because.CAME_ON_AGAIN),
        (Level.INFORM, timedelta(days=1), None),
        (Level.URGENT, timedelta(hours=1), Because.CAME_ON_AGAIN),
    ],
)
@pytest.mark.parametrize("state", DEALT)
def test_what_was_dealt_with_comes_on_again_after_84_days_or_at_once_if_urgent(
    state: State, level: Level, after: timedelta, expected: Because | None
) -> None:
    told = Told(level=level)
    off = replace(make_alert(state, told), standing={})
    assert reason_to_raise(off, verdict(replace(told, raised=12)), AT_NOON + after) is expected


@pytest.mark.parametrize(("level", "expected"), [(Level.SOON, Because.CAME_ON_AGAIN), (Level.INFORM, None)])
def test_a_soon_that_the_clock_has_ended_comes_on_again_at_once(
    level: Level, expected: Because | None
) -> None:
    told, aged = Told(level=level), End(EndedHow.AGED, on_day(12), "clock")
    off = replace(make_alert(State.ACKNOWLEDGED, told), standing={}, state=State.ENDED, end=aged)
    assert reason_to_raise(off, verdict(replace(told, raised=12)), on_day(13)) is expected


def test_what_ended_unseen_comes_on_again_at_once() -> None:
    told = Told(level=Level.INFORM, raised=4)
    assert reason_to_raise(ended_unseen(), verdict(told), on_day(4)) is Because.CAME_ON_AGAIN


def test_what_is_open_and_flickers_is_before_people_already() -> None:
    off = replace(make_alert(), standing={})
    assert reason_to_raise(off, verdict(Told(raised=12)), on_day(400)) is None


def test_an_urgent_state_that_came_and_went_between_two_evaluations_is_news() -> None:
    urgent = Told(level=Level.URGENT, raised=15, cleared=18)
    alert = replace(make_alert(State.ENDED, Told(level=Level.URGENT)), standing={})
    said = verdict(urgent, news=[news_of(urgent)])
    assert reason_to_raise(alert, said, on_day(20)) is Because.CAME_ON_AGAIN
    known = replace(alert, told=("fast_decline:r15:urgent",))
    assert reason_to_raise(known, said, on_day(20)) is None


def test_news_of_an_earlier_report_of_the_same_state_is_none() -> None:
    """A late form that also meets the condition, while it is on all along."""
    told = Told(level=Level.URGENT)
    late = news_of(replace(told, raised=0), stands=True)
    assert reason(State.ACKNOWLEDGED, told, told, news=[late]) is None


def test_news_of_before_the_condition_was_met_last_is_not_that_it_came_on_again() -> None:
    """The alert's own grounds stand still while nothing else changes; the news says when it was met last."""
    told = Told(level=Level.URGENT, rule=EVENT, met=5)
    alert = make_alert(State.ACKNOWLEDGED, told)
    late = news_of(replace(told, raised=8), stands=True)
    assert came_on_again(alert, told, late)
    assert not came_on_again(alert, told, {**late, "met_before": on_day(9).isoformat()})
    assert came_on_again(alert, told, {**late, "met_before": on_day(7).isoformat()})


def came_on_again(alert: Alert, told: Told, one: dict[str, object]) -> bool:
    return reason_to_raise(alert, verdict(told, news=[one]), on_day(20)) is Because.CAME_ON_AGAIN


@pytest.mark.parametrize(("level_now", "expected"), [(28.5, None), (28.0, Because.WORSE)])
def test_news_is_worse_by_its_own_mark_though_it_has_passed(
    level_now: float, expected: Because | None
) -> None:
    """What came and went between two evaluations was worse than what was dealt with."""
    came_and_went = Told(raised=15, cleared=18, mark=SLOWLY | {"level_now": level_now})
    said = verdict(came_and_went, news=[news_of(came_and_went)])
    alert = make_alert(State.ACKNOWLEDGED, Told(mark=SLOWLY))
    assert reason_to_raise(alert, said, on_day(20)) is expected


def test_news_of_a_late_report_of_what_came_and_went_is_news_also_while_the_state_is_on() -> None:
    """As far as the alert knows it is on all along; the history says that it came on, passed, and is off."""
    went = Told(level=Level.URGENT, raised=0, cleared=1)
    alert = make_alert(State.ACKNOWLEDGED, Told(level=Level.URGENT))
    said = verdict(went, news=[news_of(went)])
    assert reason_to_raise(alert, said, on_day(20)) is Because.CAME_ON_AGAIN


def test_news_of_a_rule_that_is_off_again_while_another_keeps_its_topic_on_is_news() -> None:
    """News that an entry before left for this one names no flag where the topic is still on."""
    both = Told(level=Level.URGENT, also={"confirmed_drop": {}}, met=9)
    alert = make_alert(State.ACKNOWLEDGED, both)
    alert = replace(alert, standing={"confirmed_drop": {}})
    said = replace(both, rule="confirmed_drop", also={})
    left = news_of(replace(both, raised=8), stands=True)
    assert reason_to_raise(alert, verdict(said, news=[left]), on_day(20)) is Because.CAME_ON_AGAIN


def test_the_report_that_met_the_condition_last_is_not_that_it_came_on_again() -> None:
    told = Told(level=Level.URGENT, rule=EVENT, met=5)
    same = news_of(replace(told, raised=5), stands=True)
    assert not came_on_again(make_alert(State.ACKNOWLEDGED, told), told, same)


def test_news_that_was_told_of_is_no_news_once_more() -> None:
    urgent = Told(level=Level.URGENT, raised=15, cleared=18)
    said = verdict(urgent, news=[news_of(urgent)])
    alert = make_alert(State.ACKNOWLEDGED)
    assert reason_to_raise(alert, said, on_day(20)) is Because.HIGHER_LEVEL
    assert reason_to_raise(replace(alert, told=("fast_decline:r15:urgent",)), said, on_day(20)) is None


@pytest.mark.parametrize(
    ("told_at", "expected"),
    [(Level.INFORM, Because.HIGHER_LEVEL), (Level.SOON, None), (Level.URGENT, None)],
)
def test_news_that_was_told_of_at_a_lower_level_is_news(told_at: Level, expected: Because | None) -> None:
    """A report before it was corrected: what it brought on then counts for more now."""
    went = Told(level=Level.SOON, raised=15, cleared=18)
    alert = make_alert(State.OPEN, Told(level=Level.INFORM))
    known = replace(alert, told=(f"fast_decline:r15:{told_at.value}",))
    assert reason_to_raise(known, verdict(went, news=[news_of(went)]), on_day(20)) is expected


# What an evaluation says


def test_what_an_evaluation_says_of_a_topic() -> None:
    told = Told(Topic.SELF_HARM, Level.URGENT, met=9, rule="self_harm", mark={"code": 2.0}, reports=(1, 9))
    one = news_of(replace(told, raised=9), stands=True, occurrence=True)
    one["met_before"] = on_day(4).isoformat()
    said = evaluation(told, news=[one])
    assert news.verdicts_of(said, on_day(10).date()) == {
        "self_harm": Verdict(
            flag=told.flag.as_dict(),
            grounds=Grounds("r1", on_day(1), "r9", on_day(9), ("r1", "r9")),
            news=(
                News(
                    "self_harm",
                    Level.URGENT,
                    "r9",
                    on_day(9),
                    {"code": 2.0},
                    occurrence=True,
                    met_before=on_day(4),
                ),
            ),
            events=frozenset({"self_harm"}),
        )
    }


def test_what_has_passed_has_grounds_and_no_flag_and_other_topics_name_no_occurrence() -> None:
    told = Told(met=9, cleared=12)
    (said,) = news.verdicts_of(evaluation(told), on_day(20).date()).values()
    grounds = Grounds("r1", on_day(1), "r9", on_day(9))
    assert said == Verdict(grounds=grounds, cleared_at=on_day(12), events=frozenset())
    standing = news.verdicts_of(evaluation(replace(told, cleared=None)), on_day(20).date())
    assert standing["decline"].grounds == grounds


def test_an_evaluation_of_an_earlier_release_names_no_events_and_no_news() -> None:
    said = evaluation(Told(rule=EVENT))
    plain = {name: said[name] for name in ("flags", "topics")}
    assert news.verdicts_of(plain, on_day(5).date())["decline"].events is None
    assert news.verdicts_of({**plain, "events": {}}, on_day(5).date())["decline"].events == frozenset()
    assert news.verdicts_of(said, on_day(5).date())["decline"].events == {EVENT}
    assert news.not_followed(plain) is None
    assert news.not_followed({**plain, "not_followed": "died"}) is NotFollowed.DIED


@pytest.mark.parametrize(
    ("mutes", "until"),
    [
        ([("2076-01-06", "2076-02-01")], None),
        ([("2076-01-05", "2076-02-01")], "2076-02-01"),
        ([("2076-01-01", "2076-01-05")], "2076-01-05"),
        ([("2076-01-01", "2076-01-04")], None),
        ([("2076-01-01", "2076-02-09"), ("2076-01-02", "2076-02-01")], "2076-02-09"),
        ([("2076-01-02", "2076-02-01"), ("2076-01-01", "2076-02-09")], "2076-02-09"),
    ],
)
def test_a_mute_runs_from_its_first_day_to_its_last(mutes: list[tuple[str, str]], until: str | None) -> None:
    """Of several that run on the 5th, the one that ends last counts."""
    told = [{"topic": "decline", "starts_on": begin, "ends_on": end} for begin, end in mutes]
    said = news.verdicts_of(evaluation(Told(), mutes=told), on_day(0).date())["decline"].muted_until
    assert (said and said.isoformat()) == until
    alone = news.verdicts_of(evaluation(mutes=told), on_day(0).date()).get("decline", Verdict())
    assert alone == Verdict(muted_until=said, events=alone.events)


MILD = Told(Topic.SPEECH, Level.SOON, raised=12, cleared=18, rule="domain_slope")
GRAVE = Told(Topic.SPEECH, Level.URGENT, raised=10, cleared=18)
GRAVE_LATER = replace(GRAVE, raised=11)


@pytest.mark.parametrize("order", [(MILD, GRAVE_LATER, GRAVE), (GRAVE, MILD, GRAVE_LATER)])
def test_what_came_and_went_shows_the_gravest_and_of_those_the_last(order: tuple[Told, ...]) -> None:
    said = verdict(replace(GRAVE, cleared=18), news=[news_of(telling) for telling in order])
    grounds = Grounds("r11", on_day(11), "r11", on_day(11))
    assert news.evidence_of(None, said) == (GRAVE_LATER.flag.as_dict(), grounds)
    alert = replace(make_alert(), told=("fast_decline:r10:urgent", "fast_decline:r11:urgent"))
    assert news.flag_of(alert, said) == MILD.flag.as_dict()


def test_a_safety_answer_of_which_only_the_news_tells_is_its_occurrence() -> None:
    told = replace(SELF_HARM, raised=9, cleared=18)
    said = verdict(told, news=[news_of(told, occurrence=True)])
    evidence = news.evidence_of(None, said)
    assert evidence is not None
    assert evidence[1] == Grounds("r9", on_day(9), "r9", on_day(9), ("r9",))


def test_what_stands_goes_before_what_came_and_went() -> None:
    said = verdict(Told(), news=[news_of(replace(GRAVE, topic=Topic.DECLINE))])
    assert news.flag_of(None, said) == Told().flag.as_dict()
    assert news.flag_of(None, Verdict()) is None


@pytest.mark.parametrize(
    ("told", "other"),
    [
        (Told(), None),
        (Told(), Told(level=Level.URGENT)),
        (Told(), Told(raised=2)),
        (Told(), Told(cleared=9)),
        (Told(cleared=9), Told(cleared=10)),
        (Told(), Told(rule="confirmed_drop")),
        (Told(), Told(also={"confirmed_drop": {}})),
        (Told(), Told(Topic.SPEECH)),
        (SELF_HARM, replace(SELF_HARM, reports=(1, 9))),
    ],
    ids=str,
)
def test_what_decides_of_alerts(told: Told, other: Told | None) -> None:
    """Topics, levels, rules, when it began and ended, events; of a safety topic each report."""
    before = evaluation(told)
    after = evaluation() if other is None else evaluation(other)
    assert news.decisive(before) == news.decisive(evaluation(told))
    assert news.decisive(before) != news.decisive(after)


def test_what_decides_of_no_alert() -> None:
    before = evaluation(Told(mark=SLOWLY), events={"decline": ["a"]})
    for after in (
        evaluation(Told(mark={"loss_now": 9.0}, met=8), events={"decline": ["a"]}),
        evaluation(Told(mark=SLOWLY), events={"decline": ["a"], "speech": ["b"]}),
    ):
        assert news.decisive(before) == news.decisive(after)
    assert news.decisive(before) != news.decisive(evaluation(Told(mark=SLOWLY), events={"decline": ["b"]}))
    none, missing = evaluation(Told(), events={}), {**evaluation(Told())}
    del missing["events"]
    assert news.decisive(none) == news.decisive(missing) == news.decisive(evaluation(Told()))
