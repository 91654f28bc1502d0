"""How often a rule is wrong, as the bench measured it on simulated patients.

False alerts of a rule in a patient-year with weekly reports, on the benchmark population: the first table of
docs/detection.md, which a test compares. A clinic's own experience is another figure, and is named so.
"""

from __future__ import annotations

from collections.abc import Mapping

FALSE_ALERTS_A_PATIENT_YEAR: Mapping[str, float] = {
    "fast_decline": 0.03,
    "confirmed_drop": 0.01,
    "acceleration": 0.42,
    "domain_drop": 0.02,
    "domain_slope": 0.07,
}
"""By rule; the other rules were not measured."""
