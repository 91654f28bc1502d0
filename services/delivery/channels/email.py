"""E-mail: one mail to one person, in their language, with a link and nothing about anybody.

Without a mail server the mails are kept in the development mailbox; in production nobody is told by e-mail
then, and each message says so. An address that its server refuses for good is switched off, which the person
and the site's administrators see.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from email.headerregistry import Address as MailAddress
from email.message import EmailMessage
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from models.accounts import accounts
from models.accounts.account import Account, AccountEvent, AccountStep
from models.accounts.notifications import Pace, SwitchedOff
from models.outbox import mailbox
from models.outbox.mailbox import KeptMail
from models.outbox.message import SITE_ADDRESS, Message, MessageKind
from models.sites import sites
from models.store.provenance import by_itself
from scoring.decline import Level
from services import languages
from services.alerts.terms import at_once
from services.delivery import site_notices
from services.delivery.channels.port import Address, Delivered, Failed, Gone, Outcome, Telling
from services.delivery.hours import after_quiet, next_hour
from services.delivery.smtp import Fate, MailServer, NotSent
from services.delivery.texts import letters
from services.delivery.texts.letters import Letter
from services.retry import FEW_ATTEMPTS, until_won
from services.settings import Environment, Settings

NAME = "email"
DELIVERY = "delivery"
NO_SERVER, NO_ADDRESS, OFF = "no_mail_server", "no_address", "address_off"


class EmailChannel:
    """Carries notices to people's addresses."""

    name = NAME

    def __init__(self, settings: Settings) -> None:
        self._url = settings.public_url.rstrip("/")
        self._host = urlsplit(settings.public_url).hostname or "localhost"
        self._from = settings.smtp_from or f"slope@{self._host}"
        self._server = MailServer.of(settings, self._host)
        self._is_up = self._server is not None or settings.env is not Environment.PRODUCTION

    def addresses(self, telling: Telling, *, now: datetime) -> Iterable[Address]:
        """Return everybody who is told, and when, as each of them chose; urgent and safety at once."""
        for person in telling.recipients:
            account = None if person.account_id is None else accounts.read(person.account_id)
            if account is not None:
                yield self._of(account, telling, str(person.because), now)
            elif person.site_address:
                off = "" if self._is_up else NO_SERVER
                yield Address(SITE_ADDRESS, str(person.because), unreachable=off)

    def send(self, message: Message, *, now: datetime) -> Outcome:
        """Send a mail to where the person wants it now."""
        account = accounts.read(message.recipient)
        wrong = "" if account is None else self._unreachable(account)
        to = _second_address(message) if account is None else account.told_at
        if wrong or to is None:
            return Gone(wrong or NO_ADDRESS)
        if not self._is_up:
            return Gone(NO_SERVER)
        letter = self._letter(message, account)
        try:
            self._hand_over(message, letter, to, now)
        except NotSent as error:
            if error.fate is Fate.NO_ADDRESS and account is not None:
                site_notices.address_off(account, now=now)
                switch_off(account.id, to, error.reason, now=now)
            return Failed(error.reason) if error.fate is Fate.LATER else Gone(error.reason)
        return Delivered()

    def _of(self, account: Account, telling: Telling, because: str, now: datetime) -> Address:
        address = Address(account.id, because, unreachable=self._unreachable(account))
        if address.unreachable or at_once(telling.alert.level, telling.alert.topic):
            return address
        wanted, site_id = account.notifications, telling.alert.site_id
        site = sites.read(site_id)
        zone = ZoneInfo("UTC" if site is None else site.zone)
        if wanted.pace is Pace.DIGEST:
            due = next_hour(wanted.digest_hour, now, zone)
            return replace(address, due_at=due, digest=f"{site_id}:{due.astimezone(zone).date()}")
        return replace(address, due_at=after_quiet(wanted.quiet, now, zone))

    def _unreachable(self, account: Account) -> str:
        if not self._is_up:
            return NO_SERVER
        if account.told_at is None:
            return NO_ADDRESS
        return OFF if account.is_switched_off else ""

    def _letter(self, message: Message, account: Account | None) -> Letter:
        page = f"/pages/alerts/{message.alert_id}" if message.alert_id else _page_for(message)
        return letters.write(
            message.kind,
            urgent=message.level is Level.URGENT,
            count=len(message.alert_ids),
            link=f"{self._url}{page}",
            language=languages.choose([None if account is None else account.locale]),
            to_site=account is None,
        )

    def _hand_over(self, message: Message, letter: Letter, to: str, now: datetime) -> None:
        message_id = f"<{message.public_id}@{self._host}>"
        if self._server is None:
            mailbox.keep(KeptMail(now, to, letter.subject, letter.text, letter.html, message_id))
        else:
            self._server.send(self._mail(letter, to, message_id, now), to)

    def _mail(self, letter: Letter, to: str, message_id: str, now: datetime) -> EmailMessage:
        mail = EmailMessage()
        mail["From"] = MailAddress("Slope", addr_spec=self._from)
        mail["To"] = to
        mail["Subject"] = letter.subject
        mail["Date"] = now
        mail["Message-ID"] = message_id
        mail["Auto-Submitted"] = "auto-generated"
        mail.set_content(letter.text)
        mail.add_alternative(letter.html, subtype="html")
        return mail


def _page_for(message: Message) -> str:
    """The page about what is no single alert."""
    match message.kind:
        case MessageKind.WEBHOOK_OFF:
            return f"/pages/sites/{message.site_id}/webhooks"
        case MessageKind.ADDRESS_OFF:
            return f"/pages/sites/{message.site_id}"
    return "/pages/"


def _second_address(message: Message) -> str | None:
    """The site's own address, which the last step of the escalation reaches."""
    site = sites.read(message.site_id) if message.recipient == SITE_ADDRESS else None
    return None if site is None else site.escalation.second_address


def switch_off(account_id: str, address: str, reason: str, *, now: datetime) -> None:
    """Send nothing to an address any more, until the person names one again.

    Raises:
        Unavailable: the account was changed each time.
    """

    def attempt() -> bool | None:
        account = accounts.read(account_id)
        if account is None or account.told_at != address:
            return False  # they have another one by now
        after = replace(account.notifications, switched_off=SwitchedOff(address, now, reason))
        step = AccountStep(now, AccountEvent.ADDRESS_SWITCHED_OFF, by_itself(DELIVERY))
        return None if accounts.change(account, step, notifications=after) is None else True

    until_won(attempt, over="this account", attempts=FEW_ATTEMPTS)
