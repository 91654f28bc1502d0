"""What forms and addresses carry besides what people type: whatever stands there, nothing breaks."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

import pytest
from flask import Flask

from api.pages.views import fields
from models.store.positions import Position

MESSAGE = "0190b0f0-0000-7000-8000-000000000001"


@pytest.mark.parametrize(
    ("text", "expected"),
    [("0", 0), ("17", 17), ("", -1), ("-1", -1), ("1.0", -1), ("x", -1), ("9" * 10, -1), ("9" * 5000, -1)],
)
def test_a_revision_is_a_number_or_none_that_there_is(app: Flask, text: str, expected: int) -> None:
    with app.test_request_context(method="POST", data={"rev": text, "number": "3"}):
        assert fields.rev() == expected
        assert fields.rev("number") == 3


@pytest.mark.parametrize("text", [MESSAGE, MESSAGE.upper(), f"{{{MESSAGE}}}"])
def test_a_form_that_is_sent_twice_has_the_id_that_it_was_given(app: Flask, text: str) -> None:
    with app.test_request_context(method="POST", data={"id": text}):
        assert fields.own_id() == MESSAGE


@pytest.mark.parametrize(
    "text",
    ["", "x", "\0", "x" * 5000, f"safety_notice:{MESSAGE}", f"release:{MESSAGE}", str(UUID(int=0))],
    ids=lambda text: text[:20],
)
def test_what_can_be_no_id_is_none(app: Flask, text: str) -> None:
    with app.test_request_context(method="POST", data={"id": text}):
        first, second = fields.own_id(), fields.own_id()
    assert str(UUID(first)) == first != second


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (f"20760301T090000000000-{MESSAGE}", (datetime(2076, 3, 1, 9, tzinfo=UTC), MESSAGE)),
        (f"20761301T090000000000-{MESSAGE}", None),
        ("2076-03-01T09:00:00+00:00", None),
        ("x", None),
        ("", None),
    ],
)
def test_a_list_goes_on_after_what_the_page_before_ended_with(
    app: Flask, text: str, expected: Position | None
) -> None:
    with app.test_request_context(query_string={"after": text}):
        assert fields.after() == expected
