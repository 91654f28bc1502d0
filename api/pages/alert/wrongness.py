"""How often a rule is wrong, as the bench measured it on simulated patients.

Each figure is a range over weekly, fortnightly and four-weekly reports, and over both populations where both
were measured: docs/detection.md and docs/rules.md have them one by one, and a test compares. A clinic's own
experience is another figure, and is named so.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple


class Span(NamedTuple):
    """The lowest and the highest, times in a patient-year."""

    low: float
    high: float


class OnDesk(NamedTuple):
    """How often it was put before a person: of patients who lose 0.1 points a month all year, and 0.9."""

    stable: Span
    typical: Span


FALSE_ALERTS: Mapping[str, Span] = {
    "fast_decline": Span(0.02, 0.05),
    "confirmed_drop": Span(0.01, 0.08),
    "acceleration": Span(0.42, 0.54),
    "domain_drop": Span(0, 0.02),
    "domain_slope": Span(0, 0.07),
    "weight_quick_loss": Span(0.68, 0.75),
}
"""False alerts by rule; of quick loss of weight those of patients who lose none, noise of one weight 1 %."""

ON_DESK: Mapping[str, OnDesk] = {
    "acceleration": OnDesk(Span(0.18, 0.35), Span(0.78, 0.9)),
    "breathing_first": OnDesk(Span(0.13, 0.19), Span(0.1, 0.19)),
    "breathing_first_with_bulbar": OnDesk(Span(0.05, 0.07), Span(0.09, 0.11)),
    "breathing_support": OnDesk(Span(0, 0), Span(0, 0)),
    "confirmed_drop": OnDesk(Span(0, 0), Span(0.03, 0.11)),
    "domain_drop": OnDesk(Span(0, 0), Span(0, 0)),
    "domain_slope": OnDesk(Span(0, 0), Span(0, 0.07)),
    "dyspnea_at_worst": OnDesk(Span(0.01, 0.09), Span(0.15, 0.21)),
    "dyspnea_fall": OnDesk(Span(0, 0.01), Span(0, 0.01)),
    "dyspnea_low": OnDesk(Span(0.05, 0.06), Span(0.1, 0.22)),
    "fast_decline": OnDesk(Span(0, 0.01), Span(0.07, 0.09)),
    "feeding_tube": OnDesk(Span(0, 0), Span(0, 0.01)),
    "kings_rise": OnDesk(Span(0.23, 0.32), Span(0.41, 0.54)),
    "mitos_rise": OnDesk(Span(0.02, 0.03), Span(0.35, 0.41)),
    "orthopnea_at_worst": OnDesk(Span(0, 0.02), Span(0.06, 0.09)),
    "orthopnea_fall": OnDesk(Span(0.07, 0.14), Span(0.27, 0.49)),
    "orthopnea_low": OnDesk(Span(0.41, 0.6), Span(0.61, 0.84)),
    "speech_level": OnDesk(Span(0.11, 0.18), Span(0.35, 0.38)),
    "stage_failure": OnDesk(Span(0.1, 0.12), Span(0.16, 0.24)),
    "straight_line": OnDesk(Span(0, 0), Span(0, 0.01)),
    "surprise": OnDesk(Span(0.02, 0.05), Span(0.01, 0.08)),
    "swallowing_level": OnDesk(Span(0.07, 0.18), Span(0.37, 0.4)),
    "total_rise": OnDesk(Span(0.02, 0.09), Span(0.02, 0.06)),
    "tube_form": OnDesk(Span(0.01, 0.02), Span(0.07, 0.1)),
    "tube_unrecorded": OnDesk(Span(0.03, 0.07), Span(0.03, 0.05)),
    "walking_level": OnDesk(Span(0.03, 0.06), Span(0.35, 0.37)),
}
"""What was put before a person by rule; the others were never met in that simulation, or were not in it."""
