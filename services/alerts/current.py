"""The present numbers of an alert: those of the newest evaluation, where it decides nothing else about it.

A report that leaves level, condition and rules as they are, and is not worse by a rule's own step, does not
touch the alert (`news.decisive`, `marks.may_be_worse`). What it says in other numbers, how bad it is, and
which report met the condition last, is read from the head of the ledger where the alert is shown or dealt
with.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from models.alerts.alert import CURRENT, Alert, AlertDetail, Condition, Grounds
from models.ledger import ledger
from models.store.unreadable import Unreadable
from scoring.decline import Topic
from services.alerts import news
from services.alerts.news import Verdict
from services.alerts.opening import marks_of, shown_of


def with_present_numbers(detail: AlertDetail, now: datetime) -> AlertDetail:
    """Return an alert with the evidence of the newest evaluation that it is in step with."""
    alert = detail.alert
    if alert.state not in CURRENT or alert.condition is not Condition.HOLDS or alert.topic == Topic.SILENCE:
        return detail
    verdict = _present_verdict(alert, now)
    if verdict is None or verdict.flag is None or verdict.grounds is None:
        return detail
    if not _in_step(alert, verdict, verdict.grounds, now):
        return detail
    shown = shown_of(verdict.flag)
    present = replace(alert, grounds=verdict.grounds, standing=marks_of(verdict), **shown)
    return replace(detail, alert=present, flag=verdict.flag)


def _present_verdict(alert: Alert, now: datetime) -> Verdict | None:
    """Return what the head of the ledger says of the topic; None where it is not newer than the alert."""
    try:
        head = ledger.read_head(alert.patient_id)
    except Unreadable:  # the alert can be shown and dealt with all the same
        return None
    if head is None or head.seq <= alert.based_on:
        return None
    return news.verdicts_of(head.evaluated.evaluation, now.date()).get(alert.topic)


def _in_step(alert: Alert, verdict: Verdict, grounds: Grounds, now: datetime) -> bool:
    same = verdict.standing.keys() == alert.standing.keys() and grounds.began_by == alert.grounds.began_by
    return same and news.reason_to_raise(alert, verdict, now) is None
