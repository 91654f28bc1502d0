"""Items left unanswered: judged on the others, or said that it cannot be judged, and of which answers."""

from __future__ import annotations

from datetime import timedelta

import pytest

from scoring.decline import Evaluation, Flag, Policy, Profile, Report, Topic, evaluate
from scoring.decline.wording import compared_on
from scoring.trajectory import Point, Prior, posterior
from tests.scoring.decline.histories import START, alsfrs, codes_for, days, lost, rules_after, rules_on

SALIVATION = 1
FALLING = [44, 42, 40, 38, 36, 34, 32, 30, 28, 26, 24, 22]


def lacking(total: int, place: int, *items: int, every: int = 14, **other: object) -> Report:
    """A report of this total from which these items were left out."""
    answers = [None if item in items else code for item, code in enumerate(codes_for(total))]
    return alsfrs(answers, START + timedelta(days=every * place), **other)


def after(*reports: Report) -> Evaluation:
    return evaluate(reports, Profile(), Policy())


def query(evaluation: Evaluation) -> Flag:
    return next(flag for flag in evaluation.flags if flag.topic is Topic.DATA_QUERY)


def test_one_item_that_is_always_left_blank_does_not_switch_detection_off() -> None:
    evaluation = after(*(lacking(total, place, SALIVATION) for place, total in enumerate(FALLING)))
    assert rules_on(evaluation)["fast_decline"] == "soon"
    assert "items_unanswered" not in rules_on(evaluation)
    decline = next(flag for flag in evaluation.flags if flag.topic is Topic.DECLINE)
    words = "the 11 items other than saliva, which most reports leave unanswered"
    assert words in decline.sentence
    assert evaluation.as_dict()["trajectory"]["compared_on"] == "all:salivation"


def test_the_trajectory_on_eleven_items_is_that_of_their_sums_scaled_to_twelve() -> None:
    evaluation = after(*(lacking(total, place, SALIVATION) for place, total in enumerate(FALLING)))
    sums = [total - codes_for(total)[SALIVATION] for total in FALLING]
    points = [Point(14 * place, value * 12 / 11, str(place)) for place, value in enumerate(sums)]
    fit = posterior(points, Prior(correlation=0.1, own_noise=True))
    assert evaluation.trajectory is not None
    assert evaluation.trajectory.slope == pytest.approx(fit.slope, abs=1e-13)
    assert evaluation.trajectory.level == pytest.approx(fit.level, abs=1e-12)


def test_the_third_report_that_lacks_another_item_asks_for_the_answers() -> None:
    complete = [lacking(40, place) for place in range(8)]
    short = [lacking(40, 8 + place, SALIVATION, 8) for place in range(3)]
    assert "items_unanswered" not in rules_after(*complete, *short[:2])
    evaluation = after(*complete, *short)
    flag = query(evaluation)
    assert (flag.rule, flag.level) == ("items_unanswered", "soon")
    assert flag.sentence == (
        "Decline cannot be judged from 3 of the 11 ALSFRS-R reports by the patient within 183 days, because"
        " answers are missing: saliva and stairs. These reports are left out; ask for the answers."
    )
    assert flag.evidence == tuple(report.id for report in short)
    trajectory = evaluation.trajectory
    assert trajectory is not None
    assert trajectory.evidence == tuple(report.id for report in complete)


def test_it_can_be_judged_again_once_most_reports_lack_the_item() -> None:
    history = [lacking(40, place) for place in range(4)]
    history += [lacking(40, 4 + place, SALIVATION) for place in range(7)]
    lit = ["items_unanswered" in rules_after(*history[:count]) for count in range(7, 12)]
    assert lit == [True, True, True, False, False]
    trajectory = after(*history).trajectory
    assert trajectory is not None
    assert trajectory.reports == 11


def test_another_respondents_reports_do_not_end_the_query() -> None:
    history = [lacking(40, place) for place in range(4)]
    history += [lacking(40, 4 + place, SALIVATION) for place in range(3)]
    carers = [lacking(40, 7 + place, respondent="caregiver") for place in range(3)]
    assert "items_unanswered" in rules_after(*history, *carers)


def test_with_five_items_left_blank_decline_is_not_judged_and_that_is_said() -> None:
    history = [lacking(total, place, 1, 3, 5, 6, 8) for place, total in enumerate(FALLING)]
    evaluation = after(*history)
    assert evaluation.trajectory is None
    assert "answers are missing: saliva, handwriting, dressing, turning in bed and stairs." in (
        query(evaluation).sentence
    )


def test_an_empty_form_after_one_that_can_be_used_hides_nothing() -> None:
    history = [lacking(total, place, SALIVATION) for place, total in enumerate(FALLING)]
    empty = alsfrs([None] * 12, history[-1].observed_on, hour=20)
    assert after(*history, empty).trajectory == after(*history).trajectory


@pytest.mark.parametrize(("domain", "told"), [("bulbar", False), ("fine_motor", True)])
def test_a_domain_of_which_an_item_is_left_out_is_not_judged_and_the_others_are(
    domain: str, told: bool
) -> None:
    """Saliva is always left blank; the one domain falls by five points."""
    history = [
        alsfrs(
            [None if item == SALIVATION else code for item, code in enumerate(lost(**{domain: points}))], on
        )
        for points, on in zip((0, 0, 0, 0, 5, 5), days(0, 14, 28, 42, 70, 84), strict=True)
    ]
    assert ("domain_drop" in rules_after(*history)) is told


def test_a_domain_without_its_items_is_not_at_the_floor_of_the_scale() -> None:
    trajectory = after(*(lacking(40, place, SALIVATION) for place in range(4))).trajectory
    assert trajectory is not None
    assert not trajectory.at_floor


@pytest.mark.parametrize("items", [(), (SALIVATION,)])
def test_near_the_top_of_the_scale_it_is_too_early_on_eleven_items_too(items: tuple[int, ...]) -> None:
    trajectory = after(*(lacking(47, place, *items) for place in range(3))).trajectory
    assert trajectory is not None
    assert trajectory.too_early


def test_the_stages_say_which_answers_they_had_to_do_without() -> None:
    stages = after(*(lacking(48, place, SALIVATION) for place in range(3))).as_dict()["stages"]
    assert stages["kings"]["missing"] == ["salivation"]
    assert stages["ft9"]["missing"] == ["salivation"]


def test_twelve_equal_answers_of_which_one_is_always_blank_are_asked_about() -> None:
    blank = [alsfrs([4, None, *[4] * 10], day) for day in days(0, 14, 28)]
    equal = alsfrs([2, None, *[2] * 10], START + timedelta(days=42))
    (flag,) = (flag for flag in after(*blank, equal).flags if flag.topic is Topic.DATA_QUERY)
    sentences = [signal.sentence for signal in (flag, *flag.further)]
    asked = "All 11 ALSFRS-R items filled in were answered 2 by the patient: check that the form was read."
    assert asked in sentences


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("all", "all 12 items"),
        (
            "without_cutting",
            "the 11 items other than cutting food, because the form of that item changed (5a/5b)",
        ),
        ("all:salivation", "the 11 items other than saliva, which most reports leave unanswered"),
        (
            "all:salivation,climbing_stairs,dyspnea",
            "the 9 items other than saliva, stairs and breathlessness, which most reports leave unanswered",
        ),
        (
            "without_support:salivation",
            "the 10 items other than saliva, which most reports leave unanswered, and breathing support,"
            " because the support changed",
        ),
        (
            "without_both:salivation",
            "the 9 items other than saliva, which most reports leave unanswered, and cutting food and"
            " breathing support, because both changed",
        ),
    ],
)
def test_what_a_comparison_rests_on_in_words(code: str, words: str) -> None:
    assert compared_on(code) == words
