"""The development mailbox keeps the latest mails, each once, and is bounded."""

from __future__ import annotations

from datetime import timedelta

import pytest

from models.outbox import mailbox
from models.outbox.mailbox import KEPT, KeptMail
from tests.message_samples import NOON

pytestmark = pytest.mark.usefixtures("database")


def mail(number: int) -> KeptMail:
    at = NOON + timedelta(seconds=number)
    return KeptMail(at, "doctor@example.org", f"Subject {number}", "text", "<p>text</p>", f"<{number}@host>")


def test_the_latest_mails_are_kept() -> None:
    for number in range(KEPT + 5):
        mailbox.keep(mail(number))
    found = mailbox.latest()
    assert len(found) == KEPT
    assert [found[0], found[-1]] == [mail(KEPT + 4), mail(5)]


def test_a_repetition_is_one_mail() -> None:
    mailbox.keep(mail(1))
    mailbox.keep(mail(1))
    assert mailbox.latest() == [mail(1)]
