"""ALSSQOL-SF: nothing is scored until a licensee supplies the key."""

from __future__ import annotations

import pytest

from scoring import instruments
from scoring.instruments.site_definition import load
from tests.scoring.instruments.forms import filled


def test_without_the_key_answers_are_checked_and_nothing_is_scored() -> None:
    score = instruments.score(instruments.get("alssqol_sf"), filled("alssqol_sf", 7))
    assert score.values == {}
    assert score.total is None
    assert score.complete
    assert [note.code for note in score.notes] == ["no_scoring_key"]


@pytest.mark.parametrize("code", [0, 10])
def test_ratings_go_from_0_to_10(code: int) -> None:
    definition = instruments.get("alssqol_sf")
    assert instruments.validate(definition, {"alssqol_20": code}) == {"alssqol_20": code}
    with pytest.raises(instruments.InvalidAnswers):
        instruments.validate(definition, {"alssqol_1": 11})


def test_a_licensee_brings_the_key() -> None:
    # A made-up key: the first ten items reversed and one domain, the others another.
    written = instruments.get("alssqol_sf").as_dict()
    items = [
        {**item, "domain": "first" if place < 10 else "second", "reversed": place < 10}
        for place, item in enumerate(written["items"])
    ]
    keys = [item["key"] for item in items]
    scores = [
        {
            "key": key,
            "label": key,
            "kind": "mean",
            "of": of,
            "low": 0,
            "high": 10,
            "direction": "higher_is_better",
        }
        for key, of in (("first", keys[:10]), ("second", keys[10:]), ("total", keys))
    ]
    own = load(
        {
            **written,
            "version": "1-made-up",
            "domains": [{"key": "first", "label": "First"}, {"key": "second", "label": "Second"}],
            "items": items,
            "scores": scores,
            "main": "total",
        }
    )
    score = instruments.score(own, filled("alssqol_sf", 2))
    assert {key: value.value for key, value in score.values.items()} == {"first": 8, "second": 2, "total": 5}
    assert score.total == 5
    assert score.notes == ()
