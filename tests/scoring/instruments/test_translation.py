"""A translation changes what is read and nothing that is counted; it is whole or refused."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring import instruments
from scoring.instruments import Definition
from scoring.instruments.checks.mistakes import InvalidDefinition
from scoring.instruments.translation import load, translated

ALL = instruments.catalogue()


def of(definition: Definition, word: str = "x") -> dict[str, Any]:
    """A whole translation of the definition, in which every text is this word."""
    made: dict[str, Any] = {
        "locale": "pt-BR",
        "title": word,
        "recall": word,
        "domains": {domain.key: word for domain in definition.domains},
        "scores": {score.key: word for score in definition.scores},
        "items": {
            item.key: {"label": word}
            | ({"text": word} if item.text else {})
            | ({"stem": word} if item.stem else {})
            | ({"options": {str(code): word for code in item.options}} if item.options else {})
            for item in definition.items
        },
    }
    return made | ({"instruction": word} if definition.instruction else {})


def problems(definition: Definition, document: object) -> dict[str, str]:
    with pytest.raises(InvalidDefinition) as caught:
        load(definition, document)
    return {problem.pointer: problem.code for problem in caught.value.problems}


@pytest.mark.parametrize("definition", ALL, ids=lambda definition: definition.key)
def test_no_word_of_the_original_is_left_and_nothing_that_counts_has_changed(definition: Definition) -> None:
    after = translated(definition, load(definition, of(definition)))
    assert after.locale == "pt-BR"
    for before, item in zip(definition.items, after.items, strict=True):
        assert {item.label, *item.options.values()} == {"x"}
        assert set(item.options) == set(before.options)
        assert (item.key, item.codes, item.slot, item.safety_from, item.audience) == (
            before.key,
            before.codes,
            before.slot,
            before.safety_from,
            before.audience,
        )
    assert {entry.label for entry in (*after.domains, *after.scores)} <= {"x"}
    assert (after.key, after.version, after.main, after.bands) == (
        definition.key,
        definition.version,
        definition.main,
        definition.bands,
    )


def values(definition: Definition, answers: dict[str, int]) -> dict[str, float | str | None]:
    score = instruments.score(definition, answers)
    return {key: one.value for key, one in score.values.items()} | {"total": score.total}


@given(data=st.data())
def test_answers_score_alike_in_any_language(data: st.DataObject) -> None:
    definition = data.draw(st.sampled_from(ALL))
    answers = {
        item.key: data.draw(st.sampled_from(item.codes))
        for item in definition.items
        if item.key == definition.alternatives.get(item.place, (item.key,))[0]
    }
    after = translated(definition, load(definition, of(definition)))
    assert values(after, answers) == values(definition, answers)


WHO_5 = instruments.get("who_5")


def without(*path: str) -> Callable[[dict[str, Any]], None]:
    def change(document: dict[str, Any]) -> None:
        for name in path[:-1]:
            document = document[name]
        del document[path[-1]]

    return change


def with_more(*path: str, value: Any = "x") -> Callable[[dict[str, Any]], None]:
    def change(document: dict[str, Any]) -> None:
        for name in path[:-1]:
            document = document[name]
        document[path[-1]] = value

    return change


@pytest.mark.parametrize(
    ("change", "pointer", "code"),
    [
        (without("items", "calm"), "/items/calm", "not_translated"),
        (without("items", "calm", "options", "5"), "/items/calm/options/5", "not_translated"),
        (without("domains", "well_being"), "/domains/well_being", "not_translated"),
        (without("scores", "raw"), "/scores/raw", "not_translated"),
        (without("title"), "/title", "missing_member"),
        (without("items", "calm", "label"), "/items/calm/label", "missing_member"),
        (with_more("items", "calm", "text"), "/items/calm/text", "no_such_text"),
        (with_more("items", "calm", "options", "3"), "/items/calm/options/3", "no_such_text"),
        (with_more("items", "other", value={"label": "x"}), "/items/other", "no_such_text"),
        (with_more("instruction"), "/instruction", "no_such_text"),
        (with_more("locale", value="deutsch bitte"), "/locale", "not_permitted"),
        (with_more("title", value=""), "/title", "wrong_length"),
        (with_more("items", value=[]), "/items", "wrong_type"),
    ],
    ids=range(13),
)
def test_each_mistake_is_named(change: Callable[[dict[str, Any]], None], pointer: str, code: str) -> None:
    document = copy.deepcopy(of(WHO_5))
    change(document)
    assert problems(WHO_5, document) == {pointer: code}


@pytest.mark.parametrize("document", [None, [], "x", 3], ids=str)
def test_what_is_no_object_is_no_translation(document: object) -> None:
    assert problems(WHO_5, document) == {"": "wrong_type"}


def test_who_translated_it_stands_beside_whose_it_is() -> None:
    phq = instruments.get("phq_9")
    after = translated(phq, load(phq, of(phq) | {"credit": "Translated by the clinic."}))
    assert after.licence.credit.endswith("Translated by the clinic.")
    assert after.licence.credit.startswith(phq.licence.credit)
