"""The development mailbox shows what would have gone out, and is not there in production."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from flask import Flask
from flask.testing import FlaskClient

from api import create_app
from models.outbox import mailbox
from models.outbox.mailbox import KeptMail
from services.settings import Environment, Settings
from tests.message_samples import NOON

LINK = "http://localhost:8000/pages/alerts/an-id"
MAIL = KeptMail(
    NOON, "doctor@example.org", "Slope: <an alert>", f"An alert needs you.\n\n{LINK}", "<p>no</p>", "<1@host>"
)


def test_the_page_shows_mails_and_says_that_they_were_not_sent(client: FlaskClient) -> None:
    mailbox.keep(MAIL)
    mailbox.keep(replace(MAIL, message_id="<2@host>", at=NOON + timedelta(hours=1), subject="Later"))
    response = client.get("/mailbox")
    text = response.get_data(as_text=True)
    assert "nothing was sent" in text
    assert "Slope: &lt;an alert&gt;" in text
    assert text.index("Later") < text.index("an alert&gt;")
    assert f'href="{LINK}"' in text
    assert "unsafe" not in response.headers["Content-Security-Policy"]
    assert response.headers["Cache-Control"] == "no-store"


def test_an_empty_mailbox_says_so(client: FlaskClient) -> None:
    assert "No mail would have gone out yet." in client.get("/mailbox").get_data(as_text=True)


def test_the_command_prints_the_latest_last(app: Flask) -> None:
    runner = app.test_cli_runner()
    assert "No mail would have gone out yet." in runner.invoke(args=["mailbox"]).output
    mailbox.keep(MAIL)
    printed = runner.invoke(args=["mailbox"]).output
    assert "to doctor@example.org" in printed
    assert LINK in printed


def test_it_is_not_there_in_production(settings: Settings) -> None:
    given = replace(settings, env=Environment.PRODUCTION, public_url="https://slope.example.org")
    app = create_app(given)
    assert app.test_client().get("/mailbox", base_url="https://slope.example.org").status_code == 404
