"""Shapes of patients, their profile, overrides of the site's policy, and grants."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from marshmallow import ValidationError, fields, validate, validates_schema

from api.schemas.fields import (
    Choice,
    Day,
    Identifier,
    InSchema,
    Line,
    Locale,
    OutSchema,
    Ready,
    StrictBoolean,
    Text,
    Timestamp,
    WholeNumber,
)
from api.schemas.limits import Limits
from api.schemas.people import Person
from models.patients.grants import GrantScope
from scoring.decline import Topic
from services import zones


class Zone(Text):
    """An IANA time zone, such as Europe/Berlin."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        name = super()._deserialize(value, attr, data, **kwargs)
        if name not in zones.names():
            raise ValidationError("Not a time zone.")
        return name


_INTERVAL = {
    "description": "so many days after the patient's latest ALSFRS-R report the next one is due; the clinic"
    " is told of a silence. No other questionnaire has a schedule here: the clinic says which it wants"
}


class OnsetPrecision(StrEnum):
    """How well the day of the onset is known."""

    DAY = "day"
    MONTH = "month"
    YEAR = "year"


class ProfileIn(InSchema):
    """What the clinic knows of the patient; null says that it is not known."""

    onset_on = Day(allow_none=True, metadata={"description": "first weakness or bulbar symptom"})
    onset_precision = Choice(OnsetPrecision)
    gastrostomy_on = Day(allow_none=True)
    ventilation_on = Day(allow_none=True, metadata={"description": "start of non-invasive ventilation"})
    tracheostomy_on = Day(allow_none=True)
    died_on = Day(allow_none=True)
    diagnosis_weight_g = WholeNumber(20_000, 300_000, allow_none=True, metadata={"description": "grams"})
    height_cm = WholeNumber(50, 250, allow_none=True)
    report_interval_days = WholeNumber(1, 90, metadata=_INTERVAL)


class ProfileOut(OutSchema):
    """What the clinic knows of the patient."""

    onset_on = Day(required=True, allow_none=True)
    onset_precision = Choice(OnsetPrecision, required=True)
    gastrostomy_on = Day(required=True, allow_none=True)
    ventilation_on = Day(required=True, allow_none=True)
    tracheostomy_on = Day(required=True, allow_none=True)
    died_on = Day(required=True, allow_none=True)
    diagnosis_weight_g = fields.Integer(required=True, allow_none=True)
    height_cm = fields.Integer(required=True, allow_none=True)
    report_interval_days = fields.Integer(required=True, metadata=_INTERVAL)


class OverrideIn(InSchema):
    """An exception from the site's policy for one patient, with a reason and an end."""

    reason = Text(required=True, maximum=500)
    starts_on = fields.String(required=True, metadata={"format": "date"})
    ends_on = fields.String(required=True, metadata={"format": "date"})
    limits = Limits(metadata={"description": "thresholds that differ from the site's"})
    mute = fields.List(
        Choice(Topic),
        validate=validate.Length(max=20),
        metadata={
            "description": "topics that may raise no flag; `self_harm` and `respiratory` cannot be muted"
        },
    )


class OverrideOut(OutSchema):
    """An exception from the site's policy for one patient."""

    reason = fields.String(required=True)
    starts_on = fields.String(required=True, metadata={"format": "date"})
    ends_on = fields.String(required=True, metadata={"format": "date"})
    limits = Limits(metadata={"description": "thresholds that differ from the site's"})
    mute = fields.List(Choice(Topic), metadata={"description": "topics that may raise no flag"})


class EmergencyContact(InSchema):
    """Whom to call."""

    name = Line(required=True, maximum=120)
    relation = Line(maximum=120, allow_none=True)
    phone_number = Line(required=True, maximum=40)


class HospitalStayIn(InSchema):
    """A stay in hospital; without an end while it lasts."""

    starts_on = Day(required=True)
    ends_on = Day(allow_none=True)


class ContactIn(InSchema):
    """What a clinic needs to reach a person; all optional, null takes a field away."""

    phone_number = Line(maximum=40, allow_none=True)
    best_time = Line(maximum=120, allow_none=True, metadata={"description": "when to call"})
    language = Line(maximum=60, allow_none=True)
    interpreter = StrictBoolean(allow_none=True, metadata={"description": "whether one is needed"})
    lives_with = Text(maximum=200, allow_none=True)
    may_be_told = Text(maximum=500, allow_none=True, metadata={"description": "who may be told what"})
    emergency_contact = fields.Nested(EmergencyContact(), allow_none=True)
    hospital_number = Line(maximum=40, allow_none=True)
    born_on = Day(allow_none=True)
    hospital_stays = fields.List(
        fields.Nested(HospitalStayIn()), allow_none=True, validate=validate.Length(max=50)
    )


class HospitalStayOut(OutSchema):
    """A stay in hospital."""

    starts_on = fields.String(required=True, metadata={"format": "date"})
    ends_on = fields.String(metadata={"format": "date"})


class ContactOut(OutSchema):
    """What a clinic needs to reach a person; what is not known is left out."""

    phone_number = fields.String()
    best_time = fields.String()
    language = fields.String()
    interpreter = fields.Boolean()
    lives_with = fields.String()
    may_be_told = fields.String()
    emergency_contact = fields.Nested(EmergencyContact())
    hospital_number = fields.String()
    born_on = fields.String(metadata={"format": "date"})
    hospital_stays = fields.List(fields.Nested(HospitalStayOut()))


class PatientIn(InSchema):
    """A patient to be enrolled. The id is made by the client and makes sending it again safe."""

    id = Identifier(required=True, metadata={"description": "made by the client; becomes the patient's"})
    site_id = Identifier(required=True)
    name = Line(required=True, maximum=120)
    study_code = Line(allow_none=True, maximum=40, metadata={"description": "unique in the site"})
    zone = Zone(required=True, maximum=64)
    locale = Locale(allow_none=True)
    profile = fields.Nested(ProfileIn())
    consent_at = Timestamp(
        allow_none=True,
        metadata={"description": "when the patient consented; without it reports are refused (`no_consent`)"},
    )
    contact = fields.Nested(ContactIn())


class PatientPatchIn(InSchema):
    """What to change; what is left out stays. `profile` may name single fields."""

    name = Line(maximum=120)
    study_code = Line(allow_none=True, maximum=40)
    zone = Zone(maximum=64)
    locale = Locale(allow_none=True, metadata={"description": "language that the patient reads"})
    profile = fields.Nested(ProfileIn())
    overrides = fields.List(fields.Nested(OverrideIn()), validate=validate.Length(max=50))
    consent_at = Timestamp(allow_none=True, metadata={"description": "null when it was recorded by mistake"})
    consent_withdrawn_at = Timestamp(allow_none=True, metadata={"description": "null when given again"})
    contact = fields.Nested(ContactIn(), metadata={"description": "may name single fields"})
    closed = StrictBoolean(metadata={"description": "true when the patient is not followed any more"})
    reason = Text(maximum=500, metadata={"description": "kept in the patient's history with the change"})

    @validates_schema
    def _not_empty(self, data: dict[str, Any], **_kwargs: Any) -> None:
        if not set(data) - {"reason"}:
            raise ValidationError("Name at least one thing to change.")


class PatientOut(OutSchema):
    """A patient; overrides are shown to the clinic only."""

    id = fields.String(required=True)
    site_id = fields.String(required=True)
    name = fields.String(required=True)
    study_code = fields.String(required=True, allow_none=True)
    zone = fields.String(required=True)
    locale = fields.String(required=True, allow_none=True)
    profile = fields.Nested(ProfileOut(), required=True)
    profile_version = fields.Integer(required=True)
    overrides = fields.List(
        Ready(OverrideOut()), required=True, metadata={"description": "empty for those outside the clinic"}
    )
    consent_at = Timestamp(required=True, allow_none=True)
    consent_withdrawn_at = Timestamp(required=True, allow_none=True)
    contact = fields.Nested(
        ContactOut(), metadata={"description": "for the care team and the person; not in lists"}
    )
    closed_at = Timestamp(required=True, allow_none=True)
    created_at = Timestamp(required=True)
    rev = fields.Integer(required=True, metadata={"description": "the number in the ETag"})


class GrantIn(InSchema):
    """A permission for a caregiver's account."""

    account_id = Identifier(required=True)
    relation = Line(maximum=60, metadata={"description": "of the caregiver to the patient, such as daughter"})
    scope = Choice(GrantScope, required=True)
    starts_at = Timestamp(metadata={"description": "now when left out"})
    ends_at = Timestamp(allow_none=True)
    reason = Text(maximum=500, metadata={"description": "why; kept with the grant, shown to nobody"})


class GrantEndIn(InSchema):
    """Why a grant ends; the whole may be left out."""

    reason = Text(maximum=500, metadata={"description": "kept with the grant, shown to nobody"})


class GrantOut(OutSchema):
    """A permission for a caregiver's account; ended ones stay on record."""

    id = fields.String(required=True)
    caregiver = Person(required=True, attribute="account_id")
    relation = fields.String(
        required=True,
        allow_none=True,
        metadata={"description": "of the caregiver to the patient, in the words of whoever invited"},
    )
    scope = Choice(GrantScope, required=True)
    starts_at = Timestamp(required=True)
    ends_at = Timestamp(required=True, allow_none=True)
    revoked_at = Timestamp(required=True, allow_none=True)
    given_by = Person(required=True)
