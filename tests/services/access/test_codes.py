"""Codes can be typed wrongly in the usual ways, and are stored nowhere."""

from __future__ import annotations

import re

import pytest

from services.access.codes import ALPHABET, CodeDigests, new_code, normalise


def test_a_code_has_sixty_random_bits_in_groups_of_four() -> None:
    codes = {new_code() for _ in range(500)}
    assert len(codes) == 500
    assert all(re.fullmatch(rf"([{ALPHABET}]{{4}}-){{2}}[{ALPHABET}]{{4}}", code) for code in codes)
    assert len(ALPHABET) == 32


@pytest.mark.parametrize(
    "typed", ["7K3M-9QX2-TB01", "7k3m9qx2tb01", " 7K3M 9qx2 tbo1", "7K3M-9QX2-TBOl", "7K3M-9QX2-TBoI"]
)
def test_the_usual_slips_do_not_matter(typed: str) -> None:
    assert normalise(typed) == "7K3M9QX2TB01"


def test_the_digest_depends_on_the_code_and_on_the_secret() -> None:
    ours, theirs = CodeDigests("a" * 32), CodeDigests("b" * 32)
    assert ours.of("7K3M-9QX2-TB01") == ours.of("7k3m9qx2tbol")
    assert len({ours.of("7K3M-9QX2-TB01"), ours.of("7K3M-9QX2-TB02"), theirs.of("7K3M-9QX2-TB01")}) == 3


def test_the_code_that_follows_is_always_the_same_and_needs_the_secret() -> None:
    ours, theirs = CodeDigests("a" * 32), CodeDigests("b" * 32)
    following = ours.following("7K3M-9QX2-TB01", 24)
    assert re.fullmatch(rf"([{ALPHABET}]{{4}}-){{5}}[{ALPHABET}]{{4}}", following)
    assert following == ours.following("7k3m9qx2tbol", 24)
    others = {theirs.following("7K3M-9QX2-TB01", 24), ours.following("7K3M-9QX2-TB02", 24)}
    assert len({following, ours.following(following, 24), *others}) == 4
