"""Properties of every score of every shipped instrument, over random forms."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scoring import instruments
from scoring.instruments import Definition, Item, Kind, ScoreRule

EVERY = [definition for newest in instruments.catalogue() for definition in instruments.versions(newest.key)]
every = pytest.mark.parametrize(
    "definition", EVERY, ids=lambda definition: f"{definition.key}-{definition.version}"
)
few = settings(max_examples=12)


@st.composite
def forms(draw: st.DrawFn, definition: Definition, *, complete: bool = False) -> dict[str, int]:
    """Valid answers, one form of an item with alternatives, some missing unless complete."""
    places: dict[str, list[Item]] = {}
    for item in definition.items:
        places.setdefault(item.place, []).append(item)
    answers = {}
    for items in places.values():
        item = draw(st.sampled_from(items))
        if complete or draw(st.integers(0, 5)):
            answers[item.key] = draw(st.sampled_from(item.codes))
    return answers


def numeric(definition: Definition) -> list[ScoreRule]:
    return [rule for rule in definition.scores if rule.kind in {Kind.SUM, Kind.MEAN}]


def scored(definition: Definition, answers: dict[str, int]) -> dict[str, Any]:
    return {key: value.value for key, value in instruments.score(definition, answers).values.items()}


@every
@given(data=st.data())
@few
def test_values_stay_within_their_range(definition: Definition, data: st.DataObject) -> None:
    for value in instruments.score(definition, data.draw(forms(definition))).values.values():
        if value.low is not None and value.value is not None:
            assert value.low - 1e-9 <= value.value <= value.high + 1e-9


@every
@given(data=st.data())
@few
def test_a_value_is_there_exactly_when_enough_is_answered(
    definition: Definition, data: st.DataObject
) -> None:
    score = instruments.score(definition, data.draw(forms(definition)))
    limit = definition.missing.at_most
    barred = limit is not None and len(score.missing) > limit
    for rule in definition.scores:
        value = score.values[rule.key]
        assert value.answered + len(value.missing) == value.items
        if rule.kind is not Kind.TABLE:
            enough = value.answered >= (rule.min_answered or len(rule.of))
            assert (value.value is not None) is (enough and not barred)
    assert score.complete is (not score.missing)


@every
@given(data=st.data())
@few
def test_a_further_answer_never_takes_a_value_away(definition: Definition, data: st.DataObject) -> None:
    answers = data.draw(forms(definition, complete=True))
    fewer = {key: code for key, code in answers.items() if data.draw(st.booleans(), label=key)}
    less, more = scored(definition, fewer), scored(definition, answers)
    assert all(more[key] is not None for key, value in less.items() if value is not None)


@every
@given(data=st.data())
@few
def test_scores_follow_what_an_answer_counts(definition: Definition, data: st.DataObject) -> None:
    answers = data.draw(forms(definition, complete=True))
    item = definition.by_key[data.draw(st.sampled_from(sorted(answers)))]
    other = data.draw(st.sampled_from(item.codes))
    counts = item.counts() or {code: code for code in (answers[item.key], other)}
    rise = counts[other] - counts[answers[item.key]]
    before, after = scored(definition, answers), scored(definition, {**answers, item.key: other})
    for rule in numeric(definition):
        change = after[rule.key] - before[rule.key]
        share = rule.factor / (len(rule.of) if rule.kind is Kind.MEAN else 1)
        assert change == pytest.approx(rise * share if item.place in rule.of else 0, abs=1e-9)


@every
@given(data=st.data())
@few
def test_scores_do_not_depend_on_which_item_of_a_score_was_answered_how(
    definition: Definition, data: st.DataObject
) -> None:
    answers = data.draw(forms(definition, complete=True))
    for rule in numeric(definition):
        alike = [key for key in answers if definition.by_key[key].place in rule.of]
        shape = definition.by_key[alike[0]]
        alike = [key for key in alike if _same_codes(definition.by_key[key], shape)]
        codes = data.draw(st.permutations([answers[key] for key in alike]))
        shuffled = {**answers, **dict(zip(alike, codes, strict=True))}
        assert scored(definition, shuffled)[rule.key] == scored(definition, answers)[rule.key]


def _same_codes(first: Item, second: Item) -> bool:
    return (first.codes, first.counts()) == (second.codes, second.counts())


@every
@given(data=st.data())
@few
def test_turning_every_item_round_mirrors_the_scores(definition: Definition, data: st.DataObject) -> None:
    answers = data.draw(forms(definition, complete=True))
    plain = replace(
        definition, items=tuple(replace(item, values=(), reversed=False) for item in definition.items)
    )
    turned = replace(plain, items=tuple(replace(item, reversed=True) for item in plain.items))
    mirrored = {
        key: plain.by_key[key].codes[0] + plain.by_key[key].codes[-1] - code for key, code in answers.items()
    }
    rules = tuple(rule for rule in definition.scores if rule.kind is not Kind.TABLE)
    plain, turned = replace(plain, scores=rules), replace(turned, scores=rules)
    main = "" if definition.main not in {rule.key for rule in rules} else definition.main
    assert scored(replace(turned, main=main), mirrored) == scored(replace(plain, main=main), answers)


@every
@given(data=st.data())
@few
def test_the_order_of_the_answers_does_not_matter(definition: Definition, data: st.DataObject) -> None:
    answers = data.draw(forms(definition))
    shuffled = dict(data.draw(st.permutations(list(answers.items()))))
    assert instruments.score(definition, shuffled) == instruments.score(definition, answers)


@every
@given(data=st.data())
@few
def test_a_score_can_be_written_as_json_and_has_at_most_one_band_on_a_scale(
    definition: Definition, data: st.DataObject
) -> None:
    score = instruments.score(definition, data.draw(forms(definition)))
    assert json.loads(json.dumps(score.as_dict())) == score.as_dict()
    found = [(band.score, band.scale) for band in instruments.interpret(definition, score)]
    assert len(found) == len(set(found))


@every
@given(data=st.data())
@few
def test_every_wrong_item_is_named_and_no_right_one(definition: Definition, data: st.DataObject) -> None:
    answers: dict[str, Any] = data.draw(forms(definition, complete=True))
    spoilt = data.draw(st.sets(st.sampled_from(sorted(answers)), min_size=1))
    wrong = st.sampled_from([True, 0.5, "1", None, 10**7, -(10**7)])
    for key in spoilt:
        answers[key] = data.draw(wrong)
    with pytest.raises(instruments.InvalidAnswers) as error:
        instruments.validate(definition, answers)
    assert {problem.path[-1] for problem in error.value.problems} == spoilt
