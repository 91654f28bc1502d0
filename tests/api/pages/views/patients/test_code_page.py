"""The page behind an enrolment's QR code knows no code and redeems none."""

from __future__ import annotations

from tests.visitor import Visitor, text_of


def test_it_says_what_to_do_and_asks_for_nothing(visitor: Visitor) -> None:
    response = visitor.get("/enrol")
    assert response.status_code == 200
    assert "Nothing has happened yet." in text_of(response)
    assert "<form" not in response.text
    assert "default-src 'none'" in response.headers["Content-Security-Policy"]
    assert response.headers["Cache-Control"] == "no-store"
