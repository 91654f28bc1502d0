"""What changed with each version of the rules: in docs/rules.md, and where a replay compares releases."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Changed:
    """One change.

    Attributes:
        rules: which it concerns; none named: all that read the ALSFRS-R.
        text: what is otherwise.
        said_only: it changes what an alert says, and not when it is raised.
    """

    rules: tuple[str, ...]
    text: str
    said_only: bool = False


_BREATHING = ("orthopnea_low", "breathing_first")
_STAGES = ("kings_rise", "mitos_rise", "stage_failure", "breathing_support", "feeding_tube")

VERSIONS: dict[str, tuple[Changed, ...]] = {
    "2": (
        Changed(
            ("acceleration",), "A change of the patient's own pace is looked for, and is a topic of its own."
        ),
    ),
    "3": (
        Changed(("weight_loss", "weight_quick_loss"), "A weight replaced the same day is no reference."),
        Changed(("kings_rise", "mitos_rise"), "A rise is counted from the first stage that is known."),
    ),
    "4": (
        Changed(
            (),
            "Reports confirm and clear each other 12 hours and a local day apart only, and a flag is cleared"
            " by the respondent who raised it.",
        ),
        Changed(
            ("fast_decline", "acceleration"),
            "The loss that is stated is all told, over every place of a bend and none, its range widened.",
            said_only=True,
        ),
        Changed(
            ("acceleration",),
            "The limit follows the pace before any change; soon on even odds only; limits chosen anew.",
        ),
        Changed(("fast_decline",), "Inform from a chance of 90 % on (80 % before)."),
        Changed(
            ("fast_decline", "acceleration", "domain_slope"),
            "How long errors last is a number of the policy, in the place of a cap of 28 days.",
        ),
        Changed(
            ("domain_slope",),
            "From a chance of 99 % on (98 before), and not while a flag on decline or acceleration stands.",
        ),
        Changed(("confirmed_drop",), "All reports of the last four weeks have to bear a drop out."),
        Changed(
            _BREATHING,
            "Orthopnea at 2 alone informs until a second report; breathing below 4 in the first form is where"
            " the patient starts.",
        ),
        Changed(_STAGES, "One event is told once: tube or mask beside a new stage 4a or 4b."),
        Changed(("mitos_rise",), "A domain that another rule tells of is told there."),
        Changed(("tube_form",), "The form of item 5 is asked about at swallowing 0 only."),
        Changed(
            ("total_rise",), "A rise is asked about where it is far above the course, and not from 4 on."
        ),
        Changed(("too_quick", "new_respondent"), "A remark on the report, and no question any more."),
        Changed(
            ("items_unanswered", "fast_decline", "acceleration", "confirmed_drop", "domain_drop"),
            "Items that most reports lack are left out, and missing answers are asked for.",
        ),
        Changed(
            ("weight_loss", "weight_quick_loss", "low_bmi", "weight_jump"),
            "A doubtful weight is believed once another one, really apart, is as bad or worse.",
        ),
        Changed(
            ("clock_shifted", "time_not_possible", "before_enrolment"),
            "Questions about a report's time are a topic of their own.",
        ),
    ),
    "5": (
        Changed(
            ("surprise", "straight_line"),
            "Doubt about a total or a form ends with one that is as bad or worse; a second doubt about a"
            " fall is soon.",
        ),
    ),
    "6": (
        Changed(
            ("fast_decline", "acceleration", "domain_slope", "surprise", "total_rise"),
            "Errors a week apart are taken to be correlated by 0.1 (0.2 before), so reports weigh more.",
        ),
        Changed(
            ("acceleration",),
            "One change of pace is expected in eighty weeks (a hundred before); the limits were chosen anew:"
            " 16.5 % for four-weekly and 21.5 % for weekly reports (13.5 and 15 before).",
        ),
        Changed(
            ("fast_decline", "acceleration"),
            "The range of a stated loss is widened by a quarter of it (a fifth before).",
            said_only=True,
        ),
    ),
    "7": (
        Changed(
            ("acceleration",),
            "The stated chance of a change is recalibrated, and the limits are on its scale: 10.5 % for"
            " four-weekly and 18 % for weekly reports, which are the 16.5 and 21.5 of before.",
        ),
    ),
    "8": (
        Changed(
            ("acceleration",),
            "A course that turns upwards is no faster loss: only what lies below a change of 0 counts.",
        ),
        Changed(
            ("domain_drop", "domain_slope"),
            "A flag that stands is read on, with the numbers of the latest report, also while the total"
            " speaks.",
        ),
        Changed(
            ("fast_decline", "acceleration"),
            "The range of a stated loss is not cut off at 0.",
            said_only=True,
        ),
    ),
}
"""By version, the first one apart, each with its changes since the version before."""


def since(version: str) -> dict[str, Changed]:
    """Return the changes after this version, each by its short name: "6a" is the first of version 6."""
    found: dict[str, Changed] = {}
    later = False
    for name, changes in VERSIONS.items():
        later = later or _number(name) > _number(version)
        if later:
            found |= {f"{name}{chr(ord('a') + place)}": one for place, one in enumerate(changes)}
    return found


def _number(version: str) -> int:
    return int(version) if version.isdigit() else 0
