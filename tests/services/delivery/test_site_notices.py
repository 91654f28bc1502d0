"""A site is told when its webhook or an address of its staff is switched off: once each, and by mail."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from models.accounts import accounts
from models.accounts.account import Account
from models.outbox import messages
from models.outbox.message import SITE_ADDRESS, Message, MessageKind, MessageState
from models.outbox.messages import MessageDocument
from models.sites import webhooks
from models.sites.escalation_policy import EscalationPolicy
from models.sites.sites import Site
from models.store.base import new_id
from models.store.scope import Scope
from scoring.decline import Level, Topic
from services.access.actor import Role
from services.delivery import site_notices
from services.delivery.carry import carry_next
from services.delivery.channels.email import EmailChannel
from services.delivery.channels.webhook import WebhookChannel
from services.delivery.egress import Egress
from services.delivery.signing import Signing
from services.delivery.subscriptions import Webhooks
from services.settings import Settings
from tests.alert_samples import Told, make_alert, store
from tests.mail_server import HOST, MailReceiver, mail_server, text_of
from tests.message_samples import NOON, make_message
from tests.people import People
from tests.receivers import Certificate, certificate_for, receiver

LOOPBACK = "127.0.0.0/8"
WARD, DOCTOR, ADMIN = (f"{name}@clinic.example.org" for name in ("ward", "doctor", "admin"))


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Certificate:
    return certificate_for(HOST, tmp_path_factory.mktemp("mail"))


@pytest.fixture
def mail(certificate: Certificate) -> Iterator[MailReceiver]:
    with mail_server(certificate) as running:
        yield running


@pytest.fixture
def email(settings: Settings, mail: MailReceiver, certificate: Certificate) -> EmailChannel:
    return EmailChannel(replace(settings, **mail.settings(certificate)))


@pytest.fixture
def site(people: People) -> Site:
    return people.site(escalation=EscalationPolicy(second_address=WARD))


@pytest.fixture
def admin(people: People, site: Site) -> Account:
    return people.account((site, Role.ADMIN), email=ADMIN)


@pytest.fixture
def doctor(people: People, site: Site) -> Account:
    return people.account((site, Role.CLINICIAN), email=DOCTOR)


def made(kind: MessageKind) -> list[Message]:
    rows = MessageDocument.raw().find({"kind": kind.value})
    return [messages.MESSAGES.read({**raw, "key": raw["_id"]}) for raw in rows]


def carry_all(channel: EmailChannel | WebhookChannel) -> None:
    while any(carry_next(channel, urgent=urgent, now=NOON) for urgent in (True, False)):
        pass


def test_a_webhook_that_is_gone_is_told_to_the_administrators_and_the_second_address(
    settings: Settings, email: EmailChannel, mail: MailReceiver, people: People, site: Site, admin: Account
) -> None:
    settings = replace(settings, webhook_networks=LOOPBACK)
    scope = Scope(site_ids=frozenset({site.id}), roles=((site.id, Role.ADMIN),))
    signing, egress = Signing(settings.refresh_secret), Egress.of(settings)
    alert = make_alert(told=Told(Topic.DECLINE, Level.URGENT), site_id=site.id)
    store(alert)
    with receiver() as there:
        actor = people.signed_in(admin).actor
        wanted = {"id": new_id(), "address": there.url, "audience": "clinical", "description": ""}
        made_here = Webhooks(signing, egress, site.id, scope, actor, NOON)
        opened, _ = made_here.create({**wanted, "events": ["alert.raised"]})
        for number in (1, 2):  # two workers have one each when it says so
            told = {"notice": number, "channel": "webhook", "recipient": opened.id, "level": Level.URGENT}
            assert messages.insert(make_message(alert_id=alert.public_id, site_id=site.id, **told))
        there.status = 410
        carry_all(WebhookChannel(settings))
    off = webhooks.read(opened.id)
    assert off is not None
    assert not off.active
    assert {message.recipient for message in made(MessageKind.WEBHOOK_OFF)} == {admin.id, SITE_ADDRESS}
    carry_all(email)
    assert sorted(to for to, _ in mail.taken) == [ADMIN, WARD]
    for _, letter in mail.taken:
        assert letter["Subject"] == "Slope: a webhook was switched off"
        assert f"/pages/sites/{site.id}/webhooks" in text_of(letter)
        assert there.url not in letter.as_string()
    assert {message.state for message in made(MessageKind.WEBHOOK_OFF)} == {MessageState.DELIVERED}


def test_an_address_that_is_refused_is_told_to_the_site_and_not_to_that_address(
    email: EmailChannel, mail: MailReceiver, site: Site, admin: Account, doctor: Account
) -> None:
    mail.recipients[DOCTOR] = "550 5.1.1 no such user"
    alert = make_alert(told=Told(Topic.DECLINE, Level.URGENT), site_id=site.id)
    store(alert)
    told = {"channel": "email", "recipient": doctor.id, "level": Level.URGENT}
    assert messages.insert(make_message(alert_id=alert.public_id, site_id=site.id, **told))
    carry_all(email)
    after = accounts.read(doctor.id)
    assert after is not None
    assert after.notifications.switched_off is not None
    off = "Slope: an e-mail address was switched off"
    of_alert = "Slope, urgent: an alert needs you"  # for nobody else can be told
    assert sorted((to, letter["Subject"]) for to, letter in mail.taken) == [
        (ADMIN, off),
        (WARD, of_alert),
        (WARD, off),
    ]
    for _, letter in mail.taken:
        assert DOCTOR not in letter.as_string()
        assert doctor.name not in text_of(letter)


def test_who_dies_between_telling_and_switching_off_tells_once(
    site: Site, admin: Account, doctor: Account
) -> None:
    for _ in range(2):
        site_notices.address_off(doctor, now=NOON)
    assert len(made(MessageKind.ADDRESS_OFF)) == 2, "one to the administrator, one to the second address"


def test_an_administrator_whose_own_address_is_off_is_not_written_to(site: Site, admin: Account) -> None:
    site_notices.address_off(admin, now=NOON)
    assert [message.recipient for message in made(MessageKind.ADDRESS_OFF)] == [SITE_ADDRESS]
