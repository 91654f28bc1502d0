"""Questions about the time of a report: once per phone and shift, in whatever order they came."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from scoring.decline import Evaluation, Memory, Report, evaluate
from scoring.decline.evaluation import conclude
from scoring.decline.flags import Signal
from scoring.decline.fold import advance, begin
from scoring.decline.memory.memory import MAX_CLOCKS
from scoring.decline.rules.times import TIME_RULES
from tests.scoring.decline.histories import DEFAULT, NOBODY, START, alsfrs, make_report

CLOCK = ("clock_shifted",)


def sent(day: int, shift_hours: float = 0, phone: str = "one", doubts: tuple[str, ...] = CLOCK) -> Report:
    return alsfrs(
        40,
        START + timedelta(days=day),
        doubts=doubts,
        phone=phone,
        shift_seconds=round(shift_hours * 3600),
    )


def after(*reports: Report) -> Evaluation:
    return evaluate(reports, NOBODY, DEFAULT)


def questions(evaluation: Evaluation) -> dict[str, Signal]:
    flags = [flag for flag in evaluation.flags if flag.topic == "time_query"]
    return {signal.rule: signal for flag in flags for signal in (flag, *flag.further)}


def test_a_clock_that_was_far_off_is_asked_about_in_a_sentence() -> None:
    (question,) = questions(after(sent(0, -20))).values()
    assert question.sentence.startswith("A phone's clock was about 20 hours ahead:")
    assert (question.level, question.evidence) == ("inform", (sent(0).id,))


def test_the_same_phone_and_shift_are_asked_about_once() -> None:
    """A second report does not ask again, so the question ends four weeks after the first."""
    reports = [sent(day, -20) for day in range(0, 36, 7)]
    assert "clock_shifted" in questions(after(*reports[:4]))
    assert questions(after(*reports)) == {}


def test_a_shift_that_drifts_by_minutes_is_the_same() -> None:
    reports = [sent(7 * week, -20 + 0.1 * (week % 2)) for week in range(5)]
    assert questions(after(*reports)) == {}


def test_another_phone_and_another_shift_are_asked_about_anew() -> None:
    first = [sent(0, -20), sent(35, -20)]
    assert questions(after(*first)) == {}
    assert "clock_shifted" in questions(after(*first, sent(36, -20, phone="two")))
    assert "clock_shifted" in questions(after(*first, sent(36, 5)))


def test_what_was_asked_about_stays_known_when_another_phone_comes_between() -> None:
    reports = [sent(0, -20), sent(7, 5, phone="two"), sent(14, -20), sent(21, 5, phone="two"), sent(36, -20)]
    assert questions(after(*reports)) == {}


def test_a_time_taken_at_receipt_is_asked_about_each_time() -> None:
    doubts = ("time_not_possible",)
    found = questions(after(sent(0, doubts=doubts), sent(20, doubts=doubts), sent(40, doubts=doubts)))
    assert found["time_not_possible"].evidence == tuple(sent(day).id for day in (0, 20, 40))


def test_each_doubt_has_its_own_question() -> None:
    found = questions(after(sent(0, 3, doubts=("clock_shifted", "before_enrolment"))))
    assert found.keys() == {"clock_shifted", "before_enrolment"}


def test_the_question_about_another_report_is_news() -> None:
    asked = [questions(after(sent(0, shift)))["clock_shifted"].numbers for shift in (-20, 5)]
    assert all(numbers["report"] == sent(0).id for numbers in asked)
    for rule in TIME_RULES:
        (measure,) = rule.worse
        one, other = (measure.mark({**asked[0], "report": name}) for name in ("one", "other"))
        assert measure.is_worse(one, other)
        assert not measure.is_worse(one, one)


def test_a_note_on_the_place_asks_nothing() -> None:
    assert questions(after(sent(0, doubts=("unknown_zone", "duration_not_possible")))) == {}


def test_reports_of_every_instrument_are_asked_about() -> None:
    weight = make_report("weight", {"weight_g": 71_000}, doubts=("time_not_possible",))
    eating = make_report("eat_10", {"eat_1": 0}, START + timedelta(days=1), doubts=("time_not_possible",))
    assert questions(after(weight)).keys() == {"time_not_possible"}
    assert questions(after(eating)).keys() == {"time_not_possible"}


def test_a_form_that_replaces_the_days_first_takes_no_question_back() -> None:
    """The rules on function are read again for the day; the questions about times stay."""
    first = alsfrs(40, hour=8, doubts=("time_not_possible",))
    second = alsfrs(41, hour=10)
    assert questions(after(first, second)).keys() == {"time_not_possible"}


def fold(reports: Sequence[Report]) -> Memory:
    memory = begin()
    for report in reports:
        memory = Memory.from_dict(advance(memory, report, NOBODY, DEFAULT).as_dict())
    return memory


def test_what_is_remembered_between_reports_asks_the_same() -> None:
    reports = [
        sent(day, shift, phone) for day, shift, phone in ((0, 9, "a"), (3, 9, "b"), (5, 9, "a"), (9, 2, "a"))
    ]
    whole = after(*reports)
    step_by_step = conclude(fold(reports), NOBODY, DEFAULT)
    assert step_by_step.flags == whole.flags
    assert step_by_step.memory == whole.memory


def test_what_is_remembered_of_clocks_is_bounded() -> None:
    memory = fold([sent(number, 2, phone=str(number)) for number in range(MAX_CLOCKS + 5)])
    assert len(memory.clocks) == MAX_CLOCKS
