"""Random histories for the properties of the fold."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import strategies as st

from scoring import instruments
from scoring.decline import Profile, Report
from tests.scoring.decline.histories import KEYS, START

OTHERS = {
    "phq_9": [f"phq_{place}" for place in range(1, 10)],
    "gad_7": [f"gad_{place}" for place in range(1, 8)],
    "who_5": ["cheerful", "calm", "active", "rested", "interested"],
    "zbi_12": [f"zbi_{place}" for place in range(1, 13)],
}


@st.composite
def alsfrs_answers(draw: st.DrawFn) -> dict[str, int]:
    base = draw(st.integers(0, 4))
    answers = {key: draw(st.sampled_from([base, base, min(4, base + 1), 4])) for key in KEYS}
    if draw(st.integers(0, 3)) == 0:
        answers["cutting_with_gastrostomy"] = answers.pop("cutting_without_gastrostomy")
    if draw(st.integers(0, 4)) == 0:
        del answers[draw(st.sampled_from(sorted(answers)))]
    return answers


@st.composite
def reports(draw: st.DrawFn) -> Report:
    instrument = draw(st.sampled_from(["alsfrs_r"] * 5 + [*OTHERS, "weight", "well_being"]))
    if instrument == "alsfrs_r":
        answers = draw(alsfrs_answers())
    elif instrument == "weight":
        answers = {"weight_g": draw(st.integers(40_000, 90_000))}
    elif instrument == "well_being":
        answers = {"rating": draw(st.integers(1, 10))}
    else:
        answers = {key: draw(st.integers(0, 3)) for key in OTHERS[instrument]}
    observed_at = datetime.combine(START, datetime.min.time(), tzinfo=UTC) + timedelta(
        days=draw(st.integers(0, 400)), hours=draw(st.sampled_from([0, 8, 23]))
    )
    definition = instruments.get(instrument)
    return Report(
        id="",
        observed_at=observed_at,
        observed_on=(observed_at + timedelta(hours=draw(st.sampled_from([0, 0, 2])))).date(),
        instrument=instrument,
        respondent=draw(st.sampled_from(["patient", "patient", "caregiver", "clinician"])),
        answers=answers,
        score=instruments.score(definition, answers),
        duration_seconds=draw(st.sampled_from([None, 10, 200])),
        received_at=observed_at + timedelta(hours=draw(st.sampled_from([0, 1, 500]))),
    )


def without(history: list[Report], item: str | None) -> list[Report]:
    """The history as it would be had somebody always left one item blank."""
    if item is None:
        return history
    answers = [{key: code for key, code in report.answers.items() if key != item} for report in history]
    return [replace(report, answers=kept) for report, kept in zip(history, answers, strict=True)]


histories = st.builds(
    without,
    st.lists(reports(), max_size=14),
    st.sampled_from([None, None, None, "salivation", "cutting_without_gastrostomy", "dyspnea"]),
)

profiles = st.builds(
    Profile,
    gastrostomy_on=st.sampled_from([None, None, START + timedelta(days=100)]),
    ventilation_on=st.sampled_from([None, None, START + timedelta(days=150)]),
    tracheostomy_on=st.sampled_from([None, None, None, START + timedelta(days=250)]),
    died_on=st.sampled_from([None, None, None, START + timedelta(days=300)]),
    diagnosis_weight_g=st.sampled_from([None, 70_000]),
    height_cm=st.sampled_from([None, 175]),
)
