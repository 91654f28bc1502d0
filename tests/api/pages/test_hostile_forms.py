"""Whatever a form carries, no page falls over it, and nothing of what cannot be is stored.

Each field of each form of the pages is sent with values that a browser would not send: what the database
cannot hold, what is far too long, days at the ends of the calendar, numbers that are none, unknown words.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

import pytest
from flask import Flask

from models.accounts import absences
from models.sites import sites, webhooks
from models.sites.sites import Site
from models.store.base import new_id
from models.store.scope import Scope
from scoring.decline import Level
from services.access.actor import Role
from services.access.permissions import Operation, scope_for
from services.alerts import actions
from services.replays import replays
from tests.api.pages.desk import Desk
from tests.people import PASSWORD, People, Person
from tests.visitor import Visitor

MARK = "zqhostilezq"
IN_TEXT = {
    "NUL": f"{MARK}\x00{MARK}",
    "a control character": f"{MARK}\x0b{MARK}",
    "long text": MARK * 1500,
    "line breaks and a directional override": "\u202edrow\r\nBcc: x@example.org\u2028",
    "nothing to see": "\u200b\u2800",
}
"""What has the mark in it must never be stored."""
HOSTILE = {
    "NUL": f"{MARK}\x00{MARK}",
    "an unknown word": "__no_word__",
    "a long integer": "9" * 5000,
    "a superscript": "\u00b2",
    "not a number": "nan",
    "the first day of the calendar": "0001-01-01",
    "the last day of the calendar": "9999-12-31",
    "a day by its week": "2076-W10-1",
}
"""For what is chosen or counted."""
TEXTS = frozenset(
    {
        "note",
        "reason",
        "name",
        "words",
        "email",
        "address",
        "description",
        "reads_reports",
        "crisis_text.en",
        "breathing_text.new",
        "hospital_number",
        "study_code",
        "phone_number",
        "best_time",
        "language",
        "relation",
        "telephone",
        "second_address",
        "password",
        "password_old",
        "password_new",
        "code",
    }
)
WITHOUT_FIELDS = frozenset(
    {
        "pages.nothing",
        "pages.sign_in.sign_out",
        "pages.session.go_on",
        "pages.passkeys.challenge",
        "pages.passkeys.remove",
        "pages.mine.change_device",
        "pages.told.send_test",
        "pages.site.cancel",
        "pages.site_instruments.retire",
        "pages.deliveries.retry",
        "pages.webhooks.test",
        "pages.patients.read_note",
        "pages.phones.record_consent",
        "pages.phones.cancel_code",
        "pages.phones.end_phone",
        "pages.phones.confirm_phone",
        "pages.phones.end_carer",
        "pages.kept_aside.release",
    }
)
"""Their address says all."""
KEPT_ASIDE = frozenset({"pages.kept_aside.reject"})
"""Tried in its own tests, where there is a report that is kept aside."""

Form = tuple[str, dict[str, str]]
LISTS = {"view": "current", "level": "urgent", "topic": "decline", "words": "Maria", "after": ""}
CREDENTIAL = {"credential": '{"id": "AA", "rawId": "AA", "type": "public-key", "response": {}}'}
ACCOUNT: Mapping[str, Form] = {
    "pages.sign_in.give_second_factor": ("/pages/second-factor", {"code": "000000", "next": "/pages/"}),
    "pages.passkeys.sign_in": ("/pages/passkey/sign-in", {**CREDENTIAL, "next": "/pages/"}),
    "pages.passkeys.give": ("/pages/second-factor/passkey", {**CREDENTIAL, "next": "/pages/"}),
    "pages.passkeys.begin": ("/pages/mine/passkeys/challenge", {"password": PASSWORD}),
    "pages.passkeys.add": ("/pages/mine/passkeys", {**CREDENTIAL, "name": "Laptop"}),
    "pages.mine.change_password": (
        "/pages/mine/password",
        {"password_old": "wrong", "password_new": "x" * 20, "password_again": "x" * 20},
    ),
    "pages.mine.begin_second_factor": ("/pages/mine/second-factor/begin", {"password": PASSWORD}),
    "pages.mine.set_second_factor": ("/pages/mine/second-factor/set", {"code": "000000"}),
    "pages.mine.remove_second_factor": ("/pages/mine/second-factor/remove", {"code": "000000"}),
    "pages.told.change": (
        "/pages/mine/told",
        {
            "locale": "en",
            "email": "ward@example.org",
            "pace": "digest",
            "digest_hour": "7",
            "quiet_begin": "20",
            "quiet_end": "6",
        },
    ),
    "pages.told.change_absence": (
        "/pages/mine/absence",
        {"rev": "{awayrev}", "away_from": "2076-03-09", "away_until": "2076-03-15", "deputy_id": ""},
    ),
    "pages.sign_in.sign_in": (
        "/pages/sign-in",
        {"email": "jo@example.org", "password": PASSWORD, "next": "/pages/", "ticket": "", "code": "1"},
    ),
}
ALERTS: Mapping[str, Form] = {
    "pages.worklist.search": ("/pages/", LISTS),
    "pages.worklist.rows": ("/pages/rows", {"after": "", "tag": "x"}),
    "pages.worklist.look": ("/pages/looks", {"read_at": "3350000000000"}),
    "pages.worklist.act_on_several": (
        "/pages/several",
        {"alert": "{alert}:{rev}", "do": "close", "outcome": "known", "note": "Known."},
    ),
    "acknowledge one": ("/pages/several", {"acknowledge": "{alert}:{rev}"}),
    "pages.alerts.act": (
        "/pages/alerts/{alert}/comment",
        {"rev": "{rev}", "note": "Called."},
    ),
    "assign": ("/pages/alerts/{alert}/assign", {"rev": "{rev}", "assigned_to": "{me}"}),
    "snooze": ("/pages/alerts/{alert}/snooze", {"rev": "{rev}", "span": "1d", "note": "Later."}),
    "pages.alerts.mute": (
        "/pages/alerts/{alert}/mute",
        {"rev": "{rev}", "ends_on": "2076-04-01", "reason": "Known."},
    ),
    "pages.phone_list.called": (
        "/pages/phone-list/{alert}",
        {"rev": "{rev}", "came": "not_reached", "note": "No."},
    ),
    "close": (
        "/pages/alerts/{alert}/close",
        {"rev": "{rev}", "outcome": "resolve:called", "note": "Called.", "worth_a_look": "yes"},
    ),
}
PATIENTS: Mapping[str, Form] = {
    "pages.caseload.look_for": (
        "/pages/patients",
        {"words": "Maria", "show": "all", "sort": "name", "page": "1", "whole": "1"},
    ),
    "pages.enrolment.enrol": (
        "/pages/enrol",
        {
            "id": "{new}",
            "site_id": "{site}",
            "name": "Ana Reis",
            "born_on": "1958-05-01",
            "study_code": "S1",
            "hospital_number": "1",
            "phone_number": "+351 1",
            "best_time": "mornings",
            "onset_on": "2075-01-01",
            "report_interval_days": "28",
            "language": "pt",
            "zone": "Europe/Lisbon",
            "interpreter": "1",
            "consent": "1",
        },
    ),
    "pages.phones.make_code": (
        "/pages/patients/{patient}/codes",
        {"kind": "caregiver", "name": "Rui", "relation": "son", "grant_scope": "read"},
    ),
}
SITE: Mapping[str, Form] = {
    "pages.site.invite": ("/pages/sites/{site}/invitations", {"name": "Lea", "role": "clinician"}),
    "pages.site.change_member": (
        "/pages/sites/{site}/members/{member}/give",
        {"role": "researcher", "reason": "Asked for it."},
    ),
    "close an account": ("/pages/sites/{site}/members/{member}/close", {"reason": "Left.", "role": ""}),
    "pages.hours.change": (
        "/pages/sites/{site}/hours",
        {
            "rev": "{siterev}",
            "opens_0": "08:00",
            "closes_0": "16:00",
            "country": "DE",
            "subdivision": "BE",
            "closed_day": "2076-05-04",
            "open_day": "2076-05-09 08:00 12:00",
            "more_day": "2076-05-16",
            "more_opens": "08:00",
            "more_closes": "12:00",
        },
    ),
    "pages.escalation.change": (
        "/pages/sites/{site}/escalation",
        {
            "rev": "{siterev}",
            **{f"{level}.{time}.count": "1" for level in Level for time in ("due", "acknowledged")},
            **{f"{level}.{time}.unit": "working_days" for level in Level for time in ("due", "acknowledged")},
            **{f"{level}.minutes": "60" for level in Level},
            "soon_ends_after_days": "30",
            "second_address": "ward@example.org",
            "contact": "{me}",
            "telephone": "+49 30 555 000",
        },
    ),
    "pages.thresholds.try_out": (
        "/pages/sites/{site}/thresholds/try",
        {"primary.loss_per_month": "3", "primary.steep_loss_per_month": "5", "primary.minimum_reports": "3"},
    ),
    "pages.thresholds.save": ("/pages/sites/{site}/thresholds", {"replay": "{replay}", "note": "Tried."}),
    "pages.site_texts.change": (
        "/pages/sites/{site}/texts",
        {"rev": "{siterev}", "reads_reports": "Daily.", "takes_notes": "on"},
    ),
    "pages.site_texts.propose": (
        "/pages/sites/{site}/texts/proposal",
        {
            "rev": "{siterev}",
            "crisis_text.en": "Call the emergency number at once.",
            "breathing_text.new": "Llame al número de emergencias.",
            "locale": "es",
            "note": "Clearer.",
        },
    ),
    "pages.site_texts.decide": (
        "/pages/sites/{site}/texts/decision",
        {"rev": "{siterev}", "decision": "agree", "note": "Good."},
    ),
    "pages.webhooks.add": (
        "/pages/sites/{site}/webhooks",
        {
            "id": "{new}",
            "address": "https://engine.example.org/slope",
            "audience": "coordination",
            "events": "alert.raised",
            "description": "Pager",
        },
    ),
}
WEBHOOK: Mapping[str, Form] = {
    "pages.webhooks.change": (
        "/pages/sites/{site}/webhooks/{webhook}",
        {"rev": "{hookrev}", **{k: v for k, v in SITE["pages.webhooks.add"][1].items() if k != "id"}},
    ),
    "pages.webhooks.switch": (
        "/pages/sites/{site}/webhooks/{webhook}/switch",
        {"rev": "{hookrev}", "active": "on"},
    ),
    "pages.webhooks.rotate": (
        "/pages/sites/{site}/webhooks/{webhook}/secret",
        {"rev": "{hookrev}", "keep_hours": "24"},
    ),
    "pages.webhooks.remove": ("/pages/sites/{site}/webhooks/{webhook}/remove", {"rev": "{hookrev}"}),
}
AREAS: Mapping[str, tuple[Mapping[str, Form], tuple[str, ...]]] = {
    "account": (ACCOUNT, ("/pages/mine", "/pages/mine/told")),
    "alerts": (ALERTS, ("/pages/", "/pages/alerts/{alert}", "/pages/phone-list")),
    "patients": (PATIENTS, ("/pages/patients", "/pages/patients/{patient}/phones", "/pages/enrol")),
    "site": (
        {**SITE, **WEBHOOK},
        tuple(
            f"/pages/sites/{{site}}{page}"
            for page in ("", "/hours", "/escalation", "/texts", "/thresholds", "/webhooks")
        ),
    ),
}
"""Forms by their area, with the pages that show what came of them."""


@pytest.fixture
def everybody(people: People, site: Site) -> Person:
    """Somebody who may send every form."""
    roles = [(site, role) for role in (Role.CLINICIAN, Role.COORDINATOR, Role.ADMIN)]
    return people.signed_in(people.account(*roles, name="Dr. Anna Weiss"))


@pytest.fixture
def known(
    app: Flask, people: People, site: Site, everybody: Person, desk: Desk, now: datetime
) -> dict[str, str]:
    """A clinic at work, and its ids."""
    patient = desk.falling()
    alert = next(line for line in desk.lines(patient) if line.topic == "decline")
    reach = scope_for(everybody.actor, Operation.REPLAY_RUN)
    limits = {"primary": {"loss_per_month": 3.9, "steep_loss_per_month": 6.0}}
    replay = replays.ask(site.id, limits, reach, actor=everybody.actor, now=now)
    while replays.go_on(now):
        pass
    visitor = Visitor(app)
    visitor.sign_in(everybody.account.email)
    path, hook = SITE["pages.webhooks.add"]
    assert visitor.post(filled(path, {"site": site.id}), {**hook, "id": new_id()}).status_code == 200
    return {
        "site": site.id,
        "patient": patient.id,
        "alert": alert.id,
        "me": everybody.account.id,
        "member": people.account((site, Role.COORDINATOR), name="Lea").id,
        "replay": replay.id,
        "webhook": webhooks.of_site(site.id)[0].id,
    }


def test_every_form_is_tried(app: Flask) -> None:
    sent = {rule.endpoint for rule in app.url_map.iter_rules() if "POST" in (rule.methods or set())}
    tried = {name for forms, _ in AREAS.values() for name in forms if name.startswith("pages.")}
    assert {name for name in sent if name.startswith("pages.")} == tried | WITHOUT_FIELDS | KEPT_ASIDE


@pytest.mark.parametrize("area", AREAS)
def test_a_hostile_value_in_any_field_breaks_nothing_and_is_not_stored(
    app: Flask, everybody: Person, known: dict[str, str], database: Any, area: str
) -> None:
    forms, pages = AREAS[area]
    faults, marks = [], count_of_marks(database)
    for name, (path, fields) in forms.items():
        visitor = Visitor(app)
        assert visitor.sign_in(everybody.account.email).status_code == 303
        for field, sent in spoilt(fields):
            answers = {what: send(visitor, path, form, known) for what, form in sent.items()}
            faults += [(name, field, what, status) for what, status in answers.items() if status >= 500]
            marks, before = count_of_marks(database), marks
            faults += [(name, field, "stored")] if marks > before else []
    for page in pages:
        status = visitor.get(filled(page, known)).status_code
        faults += [] if status == 200 else [(page, status)]
    assert not faults, "\n".join(map(str, faults))


def spoilt(good: Mapping[str, str]) -> Iterator[tuple[str, dict[str, dict[str, str]]]]:
    """Of each field, the form with hostile values in it, and without it."""
    for field in good:
        less = {name: value for name, value in good.items() if name != field}
        values = IN_TEXT if field in TEXTS else HOSTILE
        yield field, {"left out": less, **{what: {**good, field: value} for what, value in values.items()}}


def send(visitor: Visitor, path: str, form: Mapping[str, str], known: Mapping[str, str]) -> int:
    """Send a form made from the present page, whatever was changed before; the status of its answer."""
    now = {
        **known,
        "new": new_id(),
        "rev": str(actions.read(known["alert"], Scope(site_ids=frozenset({known["site"]}))).alert.rev),
        "siterev": str(site_of(known).rev),
        "awayrev": str(absences.read(known["me"]).rev),
        "hookrev": str(webhooks.of_site(known["site"])[0].rev),
    }
    answer = visitor.post(filled(path, now), {name: filled(value, now) for name, value in form.items()})
    return int(answer.status_code)


def site_of(known: Mapping[str, str]) -> Site:
    found = sites.read_anew(known["site"])
    assert found is not None
    return found


def filled(text: str, known: Mapping[str, str]) -> str:
    """The text with the ids that it names."""
    return re.sub(r"\{([a-z]+)\}", lambda found: known.get(found[1], found[0]), text)


def count_of_marks(database: Any) -> int:
    """How often what must not be stored is stored."""
    return sum(
        repr(document).count(MARK)
        for name in database.list_collection_names()
        for document in database[name].find({})
    )
