"""E-mail: in the person's language, when they want it, and with nothing about anybody in it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from models.accounts import accounts
from models.accounts.account import Account, AccountEvent, AccountStep
from models.accounts.notifications import Notifications, Pace, QuietHours, SwitchedOff
from models.alerts.alert import Alert
from models.alerts.notices import Notice, NoticeKind
from models.outbox import mailbox
from models.outbox.message import SITE_ADDRESS, MessageKind
from models.sites.escalation_policy import EscalationPolicy
from models.sites.sites import Site
from scoring.decline import Level, Topic
from services.access.actor import Role
from services.delivery.audience import Recipient, ToldAs
from services.delivery.channels.email import NAME, EmailChannel
from services.delivery.channels.port import Address, Delivered, Failed, Gone, Telling
from services.settings import Environment, Settings
from tests.alert_samples import Told, make_alert
from tests.mail_server import HOST, MailReceiver, mail_server, text_of
from tests.message_samples import NOON, make_message
from tests.people import CLINIC, People
from tests.receivers import Certificate, certificate_for

NIGHT = NOON.replace(hour=22)
DOCTOR = "doctor@clinic.example.org"


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Certificate:
    return certificate_for(HOST, tmp_path_factory.mktemp("mail"))


@pytest.fixture
def receiver(certificate: Certificate) -> Iterator[MailReceiver]:
    with mail_server(certificate) as running:
        yield running


@pytest.fixture
def channel(settings: Settings, receiver: MailReceiver, certificate: Certificate) -> EmailChannel:
    return EmailChannel(replace(settings, **receiver.settings(certificate)))


@pytest.fixture
def site(people: People) -> Site:
    return people.site()


@pytest.fixture
def doctor(people: People, site: Site) -> Account:
    return people.account((site, Role.CLINICIAN), email=DOCTOR, name="Doctor Verysecretname")


def wants(account: Account, **wanted: Any) -> Account:
    step = AccountStep(NOON, AccountEvent.NOTIFICATIONS_CHANGED, CLINIC)
    values: dict[str, Any] = {"locale": wanted.pop("locale")} if "locale" in wanted else {}
    changed = accounts.change(account, step, notifications=Notifications(**wanted), **values)
    assert changed is not None
    return changed


def alert_of(site: Site, level: Level = Level.SOON) -> Alert:
    return make_alert(told=Told(Topic.DECLINE, level), site_id=site.id)


def address(channel: EmailChannel, account: Account, alert: Alert, now: Any = NIGHT) -> Address:
    notice = Notice(1, NoticeKind.RAISED, now)
    telling = Telling(alert, notice, (Recipient(account.id, because=ToldAs.CARE_TEAM),))
    (found,) = channel.addresses(telling, now=now)
    return found


def test_a_mail_has_what_a_mail_needs(channel: EmailChannel, receiver: MailReceiver, doctor: Account) -> None:
    message = make_message(recipient=doctor.id, channel=NAME, alert_id="an-opaque-id")
    assert channel.send(message, now=NOON) == Delivered()
    assert channel.send(message, now=NOON) == Delivered()  # the answer was lost, and it is sent again
    (to, mail), (_, again) = receiver.taken
    assert (to, mail["To"], mail["From"].addresses[0].addr_spec) == (
        DOCTOR,
        DOCTOR,
        "slope@clinic.example.org",
    )
    assert mail["Message-ID"] == again["Message-ID"] == f"<{message.public_id}@localhost>"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["Date"].datetime == NOON
    assert "http://localhost:8000/pages/alerts/an-opaque-id" in text_of(mail)
    html = mail.get_body(("html",))
    assert html is not None
    assert 'href="http://localhost:8000/pages/alerts/an-opaque-id"' in html.get_content()


@pytest.mark.parametrize(
    ("locale", "subject"),
    [
        (None, "Slope, urgent: an alert needs you"),
        ("es", "Slope, urgente: una alerta requiere su atención"),
        ("ko-KR", "Slope, 긴급: 확인이 필요한 경보가 있습니다"),
        ("fr", "Slope, urgent: an alert needs you"),
    ],
)
def test_everybody_is_written_to_in_their_language(
    channel: EmailChannel, receiver: MailReceiver, doctor: Account, locale: str | None, subject: str
) -> None:
    wants(doctor, locale=locale)
    channel.send(make_message(recipient=doctor.id, level=Level.URGENT), now=NOON)
    assert receiver.taken[0][1]["Subject"] == subject


@pytest.mark.parametrize("kind", MessageKind)
def test_no_mail_says_anything_about_anybody(
    channel: EmailChannel, receiver: MailReceiver, doctor: Account, kind: MessageKind
) -> None:
    channel.send(make_message(recipient=doctor.id, kind=kind), now=NOON)
    whole = receiver.taken[0][1].as_string().lower()
    for word in ("verysecretname", "maria", "silva", *(topic.value for topic in Topic)):
        assert word not in whole


def test_where_a_person_wants_to_be_told_comes_before_where_they_sign_in(
    channel: EmailChannel, receiver: MailReceiver, doctor: Account
) -> None:
    assert doctor.told_at == DOCTOR
    wants(doctor, email="ward@clinic.example.org")
    channel.send(make_message(recipient=doctor.id), now=NOON)
    assert receiver.taken[0][0] == "ward@clinic.example.org"


def test_an_address_that_is_refused_is_switched_off_and_the_account_says_so(
    channel: EmailChannel, receiver: MailReceiver, doctor: Account, site: Site
) -> None:
    receiver.recipients[DOCTOR] = "550 5.1.1 no such user"
    assert channel.send(make_message(recipient=doctor.id), now=NOON) == Gone("address_refused")
    after = accounts.read(doctor.id)
    assert after is not None
    assert after.notifications.switched_off == SwitchedOff(DOCTOR, NOON, "address_refused")
    assert accounts.steps(doctor.id)[-1].event is AccountEvent.ADDRESS_SWITCHED_OFF
    assert address(channel, after, alert_of(site)).unreachable == "address_off"
    assert channel.send(make_message(recipient=doctor.id), now=NOON) == Gone("address_off")


def test_an_address_that_was_changed_meanwhile_is_not_switched_off(
    channel: EmailChannel, receiver: MailReceiver, doctor: Account, site: Site
) -> None:
    off = SwitchedOff("old@clinic.example.org", NOON, "address_refused")
    after = wants(doctor, switched_off=off)
    assert address(channel, after, alert_of(site)).unreachable == ""


@pytest.mark.parametrize("answer", ["450 4.2.1 busy", "550 5.7.1 relaying denied"])
def test_what_may_work_later_switches_nothing_off(
    channel: EmailChannel, receiver: MailReceiver, doctor: Account, answer: str
) -> None:
    receiver.recipients[DOCTOR] = answer
    assert isinstance(channel.send(make_message(recipient=doctor.id), now=NOON), Failed)
    after = accounts.read(doctor.id)
    assert after is not None
    assert after.notifications.switched_off is None


def test_quiet_hours_and_digests_wait_and_what_is_urgent_does_not(
    channel: EmailChannel, doctor: Account, site: Site
) -> None:
    soon, urgent = alert_of(site), alert_of(site, Level.URGENT)
    assert address(channel, doctor, soon).due_at == NIGHT
    doctor = wants(doctor, quiet=QuietHours(20, 7))
    morning = NIGHT.replace(hour=6) + timedelta(days=1)  # seven in Berlin
    assert address(channel, doctor, soon).due_at == morning
    assert address(channel, doctor, urgent).due_at is None
    doctor = wants(doctor, pace=Pace.DIGEST, digest_hour=9)
    found = address(channel, doctor, soon)
    assert (found.due_at, found.digest) == (morning + timedelta(hours=2), f"{site.id}:2076-01-11")
    assert (address(channel, doctor, urgent).due_at, address(channel, doctor, urgent).digest) == (None, "")


def test_nothing_about_safety_waits_whatever_its_level(
    channel: EmailChannel, doctor: Account, site: Site
) -> None:
    late = make_alert(told=Told(Topic.SELF_HARM, Level.INFORM), site_id=site.id)
    for wanted in ({"quiet": QuietHours(20, 7)}, {"pace": Pace.DIGEST, "digest_hour": 9}):
        doctor = wants(doctor, **wanted)
        found = address(channel, doctor, late)
        assert (found.due_at, found.digest) == (None, "")


def test_a_digest_leads_to_the_worklist_and_counts(
    channel: EmailChannel, receiver: MailReceiver, doctor: Account
) -> None:
    digest = make_message(recipient=doctor.id, kind=MessageKind.DIGEST, alert_ids=("a", "b", "c"))
    channel.send(digest, now=NOON)
    mail = receiver.taken[0][1]
    assert mail["Subject"] == "Slope: 3 alerts need somebody"
    assert "http://localhost:8000/pages/" in text_of(mail).splitlines()


def test_without_a_mail_server_nothing_goes_out_and_everything_is_kept(
    settings: Settings, doctor: Account, site: Site
) -> None:
    channel = EmailChannel(settings)
    assert address(channel, doctor, alert_of(site)).unreachable == ""
    message = make_message(recipient=doctor.id)
    for _ in range(2):
        assert channel.send(message, now=NOON) == Delivered()
    (kept,) = mailbox.latest()
    assert (kept.to, kept.subject) == (DOCTOR, "Slope: an alert needs you")


def test_in_production_without_a_mail_server_who_cannot_be_told_is_seen(
    settings: Settings, doctor: Account, site: Site
) -> None:
    channel = EmailChannel(replace(settings, env=Environment.PRODUCTION, without_email=True))
    assert address(channel, doctor, alert_of(site)).unreachable == "no_mail_server"
    assert channel.send(make_message(recipient=doctor.id), now=NOON) == Gone("no_mail_server")
    assert mailbox.latest() == []


def test_the_sites_second_address_is_told_at_once_and_in_english(
    channel: EmailChannel, receiver: MailReceiver, people: People
) -> None:
    policy = EscalationPolicy(second_address="ward@clinic.example.org")
    site = people.site(escalation=policy)
    notice = Notice(1, NoticeKind.ESCALATED, NIGHT)
    second = Recipient(None, site_address=True, because=ToldAs.SECOND_ADDRESS)
    (found,) = channel.addresses(Telling(alert_of(site), notice, (second,)), now=NIGHT)
    assert found == Address(SITE_ADDRESS, "second_address")
    message = make_message(recipient=SITE_ADDRESS, site_id=site.id, kind=MessageKind.ESCALATED)
    assert channel.send(message, now=NIGHT) == Delivered()
    assert receiver.taken[0][0] == "ward@clinic.example.org"


def test_a_second_address_that_was_taken_away_is_told_nothing(channel: EmailChannel, site: Site) -> None:
    message = make_message(recipient=SITE_ADDRESS, site_id=site.id)
    assert channel.send(message, now=NIGHT) == Gone("no_address")
