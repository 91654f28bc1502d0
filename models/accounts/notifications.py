"""How a person wants to be told of alerts. Plain data, part of the account."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Pace(StrEnum):
    """When a person is told of what is not urgent: at once, or once a day of everything together."""

    IMMEDIATE = "immediate"
    DIGEST = "digest"


@dataclass(frozen=True, slots=True)
class QuietHours:
    """Hours of the day on the site's clock in which only what is urgent is told; they may pass midnight.

    Attributes:
        begin: the first quiet hour, 0 to 23.
        end: the hour at which they are over, 0 to 23.
    """

    begin: int
    end: int


@dataclass(frozen=True, slots=True)
class SwitchedOff:
    """An address that its mail server refused for good: nothing is sent there any more.

    Attributes:
        reason: a word, as in the receipts.
    """

    address: str
    at: datetime
    reason: str


@dataclass(frozen=True, slots=True)
class Notifications:
    """How a person is told.

    Attributes:
        email: where to; None is the address that they sign in with.
        digest_hour: of the day on the site's clock, for the pace DIGEST.
        quiet: None when every hour will do.
        switched_off: set by the service, until the person names an address again.
    """

    email: str | None = None
    pace: Pace = Pace.IMMEDIATE
    digest_hour: int = 8
    quiet: QuietHours | None = None
    switched_off: SwitchedOff | None = None
