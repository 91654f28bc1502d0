"""The sentences of what is raised although no rule reads it, as signals in the form of the rules' own.

They say what became of the form, and no answer but that there was one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from scoring import instruments
from scoring.decline import QUARANTINED, Kind, Numbers, Signal, mark_of
from scoring.decline.reports import CAREGIVER, WHO
from scoring.decline.wording import Told
from scoring.instruments import UnknownInstrument
from services.reports.safety import told as told_of
from services.reports.safety.answers import Concern

_CLOSED_BY_PERSON = "It does not clear by itself: a clinician closes it with what was done."
TEMPLATES: Mapping[str, Told] = {
    Concern.SELF_HARM.value: Told(
        "Thoughts of death or self-harm, in a form that was {fate_short}",
        "{proxy}houghts of being better off dead or of self-harm reported ({title}, by {respondent}) {fate}.",
        _CLOSED_BY_PERSON,
    ),
    Concern.UNREADABLE.value: Told(
        "The safety item could not be read, in a form that was {fate_short}",
        "The safety item could not be read ({title}, by {respondent}) {fate}. Whether there are thoughts of"
        " self-harm is not known.",
        _CLOSED_BY_PERSON,
    ),
    Concern.BREATHING.value: Told(
        "Breathing at its worst level, in a form that was {fate_short}",
        "Breathing at its worst reported, item 10 or 11 at 0 ({title}, by {respondent}) {fate}.",
        "It stands for 28 days; a clinician closes it with what was done.",
    ),
    QUARANTINED: Told(
        "A form is kept aside and has not been evaluated",
        "A form is kept aside and has not been evaluated: {title} in version {version}, which this server"
        " does not know, by {respondent}.",
        "The form is released or rejected.",
    ),
}
_UNNAMED_HEADLINE = "An answer in a form that was refused asks for somebody to look at once"
_UNNAMED_SENTENCE = (
    "An answer in a form of {respondent} asks for somebody to look at once. The form was refused because the"
    " consent is not recorded; nothing of it is stored."
)
UNNAMED_TEMPLATES: Mapping[str, Told] = {
    what: Told(_UNNAMED_HEADLINE, _UNNAMED_SENTENCE, told.clears_when) for what, told in TEMPLATES.items()
}
"""The same while no consent is recorded: no item is named."""
LATE = " Answered on {answered_on}, entered long after."
MORE = " It is the latest of {reports} such forms."
WORDS: Mapping[str, Mapping[str, str]] = {
    "respondent": WHO,
    "fate": {
        "refused": "in a form that was refused; the form is not stored",
        "quarantined": "in a form that is kept aside; it has not been evaluated",
    },
    "fate_short": {"refused": "refused", "quarantined": "kept aside"},
    "proxy": {"yes": "Carer's concern: t", "no": "T"},
}
"""For a number's name and code, the words of a sentence."""


def signal_of(told: Sequence[told_of.Told]) -> dict[str, Any]:
    """Return one signal, in the form of `scoring.decline.Signal.as_dict`, for what the same rule says."""
    latest = told[-1]
    level = max((report.level for report in told), key=lambda level: level.rank)
    numbers: Numbers = {"report": latest.id, "reports": len(told), **_numbers(latest)}
    words = filled(latest.rule, numbers)
    return Signal(
        rule=latest.rule,
        rule_version="1",
        level=level,
        kind=Kind.STATE if latest.what == QUARANTINED else Kind.EVENT,
        headline=words.headline,
        sentence=words.sentence,
        clears_when=words.clears_when,
        numbers=numbers,
        evidence=tuple(report.id for report in told),
        raised_by=latest.id,
        raised_at=latest.moment,
        mark={name: value for report in told for name, value in _mark(report).items()},
    ).as_dict()


def templates_of(rule: str, numbers: Numbers) -> Told | None:
    """Return the templates for what is told under the name of a rule; None when nothing is."""
    what = rule if rule == QUARANTINED else rule.rpartition("_")[0]
    found = (TEMPLATES if numbers.get("named") == "yes" else UNNAMED_TEMPLATES).get(what)
    if found is None or "respondent" not in numbers:
        return None
    late = LATE if "answered_on" in numbers else ""
    more = MORE if numbers["reports"] != 1 else ""
    return found._replace(sentence=found.sentence + late + more)


def filled(rule: str, numbers: Numbers) -> Told:
    """Return the words for what is told under the name of a rule."""
    templates = templates_of(rule, numbers)
    if templates is None:
        raise ValueError(rule)
    said = {name: WORDS.get(name, {}).get(str(value), value) for name, value in numbers.items()}
    return Told(*(template.format(**said) for template in templates))


def _numbers(one: told_of.Told) -> dict[str, str]:
    """What the sentences name, as codes; while no consent is recorded, nothing of the form."""
    if not one.named:
        return {"named": "no", "respondent": one.respondent}
    fate = "refused" if one.refused else "quarantined"
    found = {
        "named": "yes",
        "respondent": one.respondent,
        "title": title_of(one.instrument),
        "version": one.version,
        "fate": fate,
        "fate_short": fate,
        "proxy": "yes" if one.respondent == CAREGIVER else "no",
    }
    return found if one.answered_on is None else found | {"answered_on": one.answered_on}


def _mark(one: told_of.Told) -> dict[str, float]:
    """Each form is another one: dealing with it has not dealt with the next."""
    return mark_of(one.rule, {"report": one.id})


def title_of(instrument: str) -> str:
    """Return what people call the instrument."""
    try:
        return instruments.get(instrument).title
    except UnknownInstrument:
        return instrument
