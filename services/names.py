"""What may be a name of a person, a place or a thing: one line, something visible, no directional override.

And what may be an e-mail address: every door that takes one asks here, because a mail to what is none never
leaves.

An override turns the letters that follow round, so that a name shows as another one (Unicode Standard
Annex 9, and Technical Report 36).
"""

from __future__ import annotations

import re
import unicodedata

from services.errors import wrong

MAX_NAME = 120
"""Our choice."""
MIN_EMAIL, MAX_EMAIL = 6, 254
"""The longest path of SMTP without its brackets (RFC 5321, 4.5.3.1.3)."""
EMAIL_PATTERN = r"^[^@\s]{1,64}@[^@\s.]+(\.[^@\s.]+)+$"
_EMAIL = re.compile(EMAIL_PATTERN)
NOT_AN_EMAIL = "Not an e-mail address."
UNSTORABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
"""Control characters and halves of surrogate pairs; line breaks and tabs can be stored."""
CANNOT_BE_STORED = "Contains characters that cannot be stored."
_BREAKS = re.compile("[\t\n\v\f\r\x85\u2028\u2029]")
_OVERRIDES = re.compile("[\u202a-\u202e\u2066-\u2069]")
# Letters by their category, and blank all the same: fillers of Hangul, the empty Braille cell.
_BLANK = frozenset("\u115f\u1160\u3164\uffa0\u2800")


def mistake_in(name: str) -> str | None:
    """Return what is wrong with a name, as a sentence; None when nothing is."""
    if UNSTORABLE.search(name):
        return CANNOT_BE_STORED
    if _BREAKS.search(name):
        return "Must be one line."
    if _OVERRIDES.search(name):
        return "Must not change the direction of writing."
    return None if shows_something(name) else "Must have something visible in it."


def shows_something(text: str) -> bool:
    """Return whether there is anything to see in a text."""
    return any(_is_visible(letter) for letter in text)


def checked(name: str, pointer: str) -> str:
    """Return a name as it is kept: in NFC, without space around it.

    The length is looked at first, because the time of the normal form can grow with its square.

    Raises:
        Invalid: it is too long, or no name.
    """
    if len(name) > MAX_NAME:
        raise wrong(pointer, "too_long", f"Longer than maximum length {MAX_NAME}.")
    text = unicodedata.normalize("NFC", name).strip()
    mistake = mistake_in(text)
    if mistake is not None:
        raise wrong(pointer, "invalid", mistake)
    return text


def checked_email(address: str, pointer: str) -> str:
    """Return an e-mail address as it is kept, in NFC; whether it exists is not asked.

    Raises:
        Invalid: it is none.
    """
    short = address if len(address) <= MAX_EMAIL else ""
    text = unicodedata.normalize("NFC", short).strip()
    if UNSTORABLE.search(text):
        raise wrong(pointer, "invalid", CANNOT_BE_STORED)
    if not MIN_EMAIL <= len(text) <= MAX_EMAIL or _EMAIL.fullmatch(text) is None:
        raise wrong(pointer, "invalid", NOT_AN_EMAIL)
    return text


def _is_visible(letter: str) -> bool:
    return unicodedata.category(letter)[0] not in "ZCM" and letter not in _BLANK
