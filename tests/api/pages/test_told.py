"""How one is told, in which language one reads, and when one is away: on a page."""

from __future__ import annotations

import re
from datetime import datetime

import pytest
from flask import Flask

from models.accounts import absences
from models.accounts.notifications import Pace, QuietHours
from models.sites.sites import Site
from services.access.actor import Role
from services.accounts import notifications
from tests.people import People, Person
from tests.visitor import Visitor, hidden, text_of


def test_language_address_and_times_are_changed(signed_in: Visitor, clinician: Person) -> None:
    form = {
        "locale": "ko",
        "email": "ward@example.org",
        "pace": "digest",
        "digest_hour": "7",
        "quiet_begin": "20",
        "quiet_end": "6",
    }
    done = signed_in.post("/pages/mine/told", form)
    assert done.status_code == 303
    told = notifications.read(clinician.actor)
    assert (told.locale, told.address) == ("ko", "ward@example.org")
    assert (told.chosen.pace, told.chosen.digest_hour) == (Pace.DIGEST, 7)
    assert told.chosen.quiet == QuietHours(20, 6)
    assert '<html lang="ko">' in signed_in.get("/pages/mine/told").text
    plain = signed_in.post("/pages/mine/told", {"locale": "xx", "quiet_begin": "99", "digest_hour": "x"})
    assert plain.status_code == 303
    assert notifications.read(clinician.actor).chosen.quiet is None


def test_a_test_message_is_asked_for(signed_in: Visitor) -> None:
    asked = signed_in.post("/pages/mine/told/test")
    assert "A test message is on its way." in text_of(signed_in.get(asked.location))


def test_an_absence_with_a_deputy(
    signed_in: Visitor, clinician: Person, people: People, site: Site, now: datetime
) -> None:
    deputy = people.account((site, Role.CLINICIAN), name="Dr. Okafor")
    page = signed_in.get("/pages/mine/told")
    assert "Dr. Okafor" in page.text
    form = {"rev": hidden(page)["rev"], "away_from": "2076-03-09", "away_until": "2076-03-15"}
    done = signed_in.post("/pages/mine/absence", {**form, "deputy_id": deputy.id})
    assert done.status_code == 303
    stored = absences.read(clinician.account.id)
    assert (stored.away_from.isoformat(), stored.away_until.isoformat(), stored.deputy_id) == (
        "2076-03-08T23:00:00+00:00",
        "2076-03-15T23:00:00+00:00",
        deputy.id,
    )
    shown = signed_in.get(done.location).text
    assert 'value="2076-03-09"' in shown
    assert 'value="2076-03-15"' in shown
    late = signed_in.post("/pages/mine/absence", form)
    assert (late.status_code, "It was changed since you read it." in late.text) == (422, True)
    half = signed_in.post("/pages/mine/absence", {**form, "rev": "1", "away_until": ""})
    assert (half.status_code, "An absence has a beginning and an end." in half.text) == (422, True)


@pytest.mark.parametrize(
    "address",
    [
        "jo",
        "jo@example",
        "jo@example.org\nBcc: x@example.org",
        "jo\x00@example.org",
        f"{'j' * 250}@example.org",
    ],
    ids=ascii,
)
def test_an_address_to_which_no_mail_can_go_is_refused_by_its_field(
    signed_in: Visitor, clinician: Person, address: str
) -> None:
    form = {"locale": "es", "email": address, "pace": "digest", "digest_hour": "7"}
    refused = signed_in.post("/pages/mine/told", form)
    assert refused.status_code == 422
    assert re.search(r'role="alert">(Not an e-mail address|Contains characters[^<]*)\.', refused.text)
    assert 'aria-invalid="true"' in refused.text
    assert '<option value="es" lang="es" selected>' in refused.text
    told = notifications.read(clinician.actor)
    assert (told.chosen.email, told.locale, told.chosen.pace) == (None, None, Pace.IMMEDIATE)


def test_who_is_a_carer_elsewhere_is_told_as_staff(app: Flask, people: People, site: Site) -> None:
    account = people.account((people.site(), Role.CAREGIVER), (site, Role.CLINICIAN))
    people.account((site, Role.CLINICIAN), name="Dr. Okafor")
    visitor = Visitor(app)
    visitor.sign_in(account.email)
    shown = visitor.get("/pages/mine/told")
    assert (shown.status_code, "Dr. Okafor" in shown.text) == (200, True)
    form = {"rev": "0", "away_from": "2076-03-09", "away_until": "2076-03-15"}
    assert visitor.post("/pages/mine/absence", form).status_code == 303


@pytest.mark.parametrize(
    "day", ["0001-01-01", "9999-12-31", "2076-W10-1", "20760309", "x\x00", "2076-02-30"], ids=ascii
)
@pytest.mark.parametrize("field", ["away_from", "away_until"])
def test_an_absence_has_days_of_this_century(
    signed_in: Visitor, clinician: Person, field: str, day: str
) -> None:
    form = {"rev": "0", "away_from": "2076-03-09", "away_until": "2076-03-15"} | {field: day}
    refused = signed_in.post("/pages/mine/absence", form)
    assert (refused.status_code, "This is no day." in refused.text) == (422, True)
    assert absences.read(clinician.account.id).rev == 0
