"""What a form of the pages carries as a passkey is read as the JSON door reads it, or refused."""

from __future__ import annotations

import json

import pytest

from tests.visitor import Visitor, text_of

PART = {"clientDataJSON": "AA", "authenticatorData": "AA", "signature": "AA", "userHandle": "AA"}
WHOLE = {"id": "AA", "rawId": "AA", "type": "public-key", "response": PART}
ODD = {
    "nothing": "",
    "no JSON": "{",
    "deep brackets": "[" * 20_000,
    "a number of 5,000 digits": "1" * 5_000,
    "not an object": "[]",
    "null": "null",
    "an empty object": "{}",
    "without a response": '{"id": "x"}',
    "a number as response": '{"response": 1}',
    "null as response": json.dumps({**WHOLE, "response": None}),
    "a number as handle": json.dumps({**WHOLE, "response": {**PART, "userHandle": 5}}),
    "a handle that is no base64": json.dumps({**WHOLE, "response": {**PART, "userHandle": "é"}}),
    "a list as id": json.dumps({**WHOLE, "id": []}),
    "a lone surrogate as id": json.dumps({**WHOLE, "id": "\ud800"}),
    "whole, and of nobody": json.dumps(WHOLE),
}


@pytest.mark.parametrize("credential", ODD.values(), ids=ODD)
def test_an_odd_passkey_signs_nobody_in(visitor: Visitor, credential: str) -> None:
    answer = visitor.post("/pages/passkey/sign-in", {"credential": credential})
    assert answer.status_code == 422
    assert "This passkey cannot be used." in text_of(answer)


@pytest.mark.parametrize("path", ["/pages/second-factor/passkey", "/pages/mine/passkeys"])
def test_an_odd_passkey_is_neither_given_nor_added(signed_in: Visitor, path: str) -> None:
    statuses = {what: signed_in.post(path, {"credential": text}).status_code for what, text in ODD.items()}
    assert statuses == dict.fromkeys(ODD, 422)
