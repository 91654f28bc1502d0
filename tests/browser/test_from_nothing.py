"""From an empty database in production settings to a first report, by the README and the API alone.

The server is the real one behind what stands for its proxy: the browser's requests to the public address are
handed on to it, as the proxy would, because nothing here has a certificate for a name.
"""

from __future__ import annotations

import http.client
import json
import os
import re
import shlex
import subprocess
import sys
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Route

from bench import servers
from bench.clinic import deleted_afterwards
from services.access import totp
from tests.browser.steps import AUTHENTICATOR
from tests.browser.test_passkey_ceremonies import ADD, BLANK, USE
from tests.questionnaires import alsfrs

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
HOST = "slope.example.org"
ADDRESS = f"https://{HOST}"
PASSWORD = "nine lives of a tabby cat"


def commands() -> list[str]:
    """What the README has one type from an empty database on, without its remarks."""
    text = README.partition("From an empty database to the first clinician:")[2]
    block = text.partition("```sh\n")[2].partition("```")[0]
    return [line.partition("#")[0].strip() for line in block.splitlines()]


@dataclass
class Service:
    """The server in production settings, asked as its proxy would."""

    process: servers.Process
    variables: dict[str, str]

    def typed(self, command: str) -> str:
        """What a command of the README prints."""
        words = [sys.executable, "-m", *shlex.split(command)]
        given = {**os.environ, **self.variables}
        done = subprocess.run(words, cwd=ROOT, env=given, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def ask(
        self, method: str, path: str, body: Any = None, token: str = "", expected: int = 200, **headers: str
    ) -> Any:
        given = {"authorization": f"Bearer {token}"} if token else {}
        given |= {name.replace("_", "-"): value for name, value in headers.items()}
        content = b"" if body is None else json.dumps(body).encode()
        status, _, answer = self.pass_on(method, path, given, content)
        assert status == expected, (path, status, answer)
        return json.loads(answer) if answer else None

    def pass_on(
        self, method: str, path: str, headers: dict[str, str], body: bytes
    ) -> tuple[int, dict[str, str], bytes]:
        """Hand a request on as the proxy does."""
        connection = http.client.HTTPConnection("127.0.0.1", self.process.port, timeout=30)
        given = headers | {"host": HOST, "x-forwarded-for": "192.0.2.7", "x-forwarded-proto": "https"}
        if body:
            given["content-type"] = "application/json"
        connection.request(method, path, body or None, given)
        response = connection.getresponse()
        found = response.status, dict(response.getheaders()), response.read()
        connection.close()
        return found


@pytest.fixture
def service(database_uri: str, tmp_path: Path) -> Iterator[Service]:
    name = f"slope_test_nothing_{uuid.uuid4().hex[:8]}"
    usual = servers.settings(database_uri, name)
    variables = {name: usual[name] for name in usual if name not in {"SLOPE_ANONYMOUS_PER_MINUTE"}} | {
        "SLOPE_ENV": "production",
        "SLOPE_PUBLIC_URL": ADDRESS,
        "SLOPE_PROXIES": "1",
        "SLOPE_DATABASE_PLAIN": "1",
        "SLOPE_WITHOUT_EMAIL": "1",
    }
    process = servers.server("wsgi:app", variables, tmp_path / "server.log")
    with deleted_afterwards(database_uri, name):
        yield Service(process, variables)
        process.stop()


@pytest.fixture
def page(chromium: Browser, service: Service) -> Iterator[Page]:
    """A page at the public address, with an authenticator."""

    def answer(route: Route) -> None:
        asked = route.request
        path = asked.url.removeprefix(ADDRESS)
        if path == "/blank":
            route.fulfill(body=BLANK, content_type="text/html")
            return
        body = asked.post_data_buffer or b""
        kept = {name: value for name, value in asked.headers.items() if name == "authorization"}
        status, headers, content = service.pass_on(asked.method, path, kept, body)
        route.fulfill(status=status, headers=headers, body=content)

    with chromium.new_context() as context:
        found = context.new_page()
        found.route(f"{ADDRESS}/**", answer)
        found.goto(f"{ADDRESS}/blank")
        devices = context.new_cdp_session(found)
        devices.send("WebAuthn.enable")
        devices.send("WebAuthn.addVirtualAuthenticator", {"options": AUTHENTICATOR})
        yield found


def enrolled(service: Service, code: str, email: str | None) -> Any:
    """Redeem a code."""
    given = {} if email is None else {"email": email, "password": PASSWORD}
    return service.ask("POST", "/v1/auth/enrol", {"code": code, **given}, expected=201)


def with_totp(service: Service, token: str, email: str) -> tuple[Any, str]:
    """Set up a second factor, sign in by both; the tokens, and the secret."""
    begun = service.ask("POST", "/v1/me/second-factor", {"password": PASSWORD}, token, 201)
    step = totp.step_at(datetime.now(UTC))
    set_up = {"code": totp.code_at(begun["secret"], step)}
    assert len(service.ask("PUT", "/v1/me/second-factor", set_up, token)["recovery_codes"]) == 10
    alone = {"email": email, "password": PASSWORD}
    refused = service.ask("POST", "/v1/auth/sign-in", alone, expected=401)
    assert refused["code"] == "second_factor_needed"
    both = alone | {"second_factor": totp.code_at(begun["secret"], step + 1)}
    return service.ask("POST", "/v1/auth/sign-in", both), begun["secret"]


def test_a_clinic_begins_with_nothing_and_takes_its_first_report(service: Service, page: Page) -> None:
    indexes, create_site, create_admin = commands()
    service.typed(indexes)
    site = service.typed(create_site).split()[0]
    code = service.typed(create_admin.replace("ID", site)).split()[0]
    service.process.start()
    service.process.wait_ready("/livez")

    first = enrolled(service, code, "mia@example.org")
    service.ask("POST", "/v1/auth/enrol", {"code": code}, expected=422)
    admin, _ = with_totp(service, first["access_token"], "mia@example.org")

    def invited(name: str, role: str) -> Any:
        wanted = {"name": name, "role": role}
        at = f"/v1/sites/{site}/invitations"
        made = service.ask("POST", at, wanted, admin["access_token"], 201)
        return enrolled(service, made["code"], f"{role}.{name.lower()}@example.org")

    anna = invited("Anna", "clinician")
    clinician, _ = with_totp(service, anna["access_token"], "clinician.anna@example.org")

    ben = invited("Ben", "clinician")
    bearer = {"Authorization": f"Bearer {ben['access_token']}"}
    status, added = page.evaluate(ADD, {"headers": bearer, "password": PASSWORD})
    assert (status, len(added["recovery_codes"])) == (201, 10)
    status, by_passkey, _ = page.evaluate(USE, {"path": "/v1/auth/passkey/sign-in", "headers": {}})
    assert (status, by_passkey["account"]["id"]) == (200, ben["account"]["id"])

    coordinator = invited("Cleo", "coordinator")
    now = datetime.now(UTC) - timedelta(minutes=5)
    person = {
        "id": str(uuid.uuid4()),
        "site_id": site,
        "name": "Maria Silva",
        "zone": "Europe/Lisbon",
        "consent_at": now.isoformat(),
    }
    patient = service.ask("POST", "/v1/patients", person, coordinator["access_token"], 201)
    at = f"/v1/patients/{patient['id']}"
    made = service.ask("POST", f"{at}/invitations", {"kind": "patient"}, coordinator["access_token"], 201)
    own = enrolled(service, made["code"], None)
    assert re.fullmatch(r"[0-9A-Z]{4}(-[0-9A-Z]{4}){5}", own["recovery_code"])

    taken = service.ask("POST", f"{at}/reports", alsfrs(now), own["access_token"], 201)
    assert (taken["evaluation"], taken["total"]) == ("complete", 40)
    for token in (clinician["access_token"], by_passkey["access_token"]):
        assert service.ask("GET", f"{at}/reports", token=token)["items"][0]["id"] == taken["id"]
