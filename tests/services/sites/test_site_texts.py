"""What people are told by a clinic, in their language, each clinic once."""

from __future__ import annotations

import pytest

from models.sites.sites import Site
from models.store.base import new_id
from services.sites import site_texts
from tests.people import People


@pytest.fixture
def site(people: People) -> Site:
    return people.site(
        name="B", crisis_text={"en": "Call 112.", "pt": "Ligue 112."}, breathing_text={"en": "Call."}
    )


@pytest.mark.parametrize(
    ("locales", "crisis"),
    [(["pt-BR"], "Ligue 112."), (["de", "pt"], "Ligue 112."), (["de"], "Call 112."), ([], "Call 112.")],
    ids=str,
)
def test_each_text_comes_in_the_nearest_language_there_is(
    site: Site, locales: list[str | None], crisis: str
) -> None:
    (told,) = site_texts.of_sites([site.id], locales)
    assert (told.crisis_text, told.breathing_text) == (crisis, "Call.")
    assert (told.name, told.takes_notes, told.reads_reports) == ("B", True, site.reads_reports)


def test_each_site_stands_once_by_its_name_and_one_that_is_gone_does_not(people: People, site: Site) -> None:
    first = people.site(name="A")
    told = site_texts.of_sites([site.id, first.id, site.id, new_id()], iter(["en"]))
    assert [text.name for text in told] == ["A", "B"]
