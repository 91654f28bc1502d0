"""A text in the language of the person, else in another of theirs, else the first that was written."""

from __future__ import annotations

import pytest

from services.sites.safety_texts import text_for

TEXTS = {"en": "english", "pt": "portuguese", "pt-BR": "brazilian"}


@pytest.mark.parametrize(
    ("locales", "text"),
    [
        (["pt-BR"], "brazilian"),
        (["pt-PT"], "portuguese"),
        (["de", "pt"], "portuguese"),
        (["de", None], "english"),
        ([], "english"),
        ([None, "en-GB"], "english"),
    ],
    ids=str,
)
def test_the_nearest_text_is_shown(locales: list[str | None], text: str) -> None:
    assert text_for(TEXTS, locales) == text
