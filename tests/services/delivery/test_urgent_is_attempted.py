"""Whatever policy a site could save: an urgent alert becomes a message that is attempted before it is due.

On the database, through the desk, the outbox and the channel of e-mail, with people who are away, who want to
be told once a day or not at night.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from hypothesis import HealthCheck, given
from hypothesis import settings as of_hypothesis
from hypothesis import strategies as st

from models.accounts import absences, accounts
from models.accounts.absences import Absence
from models.accounts.account import Account, AccountEvent, AccountStep
from models.accounts.notifications import Notifications, Pace, QuietHours
from models.alerts import alerts
from models.alerts.alert import Alert
from models.outbox import messages
from models.outbox.message import MessageState
from models.sites.escalation_policy import EscalationPolicy, OutOfHours
from models.sites.sites import Site
from models.store.base import new_id
from scoring.decline import Level, Topic
from services.access.actor import Role
from services.access.permissions import Operation, scope_for
from services.alerts import align
from services.alerts.escalation import policy
from services.delivery.carry import carry_next
from services.delivery.channels.email import EmailChannel
from services.delivery.outbox import make_messages
from services.settings import Settings
from services.sites.working_calendar import WorkingCalendar
from tests.alert_samples import Told, evaluation, in_ledger
from tests.people import CLINIC, People
from tests.services.alerts.escalation.test_escalation_properties import POLICIES
from tests.services.sites.calendars import CALENDARS, MOMENTS

TEAM = 3
HOURS = st.integers(0, 23)
NOTIFICATIONS = st.builds(
    Notifications,
    pace=st.sampled_from(list(Pace)),
    digest_hour=HOURS,
    quiet=st.none() | st.builds(QuietHours, HOURS, HOURS),
)
TOPICS = st.sampled_from([Topic.RESPIRATORY, Topic.SELF_HARM, Topic.DECLINE])


@given(st.data(), CALENDARS, POLICIES, MOMENTS, TOPICS, st.integers(0, 59))
@of_hypothesis(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_what_is_urgent_is_attempted_in_time_to_somebody_who_may_read_it(
    people: People,
    settings: Settings,
    data: st.DataObject,
    calendar: WorkingCalendar,
    wanted: EscalationPolicy,
    at: datetime,
    topic: Topic,
    late: int,
) -> None:
    site = people.site(zone=str(calendar.zone), hours=calendar.hours)
    team = [people.account((site, Role.CLINICIAN)) for _ in range(TEAM)]
    contact = OutOfHours(team[0].id, "+49 30 5550100")
    saved(people, site, replace(wanted, out_of_hours=contact), at - timedelta(days=7))
    for account in team:
        chosen(account, data.draw(NOTIFICATIONS))
        is_away(account, [other.id for other in team if other is not account], at, data)
    alert = raised(site, Told(topic, Level.URGENT), at)

    channel, now = EmailChannel(settings), at + timedelta(seconds=late)
    make_messages({channel.name: channel}, now)
    while carry_next(channel, urgent=True, now=now):
        pass

    made = messages.of_alert(alert.public_id)
    in_time = [
        message for message in made if message.first_attempt_at and message.first_attempt_at < alert.due_at
    ]
    assert {message.recipient for message in in_time} & {account.id for account in team}
    assert {message.recipient for message in made} <= {account.id for account in team}
    assert {message.state for message in made} == {MessageState.DELIVERED}


def saved(people: People, site: Site, wanted: EscalationPolicy, now: datetime) -> None:
    admin = people.staff(site, Role.ADMIN).actor
    policy.change(site.id, wanted, 0, scope_for(admin, Operation.SITE_CHANGE), actor=admin, now=now)


def chosen(account: Account, notifications: Notifications) -> None:
    step = AccountStep(account.created_at, AccountEvent.NOTIFICATIONS_CHANGED, CLINIC)
    assert accounts.change(account, step, notifications=notifications)


def is_away(account: Account, others: list[str], around: datetime, data: st.DataObject) -> None:
    """Perhaps somebody is absent, perhaps with a deputy."""
    if not data.draw(st.booleans()):
        return
    begin = around + timedelta(hours=data.draw(st.integers(-48, 12)))
    end = begin + timedelta(hours=data.draw(st.integers(1, 96)))
    deputy = data.draw(st.none() | st.sampled_from(others))
    assert absences.change(Absence(account.id), Absence(account.id, begin, end, deputy))


def raised(site: Site, told: Told, at: datetime) -> Alert:
    patient_id = new_id()
    in_ledger(1, patient_id)
    align.align(patient_id, site.id, evaluation(told), 1, now=at)
    (alert,) = alerts.latest(site.id, [patient_id])[patient_id].values()
    assert alert.level is Level.URGENT
    return alert
