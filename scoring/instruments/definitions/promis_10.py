"""PROMIS Global Health (PROMIS-10): ten items, two T scores with mean 50 and SD 10, higher is better.

Version 1.2 stores fatigue (g08) and emotional problems (g10) with 5 as the best answer; 1.1 stored them the
other way round, and 1.0 did as 1.1, so their reports are scored by rules of their own. Labels only: the text
is under copyright.
"""

from dataclasses import replace

from scoring.instruments.definition import (
    Band,
    Change,
    Definition,
    Domain,
    Item,
    Licence,
    Missing,
    Row,
    ScoreRule,
)
from scoring.instruments.terms import ANYBODY, Direction, Kind, Proxy, Respondent, Wording

HAYS = "Hays RD et al. Qual Life Res 2009;18:873-880"
CUT_POINTS = "HealthMeasures, PROMIS score cut points: midpoints between the means of adjacent answers to g01"
TERWEE = "Terwee CB et al. Qual Life Res 2021;30:2729-2754: estimates of 2 to 6 points"
IMPORTANT = "within the 3 to 5 points commonly taken as important"
BETTER = Direction.HIGHER_IS_BETTER
PHYSICAL = ("g03", "g06", "g07", "g08")
MENTAL = ("g02", "g04", "g05", "g10")
# What a pain rating of 0 to 10 counts.
PAIN = (5, 4, 4, 4, 3, 3, 3, 2, 2, 2, 1)
# Raw sum 4 to 20: T score and standard error.
PHYSICAL_T = (
    Row(4, 16.2, 4.8),
    Row(5, 19.9, 4.7),
    Row(6, 23.5, 4.5),
    Row(7, 26.7, 4.3),
    Row(8, 29.6, 4.2),
    Row(9, 32.4, 4.2),
    Row(10, 34.9, 4.1),
    Row(11, 37.4, 4.1),
    Row(12, 39.8, 4.1),
    Row(13, 42.3, 4.2),
    Row(14, 44.9, 4.3),
    Row(15, 47.7, 4.4),
    Row(16, 50.8, 4.6),
    Row(17, 54.1, 4.7),
    Row(18, 57.7, 4.9),
    Row(19, 61.9, 5.2),
    Row(20, 67.7, 5.9),
)
MENTAL_T = (
    Row(4, 21.2, 4.6),
    Row(5, 25.1, 4.1),
    Row(6, 28.4, 3.9),
    Row(7, 31.3, 3.7),
    Row(8, 33.8, 3.7),
    Row(9, 36.3, 3.7),
    Row(10, 38.8, 3.6),
    Row(11, 41.1, 3.6),
    Row(12, 43.5, 3.6),
    Row(13, 45.8, 3.6),
    Row(14, 48.3, 3.7),
    Row(15, 50.8, 3.7),
    Row(16, 53.3, 3.7),
    Row(17, 56.0, 3.8),
    Row(18, 59.0, 3.9),
    Row(19, 62.5, 4.2),
    Row(20, 67.6, 5.3),
)


def _item(key: str, domain: str, label: str, worst: str = "worst", best: str = "best") -> Item:
    return Item(key, domain, range(1, 6), label, options={1: worst, 5: best})


def _bands(score: str, fair: int, good: int, very_good: int, excellent: int) -> tuple[Band, ...]:
    return (
        Band(score, "level", "poor", "Poor", None, fair, CUT_POINTS),
        Band(score, "level", "fair", "Fair", fair, good, CUT_POINTS),
        Band(score, "level", "good", "Good", good, very_good, CUT_POINTS),
        Band(score, "level", "very_good", "Very good", very_good, excellent, CUT_POINTS),
        Band(score, "level", "excellent", "Excellent", excellent, None, CUT_POINTS),
    )


VERSION_1_2 = Definition(
    key="promis_10",
    version="1.2",
    title="PROMIS Global Health",
    sources=(HAYS, "PROMIS Global Health scoring manual, version 1.2: coding and T score tables"),
    licence=Licence(
        owner="PROMIS Health Organization; HealthMeasures",
        terms=(
            "English and Spanish free for individual use; commercial use, integration and electronic use need"
            " permission"
        ),
        wording=Wording.LABELS,
        supplied=("text",),
    ),
    direction=BETTER,
    recall="in general; g07, g08 and g10 the last seven days",
    subject=Respondent.PATIENT,
    respondents=ANYBODY,
    proxy=Proxy.APART,
    domains=(
        Domain("general", "Health in general"),
        Domain("physical", "Physical health"),
        Domain("mental", "Mental health"),
        Domain("roles", "Social roles"),
    ),
    items=(
        _item("g01", "general", "Health in general"),
        _item("g02", "mental", "Quality of life"),
        _item("g03", "physical", "Physical health"),
        _item("g04", "mental", "Mental health"),
        _item("g05", "mental", "Satisfaction with social life"),
        _item("g09", "roles", "Carrying out social activities and roles"),
        _item("g06", "physical", "Carrying out everyday physical activities"),
        _item("g10", "mental", "Emotional problems", "always", "never"),
        _item("g08", "physical", "Fatigue", "very severe", "none"),
        Item(
            "g07",
            "physical",
            range(11),
            "Pain",
            options={0: "no pain", 10: "worst pain imaginable"},
            values=PAIN,
        ),
    ),
    scores=(
        ScoreRule("physical_raw", "Physical health, raw sum", Kind.SUM, PHYSICAL, 4, 20, BETTER),
        ScoreRule(
            "physical_t",
            "Physical health, T score",
            Kind.TABLE,
            ("physical_raw",),
            16.2,
            67.7,
            BETTER,
            decimals=1,
            table=PHYSICAL_T,
        ),
        ScoreRule("mental_raw", "Mental health, raw sum", Kind.SUM, MENTAL, 4, 20, BETTER),
        ScoreRule(
            "mental_t",
            "Mental health, T score",
            Kind.TABLE,
            ("mental_raw",),
            21.2,
            67.6,
            BETTER,
            decimals=1,
            table=MENTAL_T,
        ),
        ScoreRule("general_health", "Health in general", Kind.SUM, ("g01",), 1, 5, BETTER),
        ScoreRule("social_roles", "Social roles", Kind.SUM, ("g09",), 1, 5, BETTER),
    ),
    main="",
    missing=Missing(
        rule="The tables need all four items of a score.", source="PROMIS Global Health scoring manual"
    ),
    bands=(*_bands("physical_t", 35, 42, 50, 58), *_bands("mental_t", 29, 40, 48, 56)),
    changes=(
        Change("physical_t", 3, IMPORTANT, TERWEE),
        Change("mental_t", 3, IMPORTANT, TERWEE),
    ),
)


def _as_once_stored(item: Item) -> Item:
    """The item with 1 as its best answer."""
    if item.key not in {"g08", "g10"}:
        return item
    return replace(item, reversed=True, options={6 - code: text for code, text in item.options.items()})


VERSION_1_1 = replace(
    VERSION_1_2,
    version="1.1",
    items=tuple(_as_once_stored(item) for item in VERSION_1_2.items),
    retired=True,
)

VERSION_1_0 = replace(VERSION_1_1, version="1.0")
VERSIONS = (VERSION_1_0, VERSION_1_1, VERSION_1_2)
