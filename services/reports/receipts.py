"""What an answer to a report is made of, and who may read what of one. Plain data; doors give it a shape.

Stages, probabilities and flags are the clinicians'. Answers and scores of a restricted instrument are for
whoever gave them and for the site's clinicians. A crisis text is shown whenever a safety item asks for it,
whatever else the site has chosen. Nothing here reassures.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from enum import StrEnum
from typing import Any, NamedTuple

from models.ledger.entries import Content, Entry, Evaluated
from models.patients.patient import Patient
from models.sites.sites import Site
from models.store import unreadable
from models.store.provenance import Provenance
from scoring import instruments
from scoring.decline import Level, Memory, Topic, UnknownMemory
from scoring.decline.alsfrs.points import NO_POINT, on_day
from scoring.instruments import Definition, InvalidAnswers, UnknownInstrument, UnknownVersion
from scoring.instruments.result import Score
from scoring.instruments.terms import Audience
from services.access.actor import Actor, Role
from services.access.permissions import PERMISSIONS, Operation
from services.reports.histories import ReportRecord, ReportState, Version
from services.reports.safety import answers
from services.reports.safety.answers import Concern
from services.reports.safety.texts import NO_TEXTS, SafetyTexts, texts_of
from services.sites import catalogue

ALSFRS_R = "alsfrs_r"
UNANSWERED = NO_POINT.items


class Receipt(NamedTuple):
    """What became of a report.

    Attributes:
        entry: the entry of the event, with the evaluation over everything up to it.
        record: the report as it stands now.
        repeated: it was taken before; nothing was stored now.
        pending: alerts follow within a minute.
        since: of one that was taken before, the evaluation of everything up to now.
    """

    patient: Patient
    site: Site
    entry: Entry
    record: ReportRecord
    repeated: bool = False
    pending: bool = False
    since: Evaluated | None = None

    @property
    def present(self) -> Evaluated | None:
        """The evaluation of everything up to now."""
        return self.since or self.entry.evaluated


class EvaluationState(StrEnum):
    """Whether a report was evaluated: with its alerts, with alerts that follow, or not, being kept aside."""

    COMPLETE = "complete"
    PENDING = "pending"
    QUARANTINED = "quarantined"


def next_due_on(receipt: Receipt) -> date | None:
    """Return when the next report of the scheduled instrument is due."""
    content, evaluated = receipt.record.latest.content, receipt.present
    if content.observed_on is None or content.instrument != ALSFRS_R:
        return None
    points = () if evaluated is None else _remembered(evaluated).points
    newest = next((point.day for point in reversed(points) if point.items != UNANSWERED), None)
    if newest is None:
        return None
    return date.fromordinal(newest) + timedelta(days=receipt.patient.profile.report_interval_days)


def safety_texts(receipt: Receipt, actor: Actor) -> SafetyTexts:
    """Return the texts that the report asks for, in the language of who sent it."""
    content = receipt.record.latest.content
    if receipt.record.state is ReportState.VOIDED or not answers.watches(content.instrument):
        return NO_TEXTS
    version_known = definition_of(receipt.site.id, content) is not None
    finding = answers.look(content.instrument, content.answers, version_known=version_known)
    if finding is not None:
        return texts_of(receipt.site, finding.concern, actor, receipt.patient)
    if _is_urgent_on_breathing(receipt):
        return texts_of(receipt.site, Concern.BREATHING, actor, receipt.patient)
    return NO_TEXTS


def _is_urgent_on_breathing(receipt: Receipt) -> bool:
    if receipt.entry.evaluated is None:
        return False
    evaluation, report_id = receipt.entry.evaluated.evaluation, receipt.record.id
    topic = evaluation["topics"].get(Topic.RESPIRATORY.value)
    stands = topic is not None and topic["on"] and topic["met_by"] == report_id
    levels = [topic["level"]] if stands else []
    told = (item for item in evaluation["news"] if item["report_id"] == report_id)
    levels += [item["level"] for item in told if item["topic"] == Topic.RESPIRATORY.value]
    return Level.URGENT.value in levels


def evaluation_state(receipt: Receipt) -> EvaluationState:
    """Return how far the evaluation of the report is: "complete" is said of nothing else."""
    if receipt.pending:
        return EvaluationState.PENDING
    quarantined = receipt.record.state is ReportState.QUARANTINED
    return EvaluationState.QUARANTINED if quarantined else EvaluationState.COMPLETE


def history(receipt: Receipt) -> list[tuple[str, int]]:
    """Return the respondent's own totals of the last year, as they are remembered now: days in ISO form."""
    content, evaluated = receipt.record.latest.content, receipt.present
    if evaluated is None or content.instrument != ALSFRS_R:
        return []
    own, points = content.respondent, _remembered(evaluated).points
    return [
        (on_day(point.day), point.total) for point in points if point.rater == own and point.total is not None
    ]


def assessment(receipt: Receipt, by: Provenance) -> Mapping[str, Any] | None:
    """Return the evaluation, for the site's clinicians."""
    evaluated = receipt.present
    return evaluated.evaluation if evaluated is not None and by.role == Role.CLINICIAN else None


def may_read(record: ReportRecord, patient: Patient, by: Provenance) -> bool:
    """Return whether somebody in this role may read the answers, and all that stands beside them.

    A clinician may, and whoever gave the report in this same role; having corrected it gives nothing. Anybody
    else who reads reports may, unless one of the versions is restricted.
    """
    if by.role not in PERMISSIONS[Operation.REPORT_READ]:
        return False
    if by.role == Role.CLINICIAN or is_given_by(record, by):
        return True
    for version in record.versions:
        definition = definition_of(patient.site_id, version.content)
        if definition is None or is_restricted(definition, version.content.answers):
            return False
    return True


def is_given_by(record: ReportRecord, by: Provenance) -> bool:
    """Return whether this account gave the report, in this role."""
    giver = record.versions[0].content.by
    return (giver.account_id, giver.role) == (by.account_id, by.role)


def score_of(record: ReportRecord, version: Version, site_id: str) -> Score | None:
    """Return the whole score of a version: the stored numbers with their ranges, directions and notes.

    None where there is none, and where stored answers do not fit the instrument: the report is named.
    """
    definition = definition_of(site_id, version.content)
    if definition is None or version.score is None:
        return None
    try:
        return instruments.score(definition, version.content.answers)
    except InvalidAnswers as error:
        unreadable.note("ledger", f"{record.patient_id}:{record.id}", error)
        return None


class AnsweredOf(NamedTuple):
    """From how many of how many items a total was formed."""

    answered: int
    items: int


def answered_of(site_id: str, version: Version) -> AnsweredOf | None:
    """Return what the total of a version rests on; None where there is no total."""
    definition = definition_of(site_id, version.content)
    if definition is None or not definition.main or version.score is None or version.score["total"] is None:
        return None
    of = definition.items_of(definition.main)
    places = {definition.places[key] for key in version.content.answers}
    return AnsweredOf(len(of & places), len(of))


def is_restricted(definition: Definition, answers: Mapping[str, Any]) -> bool:
    """Return whether the instrument, or one of the answered items, has the stricter audience."""
    if definition.audience is Audience.RESTRICTED:
        return True
    return any(item.audience is Audience.RESTRICTED and item.key in answers for item in definition.items)


def definition_of(site_id: str, content: Content) -> Definition | None:
    """Return the definition a report was answered by, None when this server does not know it."""
    try:
        return catalogue.find(site_id, content.instrument, content.instrument_version)
    except (UnknownInstrument, UnknownVersion):
        return None


def _remembered(evaluated: Evaluated) -> Memory:
    if evaluated.live is not None:
        return evaluated.live
    try:
        return Memory.from_dict(evaluated.memory)
    except UnknownMemory:
        return Memory()
