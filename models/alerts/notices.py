"""Notices: the numbered occasions of telling people about an alert. Plain data, part of the alert."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum


class NoticeKind(StrEnum):
    """What people are told: raised, nobody has acted, withdrawn after they were told, assigned to one."""

    RAISED = "raised"
    ESCALATED = "escalated"
    WITHDRAWN = "withdrawn"
    ASSIGNED = "assigned"


_LOOK_FOR = frozenset({NoticeKind.RAISED, NoticeKind.ESCALATED})


@dataclass(frozen=True, slots=True)
class Notice:
    """One occasion of telling people about an alert.

    Attributes:
        number: counts the alert's notices, from 1.
        at: when it was decided.
    """

    number: int
    kind: NoticeKind
    at: datetime


@dataclass(frozen=True, slots=True)
class Notices:
    """Occasions of telling people: the number of the last, and those that are not messages yet.

    Attributes:
        pending: at most one of each kind, the earliest first. The mark that the outbox clears.
    """

    last: int = 0
    pending: tuple[Notice, ...] = ()

    def after(self, kind: NoticeKind, now: datetime) -> Notices:
        """Return the notices with one more; it takes the place of one of its kind that is still pending."""
        others = tuple(notice for notice in self.pending if notice.kind is not kind)
        return Notices(self.last + 1, (*others, Notice(self.last + 1, kind, now)))

    def dealt_with(self) -> Notices:
        """Return the notices without those by which somebody was looked for who acts.

        Whom it was given, and who was told what is withdrawn, is to be told all the same.
        """
        return replace(self, pending=tuple(notice for notice in self.pending if notice.kind not in _LOOK_FOR))

    def stopped(self) -> Notices:
        """Return the notices with nothing left to send."""
        return Notices(self.last)
