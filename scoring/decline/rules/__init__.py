"""The rules in the order in which flags of one level are shown; one file per family.

A rule is data (`rule.Rule`) with a pure function. To add one, write it in the family's file and list it
here; a rule whose result changes gets a new version, and `RULES_VERSION` changes with any of them.
"""

from scoring.decline.rule import Rule
from scoring.decline.rules.acceleration import ACCELERATION
from scoring.decline.rules.carer import CARER_RULES
from scoring.decline.rules.domain import DOMAIN_RULES
from scoring.decline.rules.drop import CONFIRMED_DROP
from scoring.decline.rules.function import FUNCTION_RULES
from scoring.decline.rules.mood import MOOD_RULES
from scoring.decline.rules.plausibility import AFTER_DEATH, PLAUSIBILITY_RULES
from scoring.decline.rules.primary import PRIMARY
from scoring.decline.rules.respiratory import RESPIRATORY_RULES
from scoring.decline.rules.stage import STAGE_RULES
from scoring.decline.rules.times import TIME_RULES
from scoring.decline.rules.unanswered import ITEMS_UNANSWERED
from scoring.decline.rules.weight import WEIGHT_RULES
from scoring.decline.rules.well_being import WELL_BEING_RULES

RULES_VERSION = "8"
RULES: tuple[Rule, ...] = (
    *RESPIRATORY_RULES,
    PRIMARY,
    CONFIRMED_DROP,
    ACCELERATION,
    *DOMAIN_RULES,
    *STAGE_RULES,
    *FUNCTION_RULES,
    *MOOD_RULES,
    *WEIGHT_RULES,
    *WELL_BEING_RULES,
    *CARER_RULES,
    *PLAUSIBILITY_RULES,
    ITEMS_UNANSWERED,
    AFTER_DEATH,
    *TIME_RULES,
)
BY_ID = {rule.id: rule for rule in RULES}
PLACE = {rule.id: place for place, rule in enumerate(RULES)}
BY_INSTRUMENT = {
    key: tuple(rule for rule in RULES if rule.instrument == key)
    for key in sorted({rule.instrument for rule in RULES})
}
