"""The result of the fold: which flags stand, where each topic stands, the trend and the stages.

Turns remembered states into flags with sentences; decides nothing that the rules have not decided. Flags
end here when the profile says that the patient has died, and flags on function when it says that a
tracheostomy was made.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time
from typing import Any

from scoring.als_staging import Stages
from scoring.decline.alsfrs.staging import stages_of
from scoring.decline.alsfrs.trend import Trend
from scoring.decline.flags import Flag, Kind, Signal, Topic
from scoring.decline.marks import NOT_EVALUATED, mark_of
from scoring.decline.memory.memory import Memory
from scoring.decline.memory.states import RuleState, TopicState
from scoring.decline.news import CameOn, News
from scoring.decline.policy import Policy
from scoring.decline.reports import Level, Profile
from scoring.decline.rule import Rule
from scoring.decline.rules import BY_ID, PLACE, RULES, RULES_VERSION
from scoring.decline.wording import Told, tell

UNREAD = Told(
    headline="A report is stored but could not be evaluated",
    sentence="A report is stored but could not be evaluated: no rule has read it; somebody must look at it.",
    clears_when="The history is evaluated again without a failure.",
)
"""The words for a report that the rules failed on."""

OF_FUNCTION = frozenset(rule.topic for rule in RULES if rule.of_function and not rule.data_query)


@dataclass(frozen=True, slots=True)
class Evaluation:
    """What the history, the profile and the policy say together.

    Attributes:
        flags: standing now, one per topic, most severe first.
        remarks: what is to be said of the latest report alone, and asks nobody to do anything.
        topics: every topic that has ever had an episode in the history as now known.
        trajectory: level and slope from the latest ALSFRS-R report, None before the first.
        stages: of the latest ALSFRS-R report.
        memory: what the next report needs.
        news: what became known since the evaluation before; it alone depends on the order of arrival.
    """

    flags: tuple[Flag, ...]
    topics: Mapping[Topic, TopicState]
    trajectory: Trend | None
    stages: Stages | None
    rules_version: str
    policy_version: str
    memory: Memory
    news: tuple[News, ...] = ()
    remarks: tuple[Signal, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """JSON-ready form, without the memory."""
        return {
            "flags": [flag.as_dict() for flag in self.flags],
            "remarks": [remark.as_dict() for remark in self.remarks],
            "topics": {topic.value: _topic_as_dict(now) for topic, now in self.topics.items()},
            "trajectory": self.trajectory and self.trajectory.as_dict(),
            "stages": self.stages and self.stages.as_dict(),
            "rules_version": self.rules_version,
            "policy_version": self.policy_version,
            "news": [news.as_dict() for news in self.news],
            "events": events_of(self.memory),
        }


def conclude(memory: Memory, profile: Profile, policy: Policy, came_on: Iterable[CameOn] = ()) -> Evaluation:
    """The evaluation of a history, from what the fold remembers of it; `came_on` is what is new in it."""
    topics = topics_of(memory, profile)
    flags = [flag_of(topic, memory.states) for topic, now in topics.items() if now.on]
    standing = {(signal.rule, signal.raised_by) for flag in flags for signal in (flag, *flag.further)}
    flags.sort(key=lambda flag: (-flag.level.rank, PLACE[flag.rule]))
    return Evaluation(
        flags=tuple(flags),
        remarks=remarks_of(memory),
        topics=topics,
        trajectory=memory.trend,
        stages=latest_stages(memory, profile),
        rules_version=RULES_VERSION,
        policy_version=policy.version,
        memory=memory,
        news=tuple(_news_of(rise, standing) for rise in came_on),
    )


def _news_of(one: CameOn, standing: Container[tuple[str, str]]) -> News:
    rule, state = one.rule, one.state
    hidden = (rule.id, state.raised_by) not in standing
    return News(
        topic=rule.topic,
        rule=rule.id,
        level=state.level,
        report=one.report,
        mark=mark_of(rule.id, state.numbers),
        flag=flag_of(rule.topic, one.states) if hidden else None,
        occurrence=rule.lasting,
    )


def remarks_of(memory: Memory) -> tuple[Signal, ...]:
    """What was remarked of the latest report."""
    latest = memory.last_key and memory.last_key[2]
    on = ((BY_ID[name], state) for name, state in memory.states.items())
    said = [(rule, state) for rule, state in on if rule.remark and state.met_by == latest]
    return tuple(Signal(**_signal_fields(*pair)) for pair in said)


def events_of(memory: Memory) -> dict[str, list[str]]:
    """The rules whose alerts never pass, of all that the history ever brought on, by topic."""
    events: dict[str, list[str]] = {}
    for rule_id in sorted(memory.events):
        events.setdefault(BY_ID[rule_id].topic.value, []).append(rule_id)
    return events


def topics_of(memory: Memory, profile: Profile) -> dict[Topic, TopicState]:
    """Where the topics stand, those ended by death or tracheostomy closed on that day."""
    return {topic: _ended(now, _end(topic, profile)) for topic, now in memory.topics.items()}


def flag_of(topic: Topic, states: Mapping[str, RuleState]) -> Flag:
    """The flag of a topic that is on: its most severe rule, and the others as further signals."""
    known = ((BY_ID[name], state) for name, state in states.items())
    on = [(rule, state) for rule, state in known if rule.topic is topic and not rule.remark]
    on.sort(key=lambda pair: (-pair[1].level.rank, PLACE[pair[0].id]))
    first, *others = on
    return Flag(
        **_signal_fields(*first),
        topic=topic,
        restricted=first[0].restricted,
        data_query=first[0].data_query,
        further=tuple(Signal(**_signal_fields(*pair)) for pair in others),
    )


def _signal_fields(rule: Rule, state: RuleState) -> dict[str, Any]:
    told = tell(rule.id, state.numbers, state.status)
    return {
        "rule": rule.id,
        "rule_version": rule.version,
        "level": state.level,
        "kind": rule.kind,
        "status": state.status,
        "headline": told.headline,
        "sentence": told.sentence,
        "clears_when": told.clears_when,
        "numbers": state.numbers,
        "evidence": state.evidence,
        "raised_by": state.raised_by,
        "raised_at": state.raised_at,
        "mark": mark_of(rule.id, state.numbers),
    }


def latest_stages(memory: Memory, profile: Profile) -> Stages | None:
    """Stages of the latest ALSFRS-R report."""
    return stages_of(memory.points[-1], profile) if memory.points else None


def _end(topic: Topic, profile: Profile) -> date | None:
    """The day on which a topic ends for good; a question about the answers outlives the patient."""
    ends = [profile.died_on if topic is not Topic.DATA_QUERY else None]
    ends.append(profile.tracheostomy_on if topic in OF_FUNCTION else None)
    return min((end for end in ends if end is not None), default=None)


def _ended(now: TopicState, end: date | None) -> TopicState:
    if end is None or not now.on:
        return now
    midnight = datetime.combine(end, time(), tzinfo=UTC)
    return replace(now, on=False, cleared_at=max(midnight, now.met_at))


def _topic_as_dict(now: TopicState) -> dict[str, Any]:
    return {
        "on": now.on,
        "level": now.level.value,
        "raised_by": now.raised_by,
        "raised_at": now.raised_at.isoformat(),
        "cleared_at": now.cleared_at and now.cleared_at.isoformat(),
        "met_by": now.met_by,
        "met_at": now.met_at.isoformat(),
    }


def unread(report_id: str, observed_at: datetime) -> Flag:
    """The data query for a report the rules failed on: a failure is told, never silence."""
    numbers = {"report": report_id}
    return Flag(
        rule=NOT_EVALUATED,
        rule_version="1",
        level=Level.SOON,
        kind=Kind.STATE,
        headline=UNREAD.headline,
        sentence=UNREAD.sentence,
        clears_when=UNREAD.clears_when,
        numbers=numbers,
        evidence=(report_id,),
        raised_by=report_id,
        raised_at=observed_at,
        topic=Topic.DATA_QUERY,
        restricted=False,
        data_query=True,
        mark=mark_of(NOT_EVALUATED, numbers),
    )
