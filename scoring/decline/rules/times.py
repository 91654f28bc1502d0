"""Questions about when a report was answered: a phone's clock that was wrong, a time that cannot be.

Asked of reports of every instrument. None of these says anything about the patient.
"""

from __future__ import annotations

from scoring.decline.flags import Kind, Numbers, Topic, Worse
from scoring.decline.memory.memory import SHIFT_SAME_SECONDS, asked_before
from scoring.decline.reports import Level
from scoring.decline.rule import Finding, Rule, RuleInput, Text, met

MAX_REPORTS = 10
"""Our choice: of reports that raise the same question, so many of the latest are named."""
CLOCK_SHIFTED, NOT_POSSIBLE, BEFORE_ENROLMENT = "clock_shifted", "time_not_possible", "before_enrolment"


def read_shift(given: RuleInput) -> Finding | None:
    """A phone's clock that was more than an hour off, by this much for the first time."""
    report = given.report
    if CLOCK_SHIFTED not in report.doubts or asked_before(given.before, report.phone, report.shift_seconds):
        return None
    hours = round(abs(report.shift_seconds) / 3600)
    direction = "behind" if report.shift_seconds > 0 else "ahead"
    numbers: Numbers = {"hours": hours, "direction": direction, "report": report.id}
    return met(Level.INFORM, numbers, *_with_earlier(CLOCK_SHIFTED, given))


def read_not_possible(given: RuleInput) -> Finding | None:
    """A report whose time cannot be, taken at its time of receipt."""
    return _doubted(NOT_POSSIBLE, given)


def read_before_enrolment(given: RuleInput) -> Finding | None:
    """A report that a phone dates long before the patient was enrolled."""
    return _doubted(BEFORE_ENROLMENT, given)


def _doubted(doubt: str, given: RuleInput) -> Finding | None:
    if doubt not in given.report.doubts:
        return None
    return met(Level.INFORM, {"report": given.report.id}, *_with_earlier(doubt, given))


def _with_earlier(rule: str, given: RuleInput) -> tuple[str, ...]:
    state = given.before.states.get(rule)
    earlier = () if state is None else state.evidence
    return (*earlier, given.report.id)[-MAX_REPORTS:]


_STANDS = "It stands for four weeks after the last such report, or until the report's time is corrected."


def _question(name: str, text: Text, weaknesses: str) -> Rule:
    return Rule(
        id=name,
        version="1",
        topic=Topic.TIME_QUERY,
        kind=Kind.EVENT,
        instrument="",
        read=_READS[name],
        text=text,
        source="Our choice.",
        weaknesses=weaknesses,
        passes=False,
        worse=(Worse("", words="another report", of="report"),),
        data_query=True,
    )


_READS = {
    CLOCK_SHIFTED: read_shift,
    NOT_POSSIBLE: read_not_possible,
    BEFORE_ENROLMENT: read_before_enrolment,
}
TIME_RULES = (
    _question(
        CLOCK_SHIFTED,
        Text(
            title="A phone's clock was wrong",
            headline="A phone's clock was wrong",
            formula=(
                "the phone's clock was more than an hour off at sending, by an amount not asked about before"
                f" (to {SHIFT_SAME_SECONDS // 60} minutes) for this phone"
            ),
            template=(
                "A phone's clock was about {hours} hours {direction}: the times of its reports were moved by"
                " that; check the phone and the times."
            ),
            clears_when=_STANDS,
        ),
        "A clock that was set right between answering and sending moves a report that needed none.",
    ),
    _question(
        NOT_POSSIBLE,
        Text(
            title="The time of a report cannot be",
            headline="A time that cannot be",
            formula=(
                "answered in the future or more than five years ago by a phone that says what its clock"
                " showed at sending: taken at its time of receipt"
            ),
            template=(
                "A report came with a time that cannot be and was taken at the time it was received: check"
                " when it was answered."
            ),
            clears_when=_STANDS,
        ),
        "The day may be wrong until somebody corrects it.",
    ),
    _question(
        BEFORE_ENROLMENT,
        Text(
            title="Answered long before enrolment",
            headline="A report from long before enrolment",
            formula="a phone dates its report more than 31 days before enrolment",
            template=(
                "A phone dates a report more than 31 days before the patient was enrolled: check when it was"
                " answered."
            ),
            clears_when=_STANDS,
        ),
        "Asks about a patient whose enrolment was recorded late.",
    ),
)
