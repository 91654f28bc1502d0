"""Shapes of what the rules say of a history: trajectory, stages, flags, topics, scores.

They are described here and not converted: an evaluation is stored in the form in which it is shown.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from marshmallow import fields

from api.schemas.fields import Choice, OutSchema, Ready, ReadyList, ReadyMap
from scoring.decline import Level, Topic
from scoring.decline.flags import Kind, Status
from scoring.instruments.terms import Direction, Respondent


class TrajectoryNote(StrEnum):
    """Why a trajectory says little."""

    TOO_FEW = "too_few"
    TOO_EARLY = "too_early"
    SCALE_FLOOR = "scale_floor"


class KingsStage(StrEnum):
    """King's clinical stages (Roche 2012), with 0 where no region is involved."""

    NONE = "0"
    ONE = "1"
    TWO = "2"
    THREE = "3"
    NUTRITIONAL = "4a"
    RESPIRATORY = "4b"


_ITEMS = {"description": "keys of items, or the `slot` of items of which one is answered"}
_REPORTS = {
    "description": "ids of the reports it rests on, oldest first; of a form that was refused and is not"
    " stored, the form's own"
}
_LOST = {"description": "null when missing items leave it open"}


class JSONNumber(fields.Float):
    """A number as it was stored, whole or not."""

    def _serialize(self, value: Any, attr: str | None, obj: Any, **kwargs: Any) -> Any:  # noqa: ARG002
        return value


def _time(**kwargs: Any) -> fields.String:
    return fields.String(required=True, metadata={"format": "date-time"}, **kwargs)


class NoteOut(OutSchema):
    """Something a reader of a number should know."""

    code = fields.String(required=True, metadata={"description": "stable word for programs"})
    detail = fields.String(required=True, metadata={"description": "sentence for people"})


class TrajectoryOut(OutSchema):
    """Level and slope of the ALSFRS-R total as of the latest report, as a posterior; for clinicians."""

    level = fields.Float(required=True, metadata={"description": "points of 48, on the latest day"})
    level_sd = fields.Float(required=True, metadata={"description": "posterior SD, points"})
    slope_per_month = fields.Float(
        required=True, metadata={"description": "points a month; negative is loss"}
    )
    slope_sd = fields.Float(required=True, metadata={"description": "posterior SD, points a month"})
    covariance = fields.Float(
        required=True,
        metadata={
            "description": "of level and slope: the line's variance t months from the latest day is"
            " level_sd² + 2 t covariance + t² slope_sd²"
        },
    )
    slope_low = fields.Float(required=True, metadata={"description": "lower end of the central 95 %"})
    slope_high = fields.Float(required=True, metadata={"description": "upper end of the central 95 %"})
    probability_fast = fields.Float(
        required=True,
        metadata={
            "description": "that the loss exceeds `primary.loss_per_month`",
            "minimum": 0,
            "maximum": 1,
        },
    )
    probability_steep = fields.Float(
        required=True,
        metadata={
            "description": "that it exceeds `primary.steep_loss_per_month`",
            "minimum": 0,
            "maximum": 1,
        },
    )
    residual_sd = fields.Float(required=True, metadata={"description": "scatter of single reports, points"})
    reports = fields.Integer(required=True, metadata={"description": "how many were used"})
    first_on = fields.String(required=True, metadata={"format": "date", "description": "of those used"})
    last_on = fields.String(required=True, metadata={"format": "date", "description": "of those used"})
    respondent = Choice(Respondent, required=True, metadata={"description": "whose series it is"})
    compared_on = fields.String(required=True, metadata={"description": "the items, in words"})
    notes = fields.List(Choice(TrajectoryNote), required=True, metadata={"description": "why it says little"})
    evidence = fields.List(fields.String(), required=True, metadata=_REPORTS)


class KingsRegionsOut(OutSchema):
    """Which regions are involved."""

    bulbar = fields.Boolean(required=True, allow_none=True, metadata=_LOST)
    upper_limb = fields.Boolean(required=True, allow_none=True, metadata=_LOST)
    lower_limb = fields.Boolean(required=True, allow_none=True, metadata=_LOST)


class KingsOut(OutSchema):
    """King's stage, as estimated from the ALSFRS-R."""

    stage = Choice(
        KingsStage, required=True, allow_none=True, metadata={"description": "null when it is open"}
    )
    regions = fields.Nested(KingsRegionsOut(), required=True)
    nutritional = fields.Boolean(required=True, allow_none=True, metadata={"description": "failure 4a"})
    respiratory = fields.Boolean(required=True, allow_none=True, metadata={"description": "failure 4b"})
    decided_by = fields.List(fields.String(), required=True, metadata=_ITEMS)
    missing = fields.List(fields.String(), required=True, metadata=_ITEMS)


class MitosDomainsOut(OutSchema):
    """Which domains have lost independence."""

    movement = fields.Boolean(required=True, allow_none=True, metadata=_LOST)
    swallowing = fields.Boolean(required=True, allow_none=True, metadata=_LOST)
    communicating = fields.Boolean(required=True, allow_none=True, metadata=_LOST)
    breathing = fields.Boolean(required=True, allow_none=True, metadata=_LOST)


class MitosOut(OutSchema):
    """MiToS stage: how many of four domains have lost independence."""

    stage = fields.Integer(required=True, allow_none=True, metadata={"description": "0 to 4"})
    domains = fields.Nested(MitosDomainsOut(), required=True)
    decided_by = fields.List(fields.String(), required=True, metadata=_ITEMS)
    missing = fields.List(fields.String(), required=True, metadata=_ITEMS)


class Ft9Out(OutSchema):
    """Fine 'til 9: how many of the four subscores are 9 or less."""

    stage = fields.Integer(required=True, allow_none=True, metadata={"description": "0 to 4"})
    decided_by = fields.List(fields.String(), required=True, metadata={"description": "subscores"})
    missing = fields.List(fields.String(), required=True, metadata=_ITEMS)
    experimental = fields.Boolean(required=True)


class StagesOut(OutSchema):
    """Three stagings of one report, to be shown together."""

    kings = fields.Nested(KingsOut(), required=True)
    mitos = fields.Nested(MitosOut(), required=True)
    ft9 = fields.Nested(Ft9Out(), required=True)
    notes = fields.List(
        fields.Nested(NoteOut()),
        required=True,
        metadata={"description": "answers that do not go together and should be asked about"},
    )
    rule_version = fields.String(required=True)


class NumbersField(fields.Dict):
    """The numbers of a rule by name; which there are depends on the rule. `sentence` says them to people."""

    def __init__(self, **kwargs: Any) -> None:
        metadata = {
            "additionalProperties": {"type": ["number", "string"]},
            "description": "numbers by name, and `respondent` or other words; each rule has its own",
        }
        super().__init__(metadata=metadata, **kwargs)


class SignalOut(OutSchema):
    """What one rule says: its numbers, the reports it used, what would clear it."""

    rule = fields.String(required=True, metadata={"description": "id of the rule, such as `orthopnea_low`"})
    rule_version = fields.String(required=True)
    level = Choice(Level, required=True)
    kind = Choice(Kind, name="SignalKind", required=True)
    status = Choice(Status, name="SignalStatus", required=True)
    headline = fields.String(
        required=True, metadata={"description": "for a clinician, at most 90 characters"}
    )
    sentence = fields.String(required=True, metadata={"description": "for a clinician"})
    clears_when = fields.String(required=True, metadata={"description": "for a clinician"})
    numbers = NumbersField(required=True)
    mark = fields.Dict(
        keys=fields.String(),
        values=fields.Float(),
        required=True,
        metadata={"description": "how bad it is, by named measures: what news is judged by"},
    )
    evidence = fields.List(fields.String(), required=True, metadata=_REPORTS)
    raised_by = fields.String(
        required=True, metadata={"description": "id of a report; for silence, a due date"}
    )
    raised_at = _time()


class FlagOut(SignalOut):
    """The most severe rule of a topic, and the other rules of that topic that are on."""

    topic = Choice(Topic, required=True)
    restricted = fields.Boolean(
        required=True, metadata={"description": "suicide-related, or about the carer's burden"}
    )
    data_query = fields.Boolean(
        required=True, metadata={"description": "a question about the data, not about the patient"}
    )
    further = fields.List(
        fields.Nested(SignalOut()),
        required=True,
        metadata={"description": "the other rules of the topic that are on, the most severe first"},
    )


class TopicOut(OutSchema):
    """Where a topic stands."""

    on = fields.Boolean(required=True)
    level = Choice(Level, required=True)
    raised_by = fields.String(required=True, metadata={"description": "id of a report"})
    raised_at = _time()
    cleared_at = _time(allow_none=True)
    met_by = fields.String(
        required=True, metadata={"description": "id of the latest report that met the condition"}
    )
    met_at = _time()


class ScoreValueOut(OutSchema):
    """One score of a report, with its range."""

    value = fields.Raw(
        required=True,
        metadata={
            "type": ["number", "string", "null"],
            "description": "null when too much is missing; text for a profile such as 21111",
        },
    )
    low = JSONNumber(required=True, allow_none=True, metadata={"description": "lowest possible"})
    high = JSONNumber(required=True, allow_none=True, metadata={"description": "highest possible"})
    direction = Choice(Direction, required=True)
    answered = fields.Integer(required=True)
    items = fields.Integer(required=True)
    missing = fields.List(fields.String(), required=True, metadata=_ITEMS)
    standard_error = JSONNumber(required=True, allow_none=True)
    notes = fields.List(fields.Nested(NoteOut()), required=True)


class ScoreOut(OutSchema):
    """All scores of a report."""

    instrument = fields.String(required=True)
    rule_version = fields.String(required=True)
    total = JSONNumber(
        required=True, allow_none=True, metadata={"description": "the instrument's main score"}
    )
    complete = fields.Boolean(required=True)
    missing = fields.List(fields.String(), required=True, metadata=_ITEMS)
    values = fields.Dict(
        keys=fields.String(),
        values=fields.Nested(ScoreValueOut()),
        required=True,
        metadata={"description": "by the key of the score in the instrument"},
    )
    notes = fields.List(fields.Nested(NoteOut()), required=True)


class AssessmentOut(OutSchema):
    """What the rules say of the whole history; for clinicians."""

    trajectory = Ready(TrajectoryOut(), required=True, allow_none=True)
    stages = Ready(StagesOut(), required=True, allow_none=True)
    flags = ReadyList(fields.Nested(FlagOut()), required=True)
    remarks = ReadyList(
        fields.Nested(SignalOut()),
        required=True,
        metadata={"description": "what is to be said of the latest report, and asks nobody to do anything"},
    )
    rules_version = fields.String(required=True)
    policy_version = fields.String(required=True)


class EvaluationOut(AssessmentOut):
    """The evaluation of a patient's whole history."""

    patient_id = fields.String(required=True)
    seq = fields.Integer(
        required=True, metadata={"description": "entry of the ledger it stands on; 0 before any"}
    )
    topics = ReadyMap(
        keys=fields.String(),
        values=fields.Nested(TopicOut()),
        required=True,
        metadata={"description": "by topic: every one that ever had an episode"},
    )
    in_step = fields.Boolean(required=True, metadata={"description": "whether the alerts follow it already"})
