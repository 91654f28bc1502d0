"""One's own account on a page: password, devices, second factor."""

from __future__ import annotations

import re
from datetime import datetime

from models.accounts import sessions
from models.accounts.sessions import Device
from models.store.base import new_id
from services.access import totp
from services.access.security import Security
from services.accounts import issue
from services.accounts.passkeys import passkeys
from tests.authenticator import Authenticator
from tests.people import PASSWORD, Person
from tests.visitor import Visitor, text_of

NEW = "eleven quiet otters under a bridge"


def passwords(old: str = PASSWORD, new: str = NEW, again: str = NEW) -> dict[str, str]:
    return {"password_old": old, "password_new": new, "password_again": again}


def test_the_password_is_changed_and_other_sessions_end(
    signed_in: Visitor, visitor: Visitor, clinician: Person, security: Security, now: datetime
) -> None:
    issue.begin_session(security, clinician.account, Device(new_id(), "Old phone"), now=now)
    done = signed_in.post("/pages/mine/password", passwords())
    assert done.status_code == 303
    assert "The password was changed." in text_of(signed_in.get(done.location))
    assert len(sessions.active(clinician.account.id, now)) == 1
    assert visitor.sign_in(clinician.account.email).status_code == 422
    assert visitor.sign_in(clinician.account.email, NEW).status_code == 303


def test_a_password_that_is_wrong_or_weak_changes_nothing(signed_in: Visitor, clinician: Person) -> None:
    for form, said in (
        (passwords(old="wrong"), "The password is wrong."),
        (passwords(again="another"), "The two new passwords are not the same."),
        (passwords(new="short", again="short"), "characters to"),
    ):
        refused = signed_in.post("/pages/mine/password", form)
        assert refused.status_code == 422
        assert said in text_of(refused)
        assert NEW not in refused.text


def test_a_device_is_signed_out_and_nobody_elses(
    signed_in: Visitor, clinician: Person, security: Security, now: datetime
) -> None:
    issue.begin_session(security, clinician.account, Device(new_id(), "Old phone"), now=now)
    shown = signed_in.get("/pages/mine")
    assert "Old phone" in shown.text
    old = next(
        session
        for session in sessions.active(clinician.account.id, now)
        if session.device_name == "Old phone"
    )
    assert signed_in.post(f"/pages/mine/devices/{old.id}/end").status_code == 303
    assert "Old phone" not in signed_in.get("/pages/mine").text
    again = signed_in.post(f"/pages/mine/devices/{old.id}/end")
    assert (again.status_code, "There is no such device." in again.text) == (422, True)
    this = next(session for session in sessions.active(clinician.account.id, now) if session.ends_at)
    assert signed_in.post(f"/pages/mine/devices/{this.id}/end").location == "/pages/sign-in"
    assert signed_in.get("/pages/mine").status_code == 303


def test_a_second_factor_is_set_up_and_removed(signed_in: Visitor, now: datetime) -> None:
    assert signed_in.post("/pages/mine/second-factor/begin", {"password": "wrong"}).status_code == 422
    begun = signed_in.post("/pages/mine/second-factor/begin", {"password": PASSWORD})
    assert "<svg" in begun.text
    secret = re.findall(r'class="key">([A-Z2-7]+)<', begun.text)[0]
    assert signed_in.post("/pages/mine/second-factor/set", {"code": "000000"}).status_code == 422
    code = totp.code_at(secret, totp.step_at(now))
    codes = signed_in.post("/pages/mine/second-factor/set", {"code": code})
    found = re.findall(r"<li><code>([^<]+)</code>", codes.text)
    assert len(found) == 10
    assert "10 recovery codes are left." in text_of(signed_in.get("/pages/mine"))
    assert signed_in.post("/pages/mine/second-factor/remove", {"code": "000000"}).status_code == 422
    removed = signed_in.post("/pages/mine/second-factor/remove", {"code": found[0]})
    assert "The second factor was removed." in text_of(signed_in.get(removed.location))


def test_beside_a_passkey_the_page_asks_for_it_before_codes_are_set_up(
    signed_in: Visitor, clinician: Person, security: Security, now: datetime
) -> None:
    asked = passkeys.begin(security, clinician.actor, PASSWORD, now=now)
    added = passkeys.add(security, clinician.actor, Authenticator().create(asked), "key", now=now)
    refused = signed_in.post("/pages/mine/second-factor/begin", {"password": PASSWORD})
    assert (refused.status_code, "Give your second factor again" in text_of(refused)) == (403, True)
    signed_in.post("/pages/second-factor", {"code": added.recovery_codes[0]})
    assert "<svg" in signed_in.post("/pages/mine/second-factor/begin", {"password": PASSWORD}).text
