"""The webhooks of a site on pages: made with a secret shown once, tested, rotated, switched off, removed."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from flask import Flask

from api.application import SETTINGS
from models.sites import webhooks
from models.sites.sites import Site
from tests.receivers import receiver
from tests.visitor import Visitor, hidden, text_of

FORM = {"description": "Ward pager", "audience": "clinical", "events": ["alert.raised", "alert.escalated"]}


def test_a_webhook_from_its_making_to_its_end(
    app: Flask, monkeypatch: pytest.MonkeyPatch, administrator: Visitor, site: Site
) -> None:
    reaching = replace(app.extensions[SETTINGS], webhook_networks="127.0.0.0/8")
    monkeypatch.setitem(app.extensions, SETTINGS, reaching)
    path = f"/pages/sites/{site.id}/webhooks"
    form = {**hidden(administrator.get(path)), **FORM}
    with receiver() as there:
        form["address"] = there.url
        made = administrator.post(path, form)
        secret = re.findall(r"whsec_[A-Za-z0-9+/=]+", made.text)
        assert (made.status_code, len(secret)) == (200, 1)
        again = administrator.post(path, form)
        assert (again.status_code, "whsec_" in again.text) == (200, False)
        (stored,) = webhooks.of_site(site.id)
        one = f"{path}/{stored.id}"
        assert secret[0] not in administrator.get(one).text
        assert "The test event arrived." in text_of(administrator.post(f"{one}/test", {}))
        there.status = 500
        failed = administrator.post(f"{one}/test", {})
        assert "The test event did not arrive: the receiver answered 500." in text_of(failed)
        assert len(there.received) == 2
    log = text_of(administrator.get(one))
    for part in ("test delivered", "could not be delivered: the receiver answered 500", "made , Tom Berger"):
        assert part in log or part.replace(" ,", ",") in log
    rotated = administrator.post(f"{one}/secret", {"rev": "0", "keep_hours": "24"})
    assert secret[0] not in rotated.text
    assert "The secret before signs too until" in text_of(rotated)
    assert administrator.post(f"{one}/switch", {"rev": "1", "active": "off"}).status_code == 303
    assert "switched off" in text_of(administrator.get(one))
    assert administrator.post(f"{one}/switch", {"rev": "2", "active": "on"}).status_code == 303
    late = administrator.post(f"{one}/switch", {"rev": "1", "active": "off"})
    assert (late.status_code, "It was changed since you read it." in text_of(late)) == (422, True)
    changed = {**FORM, "rev": "3", "address": stored.address, "events": ["alert.withdrawn"]}
    assert administrator.post(one, changed).status_code == 303
    assert webhooks.read(stored.id).events == ("alert.withdrawn",)
    assert administrator.post(f"{one}/remove", {"rev": "4"}).status_code == 303
    assert "There is no webhook." in text_of(administrator.get(path))
    assert administrator.get(one).status_code == 404


def test_an_address_that_leads_inside_is_refused_and_what_was_typed_stays(
    administrator: Visitor, site: Site
) -> None:
    path = f"/pages/sites/{site.id}/webhooks"
    form = {**hidden(administrator.get(path)), **FORM, "address": "https://10.0.0.1/hook"}
    refused = administrator.post(path, form)
    assert (refused.status_code, "It has to be an https address" in text_of(refused)) == (422, True)
    assert 'value="https://10.0.0.1/hook"' in refused.text
    nothing = administrator.post(path, {**form, "events": []})
    assert "Choose at least one kind of event." in text_of(nothing)
    assert webhooks.of_site(site.id) == []


def test_clinicians_have_no_webhooks(signed_in: Visitor, site: Site) -> None:
    assert signed_in.get(f"/pages/sites/{site.id}/webhooks").status_code == 403
    assert "Webhooks" not in text_of(signed_in.get(f"/pages/sites/{site.id}"))
