"""Names are found by the beginnings of their words, in any letter case, with or without accents."""

from __future__ import annotations

import pytest

from models.patients import name_search, patient_lists, patients
from models.patients.patient import NewPatient
from models.patients.steps import PatientStep
from models.store.scope import Scope
from tests.alert_samples import on_day
from tests.people import CLINIC

NOW = on_day(1)

FOUND = [
    ("Maria Silva", None, "maria"),
    ("Maria Silva", None, "SIL mar"),
    ("Maria Silva", "S-014", "s 014"),
    ("Maria Silva", "S-014", "s-01"),
    ("José Núñez", None, "jose nunez"),
    ("Jose Nunez", None, "josé núñez"),
    ("Jürgen Groß", None, "gross JURGEN"),
    ("Søren Łukasz", None, "soren lukasz"),
    ("Æsa Þórsdóttir", None, "aesa thorsd"),
    ("İpek Işık", None, "ipek isik"),
    ("김민수", None, "김"),
    ("김민수", None, "민수"),
    ("김 민수", None, "민수 김"),
    ("山田 太郎", None, "太郎"),
    ("Κώστας Παπαδόπουλος", None, "κωστ παπαδοπ"),
    ("Anne-Marie O'Neill", None, "neill marie"),
    ("Wolfeschlegelsteinhausenbergerdorff", None, "wolfeschlegelsteinh"),
]
NOT_FOUND = [
    ("Maria Silva", None, "aria"),
    ("Maria Silva", None, "maria jones"),
    ("Maria Silva", "S-014", "14"),
    ("김민수", None, "수민"),
    ("Wolfeschlegelsteinhausenbergerdorff", None, "wolfeschlegelx"),
]


@pytest.mark.parametrize(("name", "code", "words"), FOUND)
def test_beginnings_of_words_find_a_patient(name: str, code: str | None, words: str) -> None:
    wanted = name_search.words_of(words)
    assert name_search.fits(wanted, name, code)
    assert name_search.key_for(wanted) in name_search.keys_of(name, code)


@pytest.mark.parametrize(("name", "code", "words"), NOT_FOUND)
def test_other_words_do_not(name: str, code: str | None, words: str) -> None:
    assert not name_search.fits(name_search.words_of(words), name, code)


def test_the_longest_of_names_has_a_bounded_number_of_keys() -> None:
    for name in ("ab" * 100, " ".join(f"w{n}" for n in range(66)), "가나다라" * 50):
        assert len(name_search.keys_of(name, None)) <= 12 * 40


@pytest.mark.usefixtures("database")
class TestStored:
    """Search in the database."""

    def make(self, name: str, site_id: str = "north", **fields: str) -> str:
        return patients.create(NewPatient(site_id, name, "UTC", **fields), by=CLINIC, now=NOW).id

    def test_only_patients_of_these_sites_are_found(self) -> None:
        maria, mario = self.make("Maria Silva"), self.make("Mario Rossi", "south")
        self.make("Ana Marques", "east")
        assert patient_lists.called({"north"}, "mari") == [maria]
        assert sorted(patient_lists.called({"north", "south"}, "MARI")) == sorted([maria, mario])

    @pytest.mark.parametrize("words", ["", "  ", "-", "\u0301"])
    def test_nothing_to_look_for_finds_nobody(self, words: str) -> None:
        self.make("Maria Silva")
        assert patient_lists.called({"north"}, words) == []

    def test_who_is_called_otherwise_is_found_by_that(self) -> None:
        made = self.make("Maria Silva", study_code="S-014")
        step, north = PatientStep(NOW, CLINIC, {}), Scope(site_ids=frozenset({"north"}))
        assert patients.change_profile(made, north, 0, step=step, name="Maria Costa")
        assert [patient_lists.called({"north"}, words) for words in ("silva", "costa 014")] == [[], [made]]
        assert patients.change_profile(made, north, 1, step=step, study_code="T-9")
        assert [patient_lists.called({"north"}, words) for words in ("014", "costa t 9")] == [[], [made]]
