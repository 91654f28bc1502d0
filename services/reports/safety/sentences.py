"""The sentences of what is raised although no rule reads it, as signals in the form of the rules' own.

They say what became of the form, and no answer but that there was one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from scoring import instruments
from scoring.decline import QUARANTINED, Kind, Signal, mark_of
from scoring.decline.reports import WHO
from scoring.instruments import UnknownInstrument
from services.reports.safety.answers import Concern
from services.reports.safety.told import Told

_REFUSED = "in a form that was refused; the form is not stored"
_QUARANTINED = "in a form that is kept aside; it has not been evaluated"
_CLOSED_BY_PERSON = "It does not clear by itself: a clinician closes it with what was done."
_TEMPLATES: Mapping[str, tuple[str, str]] = {
    Concern.SELF_HARM.value: (
        "{proxy}houghts of being better off dead or of self-harm reported ({title}, by {who}) {fate}.",
        _CLOSED_BY_PERSON,
    ),
    Concern.UNREADABLE.value: (
        "The safety item could not be read ({title}, by {who}) {fate}. Whether there are thoughts of"
        " self-harm is not known.",
        _CLOSED_BY_PERSON,
    ),
    Concern.BREATHING.value: (
        "Breathing at its worst reported, item 10 or 11 at 0 ({title}, by {who}) {fate}.",
        "It stands for 28 days; a clinician closes it with what was done.",
    ),
    QUARANTINED: (
        "A form is kept aside and has not been evaluated: {title} in version {version}, which this server"
        " does not know, by {who}.",
        "The form is released or rejected.",
    ),
}
_HEADLINES: Mapping[str, str] = {
    Concern.SELF_HARM.value: "Thoughts of death or self-harm, in a form that was {fate}",
    Concern.UNREADABLE.value: "The safety item could not be read, in a form that was {fate}",
    Concern.BREATHING.value: "Breathing at its worst level, in a form that was {fate}",
    QUARANTINED: "A form is kept aside and has not been evaluated",
}
_UNNAMED_HEADLINE = "An answer in a form that was refused asks for somebody to look at once"
_UNNAMED = (
    "An answer in a form of {who} asks for somebody to look at once. The form was refused because the consent"
    " is not recorded; nothing of it is stored."
)


def signal_of(told: Sequence[Told]) -> dict[str, Any]:
    """Return one signal, in the form of `scoring.decline.Signal.as_dict`, for what the same rule says."""
    latest = told[-1]
    sentence, clears_when = _TEMPLATES[latest.what]
    level = max((one.level for one in told), key=lambda one: one.rank)
    return Signal(
        rule=latest.rule,
        rule_version="1",
        level=level,
        kind=Kind.STATE if latest.what == QUARANTINED else Kind.EVENT,
        headline=_headline(latest),
        sentence=_sentence(latest, sentence) + _more(told),
        clears_when=clears_when,
        numbers={"report": latest.id, "reports": len(told)},
        evidence=tuple(one.id for one in told),
        raised_by=latest.id,
        raised_at=latest.moment,
        mark={name: value for one in told for name, value in _mark(one).items()},
    ).as_dict()


def _mark(one: Told) -> dict[str, float]:
    """Each form is another one: dealing with it has not dealt with the next."""
    return mark_of(one.rule, {"report": one.id})


def title_of(instrument: str) -> str:
    """Return what people call the instrument."""
    try:
        return instruments.get(instrument).title
    except UnknownInstrument:
        return instrument


def _headline(one: Told) -> str:
    if not one.named:
        return _UNNAMED_HEADLINE
    return _HEADLINES[one.what].format(fate="refused" if one.refused else "kept aside")


def _sentence(one: Told, template: str) -> str:
    who = WHO.get(one.respondent, one.respondent)
    if not one.named:
        return _UNNAMED.format(who=who)
    text = template.format(
        proxy="Carer's concern: t" if one.respondent == "caregiver" else "T",
        title=title_of(one.instrument),
        version=one.version,
        who=who,
        fate=_REFUSED if one.refused else _QUARANTINED,
    )
    return text if one.answered_on is None else f"{text} Answered on {one.answered_on}, entered long after."


def _more(told: Sequence[Told]) -> str:
    return "" if len(told) == 1 else f" It is the latest of {len(told)} such forms."
