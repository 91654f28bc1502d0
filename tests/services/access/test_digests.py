"""Digests of what was sent need the key of the settings: answers cannot be tried out without it."""

from __future__ import annotations

import hashlib

from services.access import digests


def test_a_digest_depends_on_the_key_and_is_no_plain_hash(app: object) -> None:
    text = '{"phq_1": 2}'
    digests.use("one secret of the settings")
    first = digests.of(text)
    assert digests.of(text) == first
    digests.use("another secret of the settings")
    assert digests.of(text) != first
    assert hashlib.sha256(text.encode()).hexdigest() not in {first, digests.of(text)}
    digests.use("a secret of the tests, long enough")
