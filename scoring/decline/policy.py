"""A clinic's thresholds: the site's own, and exceptions for one patient with a reason and an end date.

`Policy.from_mapping` reads stored JSON and reports every problem at once; `Policy.on` gives the limits in
force on the date of a report, so that no clock is needed. What each limit means stands in `limits` and in
docs/rules.md.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import Field, dataclass, field, fields, replace
from datetime import date
from typing import Any

from scoring.decline.flags import Topic
from scoring.decline.limits import Limits
from scoring.problems import Problem, pointer_to

DEFAULT_VERSION = "default-1"
DEFAULT_LIMITS = Limits()
MAX_VERSION, MAX_REASON, MAX_OVERRIDES = 64, 500, 50
# The safety rules: nobody may switch these off, not even for a while.
NEVER_MUTED = frozenset({Topic.SELF_HARM, Topic.RESPIRATORY})

# Group, a limit, and the one it must not be above: or one report could both raise and clear a flag.
ORDERED = (
    ("primary", "clear_probability", "inform_probability"),
    ("primary", "inform_probability", "soon_probability"),
    ("primary", "loss_per_month", "steep_loss_per_month"),
    ("primary", "min_span_days", "window_days"),
    ("confirmed_drop", "clear_points", "points"),
    ("confirmed_drop", "reference_from_days", "reference_to_days"),
    ("domain", "clear_probability", "probability"),
    ("domain", "clear_points", "drop_points"),
    ("domain", "reference_from_days", "reference_to_days"),
    ("mood", "phq_9_inform", "phq_9_soon"),
    ("mood", "gad_7_inform", "gad_7_soon"),
    ("mood", "who_5_soon", "who_5_inform"),
    ("weight", "inform_percent", "soon_percent"),
    ("silence", "inform_share", "soon_share"),
)


class InvalidPolicy(ValueError):
    """A policy that cannot be used; `problems` lists all that is wrong with it."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__("; ".join(f"{problem.pointer}: {problem.detail}" for problem in problems))
        self.problems = problems


@dataclass(frozen=True, slots=True)
class Override:
    """An exception for one patient: other limits, or topics muted, from one day to another inclusive."""

    reason: str
    starts_on: date
    ends_on: date
    limits: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    mute: tuple[Topic, ...] = ()

    def covers(self, day: date) -> bool:
        """Whether the exception is in force on this day."""
        return self.starts_on <= day <= self.ends_on

    def as_dict(self) -> dict[str, Any]:
        """JSON-ready form, read back by `Policy.from_mapping`."""
        return {
            "reason": self.reason,
            "starts_on": self.starts_on.isoformat(),
            "ends_on": self.ends_on.isoformat(),
            "limits": {group: dict(values) for group, values in self.limits.items()},
            "mute": [topic.value for topic in self.mute],
        }


@dataclass(frozen=True, slots=True)
class Policy:
    """The limits a patient's reports are judged by, under a version that each evaluation names."""

    version: str = DEFAULT_VERSION
    limits: Limits = DEFAULT_LIMITS
    overrides: tuple[Override, ...] = ()

    def on(self, day: date) -> Limits:
        """Limits in force for a report observed on this day; a later override wins over an earlier one."""
        limits = self.limits
        for override in self.overrides:
            if override.covers(day):
                limits = _with_values(limits, override.limits)
        return limits

    def mutes(self, topic: Topic, day: date) -> bool:
        """Whether a report observed on this day may raise no flag on this topic."""
        return any(topic in override.mute and override.covers(day) for override in self.overrides)

    @classmethod
    def from_mapping(cls, data: Mapping[str, object]) -> Policy:
        """Read a stored policy; whatever is left out keeps its default.

        Raises:
            InvalidPolicy: with every problem found, not only the first.
        """
        reader = _Reader()
        policy = reader.policy(data)
        if reader.problems:
            raise InvalidPolicy(tuple(reader.problems))
        return policy

    def as_dict(self) -> dict[str, Any]:
        """JSON-ready form with every limit spelled out, read back by `from_mapping`."""
        return {
            "version": self.version,
            "limits": {
                group.name: _values(getattr(self.limits, group.name)) for group in fields(self.limits)
            },
            "overrides": [override.as_dict() for override in self.overrides],
        }


def _values(group: Any) -> dict[str, float]:  # noqa: ANN401
    return {item.name: getattr(group, item.name) for item in fields(group)}


def _with_values(limits: Limits, values: Mapping[str, Mapping[str, float]]) -> Limits:
    changed = {name: replace(getattr(limits, name), **dict(own)) for name, own in values.items() if own}
    return replace(limits, **changed)


class _Reader:
    """Reads one policy and collects what is wrong with it."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []

    def policy(self, data: Mapping[str, object]) -> Policy:
        self._unknown("", data, {"version", "limits", "overrides"})
        version = self._text("/version", data.get("version", DEFAULT_VERSION), MAX_VERSION)
        limits = _with_values(Limits(), self._limits("/limits", data.get("limits", {})))
        self._order("/limits", limits)
        overrides = self._overrides(data.get("overrides", []), limits)
        return Policy(version=version, limits=limits, overrides=overrides)

    def _overrides(self, entries: object, limits: Limits) -> tuple[Override, ...]:
        if not isinstance(entries, list) or len(entries) > MAX_OVERRIDES:
            self._problem("/overrides", "wrong_type", f"must be a list of at most {MAX_OVERRIDES}")
            return ()
        read = (self._override(f"/overrides/{place}", entry, limits) for place, entry in enumerate(entries))
        return tuple(override for override in read if override is not None)

    def _override(self, pointer: str, entry: object, limits: Limits) -> Override | None:
        if not isinstance(entry, Mapping):
            self._problem(pointer, "wrong_type", "must be an object")
            return None
        self._unknown(pointer, entry, {"reason", "starts_on", "ends_on", "limits", "mute"})
        reason = self._text(f"{pointer}/reason", entry.get("reason"), MAX_REASON)
        starts_on = self._day(f"{pointer}/starts_on", entry.get("starts_on"))
        ends_on = self._day(f"{pointer}/ends_on", entry.get("ends_on"))
        own = self._limits(f"{pointer}/limits", entry.get("limits", {}))
        self._order(f"{pointer}/limits", _with_values(limits, own))
        mute = self._topics(f"{pointer}/mute", entry.get("mute", []))
        if starts_on is None or ends_on is None:
            return None
        if ends_on < starts_on:
            self._problem(f"{pointer}/ends_on", "ends_before_start", "must not be before starts_on")
        return Override(reason=reason, starts_on=starts_on, ends_on=ends_on, limits=own, mute=mute)

    def _limits(self, pointer: str, data: object) -> dict[str, dict[str, float]]:
        if not isinstance(data, Mapping):
            self._problem(pointer, "wrong_type", "must be an object")
            return {}
        groups = {group.name: getattr(Limits(), group.name) for group in fields(Limits)}
        self._unknown(pointer, data, set(groups))
        return {
            name: self._group(f"{pointer}/{name}", group, data[name])
            for name, group in groups.items()
            if name in data
        }

    def _group(self, pointer: str, group: Any, data: object) -> dict[str, float]:  # noqa: ANN401
        if not isinstance(data, Mapping):
            self._problem(pointer, "wrong_type", "must be an object")
            return {}
        declared = {item.name: item for item in fields(group)}
        self._unknown(pointer, data, set(declared))
        read = {
            name: self._value(f"{pointer}/{name}", item, data[name])
            for name, item in declared.items()
            if name in data
        }
        return {name: value for name, value in read.items() if value is not None}

    def _value(self, pointer: str, item: Field[Any], value: object) -> float | None:
        wanted = bool if item.type == "bool" else int if item.type == "int" else float
        right = type(value) is wanted or (wanted is float and type(value) is int)
        if not right or not isinstance(value, int | float):
            self._problem(pointer, "wrong_type", f"must be {_WANTED[wanted]}")
            return None
        low, high = item.metadata["low"], item.metadata["high"]
        if not low <= value <= high:
            self._problem(pointer, "out_of_range", f"must be from {low} to {high}")
            return None
        return value

    def _order(self, pointer: str, limits: Limits) -> None:
        for group, lower, upper in ORDERED:
            values = getattr(limits, group)
            if getattr(values, lower) > getattr(values, upper):
                self._problem(f"{pointer}/{group}/{lower}", "out_of_order", f"must not be above {upper}")

    def _topics(self, pointer: str, data: object) -> tuple[Topic, ...]:
        if not isinstance(data, list):
            self._problem(pointer, "wrong_type", "must be a list of topics")
            return ()
        known = tuple(Topic(entry) for entry in data if entry in list(Topic))
        for place, entry in enumerate(data):
            if entry not in list(Topic):
                self._problem(f"{pointer}/{place}", "unknown_topic", "is not a topic")
            elif entry in NEVER_MUTED:
                self._problem(f"{pointer}/{place}", "never_muted", "a safety topic cannot be muted")
        return known

    def _text(self, pointer: str, value: object, longest: int) -> str:
        if isinstance(value, str) and value.strip() and len(value) <= longest:
            return value
        self._problem(pointer, "wrong_text", f"must be a text of 1 to {longest} characters")
        return ""

    def _day(self, pointer: str, value: object) -> date | None:
        with suppress(ValueError):
            if isinstance(value, str):
                return date.fromisoformat(value)
        self._problem(pointer, "wrong_date", "must be a date such as 2026-03-31")
        return None

    def _unknown(self, pointer: str, data: Mapping[str, object], known: set[str]) -> None:
        for name in sorted(str(name) for name in data if name not in known):
            self._problem(pointer + pointer_to(name), "unknown_field", "is not known here")

    def _problem(self, pointer: str, code: str, detail: str) -> None:
        self.problems.append(Problem(pointer=pointer, code=code, detail=detail))


_WANTED = {bool: "true or false", int: "a whole number", float: "a number"}
