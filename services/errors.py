"""What can go wrong in a use case, without a door: each door renders these in its own way.

    AppError
    |-- NotSignedIn         nobody is signed in, or not any more
    |-- NotAllowed          signed in, but this is not theirs to do
    |-- NotFound            also for what belongs to another site: its existence is not told
    |-- Conflict            the state of the thing forbids it (`extra` says which)
    |-- ChangedMeanwhile    somebody changed it since it was read
    |-- Invalid             understood, and wrong: `errors` points at the places
    |-- TooManyRequests     slower: `retry_after`
    |-- Unavailable         cannot be done now; the same may be asked again: `retry_after`
    `-- Fault               a mistake of ours

Errors carry a stable `code` and pointers; they never echo a value that was sent, a stack or a driver's text.
The functions below make the errors that several services raise. `api.rest.problems` renders them over HTTP.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from scoring.problems import Problem

RETRY_AFTER_SECONDS = 2


class AppError(Exception):
    """Root of the errors that services raise.

    Attributes:
        code: stable word for programs.
        detail: sentence for people.
        errors: places in the request that are wrong.
        extra: further members that a door may show.
        retry_after: seconds until it is worth asking again; None where that would not help.
    """

    retry_after: int | None = None

    def __init__(
        self,
        code: str,
        detail: str,
        *,
        errors: Iterable[Problem] = (),
        extra: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(code)
        self.code = code
        self.detail = detail
        self.errors = tuple(errors)
        self.extra = dict(extra or {})


class NotSignedIn(AppError):
    """Nobody is signed in, or the session was ended."""


class NotAllowed(AppError):
    """The account is known, and its roles do not permit this."""


class NotFound(AppError):
    """There is no such thing within the reach of this account."""


class Conflict(AppError):
    """The present state forbids the change."""


class ChangedMeanwhile(AppError):
    """The thing was changed since the caller read it."""


class Invalid(AppError):
    """What was asked was understood and is wrong."""


class TooManyRequests(AppError):
    """The account or address asks too often."""

    def __init__(self, code: str, detail: str, *, retry_after: int = 30) -> None:
        super().__init__(code, detail)
        self.retry_after = retry_after


class Unavailable(AppError):
    """It cannot be done now; nothing was lost, and the same may be asked again."""

    retry_after = RETRY_AFTER_SECONDS


class Fault(AppError):
    """A mistake of ours; the log knows more."""


def invalid(*errors: Problem) -> Invalid:
    """Return the error for these wrong places."""
    return Invalid("invalid", "The request has errors.", errors=errors)


def wrong(pointer: str, code: str, detail: str) -> Invalid:
    """Return the error for one wrong place."""
    return invalid(Problem(pointer, code, detail))


def not_found(noun: str) -> NotFound:
    """Return the error for a thing that is not there: `not_found("site")` has the code `site_not_found`."""
    return NotFound(f"{noun}_not_found", f"There is no such {noun}.")


def changed_meanwhile() -> ChangedMeanwhile:
    """Return the error for a change that names a revision which is not the present one."""
    return ChangedMeanwhile("changed_meanwhile", "It was changed since you read it. Read it again.")


def busy(what: str) -> Unavailable:
    """Return the error for a race that was lost each time, by a caller who named no revision."""
    return Unavailable("busy", f"Too many changes to {what} at once. Send the same request again.")


def patient_closed() -> Conflict:
    """Return the error for a patient who is not followed any more."""
    return Conflict("patient_closed", "This patient is not followed any more.")


def database_away() -> Unavailable:
    """Return the error for a database that cannot be reached."""
    return Unavailable(
        "database_away",
        "The database cannot be reached, or cannot store now. Send the same request again in a moment.",
    )


def unreadable() -> Unavailable:
    """Return the error for a stored document that is damaged, until an operator has put it in order."""
    detail = (
        "A stored document that this needs is damaged. Ask the operator of the service; send it again later."
    )
    return Unavailable("document_unreadable", detail)


def fault() -> Fault:
    """Return the error for what nobody expected."""
    return Fault("internal_error", "Something went wrong on our side. It has been noted.")
