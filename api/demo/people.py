"""Who is in the demo: synthetic patients, each with a course, a rhythm of reporting, and a peculiarity."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from api.demo.course import Course


@dataclass(frozen=True, slots=True)
class Form:
    """A questionnaire that a patient answers beside the usual ones, so many days ago, with these codes.

    Attributes:
        version: of the questionnaire; one that is not known here is kept aside.
        note: a word to the team with it.
    """

    days_ago: float
    instrument: str
    answers: Mapping[str, int]
    version: str = "1"
    note: str | None = None


@dataclass(frozen=True, slots=True)
class Person:
    """A synthetic patient.

    Attributes:
        months: since the first report.
        interval_days: between reports; what the clinic has asked for.
        by_caregiver: a caregiver reports instead.
        carer_sees_more_lost: a caregiver reports beside the patient, now and then, and sees so many points
            more lost.
        never_begun: enrolled, and nothing has come yet.
        silent_days: nothing has come for so long.
        onset_months: from the first weakness to the first report.
        forms: what is answered beside the usual questionnaires.
    """

    name: str
    kind: str
    course: Course
    months: int
    interval_days: int
    by_caregiver: bool = False
    carer_sees_more_lost: int = 0
    never_begun: bool = False
    silent_days: int = 0
    onset_months: int = 10
    zone: str = "Europe/Berlin"
    forms: tuple[Form, ...] = ()


def _steady(total: int, loss: float, onset: str = "arm", mood: float = 3.9) -> Course:
    return Course(total, ((0, loss),), onset, mood=mood)


def _changing(total: int, before: float, month: float, after: float, onset: str = "arm") -> Course:
    return Course(total, ((0, before), (month, after)), onset)


def _phq_9(days_ago: float, *codes: int) -> Form:
    return Form(days_ago, "phq_9", {f"phq_{place}": code for place, code in enumerate(codes, 1)})


def _gad_7(days_ago: float, code: int) -> Form:
    return Form(days_ago, "gad_7", {f"gad_{place}": code for place in range(1, 8)})


_THOUGHTS = (_phq_9(0.15, 1, 1, 1, 1, 0, 1, 0, 0, 2),)
"""Thoughts of self-harm, told this morning: an urgent safety alert."""

_HARD_WEEK = (
    _phq_9(16, 2, 2, 2, 2, 2, 2, 2, 2, 0),
    _phq_9(9, 1, 1, 0, 1, 0, 0, 0, 0, 0),
    _phq_9(3, 0, 1, 0, 1, 0, 0, 0, 0, 0),
)
"""A hard week that has passed before anybody looked."""

_ANXIOUS = (_gad_7(16, 2), _gad_7(9, 0), _gad_7(3, 0))
"""Anxious for a week: an alert to inform, which ended unseen."""

_LOWER = (_phq_9(60, 2, 2, 2, 2, 2, 2, 2, 2, 0), _phq_9(5, 3, 3, 3, 3, 2, 3, 2, 2, 0))
"""Low, dealt with, and five points lower: the alert returns because it is worse."""

_NEWER = (Form(3.1, "alsfrs_r", {"speech": 3, "salivation": 3, "mood_of_the_day": 2}, version="9"),)
"""A form of a newer app, which is not known here: it is kept aside, with a question about it."""


def _weight(days_ago: float, grams: int, note: str | None = None) -> Form:
    return Form(days_ago, "weight", {"weight_g": grams}, note=note)


_WEIGHTS = (
    _weight(150, 68_400),
    _weight(118, 68_000),
    _weight(87, 68_100),
    _weight(56, 67_600),
    _weight(26, 67_100),
    _weight(1.4, 66_700, "Fell twice on the stairs this week, not hurt."),
)

PEOPLE: tuple[Person, ...] = (
    Person("Ada Lindqvist", "slow", _steady(44, 0.20), 18, 28, onset_months=20),
    Person("Bruno Ferreira", "slow", _steady(43, 0.30, "leg"), 18, 28, onset_months=16, zone="Europe/Lisbon"),
    Person("Clara Nowak", "slow", _steady(45, 0.25, "bulbar"), 12, 14, onset_months=14, forms=_HARD_WEEK),
    Person("Dario Conti", "slow", _steady(41, 0.30, "leg", mood=4.2), 16, 28, onset_months=30),
    Person("Edith Hahn", "slow", _steady(44, 0.35), 10, 7, onset_months=18, forms=_ANXIOUS),
    Person("Farid Rahimi", "slow", _steady(42, 0.20, "leg"), 14, 28, onset_months=26),
    Person("Greta Olsen", "average", _steady(43, 0.70), 12, 28, forms=_LOWER),
    Person("Henrik Vos", "average", _steady(42, 0.80, "leg"), 10, 14),
    Person("Ines Moreau", "average", _steady(44, 0.75, "bulbar", mood=2.7), 12, 28, forms=_THOUGHTS),
    Person("Jonas Meier", "average", _steady(43, 0.85), 9, 28),
    Person("Katja Simic", "average", _steady(41, 0.65, "leg"), 14, 14, carer_sees_more_lost=3),
    Person("Luis Ortega", "average", _steady(45, 0.90), 8, 28),
    Person("Mira Kovac", "fast", _steady(44, 1.55, "bulbar", mood=3.0), 8, 14, onset_months=5),
    Person("Nils Bergman", "fast", _steady(45, 1.45), 9, 28, onset_months=6),
    Person("Olga Petrova", "fast", _steady(46, 1.80, "leg"), 6, 7, onset_months=4),
    Person("Paul Keller", "plateau", _changing(43, 0.90, 5, 0.0), 14, 28),
    Person("Rosa Brandt", "plateau", _changing(41, 0.75, 4, 0.05, "leg"), 12, 14),
    Person("Sven Dahl", "plateau", _changing(44, 0.80, 6, 0.0, "bulbar"), 16, 28, forms=_NEWER),
    Person("Tilda Jansen", "accelerating", _changing(44, 0.35, 8, 1.90), 13, 14),
    Person("Umberto Sala", "accelerating", _changing(43, 0.50, 9, 2.00, "leg"), 14, 28, zone="Europe/Rome"),
    Person("Vera Horvat", "accelerating", _changing(45, 0.30, 7, 1.70), 11, 7),
    Person(
        "Walter Braun",
        "feeding tube",
        Course(40, ((0, 0.75),), "bulbar", tube_month=6),
        12,
        28,
        onset_months=12,
    ),
    Person("Xenia Adler", "reported by a caregiver", _steady(36, 0.70), 10, 14, by_caregiver=True),
    Person("Yann Lefevre", "gone silent", _steady(42, 0.60, "leg"), 10, 28, silent_days=75),
    Person("Zoe Marin", "accelerating", _changing(44, 0.35, 10.2, 3.2, "leg"), 12, 7, forms=_WEIGHTS),
    Person("Adam Wolff", "never begun", _steady(44, 0.50), 4, 28, never_begun=True),
)
