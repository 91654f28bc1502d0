"""ALSFRS-R: twelve items of daily function, 48 is full function.

Item 5 has two forms, of which one is answered: 5a, and 5b once a gastrostomy is the main way of feeding.
Labels and levels are our own words. Stages from the same answers: `scoring.als_staging`.
"""

from scoring.instruments.definition import Change, Definition, Domain, Item, Licence, Missing, ScoreRule
from scoring.instruments.terms import ANYBODY, Direction, Kind, Proxy, Respondent, Wording

CODES = range(5)
BULBAR = ("speech", "salivation", "swallowing")
FINE_MOTOR = ("handwriting", "cutting", "dressing_hygiene")
GROSS_MOTOR = ("turning_in_bed", "walking", "climbing_stairs")
RESPIRATORY = ("dyspnea", "orthopnea", "respiratory_insufficiency")
MOTOR = FINE_MOTOR + GROSS_MOTOR
ALL = BULBAR + MOTOR + RESPIRATORY


def _item(key: str, domain: str, label: str, levels: tuple[str, ...], slot: str = "") -> Item:
    """One item; its levels are given from 4 down to 0."""
    return Item(key, domain, CODES, label, options=dict(zip(CODES[::-1], levels, strict=True)), slot=slot)


def _sum(key: str, label: str, of: tuple[str, ...], note: str = "") -> ScoreRule:
    return ScoreRule(key, label, Kind.SUM, of, 0, 4 * len(of), Direction.HIGHER_IS_BETTER, note=note)


VERSION_1 = Definition(
    key="alsfrs_r",
    version="1",
    title="ALSFRS-R",
    sources=(
        "Cedarbaum JM et al. J Neurol Sci 1999;169:13-21: items, codes, total",
        "Rooney J et al. J Neurol Neurosurg Psychiatry 2017;88:381-385: three-domain variant",
        "Bakker LA et al. J Neurol Neurosurg Psychiatry 2017: the total is not one dimension, four subscores"
        " are",
    ),
    licence=Licence(
        owner="published 1999; no licence desk is known",
        terms="scoring is a fact; the original sentences are not shown",
        wording=Wording.OWN_WORDS,
    ),
    direction=Direction.HIGHER_IS_BETTER,
    recall="now",
    subject=Respondent.PATIENT,
    respondents=ANYBODY,
    proxy=Proxy.MARKED,
    domains=(
        Domain("bulbar", "Speech and swallowing"),
        Domain("fine_motor", "Hands and self-care"),
        Domain("gross_motor", "Moving"),
        Domain("respiratory", "Breathing"),
    ),
    items=(
        _item(
            "speech",
            "bulbar",
            "Speech",
            (
                "no change",
                "change can be heard, always understood",
                "has to repeat to be understood",
                "uses speech together with another means",
                "no usable speech",
            ),
        ),
        _item(
            "salivation",
            "bulbar",
            "Saliva",
            (
                "as before",
                "slightly more; perhaps wet pillow",
                "clearly more; may dribble slightly",
                "a great deal; dribbles sometimes",
                "constant; needs tissue or suction all the time",
            ),
        ),
        _item(
            "swallowing",
            "bulbar",
            "Swallowing",
            (
                "eats as before",
                "first trouble, chokes now and then",
                "food or drink has to be softened or thickened",
                "part of the food goes through a tube",
                "nothing by mouth",
            ),
        ),
        _item(
            "handwriting",
            "fine_motor",
            "Handwriting",
            (
                "as before",
                "slower or untidy, all readable",
                "some words cannot be read",
                "holds a pen, cannot write",
                "cannot hold a pen",
            ),
        ),
        Item(
            "gastrostomy",
            "fine_motor",
            range(2),
            "Feeding tube through the abdominal wall",
            options={0: "not in place", 1: "in place"},
            optional=True,
        ),
        _item(
            "cutting_without_gastrostomy",
            "fine_motor",
            "Cutting food (a tube is not the main way of feeding)",
            (
                "as before",
                "slow or clumsy, alone",
                "cuts most things slowly, some help",
                "others cut it, eats alone slowly",
                "has to be fed",
            ),
            slot="cutting",
        ),
        _item(
            "cutting_with_gastrostomy",
            "fine_motor",
            "Handling the tube-feeding kit (a tube is the main way of feeding)",
            (
                "as before",
                "clumsy, every step alone",
                "some help with caps and clips",
                "helps the carer only a little",
                "cannot do any step",
            ),
            slot="cutting",
        ),
        _item(
            "dressing_hygiene",
            "fine_motor",
            "Dressing and washing",
            (
                "as before",
                "alone, slower or with effort",
                "help at times, or other ways of doing it",
                "a helper is needed for it",
                "fully dependent",
            ),
        ),
        _item(
            "turning_in_bed",
            "gross_motor",
            "Turning in bed",
            (
                "as before",
                "slow or clumsy, alone",
                "alone only with great effort (turning or covers)",
                "can begin, cannot finish alone",
                "cannot take part",
            ),
        ),
        _item(
            "walking",
            "gross_motor",
            "Walking",
            (
                "as before",
                "first difficulty, no help",
                "walks with an aid, brace or person",
                "cannot walk, legs still of some use",
                "no useful leg movement",
            ),
        ),
        _item(
            "climbing_stairs",
            "gross_motor",
            "Stairs",
            (
                "as before",
                "slower",
                "a little unsteady or tired",
                "needs help or the handrail",
                "cannot",
            ),
        ),
        _item(
            "dyspnea",
            "respiratory",
            "Breathlessness",
            (
                "none",
                "on walking",
                "on eating, washing or dressing (at least one of them)",
                "at rest, sitting or lying",
                "severe; ventilation being considered",
            ),
        ),
        _item(
            "orthopnea",
            "respiratory",
            "Breathing when lying",
            (
                "no problem",
                "some at night; up to two pillows",
                "needs more than two pillows",
                "sleeps only sitting",
                "cannot sleep",
            ),
        ),
        _item(
            "respiratory_insufficiency",
            "respiratory",
            "Breathing support",
            (
                "none",
                "mask ventilation some of the time",
                "every night",
                "day and night",
                "through a tube (invasive)",
            ),
        ),
    ),
    scores=(
        _sum("total", "Total", ALL),
        _sum("bulbar", "Bulbar", BULBAR),
        _sum("fine_motor", "Fine motor", FINE_MOTOR),
        _sum("gross_motor", "Gross motor", GROSS_MOTOR),
        _sum("respiratory", "Respiratory", RESPIRATORY),
        _sum("motor", "Motor (three-domain variant)", MOTOR, "items 4 to 9"),
        _sum(
            "without_cutting",
            "Total without item 5",
            tuple(key for key in ALL if key != "cutting"),
            "for a comparison across a change between forms 5a and 5b, which often raises the item by 1 to 3"
            " points without any improvement",
        ),
    ),
    main="total",
    missing=Missing(
        rule="A score needs all its items, one form of item 5 among them. Nothing is carried forward.",
        source="our choice; no rule is published",
    ),
    changes=(
        Change(
            "total",
            5,
            "two close reports by one respondent differ by less than this in 95 of 100 cases where nothing"
            " changed",
            "our computation: 1.96 * sqrt(2) * 8 * sqrt(1 - 0.95); home versions have an ICC of 0.93 to 0.97",
        ),
    ),
)

VERSIONS = (VERSION_1,)
