"""What is raised beside the rules: its topic, its level, and what stands in the place of a rule's name."""

from __future__ import annotations

from typing import Any

import pytest

from scoring.decline import QUARANTINED, Level, Topic
from services.reports.safety.answers import Concern
from services.reports.safety.told import Told

VALUES: dict[str, Any] = {"refused": True, "respondent": "patient", "instrument": "phq_9", "version": "1"}


def told(what: str, **fields: Any) -> Told:
    return Told("r1", "2026-03-02T08:30:00+00:00", what, **VALUES | fields)


@pytest.mark.parametrize(
    ("what", "topic", "level"),
    [
        (Concern.SELF_HARM, Topic.SELF_HARM, Level.URGENT),
        (Concern.UNREADABLE, Topic.SELF_HARM, Level.URGENT),
        (Concern.BREATHING, Topic.RESPIRATORY, Level.URGENT),
        (QUARANTINED, Topic.DATA_QUERY, Level.SOON),
    ],
)
def test_topic_and_level(what: str, topic: Topic, level: Level) -> None:
    assert (told(str(what)).topic, told(str(what)).level) == (topic, level)


@pytest.mark.parametrize("concern", Concern)
def test_a_form_that_staff_enter_long_afterwards_informs(concern: Concern) -> None:
    assert told(concern.value, answered_on="2026-01-01").level is Level.INFORM


def test_the_name_says_what_became_of_the_form() -> None:
    assert told("self_harm").rule == "self_harm_refused"
    assert told("self_harm", refused=False).rule == "self_harm_quarantined"
    assert told(QUARANTINED).rule == QUARANTINED


def test_the_moment_is_that_of_its_receipt() -> None:
    assert told("self_harm").moment.isoformat() == "2026-03-02T08:30:00+00:00"
