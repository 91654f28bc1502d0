"""A browser without a screen: keeps cookies, sends forms as browsers do, and follows where it is led."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

from flask import Flask
from werkzeug.test import TestResponse

from tests.people import PASSWORD

_OWN = {"Sec-Fetch-Site": "same-origin"}


class Visitor:
    """Somebody who looks at the pages."""

    def __init__(self, app: Flask, language: str = "en") -> None:
        self.client = app.test_client()
        self._headers = {"Accept-Language": language}

    def get(self, path: str, **headers: str) -> TestResponse:
        return self.client.get(path, headers=self._headers | headers)

    def post(self, path: str, form: dict[str, Any] | None = None, **headers: str) -> TestResponse:
        return self.client.post(path, data=form or {}, headers=self._headers | _OWN | headers)

    def led(self, path: str, form: dict[str, Any]) -> TestResponse:
        """Send a form, and get the page that its answer leads to."""
        response = self.post(path, form)
        assert response.status_code == 303, response.status
        return self.get(response.location)

    def sign_in(self, email: str | None, password: str = PASSWORD, **more: str) -> TestResponse:
        return self.post("/pages/sign-in", {"email": email, "password": password, **more})

    def cookie(self, name: str) -> str | None:
        found = self.client.get_cookie(name, path="/pages/") or self.client.get_cookie(name)
        return None if found is None else found.value


def hidden(response: TestResponse) -> dict[str, str]:
    """The hidden fields of a page."""
    pattern = r'<input type="hidden" name="([^"]*)" value="([^"]*)">'
    return {name: unescape(value) for name, value in re.findall(pattern, response.text)}


def text_of(response: TestResponse) -> str:
    """The text of a page, on one line."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", response.text)).split())
