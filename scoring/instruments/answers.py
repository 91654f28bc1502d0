"""Checks answers against a definition and names every wrong item.

Missing items are no mistake here: what they cost is the missing rule's business, in `engine`. No message
repeats an answer, because answers are health data and messages end in logs.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from enum import StrEnum

from scoring.instruments.definition import Definition, Item
from scoring.problems import Problem, pointer_to


class ProblemCode(StrEnum):
    """What can be wrong with an answer."""

    UNKNOWN_ITEM = "unknown_item"
    WRONG_TYPE = "wrong_type"
    BOOLEAN = "boolean"
    NOT_PERMITTED = "code_not_permitted"
    WRONG_UNIT = "wrong_unit"
    ALTERNATIVES = "both_alternatives"


class InvalidAnswers(ValueError):
    """Answers that do not fit the instrument; `problems` has one entry or more for every wrong item."""

    def __init__(self, instrument: str, problems: tuple[Problem, ...]) -> None:
        self.instrument = instrument
        self.problems = problems
        super().__init__(
            f"{instrument}: " + "; ".join(f"{problem.path[-1]}: {problem.detail}" for problem in problems)
        )


def validate(definition: Definition, answers: Mapping[str, object]) -> Mapping[str, int | float]:
    """Return the answers in the order of the form.

    Raises:
        InvalidAnswers: items that are unknown, of a wrong type or code, or answered beside their alternative.
    """
    checked: dict[str, int | float] = {}
    for key, item in definition.by_key.items():
        code = answers.get(key)
        if type(code) is int and code in item.codes:
            checked[key] = code
    doubled = (slot for slot, keys in definition.alternatives.items() if len(_answered(keys, answers)) > 1)
    if len(checked) < len(answers) or any(doubled):
        raise InvalidAnswers(definition.key, tuple(_problems(definition, answers)))
    return checked


def _answered(keys: Iterable[str], answers: Mapping[str, object]) -> list[str]:
    return [key for key in keys if key in answers]


def _problems(definition: Definition, answers: Mapping[str, object]) -> Iterator[Problem]:
    for key, code in answers.items():
        problem = _problem(definition.by_key.get(key), key, code)
        if problem:
            yield problem
    for keys in definition.alternatives.values():
        answered = _answered(keys, answers)
        if len(answered) > 1:
            detail = f"only one of {' and '.join(answered)} can be answered"
            yield from (Problem(pointer_to(key), ProblemCode.ALTERNATIVES, detail) for key in answered)


def _problem(item: Item | None, key: str, code: object) -> Problem | None:
    if item is None:
        return Problem(pointer_to(key), ProblemCode.UNKNOWN_ITEM, "the instrument has no such item")
    if isinstance(code, bool):
        return Problem(pointer_to(key), ProblemCode.BOOLEAN, "a code is a whole number, not true or false")
    if not isinstance(code, int):
        return Problem(
            pointer_to(key),
            ProblemCode.WRONG_TYPE,
            "a code is a whole number; leave out what was not answered",
        )
    return None if code in item.codes else _not_permitted(item, code)


def _not_permitted(item: Item, code: int) -> Problem:
    permitted = f"permitted: {permitted_codes(item)}"
    units = [
        unit for unit, size in item.other_units.items() if item.codes[0] <= code * size <= item.codes[-1]
    ]
    if units:
        detail = f"{permitted}; this looks like {' or '.join(units)}"
        return Problem(pointer_to(item.key), ProblemCode.WRONG_UNIT, detail)
    return Problem(pointer_to(item.key), ProblemCode.NOT_PERMITTED, permitted)


def permitted_codes(item: Item) -> str:
    """The codes in words: "0 to 4"."""
    codes = item.codes
    steps = f" in steps of {codes.step}" if codes.step > 1 else ""
    return f"{codes[0]} to {codes[-1]}{steps}{item.unit and ' ' + item.unit}"
