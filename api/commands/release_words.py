"""What two releases of the rules say of the same patients, in words: which rule, since when, and why."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from scoring.decline.documentation.versions import Changed, since
from scoring.decline.replay import Change
from scoring.decline.rules import BY_ID
from services.replays.releases import Compared

Found = Mapping[str, Any]
_WIDTH = 110
_OF_THE_TREND = frozenset({"decline", "acceleration", "domain_decline"})
_WORDS = {
    Change.OPENED: "raised, and was not before",
    Change.DROPPED: "no longer raised",
    Change.EARLIER: "raised {days} days earlier",
    Change.LATER: "raised {days} days later",
    Change.LEVEL: "{after} and was {before}",
    Change.CLOSED_EARLIER: "ends earlier",
    Change.CLOSED_LATER: "ends later",
}
_COUNTED = {
    Change.OPENED: "{count} more",
    Change.DROPPED: "{count} fewer",
    Change.EARLIER: "{count} earlier ({days} days)",
    Change.LATER: "{count} later ({days} days)",
    Change.LEVEL: "{count} of another level",
    Change.CLOSED_EARLIER: "{count} ending earlier",
    Change.CLOSED_LATER: "{count} ending later",
}


@dataclass(frozen=True, slots=True)
class Versions:
    """The versions of the rules of two releases."""

    before: str
    after: str

    @property
    def changes(self) -> dict[str, Changed]:
        """What has changed between them, by short name."""
        return since(self.before)


def in_words(versions: Versions, compared: Sequence[Compared], differences: Sequence[Found]) -> Iterator[str]:
    """Tell the changes of the rules, the sums by topic, and each patient's alerts that differ."""
    changes = versions.changes
    yield f"What changed in the rules after version {versions.before}"
    for name, changed in changes.items():
        yield _paragraph(f"{name:>3}  {_rules_of(changed)}: {changed.text}", 5)
    yield ""
    yield from _sums(differences)
    by_patient = {comparison.patient_id: comparison for comparison in compared}
    for (patient, topic), found in _alerts(differences):
        yield ""
        yield from _alert(versions, by_patient[patient], topic, found)


def _sums(differences: Iterable[Found]) -> Iterator[str]:
    """One sentence a topic: how many more, fewer, earlier and later."""
    of_topic: dict[str, dict[str, list[int]]] = {}
    for difference in differences:
        of_topic.setdefault(difference["topic"], {}).setdefault(difference["change"], []).append(
            difference["days"]
        )
    yield "Alerts" if of_topic else "No alert of any patient differs."
    for topic, of_change in sorted(of_topic.items()):
        told = [
            words.format(count=len(of_change[change]), days=_span(of_change[change]))
            for change, words in _COUNTED.items()
            if change in of_change
        ]
        yield _paragraph(f"     {topic}: {', '.join(told)}.", 5)


def _span(days: Sequence[int]) -> str:
    return f"{min(days)}" if min(days) == max(days) else f"{min(days)} to {max(days)}"


def _alerts(differences: Iterable[Found]) -> list[tuple[tuple[str, str], list[Found]]]:
    """Put together what differs of one alert."""
    found: dict[tuple[str, str, str, str], list[Found]] = {}
    for difference in differences:
        ids = [difference[side]["opened_at"] if difference[side] else "" for side in ("before", "after")]
        found.setdefault((difference["patient"], difference["topic"], *ids), []).append(difference)
    return [((patient, topic), ones) for (patient, topic, *_), ones in found.items()]


def _alert(versions: Versions, one: Compared, topic: str, found: Sequence[Found]) -> Iterator[str]:
    before, after = found[0]["before"], found[0]["after"]
    said = {
        versions.before: _said(one.before, before),
        versions.after: _said(one.after, after),
    }
    told = [_words(difference) for difference in found]
    yield _paragraph(f"Patient {one.patient_id}, {topic}: {'; '.join(told)}.", 2)
    for version, episode in ((versions.before, before), (versions.after, after)):
        if episode is not None:
            begin, flag = episode["opened_at"][:10], said[version]
            since_when = f"since {begin}, {episode['level']} on {flag['on']}"
            yield _paragraph(f'  Version {version}, {since_when}: "{flag["sentence"]}"', 4)
    if topic in _OF_THE_TREND:
        yield from _numbers(versions, one, [episode for episode in (before, after) if episode])
    rules = _rules(topic, said.values())
    why = [name for name, changed in versions.changes.items() if _concerns(changed, rules)]
    yield f"  Why: {', '.join(why) or 'another alert of this patient differs, which this one follows'}."


def _rules(topic: str, said: Iterable[Found]) -> set[str]:
    """The rules that spoke; for one that is not there any more, those of its topic."""
    rules = {flag["rule"] for flag in said if flag}
    return rules if rules <= BY_ID.keys() else {rule.id for rule in BY_ID.values() if rule.topic == topic}


def _said(side: Mapping[str, Any], episode: Found | None) -> Found:
    if episode is None:
        return {}
    unknown = {"rule": "", "sentence": "(no sentence)", "on": episode["opened_at"][:10]}
    said: Found = side["said"].get(f"{episode['topic']} {episode['opened_by']}", unknown)
    return said


def _words(one: Found) -> str:
    levels = {side: one[side]["level"] if one[side] else "" for side in ("before", "after")}
    return _WORDS[Change(one["change"])].format(days=one["days"], **levels)


def _numbers(versions: Versions, one: Compared, episodes: Sequence[Found]) -> Iterator[str]:
    """What both versions had worked out at the report that raised it first."""
    first = min(episodes, key=lambda episode: datetime.fromisoformat(episode["opened_at"]))
    report, day = first["opened_by"], first["opened_at"][:10]
    for version, side in ((versions.before, one.before), (versions.after, one.after)):
        known = side["trends"].get(report)
        if known is not None:
            yield _paragraph(f"  On {day} by version {version}: {_trend(known)}.", 4)


def _trend(known: Mapping[str, float | None]) -> str:
    slope, low, high = (known[f"slope_{name}"] or 0.0 for name in ("per_month", "low", "high"))
    told = [
        f"the line changes by {slope:+.2f} points a month ({low:+.2f} to {high:+.2f})",
        f"the chance that the loss is faster than the limit is {_percent(known['probability_fast'])}",
    ]
    change = known["probability_of_change"]
    if change is not None:
        told.append(f"the chance of a change of pace {_percent(change)}")
    return ", ".join(told)


def _percent(share: float | None) -> str:
    return f"{100 * (share or 0.0):.1f} %"


def _concerns(changed: Changed, rules: set[str]) -> bool:
    if changed.said_only:
        return False
    if not changed.rules:
        return any(rule in BY_ID and BY_ID[rule].instrument == "alsfrs_r" for rule in rules)
    return bool(rules & set(changed.rules))


def _rules_of(changed: Changed) -> str:
    return ", ".join(changed.rules) or "all that read the ALSFRS-R"


def _paragraph(text: str, indent: int) -> str:
    return textwrap.fill(text, _WIDTH, subsequent_indent=" " * indent)
