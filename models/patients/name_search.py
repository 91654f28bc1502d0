"""How patients are found by name or study code: beginnings of words, without letter case and accents.

No engine here compares texts that way on the server, so the beginnings of the folded words are stored with
the patient and found by an index. A word of Hangul, Kana or Han is found from any of its signs on, because
given and family name are written as one word.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable

LONGEST = 12
"""Of a beginning that is stored; of a longer word the rest is compared after reading."""
MOST_WORDS, MOST_STARTS = 12, 40
_LETTERS = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i"})
_SIGNS = ("HANGUL", "HIRAGANA", "KATAKANA", "CJK")


def words_of(*texts: str | None) -> list[str]:
    """Return the folded words of texts: lower case, without accents, cut at what is no letter or digit."""
    folded = " ".join(_folded(text) for text in texts if text)
    return "".join(letter if letter.isalnum() else " " for letter in folded).split()[:MOST_WORDS]


def keys_of(name: str, study_code: str | None) -> list[str]:
    """Return the beginnings by which a patient is found."""
    begins = {start[:length] for start in _starts(name, study_code) for length in range(1, LONGEST + 1)}
    return sorted(begins)


def key_for(words: Iterable[str]) -> str:
    """Return the beginning to look for: of the longest word, which leaves the fewest."""
    return max(words, key=len)[:LONGEST]


def fits(words: Iterable[str], name: str, study_code: str | None) -> bool:
    """Return whether each of the words is the beginning of one of the patient's."""
    starts = _starts(name, study_code)
    return all(any(start.startswith(word) for start in starts) for word in words)


def _starts(name: str, study_code: str | None) -> list[str]:
    words = words_of(name, study_code)
    starts = [word[place:] for word in words for place in (range(len(word)) if _is_of_signs(word) else (0,))]
    return starts[:MOST_STARTS]


def _is_of_signs(word: str) -> bool:
    return unicodedata.name(word[0], "").startswith(_SIGNS)


def _folded(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text.casefold())
    bare = "".join(letter for letter in plain if unicodedata.category(letter) != "Mn")
    return unicodedata.normalize("NFC", bare).casefold().translate(_LETTERS)
