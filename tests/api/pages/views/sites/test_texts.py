"""What patients of a site are told, on a page: changed unless somebody was faster, and who did it."""

from __future__ import annotations

from flask import Flask

from models.sites import sites
from models.sites.sites import Site
from tests.people import Person
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


def test_texts_of_safety_are_proposed_by_one_and_agreed_to_by_another(
    app: Flask, administrator: Visitor, clinician: Person, site: Site
) -> None:
    path = f"/pages/sites/{site.id}/texts"
    page = administrator.get(path)
    form = {
        **hidden(page),
        "crisis_text.en": site.crisis_text["en"],
        "breathing_text.en": "Call 112 at once.",
    }
    short = administrator.post(
        f"{path}/proposal", {**form, "note": "Numbers", "breathing_text.en": "Call 112"}
    )
    assert "A text has between 20 and 1000 characters." in text_of(short)
    assert "Call 112</textarea>" in short.text
    form |= {
        "breathing_text.en": "Call 112 now, at once.",
        "crisis_text.new": "Ligue já para o 112, por favor.",
    }
    assert "Say in which language" in text_of(administrator.post(f"{path}/proposal", form | {"note": "x"}))
    form |= {"locale": "pt", "note": "Numbers of this country"}
    assert administrator.post(f"{path}/proposal", form).status_code == 303
    assert sites.read_anew(site.id).breathing_text == site.breathing_text
    own = text_of(administrator.get(path))
    assert "Call 112 now, at once." in own
    assert "A clinician of the site has to agree." in own or "somebody else" in own
    visitor = Visitor(app)
    visitor.sign_in(clinician.account.email)
    asked = visitor.get(path)
    assert "Are these the right words for somebody in danger?" in asked.text
    rev = hidden(asked)
    assert "Say whether you agree, and why." in text_of(visitor.post(f"{path}/decision", rev))
    agreed = visitor.post(f"{path}/decision", {**rev, "decision": "agree", "note": "Looked at both"})
    assert agreed.status_code == 303
    kept = sites.read_anew(site.id)
    assert (kept.breathing_text["en"], kept.crisis_text["pt"][:5]) == ("Call 112 now, at once.", "Ligue")
    told = text_of(visitor.get(path))
    for part in (
        "agreed, what is shown in a crisis, what is shown about breathing Looked at both",
        "proposed",
    ):
        assert part in told
    late = visitor.post(f"{path}/decision", {**rev, "decision": "refuse", "note": "No"})
    assert (late.status_code, "It was changed since you read it." in text_of(late)) == (422, True)


def test_a_clinician_reads_them(signed_in: Visitor, site: Site) -> None:
    page = signed_in.get(f"/pages/sites/{site.id}/texts")
    assert site.reads_reports in text_of(page)
    assert "<textarea" not in page.text
