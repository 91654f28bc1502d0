"""Totals: within their scale, and the same as their items where both are given.

Without a column of totals they are formed from the items. An incomplete form has no total; one that is given
all the same has to be possible with the items that are there.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from scoring.cli.sheet import Mistake, Sheet
from scoring.cli.sheet.cells import missing_hint
from scoring.cli.sheet.subjects import spots
from scoring.instruments import Definition, Direction, InvalidAnswers, Kind, ProblemCode, score, validate
from scoring.instruments.engine import count
from scoring.instruments.reach import every_total
from scoring.tolerance import DIGITS, at_least, largest, negligible, rounded

Total = int | float | None
ONLY_FALLS = frozenset({"alsfrs", "alsfrs_r"})
"""Instruments of which a 0 or a lasting rise is hardly ever seen: a blank form may have been exported as
zeros, or a date be wrong. Our choice."""


@dataclass(frozen=True, slots=True)
class Scale:
    """Possible totals.

    Attributes:
        name: whose totals they are.
        whole: whether they are whole numbers.
        totals: those that answers can give, with nine decimals; None where that is not known.
        highest_raw: of a sum that is multiplied, the highest one before that; else None.
    """

    low: float
    high: float
    name: str
    whole: bool = False
    totals: frozenset[float] | None = None
    highest_raw: float | None = None

    def has(self, total: float) -> bool:
        """Whether answers can give this total, as far as is known."""
        return self.totals is None or rounded(total, DIGITS) in self.totals


def scale_of(definition: Definition) -> Scale | None:
    """The scale of an instrument's main score; None where it has none."""
    if not definition.main:
        return None
    rule = definition.rule(definition.main)
    if rule.low is None or rule.high is None:
        return None
    units = {item.unit for item in definition.items}
    unit = f" in {units.pop()}" if len(units) == 1 and "" not in units else ""
    fillers = [[item for item in definition.items if item.place == place] for place in rule.of]
    totals = every_total(rule, fillers)
    return Scale(
        low=rule.low,
        high=rule.high,
        name=definition.title + unit,
        whole=_is_whole(definition),
        totals=None if totals is None else frozenset(rounded(total, DIGITS) for total in totals),
        highest_raw=rule.high / rule.factor if rule.factor > 1 and not rule.offset else None,
    )


def is_own_scale(definition: Definition, ends: tuple[float, float] | None) -> bool:
    """Whether totals between these ends, or where none were said, are on the instrument's own scale."""
    own = scale_of(definition)
    return own is None or ends in {None, (own.low, own.high)}


def only_falls(definition: Definition, scale: Scale) -> bool:
    """Whether these are totals that fall, and hardly ever rise."""
    return definition.key in ONLY_FALLS and is_own_scale(definition, (scale.low, scale.high))


def direction_of(definition: Definition, ends: tuple[float, float] | None) -> Direction:
    """Which end of the scale is the better one; on another scale than the instrument's own nobody knows."""
    return definition.direction if is_own_scale(definition, ends) else Direction.NEITHER


def _is_whole(definition: Definition) -> bool:
    """Whether the total is a sum of whole numbers; one that is scaled up for missing answers need not be."""
    rule = definition.rule(definition.main)
    if 0 < rule.min_answered < len(rule.of):
        return False
    codes = (code for place in rule.of for code in _counts_of(definition, place))
    return rule.kind is Kind.SUM and all(map(_whole, (rule.factor, rule.offset, *codes)))


def _whole(number: float) -> bool:
    return float(number).is_integer()


def read_totals(sheet: Sheet, definition: Definition, scale: Scale) -> list[Total]:
    """The total of each row; None for an incomplete form."""
    if sheet.mistakes and not sheet.has("total"):
        return [None] * len(sheet.rows)
    given = sheet.numbers("total")
    for place, total in enumerate(given):
        if total is not None and not scale.low <= total <= scale.high:
            detail = (
                f"outside {scale.low:g} to {scale.high:g}, the scale of {scale.name}; for another scale add"
                " --instrument or --scale, for a code that means missing --missing total=CODE"
            )
            sheet.report(place, "total", detail + _unit_hint(definition, scale, total))
        elif total is not None and scale.whole and not _whole(total):
            detail = f"expected a whole number, as totals of {scale.name} are; for others add --scale"
            sheet.report(place, "total", f"{detail} {scale.low:g},{scale.high:g}")
        elif total is not None and not scale.has(total):
            sheet.report(place, "total", _no_answers_make(scale))
    _note_raw(sheet, scale, given)
    found = _with_items(sheet, definition, given)
    if all(total is None for total in found):
        sheet.decisions.append("no row has a total: there is nothing to compute from")
    _note_zeros(sheet, definition, scale, found)
    return found


def refuse_above(sheet: Sheet, scale: Scale, full_score: float | None, found: Sequence[Total]) -> None:
    """Report totals on the scale that are above the score from which points are lost since onset."""
    if full_score is None or not sheet.has("onset"):
        return
    for place, total in enumerate(found):
        if total is not None and at_least(scale.high, total) and not at_least(full_score, total):
            detail = f"above {full_score:g}, from which points are counted as lost since onset; give the best"
            sheet.report(place, "total", f"{detail} score with --full-score, or mend the total")


def _unit_hint(definition: Definition, scale: Scale, total: float) -> str:
    """What to add to a message where a total is possible in another unit of the only item."""
    units = definition.items[0].other_units if len(definition.items) == 1 else {}
    for unit, size in units.items():
        if scale.low <= total * size <= scale.high:
            return f"; for {unit} add --scale {scale.low / size:g},{scale.high / size:g}"
    return ""


def _no_answers_make(scale: Scale) -> str:
    detail = f"no answers make this total of {scale.name}"
    if scale.highest_raw is None:
        return f"{detail}; for totals of another kind add --scale {scale.low:g},{scale.high:g}"
    factor = scale.high / scale.highest_raw
    return f"{detail}: it is a sum times {factor:g}; for raw sums add --scale 0,{scale.highest_raw:g}"


def _note_raw(sheet: Sheet, scale: Scale, given: Sequence[Total]) -> None:
    """Note totals that might all be sums before they are multiplied."""
    totals = [total for total in given if total is not None]
    if totals and scale.highest_raw is not None and at_least(scale.highest_raw, max(totals)):
        factor = scale.high / scale.highest_raw
        sheet.decisions.append(
            f"no total is above {scale.highest_raw:g}: are these raw sums? those of {scale.name} are taken"
            f" times {factor:g}"
        )


def _note_zeros(sheet: Sheet, definition: Definition, scale: Scale, found: Sequence[Total]) -> None:
    """Note totals of 0 where a blank form is likelier than that."""
    if not only_falls(definition, scale):
        return
    zeros = [place for place, total in enumerate(found) if total == 0]
    if zeros:
        sheet.decisions.append(f"a total of 0 is hardly ever seen, was the form blank? {spots(sheet, zeros)}")


def _with_items(sheet: Sheet, definition: Definition, given: list[Total]) -> list[Total]:
    """The totals, checked against the items or formed from them, where there are items."""
    items = [key for key in definition.by_key if sheet.has(key)]
    if not items:
        _note_unused_codes(sheet)
        return given
    if not sheet.has("total") and not sheet.ours:
        _require_items(sheet, definition)
    found = check_items(sheet, definition, items, given)
    if sheet.has("total"):
        _note_one_without_the_other(sheet, definition, items, given, found)
    return found


def _note_unused_codes(sheet: Sheet) -> None:
    """Note numbers for missing values where no column has items, in which alone they count."""
    codes = ",".join(f"{code:g}" for code in sorted(sheet.spelling.missing.numbers))
    if codes:
        sheet.decisions.append(
            f"--missing {codes}: a number counts in columns of items only, and the file has none; for one"
            " column write it as total=CODE"
        )


def _require_items(sheet: Sheet, definition: Definition) -> None:
    """Report items without a column where the total has to be formed from them."""
    for place in absent_places(sheet, definition):
        detail = (
            f"there is no such column{forms_of(definition, place)}, and no column total, so that no row could"
            " have a total; add the column, an empty one if this was not asked, or say with --columns which"
            " one it is"
        )
        sheet.mistakes.append(Mistake(detail, column=place))


def absent_places(sheet: Sheet, definition: Definition) -> list[str]:
    """Places of the form that no column answers."""
    there = {place for key, place in definition.places.items() if sheet.has(key)}
    return [place for place in definition.required if place not in there]


def forms_of(definition: Definition, place: str) -> str:
    """What to add to a message where a place has forms of other names."""
    forms = [key for key, own in definition.places.items() if own == place]
    return "" if forms == [place] else f" (write it as {' or '.join(forms)})"


def _note_one_without_the_other(
    sheet: Sheet, definition: Definition, items: Sequence[str], given: Sequence[Total], found: Sequence[Total]
) -> None:
    """Note rows with a total though items are missing, and rows whose empty total was formed."""
    answered = sheet.answers(items)
    beside, formed = [], []
    for place, total in enumerate(given):
        there = {definition.places[key] for key in items if answered[key][place] is not None}
        if total is None:
            formed += [place] if found[place] is not None else []
        elif there and not there.issuperset(definition.required):
            beside.append(place)
    for told, places in (
        ("total used though items of its row are missing", beside),
        ("empty total formed from the items of its row", formed),
    ):
        if places:
            sheet.decisions.append(f"{told}, rows: {len(places)}; {spots(sheet, places)}")


def check_items(
    sheet: Sheet, definition: Definition, items: Sequence[str], given: Sequence[Total]
) -> list[Total]:
    """The totals, each compared with the items beside it or formed from them.

    Noted where the instrument has no total that one could be compared with.
    """
    if items and not definition.main and any(total is not None for total in given):
        sheet.decisions.append(
            f"column total is compared with no items: {definition.title} has no total of its own"
        )
    answers = sheet.answers(items)
    found = []
    for place, total in enumerate(given):
        form = {key: column[place] for key, column in answers.items() if column[place] is not None}
        found.append(_checked(sheet, place, definition, form, total))
    return found


def _checked(
    sheet: Sheet, place: int, definition: Definition, form: Mapping[str, object], total: Total
) -> Total:
    try:
        answers = validate(definition, form)
    except InvalidAnswers as error:
        report_problems(sheet, place, form, error)
        return total
    result = score(definition, answers)
    if total is None or not answers or not definition.main:
        return result.total if total is None else total
    if result.total is not None:
        if not negligible(total - result.total, largest((total, result.total))):
            sheet.report(place, "total", f"differs from the items of this row, which make {definition.main}")
    elif not _possible(definition, answers, total):
        sheet.report(place, "total", "cannot be reached with the items of this row")
    return total


def report_problems(sheet: Sheet, place: int, form: Mapping[str, object], error: InvalidAnswers) -> None:
    """Report what is wrong with a form; of two answers of which only one can be, the second."""
    told: set[str] = set()
    for problem in error.problems:
        key, detail = problem.path[-1], problem.detail
        if problem.code == ProblemCode.ALTERNATIVES:
            if detail in told:
                sheet.report(place, key, f"{detail}; empty the cell of the one that was not asked")
            told.add(detail)
        else:
            sheet.report(place, key, detail + missing_hint(form.get(key)))


def _possible(definition: Definition, answers: Mapping[str, int | float], total: float) -> bool:
    """Whether the missing items could make up the rest of a sum."""
    rule = definition.rule(definition.main)
    if rule.kind is not Kind.SUM:
        return True
    counted = count(definition, answers)
    spans = [[counted[place]] if place in counted else _counts_of(definition, place) for place in rule.of]
    ends = [rule.factor * sum(map(end, spans)) + rule.offset for end in (min, max)]
    return at_least(total, min(ends)) and at_least(max(ends), total)


def _counts_of(definition: Definition, place: str) -> list[float]:
    """What the items that can fill a place can count."""
    items = [item for item in definition.items if item.place == place]
    counts = (item.counts() or dict(zip(item.codes, item.codes, strict=True)) for item in items)
    return [value for codes in counts for value in codes.values()]
