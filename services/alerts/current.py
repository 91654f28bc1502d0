"""The present numbers of an alert: those of the newest evaluation, where it decides nothing else about it.

A report that leaves level, condition, rules and marks as they are does not touch the alert
(`news.decisive`). What it says in other numbers, and which report met the condition last, is read from the
head of the ledger where the alert is shown.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from models.alerts.alert import CURRENT, Alert, AlertDetail, Condition
from models.ledger import ledger
from scoring.decline import Topic
from services.alerts import news
from services.alerts.news import Verdict
from services.alerts.opening import marks_of, shown_of


def with_present_numbers(detail: AlertDetail, now: datetime) -> AlertDetail:
    """Return an alert with the evidence of the newest evaluation that it is in step with."""
    alert = detail.alert
    if alert.state not in CURRENT or alert.condition is not Condition.HOLDS or alert.topic == Topic.SILENCE:
        return detail
    head = ledger.read_head(alert.patient_id)
    if head is None or head.seq <= alert.based_on:
        return detail
    verdict = news.verdicts_of(head.evaluated.evaluation, now.date()).get(alert.topic)
    if verdict is None or verdict.flag is None or verdict.grounds is None or not _in_step(alert, verdict):
        return detail
    present = replace(alert, grounds=verdict.grounds, **shown_of(verdict.flag))
    return replace(detail, alert=present, flag=verdict.flag)


def _in_step(alert: Alert, verdict: Verdict) -> bool:
    began_by = None if verdict.grounds is None else verdict.grounds.began_by
    return marks_of(verdict) == alert.standing and began_by == alert.grounds.began_by
