"""A site on a page: members, invitations, what patients are told; thresholds, tried before they count."""

from __future__ import annotations

import re
from datetime import datetime

import pytest
from flask import Flask

from api.pages.rules import threshold_names
from models.accounts import accounts
from models.sites.sites import Site
from scoring.decline.policy import ORDERED
from services.access.actor import Role
from services.replays import replays
from services.sites import site_policy
from tests.api.pages.desk import Desk
from tests.people import People, Person
from tests.visitor import Visitor, hidden, text_of


def test_the_place_in_the_head_leads_to_ones_own_site(signed_in: Visitor, site: Site) -> None:
    assert signed_in.get("/pages/site").location == f"/pages/sites/{site.id}"
    shown = text_of(signed_in.get(f"/pages/sites/{site.id}"))
    for part in (site.name, "Jo", "clinician", "Working hours", "Escalation"):
        assert part in shown
    assert "Make a code" not in shown


def test_another_site_is_out_of_reach(signed_in: Visitor, people: People) -> None:
    other = people.site()
    for path in (f"/pages/sites/{other.id}", f"/pages/sites/{other.id}/thresholds"):
        assert signed_in.get(path).status_code == 404


def test_somebody_is_invited_and_the_invitation_taken_back(administrator: Visitor, site: Site) -> None:
    made = administrator.post(
        f"/pages/sites/{site.id}/invitations", {"name": "Lea Fontaine", "role": "coordinator"}
    )
    assert re.search(r"<code>[0-9A-Z]{4}(-[0-9A-Z]{4}){2}</code>", made.text)
    page = administrator.get(f"/pages/sites/{site.id}")
    assert "Lea Fontaine" in page.text
    cancel = re.findall(r'action="([^"]+/cancel)"', page.text)[0]
    assert administrator.post(cancel).status_code == 303
    assert "Lea Fontaine" not in administrator.get(f"/pages/sites/{site.id}").text
    refused = administrator.post(f"/pages/sites/{site.id}/invitations", {"name": " ", "role": "admin"})
    assert (refused.status_code, "Say who, and in which role." in refused.text) == (422, True)


def test_roles_are_given_and_taken_and_accounts_closed(
    administrator: Visitor, people: People, site: Site, admin: Person
) -> None:
    member = people.account((site, Role.COORDINATOR), name="Lea")
    path = f"/pages/sites/{site.id}/members/{member.id}"
    assert administrator.post(f"{path}/give", {"role": "clinician"}).status_code == 303
    assert {entry.role for entry in accounts.read(member.id).roles} == {"coordinator", "clinician"}
    assert administrator.post(f"{path}/take", {"role": "clinician"}).status_code == 303
    assert administrator.post(f"{path}/close").status_code == 303
    assert accounts.read(member.id).closed_at is not None
    assert administrator.post(f"{path}/reopen").status_code == 303
    own = administrator.post(f"/pages/sites/{site.id}/members/{admin.account.id}/close")
    assert (own.status_code, "Nobody changes their own roles." in own.text) == (422, True)


def test_thresholds_are_tried_before_they_are_in_force(
    signed_in: Visitor, desk: Desk, site: Site, now: datetime
) -> None:
    desk.falling()
    page = signed_in.get(f"/pages/sites/{site.id}/thresholds")
    assert "Labra 2016" in page.text
    fields = dict(re.findall(r'name="([a-z_]+\.[a-z_]+)" inputmode="decimal" value="([^"]*)"', page.text))
    switches = re.findall(r'type="checkbox" name="([^"]+)" checked', page.text)
    form = {**fields, **dict.fromkeys(switches, "on"), "primary.loss_per_month": "3,9"}
    form["primary.steep_loss_per_month"] = "6"
    asked = signed_in.post(f"/pages/sites/{site.id}/thresholds/try", form)
    assert asked.status_code == 303
    assert "Replaying: 0 of 1 patients." in text_of(signed_in.get(asked.location))
    while replays.go_on(now):
        pass
    tried = signed_in.get(asked.location)
    shown = text_of(tried)
    assert "Fast decline: Fast loss, points a month 1.11 3.9" in shown
    assert "As many alerts as now." in shown
    assert "Something changes for 1 of 1 patients." in shown
    assert re.search(r"Decline: 1 of 1 (later|of another level|over earlier)", shown)
    scope = desk.scope
    assert site_policy.read(site.id, scope).number == 0
    missing = signed_in.post(f"/pages/sites/{site.id}/thresholds", hidden(tried))
    assert (missing.status_code, "Say why the thresholds are changed." in missing.text) == (422, True)
    saved = signed_in.post(f"/pages/sites/{site.id}/thresholds", {**hidden(tried), "note": "Fewer alerts"})
    assert saved.status_code == 303
    policy = site_policy.read(site.id, scope)
    assert (policy.number, policy.note) == (1, "Fewer alerts")
    assert policy.limits == {"primary": {"loss_per_month": 3.9, "steep_loss_per_month": 6.0}}
    late = signed_in.post(f"/pages/sites/{site.id}/thresholds", {**hidden(tried), "note": "Again"})
    assert late.status_code == 422


@pytest.mark.parametrize(
    ("language", "form", "sentence"),
    [
        (
            "en",
            {"primary.loss_per_month": "nonsense"},
            "Fast decline, Fast loss, points a month: Give a number from 0.2 to 4.",
        ),
        (
            "en",
            {"primary.min_reports": "2.5"},
            "Fast decline, Fewest reports: Give a whole number from 2 to 20.",
        ),
        (
            "en",
            {"primary.loss_per_month": "4", "primary.steep_loss_per_month": "3"},
            "This must not be above “Steep loss, points a month”.",
        ),
        ("es", {"primary.loss_per_month": "99"}, "Indique un número de 0,2 a 4."),
        ("ko", {"silence.inform_share": "-1"}, "까지의 수를 적어 주십시오."),
    ],
)
def test_a_threshold_that_is_not_possible_is_refused_in_plain_words(
    app: Flask, clinician: Person, site: Site, language: str, form: dict[str, str], sentence: str
) -> None:
    visitor = Visitor(app, language=language)
    visitor.sign_in(clinician.account.email)
    refused = visitor.post(f"/pages/sites/{site.id}/thresholds/try", form | {"model.patient_noise": "on"})
    assert refused.status_code == 422
    assert sentence in text_of(refused)
    assert not re.search(r"[a-z]_[a-z]", text_of(refused)), "a name of the code"
    (field,) = set(re.findall(r'name="([^"]+)"[^>]*aria-invalid="true"', refused.text))
    assert f'href="#{field}"' in refused.text
    assert f'value="{form[field]}"' in refused.text, "what was typed stays"
    assert re.search(r'name="model.patient_noise" checked', refused.text)
    assert not re.search(r'name="model.onset_informed_prior" checked', refused.text), "it was switched off"
    family = refused.text.split(f'id="{field}"')[0].rpartition("<details")[2]
    assert family.startswith(" open"), "the refused field is in view"


def test_every_order_between_thresholds_can_be_said() -> None:
    lower = [(family, one) for family, one, _upper in ORDERED]
    assert len(set(lower)) == len(lower)
    fields = {f"{family}.{threshold}" for family, low, high in ORDERED for threshold in (low, high)}
    assert fields <= threshold_names.NAMES.keys()


def test_who_reads_no_alerts_is_led_to_the_site(administrator: Visitor, site: Site) -> None:
    led = administrator.get("/pages/")
    assert (led.status_code, led.location) == (303, "/pages/site")
    assert administrator.get(led.location).location == f"/pages/sites/{site.id}"
    assert administrator.post("/pages/several", {}).status_code == 403


def test_administrators_see_that_the_escalation_cannot_be_relied_on(
    administrator: Visitor, site: Site
) -> None:
    """The sites of the tests begin without a second address and without a contact."""
    path = f"/pages/sites/{site.id}"
    _, _, said = administrator.get(path).text.partition("Something is wrong at this moment")
    assert "The site has no second address" in said
    assert f'href="{path}/escalation"' in said


def test_others_who_cannot_mend_it_are_not_shown_it_there(signed_in: Visitor, site: Site) -> None:
    assert "Something is wrong at this moment" not in signed_in.get(f"/pages/sites/{site.id}").text


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("Eve\r\nX: y", "Must be one line."),
        ("E\x00ve", "Contains characters that cannot be stored."),
        ("\u202eevE", "Must not change the direction of writing."),
        ("\u200b", "Must have something visible in it."),
        ("E" * 121, "This text is too long."),
    ],
    ids=ascii,
)
def test_what_is_no_name_is_refused_with_the_form(
    administrator: Visitor, site: Site, name: str, sentence: str
) -> None:
    refused = administrator.post(f"/pages/sites/{site.id}/invitations", {"name": name, "role": "clinician"})
    assert (refused.status_code, sentence in text_of(refused)) == (422, True)
    assert "Take back" not in refused.text
