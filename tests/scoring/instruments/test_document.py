"""The written form of a definition: plain, in a fixed order, and read back as it was."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from jsonschema import Draft202012Validator

from scoring import instruments
from scoring.instruments import Definition, Item
from scoring.instruments.document import document, read
from scoring.instruments.site_definition import SCHEMA
from tests.scoring.instruments.made_up import MADE_UP

EVERY = [definition for newest in instruments.catalogue() for definition in instruments.versions(newest.key)]
every = pytest.mark.parametrize(
    "definition", [*EVERY, MADE_UP], ids=lambda definition: f"{definition.key}-{definition.version}"
)


@every
def test_a_definition_survives_being_written_and_read(definition: Definition) -> None:
    written = json.loads(json.dumps(definition.as_dict()))
    assert read(Definition, written) == definition


@every
def test_a_written_definition_fits_the_schema(definition: Definition) -> None:
    Draft202012Validator.check_schema(SCHEMA)
    Draft202012Validator(SCHEMA).validate(definition.as_dict())


def test_the_order_is_that_of_the_fields() -> None:
    written = MADE_UP.as_dict()
    assert list(written)[:6] == ["locale", "key", "version", "title", "sources", "licence"]
    assert [item["key"] for item in written["items"]] == list(MADE_UP.by_key)
    assert json.dumps(written) == json.dumps(MADE_UP.as_dict())


def test_what_has_its_usual_value_is_left_out() -> None:
    written = MADE_UP.as_dict()
    assert "retired" not in written
    assert written["items"][4] == {
        "key": "odd_b",
        "domain": "odd",
        "codes": {"low": 0, "high": 2},
        "label": "Odd, form b",
        "slot": "odd",
    }


def test_codes_options_and_words_are_plain() -> None:
    one, two, three, odd_a = MADE_UP.as_dict()["items"][:4]
    assert one["options"] == {"0": "none", "4": "all"}
    assert two["reversed"] is True
    assert three["audience"] == "restricted"
    assert type(three["audience"]) is str
    assert odd_a["codes"] == {"low": 0, "high": 20, "step": 10}
    assert odd_a["values"] == [2, 0, 1]


def test_values_that_do_not_stand_for_every_code_are_not_paired() -> None:
    with pytest.raises(ValueError, match="shorter"):
        Item("x", "", range(3), "X", values=(1, 2)).counts()


def test_the_table_is_written_row_by_row() -> None:
    table = next(score for score in MADE_UP.as_dict()["scores"] if score["key"] == "odd_t")["table"]
    assert table == [
        {"raw": 0, "value": 30, "standard_error": 2.5},
        {"raw": 1, "value": 40, "standard_error": 2.0},
        {"raw": 2, "value": 50},
    ]


def test_the_language_of_the_texts_is_said() -> None:
    assert MADE_UP.as_dict()["locale"] == "en"
    assert replace(MADE_UP, locale="de").as_dict()["locale"] == "de"


def test_only_dataclasses_are_written() -> None:
    with pytest.raises(TypeError, match="not a dataclass: int"):
        document(3)
