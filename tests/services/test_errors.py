"""The neutral errors: a stable code, places, and nothing that was sent."""

from __future__ import annotations

import pytest

from scoring.problems import Problem
from services import errors
from services.errors import AppError


@pytest.mark.parametrize(
    ("error", "kind", "code", "retry_after"),
    [
        (errors.not_found("site"), errors.NotFound, "site_not_found", None),
        (errors.changed_meanwhile(), errors.ChangedMeanwhile, "changed_meanwhile", None),
        (errors.busy("this patient"), errors.Unavailable, "busy", errors.RETRY_AFTER_SECONDS),
        (errors.patient_closed(), errors.Conflict, "patient_closed", None),
        (errors.database_away(), errors.Unavailable, "database_away", errors.RETRY_AFTER_SECONDS),
        (errors.fault(), errors.Fault, "internal_error", None),
        (errors.TooManyRequests("slow_down", "Slower."), errors.TooManyRequests, "slow_down", 30),
        (errors.TooManyRequests("wait", "Wait.", retry_after=7), errors.TooManyRequests, "wait", 7),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_each_has_its_kind_its_code_and_says_when_to_ask_again(
    error: AppError, kind: type[AppError], code: str, retry_after: int | None
) -> None:
    assert type(error) is kind
    assert (error.code, error.retry_after) == (code, retry_after)
    assert error.detail


def test_every_wrong_place_is_named() -> None:
    places = [Problem("/a", "required", "Missing."), Problem("/b/0", "invalid", "Wrong.")]
    error = errors.invalid(*places)
    assert (error.code, list(error.errors)) == ("invalid", places)


def test_one_wrong_place_is_the_same_error() -> None:
    assert list(errors.wrong("/a", "empty", "Nothing.").errors) == [Problem("/a", "empty", "Nothing.")]


def test_all_share_one_root_and_say_their_code() -> None:
    for kind in AppError.__subclasses__():
        assert issubclass(kind, AppError)
    assert str(errors.not_found("report")) == "report_not_found"
