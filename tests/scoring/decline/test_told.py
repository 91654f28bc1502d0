"""What single rules tell: the level, the numbers, the reports named, the sentence and what clears it.

Rules of breathing, of single items, of doubtful reports, of well-being and of the carer's strain; the others
are read in the tests of their own.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest

from scoring.decline import Policy, Profile, Report, Signal, evaluate
from scoring.decline.wording import CLEARING_HEADLINE, MAX_HEADLINE, tell
from tests.scoring.decline.histories import alsfrs, codes, days, lost, make_report
from tests.scoring.decline.test_carer_and_well_being import ratings, zbi_12

FIRST, SECOND, THIRD = days(0, 28, 56)
FOUR_WEEKS = "It stands until the first ALSFRS-R report at least four weeks later."
QUERY = FOUR_WEEKS[:-1] + " that raises no such question."
FOR_WEEKS = " at two reports in a row, and no report of the 28 days before was not."
REMARK = "It is said of one report, and asks nobody to do anything."
CARER = {"respondent": "caregiver"}


@dataclass(frozen=True)
class Told:
    """One case: after these reports the rule says this."""

    rule: str
    reports: list[Report]
    level: str
    numbers: dict[str, object]
    evidence: list[int]
    sentence: str
    clears_when: str
    profile: Profile = field(default_factory=Profile)


def signal_of(case: Told) -> Signal:
    found = evaluate(case.reports, case.profile, Policy())
    signals = [*found.remarks, *(signal for flag in found.flags for signal in (flag, *flag.further))]
    (signal,) = (signal for signal in signals if signal.rule == case.rule)
    return signal


BREATHING = [
    Told(
        "dyspnea_at_worst",
        [alsfrs(codes(dyspnea=0), **CARER)],
        "urgent",
        {"code": 0, "respondent": "caregiver"},
        [0],
        "Breathlessness is reported by the caregiver at its worst level (item 10: 0 of 4).",
        "Item 10 is 1 or higher at two reports in a row.",
    ),
    Told(
        "orthopnea_at_worst",
        [alsfrs(codes(orthopnea=0))],
        "urgent",
        {"code": 0, "respondent": "patient"},
        [0],
        "Breathing when lying down is reported by the patient at its worst level (item 11: 0 of 4).",
        "Item 11 is 1 or higher at two reports in a row.",
    ),
    Told(
        "orthopnea_fall",
        [alsfrs(codes(orthopnea=3), FIRST), alsfrs(codes(orthopnea=1), SECOND)],
        "urgent",
        {"code": 1, "earlier": 3, "respondent": "patient"},
        [1],
        "Breathing when lying down fell to 1 of 4 (item 11), from 3 before, as reported by the patient.",
        "Item 11 is above 1 at two reports in a row.",
    ),
    Told(
        "dyspnea_fall",
        [alsfrs(codes(), FIRST), alsfrs(codes(dyspnea=2), SECOND)],
        "urgent",
        {"code": 2, "earlier": 4, "days": 35, "respondent": "patient"},
        [1],
        "Breathlessness worsened from 4 to 2 of 4 (item 10) within 35 days, as reported by the patient.",
        "Item 10 is no longer 2 or more below the best of the last 35 days at two reports in a row.",
    ),
    Told(
        "dyspnea_low",
        [alsfrs(codes(dyspnea=1))],
        "soon",
        {"code": 1, "limit": 1, "respondent": "patient"},
        [0],
        "Breathlessness at rest or worse is reported by the patient (item 10: 1 of 4).",
        "Item 10 is above 1" + FOR_WEEKS,
    ),
    Told(
        "orthopnea_low",
        [alsfrs(codes(orthopnea=2), FIRST), alsfrs(codes(orthopnea=2), SECOND)],
        "soon",
        {"code": 2, "limit": 2, "respondent": "patient"},
        [1],
        "Trouble breathing when lying down is reported by the patient (item 11: 2 of 4).",
        "Item 11 is above 2" + FOR_WEEKS,
    ),
    Told(
        "breathing_first",
        [alsfrs(codes(), FIRST), alsfrs(codes(dyspnea=3, orthopnea=None), SECOND)],
        "inform",
        {"dyspnea": 3, "orthopnea": "missing", "respondent": "patient"},
        [1],
        "Breathing symptoms are reported for the first time by the patient (item 10: 3 of 4, item 11: not"
        " answered).",
        FOUR_WEEKS,
    ),
    Told(
        "breathing_first_with_bulbar",
        [alsfrs(codes(), FIRST), alsfrs(codes(speech=3, salivation=3, orthopnea=3), SECOND)],
        "soon",
        {"dyspnea": 4, "orthopnea": 3, "bulbar_items": 2, "respondent": "patient"},
        [1],
        "Breathing symptoms are reported for the first time by the patient (item 10: 4 of 4, item 11: 3 of"
        " 4), together with a new loss in speech, saliva or swallowing.",
        FOUR_WEEKS,
    ),
]

ITEMS = [
    Told(
        "speech_level",
        [alsfrs(codes(), FIRST), alsfrs(codes(speech=2), SECOND, **CARER)],
        "inform",
        {"code": 2, "respondent": "caregiver"},
        [1],
        "Speech has reached 2 of 4 (item 1), as reported by the caregiver: has to repeat to be understood, or"
        " worse.",
        FOUR_WEEKS,
    ),
    Told(
        "swallowing_level",
        [alsfrs(codes(), FIRST), alsfrs(codes(swallowing=1), SECOND)],
        "inform",
        {"code": 1, "respondent": "patient"},
        [1],
        "Swallowing has reached 1 of 4 (item 3), as reported by the patient: food or drink is changed, or"
        " worse.",
        FOUR_WEEKS,
    ),
    Told(
        "walking_level",
        [alsfrs(codes(), FIRST), alsfrs(codes(walking=0), SECOND)],
        "inform",
        {"code": 0, "respondent": "patient"},
        [1],
        "Walking has reached 0 of 4 (item 8), as reported by the patient: can no longer walk.",
        FOUR_WEEKS,
    ),
    Told(
        "feeding_tube",
        [alsfrs(codes(), FIRST), alsfrs(codes(), SECOND, form="b", **CARER)],
        "inform",
        {"respondent": "caregiver"},
        [1],
        "Item 5b was answered for the first time, by the caregiver: a feeding tube is now the main way of"
        " feeding.",
        FOUR_WEEKS,
        Profile(gastrostomy_on=FIRST),
    ),
    Told(
        "breathing_support",
        [alsfrs(codes(support=3), FIRST), alsfrs(codes(support=1), SECOND)],
        "inform",
        {
            "now": 1,
            "then": 3,
        },
        [0, 1],
        "The support for breathing changed from mask ventilation some of the time to mask ventilation day and"
        " night (item 12).",
        FOUR_WEEKS,
    ),
]

DOUBTS = [
    Told(
        "straight_line",
        [alsfrs([3] * 12)],
        "inform",
        {"code": 3, "answered": 12, "respondent": "patient"},
        [0],
        "All twelve ALSFRS-R items were answered 3 by the patient: check that the form was read.",
        QUERY,
    ),
    Told(
        "too_quick",
        [alsfrs(40, duration_seconds=7)],
        "inform",
        {"seconds": 7, "limit": 20, "respondent": "patient"},
        [0],
        "The ALSFRS-R was answered in 7 seconds by the patient, less than 20.",
        REMARK,
    ),
    Told(
        "new_respondent",
        [alsfrs(40, FIRST), alsfrs(40, SECOND), alsfrs(40, THIRD, respondent="clinician")],
        "inform",
        {"respondent": "clinician", "earlier_respondent": "patient"},
        [1, 2],
        "This ALSFRS-R was answered by the clinician; the one before by the patient. Their scores are not"
        " compared with each other.",
        REMARK,
    ),
    Told(
        "tube_unrecorded",
        [alsfrs(codes(), form="b")],
        "inform",
        {"respondent": "patient"},
        [0],
        "Item 5b (feeding tube) was answered by the patient, but no gastrostomy is on record: check the"
        " record.",
        "A gastrostomy is recorded, or item 5a is answered, at two reports in a row.",
    ),
    Told(
        "tube_form",
        [alsfrs(codes(swallowing=0))],
        "inform",
        {"code": 0, "respondent": "patient"},
        [0],
        "Swallowing is 0 of 4 (nothing by mouth), but item 5a was answered by the patient: check which form"
        " of item 5 fits.",
        "Swallowing is above 0, or item 5b is answered, at two reports in a row.",
    ),
    Told(
        "report_after_death",
        [make_report("well_being", {"rating": 5}, SECOND)],
        "inform",
        {"died_on": "2026-02-01"},
        [0],
        "A report was observed after the recorded day of death (2026-02-01): check the patient and the date.",
        "It stands until the date of death or the report is corrected.",
        Profile(died_on=days(27)[0]),
    ),
]

STRAIN = [
    Told(
        "carer_burden",
        [zbi_12(21)],
        "soon",
        {"total": 21, "limit": 20},
        [0],
        "The caregiver's burden score (ZBI-12) is 21 of 48, above 20.",
        "The score is 20 or lower at two reports in a row.",
    ),
    Told(
        "carer_burden_rise",
        [zbi_12(3, day=FIRST), zbi_12(10, day=SECOND), zbi_12(16, day=THIRD)],
        "inform",
        {"total": 16, "earlier": 10},
        [1, 2],
        "The caregiver's burden score (ZBI-12) rose from 10 to 16 of 48.",
        "It stands until the first ZBI-12 at least four weeks later.",
    ),
    Told(
        "well_being_low",
        ratings(4, 3, 9, 2, on=[0, 1, 2, 3], **CARER),
        "soon",
        {"rating": 2, "earlier": 3, "days": 7, "limit": 4, "respondent": "caregiver"},
        [1, 3],
        "Well-being was rated 2 of 10 by the caregiver, after 3 of 10 within the 7 days before.",
        "The rating is above 4 at two reports in a row.",
    ),
    Told(
        "well_being_fall",
        ratings(7, 10, 9, 8, 5, on=[0, 5, 10, 15, 28]),
        "soon",
        {"rating": 5, "usual": 8.5, "days": 28, "points": 3, "respondent": "patient"},
        [0, 1, 2, 3, 4],
        "Well-being was rated 5 of 10 by the patient, against a usual 8.5 over the 28 days before.",
        "The rating is less than 3 below the usual of 28 days at two reports in a row.",
    ),
]


@pytest.mark.parametrize("case", [*BREATHING, *ITEMS, *DOUBTS, *STRAIN], ids=lambda case: case.rule)
def test_a_rule_tells_what_was_reported_by_whom_and_what_clears_it(case: Told) -> None:
    signal = signal_of(case)
    assert (signal.level.value, dict(signal.numbers)) == (case.level, case.numbers)
    assert signal.evidence == tuple(case.reports[place].id for place in case.evidence)
    assert (signal.sentence, signal.clears_when) == (case.sentence, case.clears_when)


def test_a_surprise_tells_the_fall_and_names_the_reports_it_was_measured_against() -> None:
    totals, dates = (42, 42, 41, 41, 41, 30), days(0, 28, 56, 84, 112, 140)
    reports = [alsfrs(total, day) for total, day in zip(totals, dates, strict=True)]
    signal = signal_of(Told("surprise", reports, "", {}, [], "", ""))
    numbers = dict(signal.numbers)
    assert float(numbers.pop("z")) < -3
    assert numbers == {
        "fall": 11,
        "latest": 30,
        "earlier": 41,
        "compared_on": "all",
        "respondent": "patient",
    }
    assert (signal.level.value, signal.evidence) == ("inform", tuple(report.id for report in reports))
    assert signal.clears_when == QUERY
    assert signal.sentence == (
        "The ALSFRS-R reported by the patient fell by 11 points at once, from 41 to 30, far more than the"
        " earlier reports led to expect, measured on all 12 items: check the report, and what happened."
    )


def test_a_rise_tells_how_far_and_names_the_reports_it_was_measured_against() -> None:
    totals, dates = (30, 30, 30, 30, 30, 44), days(0, 28, 56, 84, 112, 140)
    reports = [alsfrs(total, day, **CARER) for total, day in zip(totals, dates, strict=True)]
    signal = signal_of(Told("total_rise", reports, "", {}, [], "", ""))
    numbers = dict(signal.numbers)
    assert float(numbers.pop("z")) > 3
    assert numbers == {
        "rise": 14,
        "latest": 44,
        "earlier": 30,
        "compared_on": "all",
        "respondent": "caregiver",
    }
    assert (signal.level.value, signal.evidence) == ("inform", tuple(report.id for report in reports))
    assert signal.clears_when == QUERY
    assert signal.sentence == (
        "The ALSFRS-R reported by the caregiver rose by 14 points, from 30 to 44, measured on all 12 items:"
        " check who answered and how."
    )


def test_a_comparison_on_fewer_items_says_which() -> None:
    """Item 12 was 2 and is 4: without it eleven points are gained."""
    before, after = lost(bulbar=12), lost(bulbar=1)
    before[11] = 2
    reports = [*(alsfrs(before, day) for day in days(0, 28, 56, 84)), alsfrs(after, days(112)[0])]
    signal = signal_of(Told("total_rise", reports, "", {}, [], "", ""))
    numbers = signal.numbers
    assert (numbers["rise"], numbers["earlier"], numbers["latest"]) == (11, 32, 43)
    assert numbers["compared_on"] == "without_support"
    assert "the 11 items other than breathing support, because the support changed" in signal.sentence


@pytest.mark.parametrize("case", [*BREATHING, *ITEMS, *DOUBTS, *STRAIN], ids=lambda case: case.rule)
def test_a_headline_is_short_and_is_filled(case: Told) -> None:
    headline = signal_of(case).headline
    assert len(headline) <= MAX_HEADLINE - len(CLEARING_HEADLINE)
    assert "{" not in headline


def status_after(*totals: int) -> Signal:
    dates = days(*(28 * place for place in range(len(totals))))
    reports = [alsfrs(total, day) for total, day in zip(totals, dates, strict=True)]
    return signal_of(Told("fast_decline", reports, "", {}, [], "", ""))


def test_a_flag_below_its_limit_says_so_in_both_lines() -> None:
    """A fall that comes to rest: the limit is met, then not, then one report counts towards the end."""
    falling = (44, 42, 39, 37, 34, 32)
    signals = [status_after(*falling, *[33] * rest) for rest in range(4)]
    by_status = {signal.status.value: signal for signal in reversed(signals)}
    met, holds, clearing = (by_status[name] for name in ("met", "holds", "clearing"))
    assert "limit" not in met.headline
    assert holds.headline.endswith("(below its limit now)")
    assert holds.sentence.endswith("It is now below the limit that raised it.")
    assert clearing.sentence.endswith(
        "The latest report no longer meets it; this sign ends with a second one like it."
    )


def test_of_breathing_nothing_is_said_to_be_below_a_limit_while_it_is_as_bad() -> None:
    codes_of = [
        alsfrs(codes(orthopnea=code), day) for code, day in zip((2, 1, 1), days(0, 28, 56), strict=True)
    ]
    signal = signal_of(Told("orthopnea_fall", codes_of, "", {}, [], "", ""))
    assert signal.status.value == "holds"
    assert signal.sentence.endswith("as reported by the patient.")
    better = [
        alsfrs(codes(orthopnea=code), day) for code, day in zip((2, 1, 3), days(0, 28, 56), strict=True)
    ]
    signal = signal_of(Told("orthopnea_fall", better, "", {}, [], "", ""))
    assert signal.headline.endswith("(not in latest report)")


@pytest.mark.parametrize("case", [*BREATHING, *ITEMS, *DOUBTS, *STRAIN], ids=lambda case: case.rule)
def test_the_words_come_from_rule_numbers_and_status_alone(case: Told) -> None:
    signal = signal_of(case)
    told = tell(signal.rule, signal.numbers, signal.status)
    assert (told.headline, told.sentence, told.clears_when) == (
        signal.headline,
        signal.sentence,
        signal.clears_when,
    )
