"""How one is told, in which language one reads, and when one is away: on a page."""

from __future__ import annotations

from datetime import datetime

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
