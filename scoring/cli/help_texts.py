"""What `--help` says, for somebody who knows statistics and not this program."""

from __future__ import annotations

PROGRAM = """\
Score, stage and follow ALSFRS-R and quality-of-life data, and compute trial
endpoints, from JSON or CSV files. Nothing is stored or sent anywhere. From the
source tree the program is called as "python -m scoring".

Results describe data. They are no diagnosis, and establish no treatment as
effective. Rules, sources and our own choices: docs/instruments.md and
docs/endpoints.md.
"""

EXIT_CODES = """\
Input is CSV with a header, or JSON (one object or a list of objects), told
apart by its first character; "-" reads standard input. An empty cell or null is
a missing answer. Output goes to standard output, in full precision.

Exit codes: 0 done; 1 the data are wrong (every mistake is named by row and
column, nothing is printed); 2 called wrongly.
"""

SCORE = """\
Score answered forms: one row for each form, one column for each item, named as
in docs/instruments.md ("slope instruments" lists the instruments).
Cells are the instrument's codes. A missing answer costs what the instrument's
published rule says; what was missing is in the output. Items that a clinician
has to see at once (PHQ-9 item 9) are listed whatever the total is.

INSTRUMENT may also be a JSON file with a definition of your own.

  slope score alsfrs_r answers.json
  slope score phq_9 forms.csv --keep patient,date --format csv
"""

STAGE = """\
King's, MiToS and FT9 stages of ALSFRS-R forms. Columns are the twelve items
(item 5 as cutting_without_gastrostomy or cutting_with_gastrostomy) and
gastrostomy (1: in place, 0: not). The stage is empty where a missing item
leaves it open; the items that decided it and those missing are in the output.
King's failures 4a (nutrition) and 4b (breathing) are both kept; with both the
stage says 4b. FT9 is experimental.

  slope stage answers.json
"""

TREND = """\
How fast each patient changes. Columns:

  date             calendar date, 2026-01-31
  total            the value; empty for an incomplete report (counted, not used)
  patient          optional, where the file has several
  onset            optional, date of symptom onset
  onset_precision  optional: day, month (counted from the 15th) or year (1 July)

Output for each patient: least squares with its t interval (from three readings
on), Theil-Sen, the change from first to last, whether that change is larger
than the measure's noise (Jacobson-Truax), and the rate since onset.
slope_per_month is negative when function is lost; loss_per_month is positive
then. A month is 30.4375 days. Every report of one patient counts as one
independent reading: do not mix respondents in one series.

  slope trend series.csv
"""

ENDPOINTS = """\
Endpoints of a trial from its values in long form. Columns:

  subject          identifier
  study_day        whole days; day 0 is the first dose or randomisation
  total            the value; empty for incomplete answers
  arm              optional; without it there is one group
  source           optional: clinic or home; one analysis uses one source
  died_day         optional, study day of death, in any row of the subject
  ventilated_day   optional, start of permanent ventilation or tracheostomy

A row without study_day and total only says that the subject exists.

At each visit: change from baseline (the last value on or before day 0) with a
t interval for each arm; the difference to the reference arm (arm minus
reference) by Welch, with interval and two-sided p; responders (a quarter less
loss than in the lead-in); and the joint rank of function and survival (CAFS).
Nothing is imputed; who is left out is named with the reason. There is no
correction for several visits or arms, and no mixed model: --table long writes
its input.

  slope endpoints visits.csv --reference control
  slope endpoints visits.csv --at "week 24" --format csv
"""

INSTRUMENTS = """\
List the instruments: key, newest version, title, range and direction of the
main score.
"""
