"""A device that makes passkeys and signs with them, in software, with faults to order.

It does what a browser and its authenticator do together (Web Authentication Level 3, 5.1.3 and 5.1.4): takes
the service's options in JSON and gives what `toJSON()` gives. The real thing is in tests/browser.
"""

from __future__ import annotations

import hashlib
import json
import secrets
import struct
from dataclasses import dataclass, field
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url, encode_cbor

PRESENT, VERIFIED, SYNCABLE, SYNCED, WITH_KEY = 0x01, 0x04, 0x08, 0x10, 0x40
ORIGIN = "http://localhost:8000"
"""Where the settings of the tests say that the service is."""


@dataclass
class Key:
    """A passkey on the device."""

    id: bytes
    handle: bytes
    private: ec.EllipticCurvePrivateKey
    count: int = 0


@dataclass
class Authenticator:
    """A device, at a page of `origin`.

    Attributes:
        verifies: it asks the person for a finger or a code.
        counts: it counts its signatures; synced ones do not.
    """

    origin: str = ORIGIN
    verifies: bool = True
    counts: bool = True
    keys: list[Key] = field(default_factory=list)

    def create(
        self, options: dict[str, Any], *, kind: str = "webauthn.create", **more: Any
    ) -> dict[str, Any]:
        """Make a passkey; `credential_id` gives it an id that another one has."""
        credential_id = more.get("credential_id", secrets.token_bytes(16))
        private = ec.generate_private_key(ec.SECP256R1())
        key = Key(credential_id, base64url_to_bytes(options["user"]["id"]), private, int(self.counts))
        self.keys.append(key)
        attested = bytes(16) + struct.pack(">H", len(key.id)) + key.id + _cose(private)
        data = self._data(options["rp"]["id"], key, WITH_KEY) + attested
        statement = {"fmt": more.get("fmt", "none"), "attStmt": {}, "authData": data}
        response = {
            "clientDataJSON": self._client_data(kind, options["challenge"]),
            "attestationObject": bytes_to_base64url(encode_cbor(statement)),
            "transports": ["internal"],
        }
        return self._credential(key, response)

    def get(self, options: dict[str, Any], *, number: int = -1, **more: Any) -> dict[str, Any]:
        """Sign with one of the passkeys; `handle` says another holder, `by` signs with another key."""
        key = self.keys[number]
        key.count += int(self.counts)
        data = self._data(options["rpId"], key, 0)
        client_data = self._client_data("webauthn.get", options["challenge"])
        signed = data + hashlib.sha256(base64url_to_bytes(client_data)).digest()
        private = more.get("by", key).private
        response = {
            "clientDataJSON": client_data,
            "authenticatorData": bytes_to_base64url(data),
            "signature": bytes_to_base64url(private.sign(signed, ec.ECDSA(SHA256()))),
            "userHandle": bytes_to_base64url(more.get("handle", key.handle)),
        }
        return self._credential(key, response)

    def _data(self, rp_id: str, key: Key, flags: int) -> bytes:
        flags |= PRESENT | (VERIFIED if self.verifies else 0) | (0 if self.counts else SYNCABLE | SYNCED)
        return hashlib.sha256(rp_id.encode()).digest() + struct.pack(">BI", flags, key.count)

    def _client_data(self, kind: str, challenge: str) -> str:
        content = {"type": kind, "challenge": challenge, "origin": self.origin, "crossOrigin": False}
        return bytes_to_base64url(json.dumps(content).encode())

    def _credential(self, key: Key, response: dict[str, Any]) -> dict[str, Any]:
        name = bytes_to_base64url(key.id)
        return {
            "id": name,
            "rawId": name,
            "type": "public-key",
            "authenticatorAttachment": "platform",
            "clientExtensionResults": {},
            "response": response,
        }


def _cose(private: ec.EllipticCurvePrivateKey) -> bytes:
    numbers = private.public_key().public_numbers()
    point = {-2: numbers.x.to_bytes(32, "big"), -3: numbers.y.to_bytes(32, "big")}
    return encode_cbor({1: 2, 3: -7, -1: 1, **point})
