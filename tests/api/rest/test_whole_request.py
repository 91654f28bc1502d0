"""A body that is read with one call is what the framework would have read."""

from __future__ import annotations

import io
from typing import Any

import pytest
from flask import Request
from gunicorn.http.errors import NoMoreData
from werkzeug.exceptions import HTTPException

from api.rest.bodies import WholeRequest


class _Whole:
    def __init__(self, content: bytes) -> None:
        self._content = io.BytesIO(content)

    def read(self, size: int = -1) -> bytes:
        """Return what is left of the body."""
        return self._content.read(size)


class _Broken(_Whole):
    def read(self, size: int = -1) -> bytes:
        """Fail, as the server's stream does when chunks cannot be read."""
        raise NoMoreData


@pytest.mark.parametrize("limit", [None, 5, 6, 7])
@pytest.mark.parametrize("ends", [True, False])
@pytest.mark.parametrize("stated", [None, "0", "5", "6", "7"])
@pytest.mark.parametrize("source", [_Whole, _Broken])
def test_a_body_is_read_as_the_framework_reads_it(
    limit: int | None, ends: bool, stated: str | None, source: type[_Whole]
) -> None:
    sent = b"123456"[: int(stated) if stated and ends else 6]  # a server that ends the body reads no further
    results = []
    for kind in (WholeRequest, Request):
        environment: dict[str, Any] = {"wsgi.input": source(sent), "REQUEST_METHOD": "POST"}
        environment |= {"wsgi.input_terminated": True} if ends else {}
        environment |= {} if stated is None else {"CONTENT_LENGTH": stated}
        request = kind(environment)
        request.max_content_length = limit
        try:
            results.append((request.get_data(cache=True), request.get_data(), request.max_content_length))
        except (HTTPException, NoMoreData) as refused:
            results.append((type(refused), str(refused), limit))
    assert results[0] == results[1]
