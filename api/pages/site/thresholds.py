"""Thresholds of the decline rules as fields of a form: each with its range, its source and its default."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, is_dataclass
from typing import Any

from api.pages import formats
from api.pages.rules import telling
from api.pages.texts import gettext as _
from scoring.decline.limits import Limits
from scoring.decline.policy import ORDERED
from scoring.problems import Problem
from services.errors import AppError


@dataclass(frozen=True, slots=True)
class Threshold:
    """One threshold.

    Attributes:
        family: of its rules; `name` within it.
        value: in force now.
        default: without a site's own choice.
        low: the least that may be chosen, `high` the most.
        source: where the default comes from.
    """

    family: str
    name: str
    value: Any
    default: Any
    low: Any
    high: Any
    source: str

    @property
    def field(self) -> str:
        """Its name in the form."""
        return f"{self.family}.{self.name}"

    @property
    def is_switch(self) -> bool:
        """Whether it is on or off."""
        return isinstance(self.default, bool)

    @property
    def is_whole(self) -> bool:
        """Whether it is a whole number."""
        return isinstance(self.default, int) and not self.is_switch

    @property
    def chosen(self) -> bool:
        """Whether the site has chosen it."""
        return bool(self.value != self.default)


def by_family(in_force: Mapping[str, Any]) -> dict[str, list[Threshold]]:
    """Return all thresholds by the family of their rules.

    Args:
        in_force: every threshold with its value, by family and name.
    """
    defaults = Limits()
    return {
        family.name: [
            _threshold(family.name, field, getattr(defaults, family.name), in_force)
            for field in fields(getattr(defaults, family.name))
            if "low" in field.metadata
        ]
        for family in fields(defaults)
        if is_dataclass(getattr(defaults, family.name))
    }


def limits_of(form: Mapping[str, str], known: Mapping[str, list[Threshold]]) -> dict[str, dict[str, Any]]:
    """Return what a form chooses other than the defaults; what is no number stays text, to be refused."""
    chosen: dict[str, dict[str, Any]] = {}
    for family, thresholds in known.items():
        for threshold in thresholds:
            value = _value(form, threshold)
            if value != threshold.default:
                chosen.setdefault(family, {})[threshold.name] = value
    return chosen


def shown(value: Any) -> str:
    """Return a value as people write it."""
    if isinstance(value, bool):
        return _("on") if value else _("off")
    return formats.exact_number(value)


def refused(error: AppError | None, known: Mapping[str, list[Threshold]]) -> list[tuple[str, str]]:
    """Return what was refused: the field, "" where it is none of them, and a sentence that names it."""
    if error is None:
        return []
    by_field = {threshold.field: threshold for thresholds in known.values() for threshold in thresholds}
    found = []
    for problem in error.errors:
        field = ".".join(problem.path[1:])
        if field in by_field:
            called = f"{telling.family(by_field[field].family)}, {telling.threshold(field)}"
            found.append((field, f"{called}: {_sentence(problem, by_field[field])}"))
        else:
            found.append(("", _(problem.detail)))
    return found or [("", _(error.detail))]


def _sentence(problem: Problem, one: Threshold) -> str:
    if problem.code == "out_of_order":
        upper = next(upper for family, lower, upper in ORDERED if (family, lower) == (one.family, one.name))
        other = telling.threshold(f"{one.family}.{upper}")
        return _("This must not be above “%(other)s”.") % {"other": other}
    between = {"low": shown(one.low), "high": shown(one.high)}
    if one.is_whole:
        return _("Give a whole number from %(low)s to %(high)s.") % between
    return _("Give a number from %(low)s to %(high)s.") % between


def _threshold(family: str, one: Any, defaults: Any, in_force: Mapping[str, Any]) -> Threshold:
    default = getattr(defaults, one.name)
    value = in_force.get(family, {}).get(one.name, default)
    meta = one.metadata
    return Threshold(family, one.name, value, default, meta["low"], meta["high"], meta["source"])


def _value(form: Mapping[str, str], one: Threshold) -> Any:
    if one.is_switch:
        return form.get(one.field) == "on"
    text = form.get(one.field, "").strip().replace(",", ".")
    if not text:
        return one.default
    try:
        return int(text) if one.is_whole else float(text)
    except ValueError:
        return text
