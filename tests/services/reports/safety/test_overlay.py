"""What is laid over an evaluation: signals beside those of the rules, and what has passed."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.ledger.entries import Entry, EntryKind, SafetyNotice
from scoring import decline
from scoring.decline import Policy, Profile, Topic
from services.reports.safety import overlay
from services.reports.safety.told import Told
from tests.ledger_samples import CONTENT, entry

AT = datetime(2026, 3, 2, 8, 30, tzinfo=UTC)
NOTHING = decline.conclude(decline.begin(), Profile(), Policy()).as_dict()


def told(number: int, what: str = "self_harm", **fields: Any) -> Told:
    at = (AT + timedelta(days=number)).isoformat()
    values = {"refused": True, "respondent": "patient", "instrument": "phq_9", "version": "1", **fields}
    return Told(f"r{number}", at, what, **values)


def laid(*all_told: Told, as_of: datetime | None = None) -> dict[str, Any]:
    return overlay.laid_over(NOTHING, all_told, (), as_of=as_of)


def quarantined(seq: int, **content: Any) -> Entry:
    return entry("p", seq, kind=EntryKind.QUARANTINE, quarantined=True, content=replace(CONTENT, **content))


def test_what_is_stored_is_read_as_it_was() -> None:
    every = (told(1), told(2, "quarantined", refused=False, left_at=AT.isoformat(), named=False))
    assert overlay.from_stored(overlay.to_stored(every)) == every
    assert overlay.to_stored(()) == {}
    assert overlay.from_stored({}) == ()


def test_only_the_latest_are_named() -> None:
    every = tuple(told(number) for number in range(overlay.MOST))
    assert overlay.with_more(every, [told(99)]) == (*every[1:], told(99))


KEPT_ASIDE = {"what": "quarantined", "refused": False, "instrument": "alsfrs_r"}
CONCERNS = ["self_harm", "unreadable", "breathing"]


@pytest.mark.parametrize("concern", CONCERNS)
@pytest.mark.parametrize("refused", [True, False])
@pytest.mark.parametrize("later", [{}, {"answered_on": "2026-01-01"}], ids=["urgent", "informs"])
@pytest.mark.parametrize("number", [overlay.MOST - 1, overlay.MOST, 3 * overlay.MOST])
def test_however_many_forms_come_after_it_a_concern_stands_at_its_level(
    concern: str, refused: bool, later: dict[str, str], number: int
) -> None:
    first = told(0, concern, refused=refused)
    others = [KEPT_ASIDE, *({"what": other, **later} for other in CONCERNS if other != concern)]
    for after in others:
        every: tuple[Told, ...] = (first,)
        for count in range(1, number + 1):
            every = overlay.with_more(every, [told(count, **after)])
        assert first in every
        flags = {flag["topic"]: flag for flag in laid(*every)["flags"]}
        assert flags[first.topic]["level"] == first.level == "urgent"
        assert len(every) <= overlay.MOST + 1


def test_of_many_forms_that_are_kept_aside_the_latest_is_named_beside_as_many_concerns() -> None:
    concerns = tuple(told(number) for number in range(overlay.MOST))
    aside = [told(number, **KEPT_ASIDE) for number in (100, 101)]
    assert overlay.with_more(concerns, aside) == (*concerns, aside[-1])


MANY = st.lists(
    st.builds(
        lambda what, refused, late: {
            "what": what,
            "refused": refused and what != "quarantined",
            "answered_on": "2026-01-01" if late and what != "quarantined" else None,
        },
        st.sampled_from([*CONCERNS, "quarantined", "quarantined"]),
        st.booleans(),
        st.booleans(),
    ),
    max_size=30,
)


@given(MANY, st.data())
def test_what_is_kept_does_not_depend_on_how_many_come_at_once(
    fields: list[dict[str, Any]], data: st.DataObject
) -> None:
    every = [told(number, **each) for number, each in enumerate(fields)]
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(overlay, "MOST", 14)  # six rules, most of them at two levels
        by_ones: tuple[Told, ...] = ()
        for each in every:
            by_ones = overlay.with_more(by_ones, [each])
        cut = data.draw(st.integers(0, len(every)))
        assert overlay.with_more(overlay.with_more((), every[:cut]), every[cut:]) == by_ones
    latest = {(each.rule, each.level): each for each in every}
    assert set(latest.values()) <= set(by_ones)
    assert len(by_ones) <= 15
    assert list(by_ones) == [each for each in every if each in by_ones]


def test_several_of_one_kind_are_one_signal_with_all_as_evidence() -> None:
    shown = laid(told(1), told(2))
    (flag,) = shown["flags"]
    assert (flag["topic"], flag["rule"], flag["level"]) == ("self_harm", "self_harm_refused", "urgent")
    assert (flag["evidence"], flag["raised_by"], flag["restricted"]) == (["r1", "r2"], "r2", True)
    assert flag["sentence"].endswith("It is the latest of 2 such forms.")
    assert flag["mark"] == {"report:r1": 1.0, "report:r2": 1.0}
    assert shown["topics"]["self_harm"]["on"] is True


def test_the_gravest_leads_and_the_others_stand_beside_it() -> None:
    shown = laid(told(1), told(2, "unreadable"), told(3, answered_on="2026-01-01"))
    (flag,) = shown["flags"]
    assert flag["level"] == "urgent"
    assert {signal["rule"] for signal in (flag, *flag["further"])} == {
        "self_harm_refused",
        "unreadable_refused",
    }


def test_a_flag_of_the_rules_keeps_its_place_and_gains_the_signal() -> None:
    signal = laid(told(1, "breathing", instrument="alsfrs_r"))["flags"][0]
    of_rules = {**signal, "rule": "dyspnea_at_worst"}
    state = {
        **laid(told(1, "breathing"))["topics"]["respiratory"],
        "raised_at": (AT + timedelta(days=9)).isoformat(),
    }
    evaluation = {**NOTHING, "flags": [of_rules], "topics": {"respiratory": state}}
    shown = overlay.laid_over(evaluation, [told(2, "breathing")], (), as_of=None)
    (flag,) = shown["flags"]
    assert (flag["rule"], [other["rule"] for other in flag["further"]]) == (
        "dyspnea_at_worst",
        ["breathing_refused"],
    )
    assert shown["topics"]["respiratory"] == state


@pytest.mark.parametrize(("days", "on"), [(28, True), (29, False)])
def test_breathing_stands_for_28_days_of_reports(days: int, on: bool) -> None:
    shown = laid(told(1, "breathing"), as_of=AT + timedelta(days=days))
    assert bool(shown["flags"]) is on
    state = shown["topics"]["respiratory"]
    assert (state["on"], state["cleared_at"]) == (on, None if on else (AT + timedelta(days=29)).isoformat())


def test_thoughts_of_self_harm_stand_however_long_ago() -> None:
    assert laid(told(1), as_of=AT + timedelta(days=5000))["topics"]["self_harm"]["on"] is True


@pytest.mark.parametrize("kind", [EntryKind.VOID, EntryKind.RELEASE])
def test_a_query_passes_when_the_form_leaves_and_what_it_told_is_the_rules_to_say(kind: EntryKind) -> None:
    kept = quarantined(1, instrument="phq_9", instrument_version="2", answers={"phq_9": 2})
    assert [signal.what for signal in overlay.told_in([kept])] == ["quarantined", "self_harm"]
    leaving = entry("p", 2, kind=kind, report_id=kept.report_id, received_at=AT + timedelta(days=1))
    (left,) = overlay.told_in([kept, leaving])
    assert (left.what, left.left_at) == ("quarantined", (AT + timedelta(days=1)).isoformat())
    shown = laid(left)
    assert shown["flags"] == []
    assert shown["topics"][Topic.DATA_QUERY]["on"] is False


def test_a_notice_tells_by_the_id_of_its_form_or_by_its_own() -> None:
    notice = entry("p", 1, kind=EntryKind.SAFETY_NOTICE, report_id="r", notice=SafetyNotice("r", "breathing"))
    (one,) = overlay.told_by(notice)
    assert (one.id, one.topic, one.named) == ("r", Topic.RESPIRATORY, False)
    without = replace(notice, notice=SafetyNotice(None, "self_harm", ("phq_9",)))
    (other,) = overlay.told_by(without)
    assert (other.id, other.named) == (notice.event_id, True)


def test_what_is_new_is_news_and_of_self_harm_an_occurrence() -> None:
    shown = overlay.laid_over(
        NOTHING, [told(1), told(2, "breathing")], [told(1), told(2, "breathing")], as_of=None
    )
    found = [(item["topic"], item["report_id"], item["occurrence"], item["level"]) for item in shown["news"]]
    assert found == [("self_harm", "r1", True, "urgent"), ("respiratory", "r2", False, "urgent")]
