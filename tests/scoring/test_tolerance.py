"""Floats are compared through `scoring.tolerance`; where they are not it does not matter, as listed here."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from mypy import build
from mypy.main import process_options
from mypy.nodes import ComparisonExpr, MypyFile, Node
from mypy.types import Instance, ProperType, TupleType, Type, UnionType, get_proper_type

from scoring.tolerance import at_least, decimals_beside, largest, negligible, rounded, settled, without_noise

ROOT = Path(__file__).parents[2]
WITHOUT_TOLERANCE = {
    # what was typed on the command line or in a cell, as it was typed
    "cli/arguments.py": {
        "abs(value) < LARGEST", "number(text) < 0", "0 <= number(text) <= 1", "share(text) in {0, 1}",
        "number(ends[0]) < number(ends[1])",
    },
    "cli/command_line.py": {"number in item.codes"},
    "cli/sheet/cells.py": {
        "abs(value) < LARGEST", "abs(cell) < LARGEST", "10000 < value < 80000",
    },
    "cli/sheet/columns.py": {"spelled(code) == from_cell"},
    "cli/totals.py": {
        "scale.low <= total <= scale.high", "ends in {None, (own.low, own.high)}", "total == 0",
        "scale.low <= total * size <= scale.high",
        # both rounded to nine decimals before; and what a definition says
        "rounded(total, DIGITS) in self.totals", "rule.factor > 1",
    },
    # a coarse look before `at_least`, at what is a whole point less
    "cli/doubts/courses.py": {"abs(values[place] - values[place - 1]) > SPIKE - 1"},
    # how a number is shown
    "cli/terminal.py": {"cell not in {None, ''}", "0 <= cell < 0.0001", "float(_ROUND.format(cell)) != cell"},
    "instruments/page.py": {"rule.factor == 1", "rule.offset > 0"},
    # codes of answers, which are whole, and sums of them
    "als_staging.py": {
        "answers.get(GASTROSTOMY) == 1", "answers.get('swallowing', FULL) <= 1",
        "answers.get(item, FULL) <= limit", "answers.get(item, 0) > limit",
        "sum((_code(answers, item) or 0 for item in items)) <= 9",
    },
    "instruments/answers.py": {"item.codes[0] <= code * size <= item.codes[-1]"},
    "instruments/interpretation.py": {
        "answers[item.key] >= item.safety_from",
        # sums and means are multiplied before they are divided: what is exact stays exact
        "value >= band.low", "value < band.below",
    },
    # what a definition or a caller says, against what it says elsewhere
    "instruments/checks/ranges.py": {
        "value not in rule.rows", "second.low < first.below", "second.low > first.below", "below <= low",
        "low > rule.high", "below <= rule.low",
    },
    "instruments/checks/shape.py": {"abs(value) <= float_info.max", "low <= value <= high"},
    "endpoints/analysis.py": {"0 < self.confidence < 1"},
    "endpoints/published.py": {"self.low < self.high"},
    "progression/reliable_change.py": {"self.sd >= 0", "0 <= self.icc <= 1"},
    # halves of ranks, which are exact; a slope that is no rounding; limits that no number of days meets
    "endpoints/groups.py": {"off >= 0"},
    "endpoints/responder.py": {"before > 0"},
    "progression/onset.py": {"months < EARLY_MONTHS", "months > LONGEST_MONTHS"},
    # numerical methods, down to the last digit on purpose
    "distributions.py": {
        "square == inf", "t < 0", "tail == 0.5", "t_two_sided_p(high, df) / 2 > tail", "low < middle < high",
        "probability < 0.5", "t_two_sided_p(middle, df) / 2 > tail", "0 < probability < 1", "df > 0",
        "x <= 0", "rest <= 0",
        "x < (a + 1) / (a + b + 2)", "abs(change - 1) > _PRECISION", "abs(number) > _TINY",
    },
    "tolerance.py": {
        "abs(number) <= SHARE * abs(beside)", "number >= limit - SHARE * abs(limit)", "size > 0",
    },
    # when to say how far a long reading is
    "__main__.py": {"now >= self._next"},
    # decline rules: probabilities and z, which meet a limit of the policy by chance only
    "decline/rules/acceleration.py": {
        "pace.most_chance < base * limits.clear_share", "pace.most_chance >= clears",
        "pace.chance >= clears", "pace.chance >= limit", "pace.chance >= limits.soon_probability",
        # nothing added where the pace is the usual one: 0 as it was set
        "log_odds == 0",
    },
    "decline/rules/primary.py": {
        "trend.probability < limits.clear_probability", "trend.probability >= limits.inform_probability",
        "trend.probability >= limits.soon_probability", "trend.steep_probability >= limits.steep_probability",
    },
    "decline/rules/domain.py": {
        "probability < limits.clear_probability", "probability >= limits.probability",
        # whole subscores and their medians: halves, which are exact
        "before >= limits.drop_points - 1", "drop < limits.clear_points", "drop >= limits.drop_points",
    },
    "decline/rules/doubt.py": {
        "float(numbers['z']) < limits.rise_z", "float(numbers['z']) > -limits.surprise_z",
        # sums of the same items of two reports, which are whole
        "abs((point.total or 0) - (last.total or 0)) < by",
        "step.earlier - step.latest < limits.surprise_drop", "step.latest - step.earlier < limits.rise",
    },
    "decline/alsfrs/pace.py": {"0 < probability < 1"},
    # sums of items and their medians; a total scaled up from fewer items is exact where it is whole
    "decline/rules/drop.py": {
        "drop < limits.clear_points", "drop >= limits.points", "given.series.total(point) > FLOOR_TOTAL",
        "usual - value(report, omitted) >= limits.points - 1",
    },
    "decline/alsfrs/trend.py": {
        "series.total(point) <= FLOOR_TOTAL", "series.total(point) >= primary.ceiling_total",
        # three months are 91.3125 days, which no number of days meets
        "months >= 3",
    },
    "decline/rules/carer.py": {"given.total <= given.limits.carer.total"},
    "decline/rules/mood.py": {"code < 1"},
    "decline/rules/well_being.py": {"usual - rating < limits.fall"},
    # both grams divided by 1000, so in the order of the grams; all limits of weight are compared as fractions
    "decline/rules/weight.py": {"float(state.numbers['now_kg']) < float(state.numbers['earlier_kg'])"},
    # with a tolerance of its own for steps; a range that was set; where a line is drawn
    "decline/flags.py": {"(then - now if self.lower else now - then) >= step - ROUNDING"},
    "decline/policy.py": {"low <= value <= high"},
    "decline/alsfrs/drawing.py": {"following - day > PAUSE * interval_days"},
    # numbers of a policy that are 0 as they were set; the ends of an interval on a grid of fiftieths
    "trajectory/line.py": {"keep == 0", "prior.offset_sd == 0"},
    "trajectory/points.py": {"correlation == 0"},
    "trajectory/correlation.py": {"inside[-1] - inside[0] <= WIDEST", "log >= best - HALF_CHI_SQUARE"},
}  # fmt: skip


def comparisons(tree: MypyFile) -> Iterator[ComparisonExpr]:
    """Every comparison in a module; mypy's own walk cannot be extended outside of it."""
    seen, waiting = set(), [tree]
    while waiting:
        node = waiting.pop()
        if id(node) in seen:
            continue
        seen.add(id(node))
        if isinstance(node, list | tuple):
            waiting.extend(node)
        elif isinstance(node, Node) and (not isinstance(node, MypyFile) or node is tree):
            if isinstance(node, ComparisonExpr):
                yield node
            names = (name for name in dir(node) if name not in {"node", "info", "type"} and name[0] != "_")
            waiting.extend(
                part for name in names if isinstance(part := getattr(node, name, None), Node | list | tuple)
            )


def holds_float(found: Type | None) -> bool:
    proper: ProperType | None = get_proper_type(found) if found is not None else None
    if isinstance(proper, UnionType | TupleType):
        return any(map(holds_float, proper.items))
    return isinstance(proper, Instance) and proper.type.fullname == "builtins.float"


def written(path: Path, places: set[tuple[int, int]]) -> set[str]:
    """The comparisons that begin at these places, as source text."""
    nodes = (node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Compare))
    return {ast.unparse(node) for node in nodes if (node.lineno, node.col_offset) in places}


def test_no_floats_are_compared_exactly_where_it_matters() -> None:
    sources, options = process_options([str(ROOT / "scoring")])
    options.export_types, options.preserve_asts, options.incremental = True, True, False
    result = build.build(sources, options)
    assert not result.errors
    found: dict[str, set[str]] = {}
    for name, tree in result.files.items():
        if name.split(".")[0] == "scoring":
            path = Path(tree.path).resolve()
            places = {
                (comparison.line, comparison.column)
                for comparison in comparisons(tree)
                if not {"is", "is not"} & set(comparison.operators)
                and any(holds_float(result.types.get(operand)) for operand in comparison.operands)
            }
            if places:
                found[str(path.relative_to(ROOT / "scoring"))] = written(path, places)
    assert found == WITHOUT_TOLERANCE


def test_what_is_a_billionth_of_its_size_is_rounding() -> None:
    assert negligible(0, 0)
    assert negligible(-1e-9, 1)
    assert negligible(4e-8, -40)
    assert not negligible(1.1e-9, 1)
    assert not negligible(1e-300, 0)


def test_what_is_rounding_is_0_and_all_else_stays_as_it_is() -> None:
    assert (str(without_noise(-4e-8, 40)), str(without_noise(0, 40))) == ("0.0", "0")
    assert without_noise(1 / 3, 40) == 1 / 3
    assert str(without_noise(-4, 40)) == "-4"


@pytest.mark.parametrize("limit", [0.25, -0.25, 0.47, 1.11, 1e6])
def test_a_limit_is_reached_whatever_the_last_digits(limit: float) -> None:
    below = limit - abs(limit) * 1e-10
    assert at_least(limit, limit)
    assert at_least(below, limit)
    assert at_least(limit + 1, limit)
    assert not at_least(limit - abs(limit) * 1e-8, limit)


def test_a_limit_of_0_has_no_rounding() -> None:
    assert at_least(0.0, 0)
    assert not at_least(-1e-300, 0)


def test_the_largest_has_no_sign_and_none_is_0() -> None:
    assert largest([]) == 0
    assert largest([-3, 2]) == 3


@pytest.mark.parametrize(
    ("size", "decimals"), [(0, 9), (0.5, 9), (1, 8), (9.99, 8), (10, 7), (48, 7), (1e9, -1), (0.004, 11)]
)
def test_nine_digits_are_left(size: float, decimals: int) -> None:
    assert decimals_beside(size) == decimals


def test_a_rounded_number_has_no_negative_zero_and_whole_ones_stay() -> None:
    assert str(rounded(-1e-12, 9)) == "0.0"
    assert str(rounded(-4, 7)) == "-4"
    assert rounded(0.1 + 0.2, 9) == 0.3


@given(st.lists(st.integers(-480, 480), min_size=1, max_size=6))
def test_what_is_equal_but_for_arithmetic_is_settled_as_equal(tenths: list[int]) -> None:
    once = settled([number / 10 for number in tenths])
    again = settled([(number + 7) / 10 - 0.7 for number in tenths])
    assert again == pytest.approx(once, abs=1e-6)
    assert [once.index(number) for number in once] == [again.index(number) for number in again]
