"""Passkeys in Chromium, with an authenticator of its own (WebAuthn over CDP): added, used, refused."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import CDPSession, Page
from werkzeug.serving import make_server

from api import create_app
from services.settings import Settings
from tests.browser.conftest import Watched
from tests.browser.steps import AUTHENTICATOR
from tests.people import PASSWORD, Person

BLANK = "<!doctype html><html lang='en'><title>Passkeys</title><link rel='icon' href='data:,'></html>"
ADD = """async ({headers, password}) => {
  const post = async (path, body) => {
    const answer = await fetch(path, {method: 'POST',
      headers: {...headers, 'Content-Type': 'application/json'}, body: JSON.stringify(body)});
    return [answer.status, await answer.json()];
  };
  const [status, asked] = await post('/v1/me/passkeys/challenge', password ? {password} : {});
  if (status !== 200) return [status, asked.code];
  try {
    const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(asked.public_key);
    const credential = (await navigator.credentials.create({publicKey})).toJSON();
    const [stored, told] = await post('/v1/me/passkeys', {name: 'This laptop', credential});
    return [stored, told.code ?? told];
  } catch (error) { return [0, error.name]; }
}"""
USE = """async ({path, headers}) => {
  const post = async (path, body) => {
    const answer = await fetch(path, {method: 'POST',
      headers: {...headers, 'Content-Type': 'application/json'}, body: body && JSON.stringify(body)});
    return [answer.status, await answer.json()];
  };
  const [, asked] = await post('/v1/auth/passkey/challenge');
  try {
    const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(asked.public_key);
    const credential = (await navigator.credentials.get({publicKey})).toJSON();
    const [status, told] = await post(path, {credential});
    return [status, told.code ?? told, {credential}];
  } catch (error) { return [0, error.name]; }
}"""
SEND = """async ({path, body}) => (await fetch(path, {method: 'POST',
  headers: {'Content-Type': 'application/json'}, body: JSON.stringify(body)})).status"""
SIGN_IN = "/v1/auth/passkey/sign-in"


@pytest.fixture
def address(app: Flask, settings: Settings) -> Iterator[str]:
    """Where an application is served that knows its own address, which passkeys are bound to."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    found = f"http://localhost:{server.server_port}"
    server.app = create_app(replace(settings, public_url=found))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield found
    server.shutdown()
    thread.join()
    server.server_close()


class Device:
    """A blank page of the service, and the authenticator of its browser."""

    def __init__(self, watched: Watched) -> None:
        self.page: Page = watched.page()
        self.page.route("**/blank", lambda route: route.fulfill(body=BLANK, content_type="text/html"))
        self.page.goto("/blank")
        self.cdp: CDPSession = self.page.context.new_cdp_session(self.page)
        self.cdp.send("WebAuthn.enable")
        self.id = self.cdp.send("WebAuthn.addVirtualAuthenticator", {"options": AUTHENTICATOR})[
            "authenticatorId"
        ]

    def add(self, headers: dict[str, str], password: str | None = PASSWORD) -> Any:
        return self.page.evaluate(ADD, {"headers": headers, "password": password})

    def use(self, path: str = SIGN_IN, headers: dict[str, str] | None = None) -> Any:
        return self.page.evaluate(USE, {"path": path, "headers": headers or {}})

    def verified(self, yes: bool) -> None:
        self.cdp.send("WebAuthn.setUserVerified", {"authenticatorId": self.id, "isUserVerified": yes})

    def credential(self) -> dict[str, Any]:
        held = self.cdp.send("WebAuthn.getCredentials", {"authenticatorId": self.id})["credentials"]
        found: dict[str, Any] = held[0]
        return found

    def put_back(self, credential: dict[str, Any]) -> None:
        """Hold a copy of the passkey as it was."""
        name = {"authenticatorId": self.id, "credentialId": credential["credentialId"]}
        self.cdp.send("WebAuthn.removeCredential", name)
        self.cdp.send("WebAuthn.addCredential", {"authenticatorId": self.id, "credential": credential})


@pytest.fixture
def device(watched: Watched) -> Device:
    watched.expected += ["Failed to load resource: the server responded with a status of 40"]
    return Device(watched)


def test_a_passkey_is_added_used_and_refused_where_it_has_to_be(
    device: Device, watched: Watched, clinician: Person
) -> None:
    status, added = device.add(clinician.headers)
    assert (status, len(added["recovery_codes"])) == (201, 10)
    status, tokens, sent = device.use()
    assert (status, tokens["account"]["id"]) == (200, clinician.account.id)
    bearer = {"Authorization": f"Bearer {tokens['access_token']}"}
    assert device.page.evaluate(SEND, {"path": SIGN_IN, "body": sent}) == 401, "a challenge is used once"

    assert device.use("/v1/auth/passkey/second-factor", bearer)[0] == 200
    assert device.add(bearer, None) == [0, "InvalidStateError"], "the device holds one of this account"

    device.verified(False)
    assert device.use() == [0, "NotAllowedError"]
    device.verified(True)

    copied = device.credential()
    assert device.use()[0] == 200
    device.put_back(copied)
    assert device.use()[:2] == [401, "passkey_refused"], "its count has gone back"


def test_at_another_address_there_is_no_passkey(
    device: Device, watched: Watched, address: str, clinician: Person
) -> None:
    device.add(clinician.headers)
    by_number = address.replace("localhost", "127.0.0.1")
    watched.expected.append(by_number)
    device.page.goto(f"{by_number}/blank")
    status, name = device.use()
    assert (status, name) == (0, "SecurityError")
