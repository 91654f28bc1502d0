"""What `--help` says, for somebody who knows statistics and not this program."""

from __future__ import annotations

PROGRAM = """\
Score, stage and follow ALSFRS-R and quality-of-life data, and compute trial
endpoints, from files. Nothing is stored or sent anywhere.

  slope trend series.csv

Results describe data. They are no diagnosis, and establish no treatment as
effective. Worked files: docs/command-line.md. Rules, sources and our own
choices: docs/instruments.md and docs/endpoints.md. From the source tree the
program is called as "python -m scoring".
"""

EXIT_CODES = """\
Input is CSV with a header (comma, semicolon, tab or bar), JSON (one object, a list of
objects, or what the service returned) or, with the extra "xlsx", a spreadsheet; "-"
reads standard input. Capitals in column names do not matter; subject and patient are
one column. An empty cell or null is missing, other codes are named with --missing. A
quoted cell may hold line breaks, which is told. Merged cells are refused, hidden and
filtered rows read like the others. Dates are 2026-01-31, 2026/1/31, 20260131, 31JAN2026
or 31-Jan-2026, with a time or without, and are taken as written, whatever the zone
behind them; of --duplicates last the instant counts where there are zones. Other
column names are mapped with --columns; a column that is not known is an error, and so
is a row with more or fewer cells than the header.

On a terminal the output is a table, rounded to four significant digits, else JSON.
JSON leaves nothing out; CSV has the rows of the table with all their columns, and of
endpoints no ranks and no changes of single subjects. Neither rounds anything; both
name the instrument, the version of the rules and the SHA-256 of the input. Notes say
what was done with the data (columns passed over, values put together or left out) and
what looks odd: a table ends with them, JSON has them in "notes", and beside JSON and
CSV they are on standard error.

Exit codes: 0 done; 1 the data are wrong (the first twenty mistakes are named
by row and column, the others counted; nothing is printed); 2 called wrongly.
"""

SCORE = """\
Score answered forms: one row for each form, one column for each item, named as
in docs/instruments.md ("slope instruments" lists the instruments). Cells are
the instrument's codes. A missing answer costs what the instrument's published
rule says; what was missing is in the output. Items that a clinician has to see
at once (PHQ-9 item 9) are listed whatever the total is. A column total is
compared with the total computed; it is noted where the instrument has none.

INSTRUMENT may also be a JSON file with a definition of your own.

  slope score alsfrs_r forms.csv --keep patient,date
"""

STAGE = """\
King's, MiToS and FT9 stages of ALSFRS-R forms. Columns are the twelve items,
each from 0 to 4: speech, salivation, swallowing, handwriting,
cutting_without_gastrostomy (5a) or cutting_with_gastrostomy (5b),
dressing_hygiene, turning_in_bed, walking, climbing_stairs, dyspnea, orthopnea,
respiratory_insufficiency; and gastrostomy (1: in place, 0: not), which need not
be there. An answer in 5b is a gastrostomy and so King's 4a, whatever it is; one
in 5a is an affected upper limb where it is below 4. The stage is empty where a missing
item leaves it open; the items that decided it and those missing are in the
output. King's failures 4a (nutrition) and 4b (breathing) are both kept; with
both the stage says 4b. FT9 is experimental.

  slope stage forms.csv --keep patient,date
"""

TREND = """\
How fast each patient changes. Columns:

  date             calendar date; or study_day, whole days; of both the date counts, and
                   they have to be the same days
  total            the value; empty for an incomplete report (counted, not used);
                   or the items, from which it is formed
  subject          whom the row is about, where the file has several; or patient
  site             optional: part of the subject's name
  respondent       optional: each respondent is a series of its own, and spelled in
                   one way; in all rows of a subject or in none
  time             optional: time of day, for --duplicates last
  onset            optional, date of symptom onset; or 2025-01, or 2025
  onset_precision  optional: day, month (counted from the 15th; the range from its
                   first to its last day) or year (1 July); in the month or year of
                   the reading from the middle of what is before it; it may stand in
                   any row
  baseline_date    optional, date of day 0
  source           optional: values of two sources are refused; one without a source is
                   from home where others have one

Rows without a day and a value only name a subject, as a list above the visits does;
arm, death and ventilation are passed over, and source where it is one. Noted, because
a year or date may be wrong: neighbouring values more than two years apart; a distance
of 300 days or more that is four times as long as all others of four values or more;
in the ALSFRS-R a value six points or more below, or above, both its neighbours, a rise
of six or more from the first value to the second or from the last but one to the last,
and a course that ends six or more above its beginning; the same six values or more on
the same days under two names; and, on standard error, the one row of a subject that is
not in the order of its days.
Smaller slips stay unseen. Also noted: whose onset is not before the first reading, less
than three months or more than fifty years before it, or known by month or year only (the
table then has the range of the rate); forms without a total, with the last one of each
subject; from which day on item 5 of the ALSFRS-R is answered in its other form (5a, 5b),
where the items are there, as a total across it is not comparable; and a total of 0 in
the ALSFRS-R: the form may have been blank.

Output for each patient: least squares with its t interval (from three readings
on), Theil-Sen, the change from first to last, whether that change is larger
than the measure's noise (Jacobson-Truax, which ignores time: only where the two are
at most 62 days apart; known for the ALSFRS-R, of any other measure to be given with
--sd and --icc), and the rate since onset: (48 - first
total) / months from onset to the first reading; other instruments have their
highest total for 48, and no rate where a higher total is the worse one.
slope_per_month is below 0 when the total falls, which is a loss where higher is
better; loss_per_month is above 0 then. The intercept is at the first reading. The group
of a rate since onset: below 0.47 slow, from 1.11 on fast, else intermediate (Labra
2016). A month is 30.4375 days.

  slope trend series.csv
"""

ENDPOINTS = """\
Endpoints of a trial from its values in long form: one file with one row for each
visit. What is known of a subject (arm, baseline_date, died_date) stands in any
one of its rows, or in each. So a list of subjects needs no merging: put its rows
above those of the visits, under one header, with empty cells where a list has
nothing:

  subject,arm,baseline_date,died_date,date,total
  S1,cells,2026-01-10,,,
  S2,control,2026-01-12,2026-07-20,,
  S1,,,,2026-01-10,40
  S1,,,,2026-06-27,37
  S2,,,,2026-01-12,41

Columns:

  subject          identifier; or patient
  study_day        whole days; day 0 is the first dose or randomisation (from
                   CDISC's, which have no day 0, take 1 where they are above 0: noted
                   where half of the subjects have a value on day 1 and none on 0);
                   or date, with baseline_date (a column) or --baseline-date; of both
                   the study day counts, and they have to be the same days
  total            the value; empty for incomplete answers; or the items, with the
                   instrument's published rule for missing ones: the PHQ-9, GAD-7,
                   FSS and others are prorated, most totals stay empty ("slope
                   score" shows it form by form). A total of 0 in the ALSFRS-R is
                   noted: the form may have been blank
  arm              optional; without it there is one group
  site             optional: part of the subject's name
  source           optional: clinic or home; empty is home (or what --source says);
                   one analysis uses one source, the clinic's where it has any value;
                   rows of the other only show that the subject was alive
  died_day         optional, study day of death; or died_date. Without such a
                   column everybody counts as alive. A death a year or more after
                   the subject's last row is noted: the year may be wrong; so is
                   that everybody died. Only 0 and 1 in a column of days is refused
  ventilated_day   optional, start of permanent ventilation or tracheostomy; or
                   ventilated_date; with --ventilation-counts it counts like a death
                   on its day, whatever came after, and values after it stay
                   values; without, it is noted and counts for nothing
  time             optional: time of day, for --duplicates last

A row without a day and total only says that the subject exists. A row with a day
and no total is an incomplete form, and says that the subject was alive on that
day, even where it is otherwise empty: leave out visits that did not take place.

Visits are --at, or weeks 24 and 48 and months 4 and 6. Their windows, in study
days: week 24 155 to 182, week 48 323 to 350, month 4 107 to 137, month 6 168 to
198; another fourth week from 13 days before its day to 14 days after it; of other
months half way to the next; each is shown with its results. The day of a week is 7
times its number, that of a month 30.4375 times, rounded (month 4: 122, month 6: 183);
it stands as "day" (nominal_day) before the window. --visit gives a
window of your own. Of several values in a window the nearest to the visit's day
stands, of two equally near the later one. Values after day 0 in no window of every
fourth week up to 48 (where weeks are analysed; the first begins on day 15), of every
month (where months are) or of
--visit are counted; one at another such visit than those analysed is not.

At each visit: change from baseline (the last value on or before day 0) with a
t interval for each arm; the difference to the reference arm (arm minus
reference; the reference is the first arm by name unless --reference names one) by
Welch, with interval and two-sided p; responders; and the joint rank of function
and survival (CAFS).

Signs are those of the values: above 0 an arm lost less where a higher value is
better, as in the ALSFRS-R, and got worse where it is worse, as in the ZBI-12.
Responders and the joint rank go by the direction of the instrument ("slope
instruments"). Where that is not known (weight; a --scale of another measure) both
are left out with a note, unless --direction says it.

A responder's loss is slower by a quarter or more than in the lead-in. Both slopes are
by least squares: the lead-in's from the values up to day 0, the other from the
baseline value, which is in both, to the end of the visit's window; a value at the
visit is not asked for. Each needs three values or more that span 84 days or more.
Whose lead-in is shorter, or without a loss, is left out, dead or alive; of the
others, who died by the end of the window did not respond, and who is alive with a
shorter treatment period is left out. Shares have Wilson's interval.

The joint rank compares every pair of subjects of two arms, by the change from
baseline at the visit. Deaths count up to the visit's day (week 24: day 168). In
responders they count up to the end of its window (day 182), and who died by then
without a value in the window is left out of the change. Of two deaths the earlier one
loses, and two on one day are equal. A death loses to whoever has a value at the visit or
was seen alive on the day of that death or later. With somebody who was last seen before
it, and for everybody else without a value at the visit, the change at the last visit
counts that both have: of every fourth week, up to week 48 and a week's visit (so for
week 60 none after week 48), of every month up to a month's, and with --visit of your own
visits only. Before a week that is none of every
fourth only those fourth weeks count whose windows end before its own begins: for week
26 up to week 20, not week 24. Pairs without a common visit count as equal; their
number is a row of the results and a note. A subject's score is wins minus losses over
all others of the two arms; the scores are ranked, ties sharing the mean of their
ranks (midranks), and the rank sums of the arms are compared (Wilcoxon).
joint_rank_mean is the mean rank of an arm; it and joint_rank_events name the arm that
it is compared with. The estimate of joint_rank_test is Mann and Whitney's U: the rank
sum of the arm less n (n + 1) / 2. The two-sided p value is exact with fewer
than 10 in one group and no more than 60 in both: the share of all orders whose rank
sum is as far from its mean or farther, which can differ from twice one tail; else
normal with corrections for ties and continuity. How many pairs are compared at an
earlier visit, equal ones too, is a row of the results, and a note where they are most.

Noted, because a year or date may be wrong: a baseline more than 28 days before day 0,
a value more than 26 weeks before it, anything more than five years after it; a distance
of 300 days or more between two values that is four times as long as all others of four
values or more; in the ALSFRS-R a value six points or more below, or above, both its
neighbours, a rise of six or more from the first value to the second or from the last
but one to the last, and a course that ends six or more above its beginning; the same
six values or more on the same days under two names; and, on standard error, the one row
of a subject that is not in the order of its days. Smaller slips stay unseen. Also noted:
from which day on item 5 of the ALSFRS-R is answered in its other form (5a, 5b), where
the items are there. A column onset is passed over.

Nothing is imputed beyond an instrument's own rule for missing items; who is left out is
named with the reason. There is no correction for several visits or arms, no slope by
arm and no mixed model: --table long writes its input, at --at or else at every fourth
week up to week 48; values after day 0 that are in none of its rows are counted.

  slope endpoints visits.csv --at "week 24" --reference control
"""

INSTRUMENTS = """\
List the instruments: key, newest version, title, range and direction of the
main score, and the names of the items (whole in JSON and CSV).

  slope instruments
"""
