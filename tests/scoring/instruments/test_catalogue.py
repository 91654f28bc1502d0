"""The catalogue: every shipped definition, by key and version."""

from __future__ import annotations

import pytest

from scoring import instruments
from scoring.instruments import UnknownInstrument, UnknownVersion
from scoring.instruments.checks.draft import draft_of
from scoring.instruments.checks.ranges import range_problems
from scoring.instruments.checks.references import reference_problems

KEYS = (
    "alsaq_40",
    "alsaq_5",
    "alsfrs",
    "alsfrs_r",
    "alssqol_sf",
    "cns_ls",
    "eat_10",
    "eq_5d_3l",
    "eq_5d_5l",
    "fss",
    "gad_7",
    "phq_8",
    "phq_9",
    "promis_10",
    "rand_36",
    "weight",
    "well_being",
    "who_5",
    "whoqol_bref",
    "zbi_12",
    "zbi_22",
)
EVERY = [definition for key in KEYS for definition in instruments.versions(key)]


def test_the_catalogue_has_every_instrument_once_in_its_newest_version() -> None:
    assert tuple(definition.key for definition in instruments.catalogue()) == KEYS
    assert all(definition is instruments.get(definition.key) for definition in instruments.catalogue())
    assert not any(definition.retired for definition in instruments.catalogue())


def test_a_version_is_found_by_its_name() -> None:
    assert instruments.get("promis_10", "1.1").version == "1.1"
    assert instruments.get("promis_10", "1.2") is instruments.get("promis_10")


def test_versions_come_oldest_first() -> None:
    assert [definition.version for definition in instruments.versions("promis_10")] == ["1.0", "1.1", "1.2"]


def test_an_unknown_instrument_is_named() -> None:
    with pytest.raises(UnknownInstrument, match="there is no instrument 'nothing'") as error:
        instruments.get("nothing")
    assert error.value.key == "nothing"


def test_an_unknown_version_is_named_with_the_known_ones() -> None:
    with pytest.raises(
        UnknownVersion, match=r"promis_10 has no version '9'; known: 1\.0, 1\.1, 1\.2"
    ) as error:
        instruments.get("promis_10", "9")
    assert (error.value.key, error.value.version) == ("promis_10", "9")
    assert error.value.known == ("1.0", "1.1", "1.2")


@pytest.mark.parametrize("definition", EVERY, ids=lambda definition: f"{definition.key}-{definition.version}")
def test_no_shipped_definition_has_a_mistake(definition: instruments.Definition) -> None:
    draft = draft_of(definition.as_dict(), frozenset())
    assert [*reference_problems(draft), *range_problems(draft)] == []


@pytest.mark.parametrize("definition", EVERY, ids=lambda definition: f"{definition.key}-{definition.version}")
def test_every_number_with_a_meaning_has_a_source(definition: instruments.Definition) -> None:
    assert all(definition.sources)
    assert definition.missing.source
    assert all(band.source for band in definition.bands)
    assert all(change.source for change in definition.changes)


@pytest.mark.parametrize("definition", EVERY, ids=lambda definition: f"{definition.key}-{definition.version}")
def test_wording_is_shipped_only_where_the_licence_allows_it(definition: instruments.Definition) -> None:
    has_text = any(item.text or item.stem for item in definition.items) or bool(definition.instruction)
    assert has_text is (definition.licence.wording is instruments.Wording.FULL)
    assert bool(definition.licence.credit) is has_text
    if definition.licence.wording is instruments.Wording.SUPPLIED:
        assert "text" in definition.licence.supplied
        assert not any(item.options for item in definition.items)
