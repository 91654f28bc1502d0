"""Shapes of instruments: what a phone needs to ask the questions, and a reader to understand the scores.

A member that has its usual value is left out of a definition, so most are optional; the usual value stands
in its description.
"""

from __future__ import annotations

from marshmallow import fields

from api.schemas.fields import Choice, InSchema, OutSchema, Pattern, Text
from scoring.instruments import Direction
from scoring.instruments.terms import Audience, Kind, Proxy, Respondent, Wording

_NAMES = {"Kind": "ScoreKind", "Proxy": "ProxyUse"}


def _word(
    words: type[Audience | Direction | Kind | Proxy | Respondent | Wording], **kwargs: str
) -> fields.String:
    return Choice(words, name=_NAMES.get(words.__name__, words.__name__), metadata=dict(kwargs))


class InstrumentQuery(InSchema):
    """Which version, in which language."""

    version = Text(maximum=20, metadata={"description": "the newest when left out"})
    locale = fields.String(
        load_default=None,
        validate=Pattern(r"^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}$"),
        metadata={
            "description": "language tag; the texts come in the nearest language there is, else in the"
            " definition's own. Left out, `Accept-Language` says it"
        },
    )


class LicenceOut(OutSchema):
    """Whose the instrument is, and what follows for its text."""

    owner = fields.String(required=True)
    terms = fields.String(required=True)
    wording = _word(Wording, description="what of the text is shown")
    credit = fields.String(metadata={"description": "line that has to stand beside the text"})
    supplied = fields.List(fields.String(), metadata={"description": "what a licensee brings"})


class DomainOut(OutSchema):
    """A part of the instrument."""

    key = fields.String(required=True)
    label = fields.String(required=True)


class CodesOut(OutSchema):
    """Permitted codes, from low to high."""

    low = fields.Integer(required=True)
    high = fields.Integer(required=True)
    step = fields.Integer(metadata={"description": "1 when left out"})


class ItemOut(OutSchema):
    """One question."""

    key = fields.String(required=True, metadata={"description": "name in `answers`"})
    domain = fields.String(required=True)
    codes = fields.Nested(CodesOut(), required=True)
    label = fields.String(required=True, metadata={"description": "name of the item in our words"})
    text = fields.String(metadata={"description": "wording, where it may be shown"})
    stem = fields.String(metadata={"description": "what stands above a group of items"})
    options = fields.Dict(
        keys=fields.String(), values=fields.String(), metadata={"description": "texts of the codes"}
    )
    reversed = fields.Boolean(metadata={"description": "codes are turned round before scoring; false"})
    values = fields.List(fields.Float(), metadata={"description": "what each code counts; itself"})
    slot = fields.String(
        metadata={
            "description": "of items with the same slot one is answered: of the ALSFRS-R"
            " `cutting_with_gastrostomy` where a feeding tube is the main way of feeding, else"
            " `cutting_without_gastrostomy`"
        }
    )
    optional = fields.Boolean(metadata={"description": "not part of completeness; false"})
    safety_from = fields.Integer(
        allow_none=True, metadata={"description": "from this code on a clinician sees it at once"}
    )
    audience = _word(Audience, description="who may read the answer; usual")
    unit = fields.String()
    other_units = fields.Dict(
        keys=fields.String(),
        values=fields.Float(),
        metadata={"description": "units that may be meant by mistake, in units of this item"},
    )


class TableRowOut(OutSchema):
    """A line of a look-up table."""

    raw = fields.Raw(
        required=True,
        metadata={"type": ["number", "string"], "description": "the score that is looked up"},
    )
    value = fields.Float(required=True)
    standard_error = fields.Float(allow_none=True)


class ScoreRuleOut(OutSchema):
    """How a score is formed."""

    key = fields.String(required=True)
    label = fields.String(required=True)
    kind = _word(Kind, description="how it is formed")
    of = fields.List(fields.String(), required=True, metadata={"description": "items, slots or a score"})
    low = fields.Float(allow_none=True)
    high = fields.Float(allow_none=True)
    direction = _word(Direction, description="which end is the good one")
    factor = fields.Float(metadata={"description": "1"})
    offset = fields.Float(metadata={"description": "0"})
    min_answered = fields.Integer(metadata={"description": "fewest answered items; 0 is all"})
    decimals = fields.Integer()
    whole_for_bands = fields.Boolean()
    table = fields.List(fields.Nested(TableRowOut()))
    note = fields.String()


class MissingOut(OutSchema):
    """What happens to missing answers."""

    rule = fields.String(required=True)
    source = fields.String(required=True)
    at_most = fields.Integer(allow_none=True)


class BandOut(OutSchema):
    """A named range of a score; no diagnosis."""

    score = fields.String(required=True)
    scale = fields.String(required=True)
    name = fields.String(required=True)
    label = fields.String(required=True)
    low = fields.Float(required=True, allow_none=True)
    below = fields.Float(required=True, allow_none=True)
    source = fields.String(required=True)


class ChangeOut(OutSchema):
    """A difference that a source calls meaningful; shown, never applied."""

    score = fields.String(required=True)
    amount = fields.Float(required=True)
    meaning = fields.String(required=True)
    source = fields.String(required=True)


class InstrumentOut(OutSchema):
    """One version of an instrument."""

    locale = fields.String(required=True, metadata={"description": "language of the texts"})
    key = fields.String(required=True)
    version = fields.String(required=True)
    title = fields.String(required=True)
    sources = fields.List(fields.String(), required=True)
    licence = fields.Nested(LicenceOut(), required=True)
    direction = _word(Direction, description="of the main score")
    recall = fields.String(required=True, metadata={"description": "the time the questions ask about"})
    subject = _word(Respondent, description="whom the answers are about")
    respondents = fields.List(Choice(Respondent), required=True, metadata={"description": "who may answer"})
    proxy = _word(Proxy, description="what another person's answers are worth")
    domains = fields.List(fields.Nested(DomainOut()), required=True)
    items = fields.List(fields.Nested(ItemOut()), required=True)
    scores = fields.List(fields.Nested(ScoreRuleOut()), required=True)
    main = fields.String(required=True, metadata={"description": "key of the score called the total"})
    missing = fields.Nested(MissingOut(), required=True)
    bands = fields.List(fields.Nested(BandOut()))
    changes = fields.List(fields.Nested(ChangeOut()))
    instruction = fields.String(metadata={"description": "what stands above the items"})
    audience = _word(Audience, description="who may read the answers; usual")
    retired = fields.Boolean(metadata={"description": "not sent to phones any more; false"})


class InstrumentSummaryOut(OutSchema):
    """An instrument in the list, in its newest version."""

    key = fields.String(required=True)
    version = fields.String(required=True)
    versions = fields.List(fields.String(), required=True, metadata={"description": "oldest first"})
    title = fields.String(required=True)
    direction = _word(Direction, description="of the main score")
    subject = _word(Respondent, description="whom the answers are about")
    wording = _word(Wording, description="what of the text is shown")
    retired = fields.Boolean(required=True)
