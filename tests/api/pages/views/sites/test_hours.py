"""The working hours of a site on a page: shown, changed, refused with what was typed."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, datetime

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from models.sites import sites
from models.sites.sites import Site
from models.sites.working_hours import OpenDay, Opening
from models.store.scope import Scope
from services.sites import hours
from tests.people import Person
from tests.visitor import Visitor, hidden, text_of


def week(page: TestResponse) -> dict[str, str]:
    """The times in the form, as a browser sends them."""
    return dict(re.findall(r'type="time" name="((?:opens|closes)_\d)" value="([^"]*)"', page.text))


def test_the_hours_are_changed_with_holidays_and_single_days(administrator: Visitor, site: Site) -> None:
    path = f"/pages/sites/{site.id}/hours"
    page = administrator.get(path)
    form = {**hidden(page), **week(page), "opens_4": "07:30", "closes_4": "14:00", "opens_5": "09:00"}
    form |= {"closes_5": "00:00", "country": "DE", "subdivision": "be", "closed_day": "2076-12-24"}
    form |= {"more_day": "2076-12-26", "more_opens": "10:00", "more_closes": "12:00"}
    assert administrator.post(path, form).status_code == 303
    kept = sites.read_anew(site.id).hours
    assert kept.weekly[4:] == (Opening(450, 840), Opening(540, 1440), None)
    assert (kept.country, kept.subdivision, kept.closed_days) == ("DE", "BE", (date(2076, 12, 24),))
    assert kept.open_days == (OpenDay(date(2076, 12, 26), 600, 720),)
    shown = text_of(administrator.get(f"{path}?done=stored"))
    assert "The hours are in force." in shown
    assert "Last changed by Tom Berger" in shown
    assert "24 Dec 2076" in shown
    assert "Good Friday" in shown


def test_what_cannot_be_is_refused_and_what_was_typed_stays(administrator: Visitor, site: Site) -> None:
    path = f"/pages/sites/{site.id}/hours"
    page = administrator.get(path)
    for change, sentence in (
        ({"opens_0": "19:00"}, "Monday: A day closes after it opens."),
        ({"opens_1": ""}, "Tuesday: Say when the day begins and when it ends."),
        ({"country": "QQ"}, "The public holidays of this country"),
        ({"closed_day": "soon"}, "Closed besides: This is no day."),
    ):
        refused = administrator.post(path, {**hidden(page), **week(page), **change})
        assert (refused.status_code, sentence in text_of(refused)) == (422, True), sentence
    closed = {f"{name}_{day}": "" for name in ("opens", "closes") for day in range(1, 5)}
    refused = administrator.post(path, {**hidden(page), **week(page), **closed})
    assert "Too many days in a row are without a working hour. Open a day among them: 3 Mar 2076" in text_of(
        refused
    )
    assert week(refused)["opens_1"] == ""
    late = administrator.post(path, {**week(page), "rev": "7"})
    assert "It was changed since you read it." in text_of(late)


def test_who_may_not_change_them_reads_them(signed_in: Visitor, site: Site) -> None:
    page = signed_in.get(f"/pages/sites/{site.id}/hours")
    assert "Monday 08:00 – 18:00" in text_of(page)
    assert "Put the hours in force" not in page.text
    assert signed_in.post(f"/pages/sites/{site.id}/hours", {}).status_code == 403


@pytest.mark.parametrize(
    ("country", "language", "names"),
    [
        ("PT", "en", ("Good Friday", "Freedom Day")),
        ("PT", "es", ("Viernes Santo", "Día de la Libertad")),
        ("DE", "ko", ("성금요일", "독일 통일의 날")),
        ("ES", "es", ("Viernes Santo", "Fiesta Nacional de España")),
        ("KR", "es", ("Año Nuevo coreano", "en otro día")),
        ("CO", "ko", ('lang="en">Battle of Boyacá',)),
    ],
)
def test_holidays_are_named_in_the_language_of_the_page(
    app: Flask, admin: Person, site: Site, now: datetime, country: str, language: str, names: tuple[str, ...]
) -> None:
    wanted, reach = replace(site.hours, country=country), Scope(site_ids=frozenset({site.id}))
    hours.change(site.id, wanted, site.rev, reach, actor=admin.actor, now=now)
    reader = Visitor(app, language=language)
    reader.sign_in(admin.account.email)
    page = reader.get(f"/pages/sites/{site.id}/hours").text
    for name in names:
        assert name in page
