"""What patients of a site are told, on a page: changed unless somebody was faster, and who did it."""

from __future__ import annotations

from models.sites import sites
from models.sites.sites import Site
from tests.visitor import Visitor, hidden, text_of


def test_what_patients_are_told_is_changed_unless_somebody_was_faster(
    administrator: Visitor, site: Site
) -> None:
    path = f"/pages/sites/{site.id}/texts"
    page = administrator.get(path)
    assert "Nobody yet: these are the texts that a site begins with." in text_of(page)
    assert site.crisis_text["en"] in text_of(page)
    form = {**hidden(page), "reads_reports": "On weekdays at nine.", "takes_notes": "on"}
    assert administrator.post(path, form).status_code == 303
    assert sites.read_anew(site.id).reads_reports == "On weekdays at nine."
    assert "Tom Berger : when reports are read" in text_of(administrator.get(path)).replace(":", " :")
    late = administrator.post(path, form | {"reads_reports": "Never."})
    assert (late.status_code, "It was changed since you read it." in late.text) == (422, True)
    empty = administrator.post(path, form | {"reads_reports": " "})
    assert (empty.status_code, "Write something first." in empty.text) == (422, True)


def test_a_clinician_reads_them(signed_in: Visitor, site: Site) -> None:
    page = signed_in.get(f"/pages/sites/{site.id}/texts")
    assert site.reads_reports in text_of(page)
    assert "<textarea" not in page.text
