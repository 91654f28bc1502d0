"""The escalation of a site on a page: its dry run, its faults, and changing it."""

from __future__ import annotations

import re

import pytest

from models.sites import sites
from models.sites.escalation_policy import Span, Unit
from models.sites.sites import Site
from models.sites.working_hours import WorkingHours
from services.access.actor import Role
from tests.people import People
from tests.visitor import Visitor, hidden, text_of


@pytest.fixture
def site(people: People) -> Site:
    return people.site(hours=WorkingHours(country="DE"))


def form_of(page: object) -> dict[str, str]:
    """The form as a browser sends it."""
    text = page.text  # type: ignore[attr-defined]
    form = dict(re.findall(r'<input name="([a-z_]+\.[a-z_.]+)" inputmode="numeric" value="([^"]*)"', text))
    for name, options in re.findall(r'<select name="([a-z_.]+)"[^>]*>(.*?)</select>', text):
        form[name] = re.findall(r'value="([^"]*)" selected', options)[0]
    return form | hidden(page)  # type: ignore[arg-type]


def test_a_dry_run_of_three_occasions_and_what_is_wrong(
    signed_in: Visitor, people: People, site: Site
) -> None:
    people.account((site, Role.CLINICIAN), name="Dr. Okafor")
    shown = text_of(signed_in.get(f"/pages/sites/{site.id}/escalation"))
    for part in (
        *("On a Monday at ten (9 Mar 2076)", "On a Friday at six in the evening (6 Mar 2076)"),
        *("On a holiday at noon", "Dr. Okafor (care team, at once)"),
        *("Something is wrong at this moment", "The site has no second address", "Nobody is named"),
        *("the same working day", "4 working hours", "Self-harm", "7 days", "28 days"),
    ):
        assert part in shown
    assert "Put the escalation in force" not in shown


def test_it_is_changed_and_the_dry_run_follows(administrator: Visitor, people: People, site: Site) -> None:
    contact = people.account((site, Role.CLINICIAN), name="Dr. Okafor")
    path = f"/pages/sites/{site.id}/escalation"
    form = form_of(administrator.get(path))
    form |= {"soon.due.count": "5", "soon.due.unit": "working_days", "urgent.minutes": "30"}
    form |= {"contact": contact.id, "telephone": "+49 30 555 000", "second_address": "ward@example.org"}
    assert administrator.post(path, form).status_code == 303
    kept = sites.read_anew(site.id).escalation
    assert kept.levels["soon"].due == Span(5, Unit.WORKING_DAYS)
    assert (kept.minutes_between_steps["urgent"], kept.second_address) == (30, "ward@example.org")
    assert kept.out_of_hours.account_id == contact.id
    shown = text_of(administrator.get(path))
    assert ", the second address" in shown
    assert "Dr. Okafor (out-of-hours contact)" in shown
    assert "Something is wrong" not in shown


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"urgent.due.count": "3"}, "urgent, due after: This is longer than a site may choose:"),
        ({"soon.due.count": "soon"}, "soon, due after: This has to be a whole number."),
        ({"urgent.minutes": "1"}, "urgent, next step after: This is outside what a site may choose:"),
        ({"telephone": "no"}, "Telephone: Say how the contact is rung up."),
        ({"contact": ""}, "Nobody is named who is told of urgent alerts out of hours"),
        ({"second_address": "ward"}, "Second address: Not an e-mail address."),
        (
            {"second_address": "w\x00@example.org"},
            "Second address: Contains characters",
        ),
    ],
)
def test_what_cannot_be_is_refused_and_what_was_typed_stays(
    administrator: Visitor, people: People, site: Site, change: dict[str, str], sentence: str
) -> None:
    contact = people.account((site, Role.CLINICIAN), name="Dr. Okafor")
    path = f"/pages/sites/{site.id}/escalation"
    form = form_of(administrator.get(path))
    form |= {"contact": contact.id, "telephone": "+49 30 555 000", "second_address": "ward@example.org"}
    refused = administrator.post(path, form | change)
    assert (refused.status_code, sentence in text_of(refused)) == (422, True)
    assert 'value="+49 30 555 000"' in refused.text or "telephone" in change
    assert sites.read_anew(site.id).rev == 0
