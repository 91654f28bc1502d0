"""Examples of what is sent about passkeys. Synthetic: no device made them."""

from __future__ import annotations

from typing import Any

_CLIENT_DATA = "eyJ0eXBlIjoid2ViYXV0aG4uZ2V0In0"
_ID = {"id": "c3ludGhldGljLXBhc3NrZXk", "rawId": "c3ludGhldGljLXBhc3NrZXk", "type": "public-key"}
_CREATED = {**_ID, "response": {"clientDataJSON": _CLIENT_DATA, "attestationObject": "o2NmbXRkbm9uZQ"}}
_SIGNED = {
    **_ID,
    "response": {
        "clientDataJSON": _CLIENT_DATA,
        "authenticatorData": "SZYN5YgOjGh0NBcPZHZgW4",
        "signature": "MEUCIQDx",
        "userHandle": "b3BhcXVl",
    },
}
BEGUN: dict[str, Any] = {"password": "correct horse battery"}
ADDED: dict[str, Any] = {"name": "Laptop of the ward", "credential": _CREATED}
NAME: dict[str, Any] = {"name": "Old laptop"}
SIGN_IN: dict[str, Any] = {
    "credential": _SIGNED,
    "device": {"id": "6d0f3a52-6a4f-4f60-9a52-0b2f2f1f7a10", "name": "Laptop of the ward"},
}
GIVEN: dict[str, Any] = {"credential": _SIGNED}
