"""What a flag says on the wire: the JSON form of a signal, of a flag and of an evaluation's topics."""

from __future__ import annotations

from scoring.decline import Flag, Kind, Level, Policy, Profile, Signal, Topic, evaluate
from tests.scoring.decline.histories import START, at, days, make_report

SIGNAL = {
    "rule": "weight_loss",
    "rule_version": "1",
    "level": Level.SOON,
    "kind": Kind.STATE,
    "headline": "Weight 72 kg",
    "sentence": "Weight is 72 kg.",
    "clears_when": "Two weights in a row are higher.",
    "numbers": {"now_kg": 72.0},
    "evidence": ("w1", "w2"),
    "raised_by": "w2",
    "raised_at": at(START),
    "mark": {"loss_percent": 7.7},
}
WRITTEN = {
    "rule": "weight_loss",
    "rule_version": "1",
    "level": "soon",
    "kind": "state",
    "status": "met",
    "headline": "Weight 72 kg",
    "sentence": "Weight is 72 kg.",
    "clears_when": "Two weights in a row are higher.",
    "numbers": {"now_kg": 72.0},
    "evidence": ["w1", "w2"],
    "raised_by": "w2",
    "raised_at": "2026-01-05T09:00:00+00:00",
    "mark": {"loss_percent": 7.7},
}


def test_the_json_form_of_a_signal() -> None:
    assert Signal(**SIGNAL).as_dict() == WRITTEN


def test_the_json_form_of_a_flag_is_its_first_signal_with_topic_marks_and_further_signals() -> None:
    flag = Flag(
        **SIGNAL, topic=Topic.WEIGHT, restricted=False, data_query=True, further=(Signal(**SIGNAL),) * 2
    )
    assert flag.as_dict() == {
        **WRITTEN,
        "topic": "weight",
        "restricted": False,
        "data_query": True,
        "further": [WRITTEN, WRITTEN],
    }


def test_the_json_form_of_a_topic_tells_its_latest_episode() -> None:
    reports = [make_report("who_5", dict.fromkeys(WHO_KEYS, code), day) for code, day in LOW_AND_WELL]
    now, later = (evaluate(reports[:count], Profile(), Policy()).as_dict()["topics"] for count in (2, 4))
    running = {
        "on": True,
        "level": "soon",
        "raised_by": reports[0].id,
        "raised_at": "2026-01-05T09:00:00+00:00",
        "cleared_at": None,
        "met_by": reports[1].id,
        "met_at": "2026-02-02T09:00:00+00:00",
    }
    assert now == {"mood": running}
    assert later == {"mood": {**running, "on": False, "cleared_at": "2026-03-30T09:00:00+00:00"}}


WHO_KEYS = ("cheerful", "calm", "active", "rested", "interested")
LOW_AND_WELL = list(zip((1, 1, 4, 4), days(0, 28, 56, 84), strict=True))
