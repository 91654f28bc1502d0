"""The sentences of what no rule reads: what became of the form, and no answer but that there was one."""

from __future__ import annotations

from typing import Any

import pytest

from scoring.decline import QUARANTINED
from services.reports.safety import sentences
from services.reports.safety.answers import Concern
from services.reports.safety.told import Told

VALUES: dict[str, Any] = {"refused": True, "respondent": "patient", "instrument": "phq_9", "version": "7"}
WHATS = [*(concern.value for concern in Concern), QUARANTINED]


def told(what: str = "self_harm", number: int = 1, **fields: Any) -> Told:
    return Told(f"r{number}", f"2026-03-0{number}T08:30:00+00:00", what, **VALUES | fields)


@pytest.mark.parametrize("what", WHATS)
@pytest.mark.parametrize("refused", [True, False])
def test_each_says_what_became_of_the_form_and_how_it_ends(what: str, refused: bool) -> None:
    if what == QUARANTINED and refused:
        return
    signal = sentences.signal_of([told(what, refused=refused)])
    fate = "refused" if refused else "kept aside"
    assert fate in signal["sentence"]
    assert fate in signal["headline"]
    assert signal["clears_when"]
    assert "{" not in signal["sentence"] + signal["headline"]


def test_a_carers_answer_is_a_carers_concern() -> None:
    sentence = sentences.signal_of([told(respondent="caregiver")])["sentence"]
    assert sentence.startswith("Carer's concern: thoughts of being better off dead")


def test_without_recorded_consent_neither_item_nor_instrument_is_named() -> None:
    signal = sentences.signal_of([told(named=False)])
    for word in ("PHQ", "self-harm", "death", "dead"):
        assert word not in signal["sentence"] + signal["headline"]


def test_several_are_one_signal_of_the_gravest_level_and_count_as_different_marks() -> None:
    signal = sentences.signal_of([told(number=1), told(number=2, answered_on="2026-01-01")])
    assert signal["level"] == "urgent"
    assert signal["sentence"].endswith("It is the latest of 2 such forms.")
    assert set(signal["mark"]) == {"report:r1", "report:r2"}
    assert "Answered on 2026-01-01, entered long after." in signal["sentence"]


def test_an_instrument_that_nobody_knows_goes_by_its_key() -> None:
    assert sentences.title_of("no_such_form") == "no_such_form"
    assert sentences.title_of("phq_9") != "phq_9"
