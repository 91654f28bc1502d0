"""A small HTTP client for the demo: JSON in, JSON out, and a sentence when something is wrong."""

from __future__ import annotations

import json
import urllib.request
from dataclasses import dataclass
from typing import Any
from urllib.error import HTTPError, URLError

_SECONDS = 20
_OPENER = urllib.request.build_opener(urllib.request.ProxyHandler({}))
"""The demo talks to a service on this machine, whatever proxy the environment names."""


class DemoFailed(Exception):
    """The service did not do what the demo needs; the message says what to do about it."""


@dataclass(frozen=True, slots=True)
class Client:
    """Talks to one service, as nobody or as who signed in.

    Attributes:
        address: such as http://127.0.0.1:8000.
        token: access token.
    """

    address: str
    token: str = ""

    def signed_in(self, email: str, password: str) -> Client:
        """Return a client for this account."""
        answer = self.post("/v1/auth/sign-in", {"email": email, "password": password})
        return Client(self.address, answer["access_token"])

    def get(self, path: str) -> Any:
        """Return what is at the path.

        Raises:
            DemoFailed: anything but success.
        """
        return self._send(urllib.request.Request(self.address + path))  # noqa: S310 (our own service)

    def post(self, path: str, content: dict[str, Any]) -> Any:
        """Send JSON and return the answer.

        Raises:
            DemoFailed: anything but success.
        """
        data = json.dumps(content).encode()
        headers = {"Content-Type": "application/json"}
        return self._send(urllib.request.Request(self.address + path, data, headers))  # noqa: S310

    def _send(self, request: urllib.request.Request) -> Any:
        if self.token:
            request.add_header("Authorization", f"Bearer {self.token}")
        try:
            with _OPENER.open(request, timeout=_SECONDS) as response:
                return json.load(response)
        except HTTPError as error:
            with error:
                raise DemoFailed(f"{request.selector} was answered {error.code}: {_detail(error)}") from error
        except (URLError, TimeoutError, ConnectionError) as error:
            raise DemoFailed(
                f"No service answers at {self.address}: start one with `make run`, in another terminal."
            ) from error


def _detail(error: HTTPError) -> str:
    try:
        problem = json.load(error)
    except ValueError:
        return "no explanation"
    return f"{problem.get('detail')} {problem.get('errors', '')}".strip()
