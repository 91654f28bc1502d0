"""Weight: loss against the reference weight, confirmed quick loss, low body mass index, doubtful weights.

Grams are whole numbers and every comparison is exact (a loss of exactly 10 % counts as 10 %). A weight more
than a tenth away from the one before is a question about the data and is not used until another one, really
apart, bears it out (`memory.weights`). A weight is a measurement, not an opinion: respondents are not told
apart.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction

from scoring.decline.flags import Kind, Numbers, Topic, Worse
from scoring.decline.memory.measures import WEIGHT, WEIGHT_ITEM, apart
from scoring.decline.memory.weights import Weights, exact, loss_percent, weights_before
from scoring.decline.reports import Level
from scoring.decline.rule import CLEARS, HOLDS, Finding, Rule, RuleInput, Text, met, rests_on


def weights_of(given: RuleInput) -> Weights:
    """The weight that arrives with those before it."""
    jump_percent = given.limits.weight.jump_percent
    return weights_before(given.before.measures, given.report, given.answers.get(WEIGHT_ITEM), jump_percent)


def grams(given: RuleInput) -> int | None:
    """The weight reported, None if it is not there or not believed yet."""
    weights = weights_of(given)
    return None if weights.is_doubtful() else weights.now


def reference_g(given: RuleInput) -> int | None:
    """The diagnosis weight, else the first one recorded."""
    first = weights_of(given).first
    return given.profile.diagnosis_weight_g or (first[0].value if first else None)


def read_loss(given: RuleInput) -> Finding | None:
    """Inform at 5 % and soon at 10 % below the reference."""
    now, reference = grams(given), reference_g(given)
    if now is None or reference is None:
        return None
    limits, loss = given.limits.weight, loss_percent(reference, now)
    soon, inform = loss >= exact(limits.soon_percent), loss >= exact(limits.inform_percent)
    numbers: Numbers = {
        "loss_percent": float(loss),
        "band": "ge10" if soon else "ge5" if inform else "none",
        "reference_kg": reference / 1000,
        "now_kg": now / 1000,
        "clear_percent": limits.inform_percent,
    }
    level = Level.SOON if soon else Level.INFORM if inform else None
    return Finding(level, not inform, rests_on(numbers, given.report.id))


def read_quick_loss(given: RuleInput) -> Finding | None:
    """Soon when a quick loss is confirmed by the next weight."""
    now = grams(given)
    if now is None:
        return None
    limits, day = given.limits.weight, given.report.day
    before = [weight for weight in weights_of(given).earlier() if apart(weight, given.report)]
    if not before or day - before[-1].day > limits.confirm_days:
        return HOLDS
    first = before[-1]
    lost = [
        weight
        for weight in before[:-1]
        if first.day - weight.day <= limits.quick_days
        and min(loss_percent(weight.value, first.value), loss_percent(weight.value, now))
        >= exact(limits.quick_percent)
    ]
    if not lost:
        return CLEARS
    start = max(lost, key=lambda one: one.value)
    numbers: Numbers = {
        "start_kg": start.value / 1000,
        "first_kg": first.value / 1000,
        "now_kg": now / 1000,
        "loss_percent": float(loss_percent(start.value, now)),
        "days": day - start.day,
        "limit_percent": limits.quick_percent,
        "limit_days": limits.quick_days,
    }
    return met(Level.SOON, numbers, start.id, first.id, given.report.id)


def read_low_bmi(given: RuleInput) -> Finding | None:
    """Soon below a body mass index of 18.5 kg/m²."""
    now, height_cm = grams(given), given.profile.height_cm
    if now is None or not height_cm:
        return None
    bmi, limit = Fraction(10 * now, height_cm * height_cm), given.limits.weight.low_bmi
    if bmi >= exact(limit):
        return CLEARS
    numbers: Numbers = {"bmi": float(bmi), "now_kg": now / 1000, "height_cm": height_cm, "limit": limit}
    return met(Level.SOON, numbers, given.report.id)


def read_jump(given: RuleInput) -> Finding | None:
    """A data query while a weight is not believed; soon when a fall is doubted for the second time."""
    weights = weights_of(given)
    if weights.now is None:
        return None
    if not weights.is_doubtful():
        return CLEARS
    before = weights.believed[-1]
    numbers: Numbers = {
        "now_kg": weights.now / 1000,
        "earlier_kg": before.value / 1000,
        "limit_percent": given.limits.weight.jump_percent,
    }
    again = weights.is_doubtful_again() or (weights.now < before.value and _fall_doubted(given))
    return met(Level.SOON if again else Level.INFORM, numbers, before.id, given.report.id)


def _fall_doubted(given: RuleInput) -> bool:
    """Whether the query stands already, for a fall of an earlier day."""
    state = given.before.states.get("weight_jump")
    if state is None or state.met_on >= given.report.observed_on:
        return False
    return float(state.numbers["now_kg"]) < float(state.numbers["earlier_kg"])


def _rule(
    name: str,
    read: Callable[[RuleInput], Finding | None],
    *,
    text: Text,
    weaknesses: str,
    worse: Worse,
    version: str = "1",
) -> Rule:
    return Rule(
        id=name,
        version=version,
        topic=Topic.WEIGHT,
        kind=Kind.STATE,
        instrument=WEIGHT,
        read=read,
        passes=True,
        measured=True,
        worse=(worse,),
        limits=("weight",),
        text=text,
        source=(
            "ProGas 2015 for 5 % and 10 % of the diagnosis weight; WHO for underweight; the rest is our"
            " choice."
        ),
        weaknesses=weaknesses,
    )


LIGHTER = Worse("now_kg", 5, "the weight", "%", lower=True, percent=True)
WEIGHT_LOSS = _rule(
    "weight_loss",
    read_loss,
    worse=Worse("loss_percent", 5, "the loss", "% of the reference"),
    version="3",
    text=Text(
        title="Weight loss",
        headline="Weight {loss_percent:.1f} % below the reference ({now_kg:g} kg)",
        formula=(
            "100 (reference - now) / reference >= 10: soon; >= 5: inform; reference = diagnosis weight,"
            " else the first"
        ),
        template=(
            "Weight is {now_kg:g} kg, {loss_percent:.1f} % below the reference weight of {reference_kg:g} kg."
        ),
        clears_when="The loss is below {clear_percent:g} % at two weights in a row.",
    ),
    weaknesses=(
        "Without a diagnosis weight, loss before the first report is not seen. Intended loss looks the same."
    ),
)
WEIGHT_QUICK_LOSS = replace(
    _rule(
        "weight_quick_loss",
        read_quick_loss,
        version="2",
        worse=LIGHTER,
        text=Text(
            title="Quick weight loss",
            headline="Weight fell {loss_percent:.1f} % within {days} days, confirmed ({now_kg:g} kg)",
            formula=(
                "two successive weights at most 14 days apart, both at least 2.5 % below one of the 30 days"
                " before the first: soon"
            ),
            template=(
                "Weight fell from {start_kg:g} to {first_kg:g} kg and a second weight confirms it"
                " ({now_kg:g} kg, {loss_percent:.1f} % less within {days} days)."
            ),
            clears_when=(
                "Two weights in a row, close together, are less than {limit_percent:g} % below those of the"
                " {limit_days} days before."
            ),
        ),
        weaknesses=(
            "Needs two weights within two weeks; scales at home differ by a kilogram between clothes and"
            " hours. Weekly weights with a noise of 1 % raise it 0.7 times a patient-year though nothing"
            " is lost, with 0.5 % almost never (docs/detection.md)."
        ),
    ),
    passes=False,
)
LOW_BMI = _rule(
    "low_bmi",
    read_low_bmi,
    version="2",
    worse=LIGHTER,
    text=Text(
        title="Underweight",
        headline="Body mass index {bmi:.1f} kg/m², below {limit:g}",
        formula="weight / height² < 18.5 kg/m²: soon",
        template=(
            "The body mass index is {bmi:.1f} kg/m² ({now_kg:g} kg at {height_cm} cm), below {limit:g}."
        ),
        clears_when="The body mass index is {limit:g} or higher at two weights in a row.",
    ),
    weaknesses="Needs the height; says nothing of muscle and fat.",
)
WEIGHT_JUMP = replace(
    _rule(
        "weight_jump",
        read_jump,
        version="2",
        worse=LIGHTER,
        text=Text(
            title="Doubtful weight",
            headline="Doubtful weight: {now_kg:g} kg entered, {earlier_kg:g} kg before",
            formula=(
                "more than 10 % away from the weight before: not used until another weight, 12 hours and a"
                " local day apart, is within 10 % of it or farther away on the same side; inform, and soon"
                " when a fall is doubted for the second time"
            ),
            template=(
                "The weight entered, {now_kg:g} kg, is more than {limit_percent:g} % away from the one"
                " before ({earlier_kg:g} kg); it is not used until another day's weight bears it out."
            ),
            clears_when="Two weights in a row are within {limit_percent:g} % of the one before.",
        ),
        weaknesses=(
            "A true change of more than 10 % between two weights is believed only at the weight after it; on"
            " two scales that differ by more than 10 % every change of scale is asked about."
        ),
    ),
    topic=Topic.WEIGHT_QUERY,
    data_query=True,
)
WEIGHT_RULES = (WEIGHT_LOSS, WEIGHT_QUICK_LOSS, LOW_BMI, WEIGHT_JUMP)
