"""The closed sets of words in a definition: direction, respondent, proxy, audience, wording, kind.

And how the version of an instrument is written.
"""

from __future__ import annotations

import re
from enum import StrEnum

VERSION = re.compile(r"[A-Za-z0-9._-]{1,32}")
"""What can be the version of an instrument, known or not; to be matched in full."""


class Direction(StrEnum):
    """Which end of a scale is the good one."""

    HIGHER_IS_BETTER = "higher_is_better"
    HIGHER_IS_WORSE = "higher_is_worse"
    NEITHER = "neither"


class Respondent(StrEnum):
    """Who answers, or whom the answers are about."""

    PATIENT = "patient"
    CAREGIVER = "caregiver"
    CLINICIAN = "clinician"


ANYBODY = (Respondent.PATIENT, Respondent.CAREGIVER, Respondent.CLINICIAN)


class Proxy(StrEnum):
    """What another person's answers are worth.

    MARKED: a series of its own, beside the subject's. APART: kept, never read as a self-report. REFUSED:
    only the subject can answer.
    """

    MARKED = "marked"
    APART = "apart"
    REFUSED = "refused"


class Audience(StrEnum):
    """Who may read answers. RESTRICTED: whoever gave them and the site's clinicians, nobody else."""

    USUAL = "usual"
    RESTRICTED = "restricted"


class Wording(StrEnum):
    """What of the instrument's text is shown.

    FULL: its own wording. OWN_WORDS: a paraphrase of items and levels. LABELS: a neutral name for each item.
    SUPPLIED: nothing, until the licensee supplies it.
    """

    FULL = "full"
    OWN_WORDS = "own_words"
    LABELS = "labels"
    SUPPLIED = "supplied"


class Kind(StrEnum):
    """How a score is formed: from items (sum, mean, profile) or from another score (table)."""

    SUM = "sum"
    MEAN = "mean"
    PROFILE = "profile"
    TABLE = "table"
