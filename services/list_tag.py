"""The tag of a list that is watched: a digest of what it rests on, and until when time alone leaves it alone.

The moment is of what is stored (a snooze that ends, a due time that passes), so an unchanged list has the
same tag at any time; only whether a tag still names the list depends on the clock. Somebody who makes up a
tag deceives nobody but themselves.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime


@dataclass(frozen=True, slots=True)
class ListTag:
    """A tag.

    Attributes:
        digest: of what the list rests on.
        good_until: when time alone changes the list next; None when it never does.
    """

    digest: str
    good_until: datetime | None

    @property
    def text(self) -> str:
        """What a client is given."""
        until = 0 if self.good_until is None else round(self.good_until.timestamp() * 1000)
        return f"{self.digest}.{until}"

    @classmethod
    def parsed(cls, text: str) -> ListTag:
        """Return the tag of a text; of one that we did not make, one that names nothing."""
        digest, _, until = text.partition(".")
        if not until.isdecimal() or len(until) > _MOST_DIGITS:
            return cls("", None)
        good_until = datetime.fromtimestamp(int(until) / 1000, UTC) if int(until) else None
        return cls(digest, good_until)

    def names(self, digest: str, now: datetime) -> bool:
        """Return whether this is the tag of a list with the digest, at this moment."""
        return self.digest == digest and (self.good_until is None or now < self.good_until)


_MOST_DIGITS = 14  # of milliseconds: some year after 5000
_LENGTH = 32


def digest_of(*parts: object) -> str:
    """Return a digest of values whose `repr` says all of them."""
    return hashlib.sha256(repr(parts).encode()).hexdigest()[:_LENGTH]
