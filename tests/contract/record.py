"""`make examples`: has the running service answer every operation, and keeps the answers for the document.

Each operation is asked as the document's example of its body says, by somebody who may, and then about
what is not there. What needs a story of its own stands in `stories.py`. Ids, tokens and codes are replaced by
made-up ones of the same form, so that a second run writes the same file.
"""

from __future__ import annotations

import json
import re
import tempfile
from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from mongoengine.connection import get_db

from api import create_app
from api.examples import recorded
from models import indexes
from models.store import connection, embedded
from services import clock
from services.access.actor import Role
from services.access.tokens import new_key_set
from services.settings import Environment, Settings
from tests.contract.document import ENDPOINTS, NOBODY, Endpoint
from tests.contract.stories import FIRST, STORIES, Told
from tests.contract.world import LOOPBACK, World

DAY = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)
MOST = 2
"""Items of a list that are kept."""

_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_CODE = re.compile(r"(?<![\w-])[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}(?P<more>(?:-[0-9A-Z]{4})*)(?![\w-])")
_SECRETS = {
    "secret": "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ",
    "uri": "otpauth://totp/slope%3Aanna%40example.org?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=slope",
    "access_token": "eyJhbGciOiJFZERTQSJ9.e30.c2lnbmF0dXJl",
    "kid": "1f0c7a52",
    "challenge": "Y2hhbGxlbmdl",
    "user": {"id": "b3BhcXVl", "name": "anna@example.org", "displayName": "Dr. Anna Weiss"},
    "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo",
}
_SIGNING_SECRET = "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="
_SECRET_TAIL = re.compile(r"(?<=\.)[A-Za-z0-9_-]{8,}$")
_FIRST = (Role.CLINICIAN, Role.PATIENT, Role.COORDINATOR, Role.ADMIN)
_BY_PATIENTS = {"submit_report", "submit_report_batch", "get_me"}
_MADE_UP = "00000000-0000-4000-8000-000000000000"


class Recorder:
    """Asks, and keeps the first answer of each status."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.kept: defaultdict[str, dict[int, Any]] = defaultdict(dict)

    def keep(self, name: str, response: Any) -> None:
        """Keep a response, unless there is one of its status."""
        if response.data and response.is_json:
            self.kept[name].setdefault(response.status_code, _short(response.json))
        elif response.mimetype == "text/csv":
            lines = response.text.splitlines(keepends=True)
            self.kept[name].setdefault(response.status_code, "".join(lines[: MOST + 1]))

    def ask_all(self) -> None:
        """Ask every operation, and tell the stories."""
        self._tell(FIRST)
        for endpoint in ENDPOINTS.values():
            self._ask(endpoint)
        self._tell(STORIES)
        self.kept["shared"].setdefault(429, self.kept["sign_in"][429])

    def _tell(self, stories: Iterable[Callable[[World], Told]]) -> None:
        for story in stories:
            for name, response in story(self.world):
                self.keep(name, response)

    def _ask(self, endpoint: Endpoint) -> None:
        world, role = self.world, _role_of(endpoint)
        chart = world.chart() if endpoint.writes else world.near
        body, headers = world.body(endpoint, chart, role), world.headers(endpoint, chart, role)
        tagged = headers | ({"If-Match": world.tag(endpoint, chart, role)} if endpoint.needs_tag else {})
        path = world.path(endpoint, chart, role)
        if "limit" in endpoint.queries:
            path += f"?limit={MOST}"
        sent = {} if body is None else {"json": body}
        for _again in range(2):
            self.keep(endpoint.id, self._open(endpoint, path, tagged, **sent))
        path = path.partition("?")[0]
        if set(endpoint.parameters) - {"key"}:
            away = re.sub(_UUID, _MADE_UP, path)
            self.keep(endpoint.id, self._open(endpoint, away, tagged, **sent))
        elif endpoint.parameters:
            self.keep(endpoint.id, self._open(endpoint, path + "_of_another", tagged, **sent))

    def _open(self, endpoint: Endpoint, path: str, headers: dict[str, str], **sent: Any) -> Any:
        return self.world.client.open(path, method=endpoint.method.upper(), headers=headers, **sent)


def _role_of(endpoint: Endpoint) -> str:
    if endpoint.roles == (NOBODY,):
        return NOBODY
    first = (Role.PATIENT, *_FIRST) if endpoint.id in _BY_PATIENTS else _FIRST
    return next(role for role in first if role in endpoint.roles)


def _short(value: Any) -> Any:
    if isinstance(value, dict) and isinstance(value.get("items"), list) and "next" in value:
        return {**value, "items": value["items"][:MOST]}
    return value


def written(kept: dict[str, dict[int, Any]]) -> str:
    """Return the answers as JSON, with made-up ids and secrets; in the order of names and statuses."""
    ordered = {name: {str(code): bodies[code] for code in sorted(bodies)} for name, bodies in kept.items()}
    text = json.dumps(_without_secrets(ordered), indent=1, ensure_ascii=False)
    numbers: dict[str, str] = {}
    text = _UUID.sub(lambda found: _made_up(found[0], numbers), text)
    return _CODE.sub(_made_up_code, text) + "\n"


def _made_up_code(found: re.Match[str]) -> str:
    return "7K3M-9QX2-TB4E" + ("-0V5N-8RWD-2HJC" if found["more"] else "")


def _made_up(found: str, numbers: dict[str, str]) -> str:
    if found == _MADE_UP:
        return found
    return numbers.setdefault(found, f"019ab1c2-0000-7000-8000-{len(numbers) + 1:012x}")


def _without_secrets(value: Any) -> Any:
    if isinstance(value, list):
        return [_without_secrets(inner) for inner in value]
    if not isinstance(value, dict):
        return value
    kept = {name: _made_up_secret(name, inner) for name, inner in value.items()}
    if isinstance(kept.get("refresh_token"), str):
        kept["refresh_token"] = _SECRET_TAIL.sub("c2VjcmV0c2VjcmV0", kept["refresh_token"])
    return kept


def _made_up_secret(name: str, value: Any) -> Any:
    if isinstance(value, str) and value.startswith("whsec_"):
        return _SIGNING_SECRET
    known = name in _SECRETS and value is not None
    return _SECRETS[name] if known else _without_secrets(value)


def record() -> str:
    """Return what the service answers, on an embedded engine of its own and on one day."""
    with tempfile.TemporaryDirectory() as folder:
        running = embedded.start(Path(folder))
        present = clock.now
        try:
            clock.now = lambda: DAY
            recorder = Recorder(World(_application(running.uri)))
            recorder.ask_all()
            return written(recorder.kept)
        finally:
            clock.now = present
            connection.close()
            running.stop()


def _application(uri: str) -> Any:
    settings = Settings(
        database_uri=uri,
        signing_keys=new_key_set(),
        refresh_secret="r" * 40,
        database_name="slope_examples",
        env=Environment.TEST,
        webhook_networks=LOOPBACK,
    )
    connection.register(uri, settings.database_name)
    indexes.create_all()
    for name in get_db().list_collection_names():  # the day may lie far back by the engine's own clock
        for index, described in get_db()[name].index_information().items():
            if "expireAfterSeconds" in described:
                get_db()[name].drop_index(index)
    return create_app(settings)


if __name__ == "__main__":
    recorded.FILE.write_text(record(), encoding="utf-8")
