"""Questionnaires as versioned data, and the small engine that validates, scores and interprets answers.

    definition = get("who_5")
    result = score(definition, {"cheerful": 3, "calm": 3, "active": 2, "rested": 2, "interested": 2})
    result.total  # 48

What an instrument is: `definition`. The shipped ones: `definitions/` and docs/instruments.md. A site's own:
`site_definition`.
"""

from scoring.instruments.answers import InvalidAnswers, ProblemCode, validate
from scoring.instruments.catalogue import UnknownInstrument, UnknownVersion, catalogue, get, versions
from scoring.instruments.comparison import Comparison, NotComparable, compare, switched
from scoring.instruments.definition import Band, Change, Definition, Item, ScoreRule
from scoring.instruments.engine import score, score_validated
from scoring.instruments.interpretation import OtherInstrument, interpret, safety_items
from scoring.instruments.result import Note, Score, ScoreValue
from scoring.instruments.terms import Audience, Direction, Kind, Proxy, Respondent, Wording

__all__ = [
    "Audience",
    "Band",
    "Change",
    "Comparison",
    "Definition",
    "Direction",
    "InvalidAnswers",
    "Item",
    "Kind",
    "NotComparable",
    "Note",
    "OtherInstrument",
    "ProblemCode",
    "Proxy",
    "Respondent",
    "Score",
    "ScoreRule",
    "ScoreValue",
    "UnknownInstrument",
    "UnknownVersion",
    "Wording",
    "catalogue",
    "compare",
    "get",
    "interpret",
    "safety_items",
    "score",
    "score_validated",
    "switched",
    "validate",
    "versions",
]
