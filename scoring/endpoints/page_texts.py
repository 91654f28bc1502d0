"""What docs/endpoints.md says between its tables; `page` puts both together."""

from __future__ import annotations

from scoring.endpoints.groups import EXACT_BELOW, EXACT_MOST
from scoring.endpoints.responder import IMPROVEMENT, MIN_DAYS, MIN_VALUES
from scoring.progression import DAYS_PER_MONTH, HOME_ALSFRS_R
from scoring.progression.onset import EARLY_MONTHS
from scoring.progression.reliable_change import CLOSE_DAYS
from scoring.tolerance import DIGITS

INTRODUCTION = """# Stages, progression and trial endpoints

Written by `python -m scoring.endpoints`; do not edit.

How `scoring.als_staging`, `scoring.progression` and `scoring.endpoints` compute what they compute, and where
it comes from. "Our choice" means that no published rule was found or followed. A number that does not exist
is left empty with a note; nothing is NaN, and nothing is imputed. The same from files:
`slope --help`.
"""

KINGS = """### King's clinical stage

Regions affected (0 to 3), or failure of nutrition (4a) or breathing (4b); death is stage 5 and never read
from answers.

- 4b when breathing has failed, else 4a when nutrition has, else the number of regions affected. Both
  failures are kept beside the stage; 4a and 4b are different failures, not an order, and 4b before 4a is the
  practice of European registers.
- Nutrition has failed with a gastrostomy in place or item 5 answered in form 5b. 5b says nothing of the
  upper limb.
- A missing item leaves the stage open only where it could change it. With item 5 missing that is always so,
  unless breathing has failed or a gastrostomy is known.
- Stage 0 means that none of these items is affected, not that the patient is well: items 6, 7, 9 and 11 are
  not read.

Source: Roche 2012; from ALSFRS-R items: Balendra 2014. How missing items count is our choice.
"""

MITOS = """### MiToS

The number of domains in which independence is lost, 0 to 4; death is stage 5. Communication is lost only when
both of its items are at their limit, every other domain when one is. Item 5 is not read.

Source: Chio 2015, table 1. Some register programs join the items of communication with "or"; the table
says "and".
"""

FT9 = """### FT9 (experimental)

"Fine 'til 9": the number of the four subscores that are 9 or less; needs all twelve items.

Source: Thakore 2018. We know the rule from others' descriptions and have not read the paper, therefore it is
experimental.
"""

PROGRESSION = f"""## Progression of one patient

A month is {DAYS_PER_MONTH} days; days are counted between local calendar dates. `loss_per_month` is
positive when function is lost, `slope_per_month` is negative then. One series holds one respondent's reports.

- **Rate since onset** (delta FS): (48 - score of the first reading) / months from onset to it, unrounded; of
  another instrument from its highest total, without a group, and not where a higher total is the worse one
  (our choice); no rate when the onset is not
  before the reading, a note below {EARLY_MONTHS} months (our choice). An onset known by month counts from
  its 15th, one known by year from 1 July; where the reading is of that same month or year, from the middle
  between its first day and the reading (our choices). The rates with the earliest and the latest possible
  day stand beside it; an upper end is missing where the onset may have been just before the reading.
  It understates the later rate (Proudfoot 2016).
- **Interval change**: (second - first) / months between.
- **Least squares** with the interval slope +/- t(n - 2) SE. Two readings have a slope and no interval.
  Several readings of one day stay several readings.
- **Theil-Sen**: median slope of all pairs of different days (Theil 1950, Sen 1968).
- **Reliable change** (Jacobson and Truax 1991): SEM = SD sqrt(1 - ICC); the index is change / (sqrt(2) SEM);
  the detectable change is z sqrt(2) SEM. Default for home reports: SD {HOME_ALSFRS_R.sd:g},
  ICC {HOME_ALSFRS_R.icc:g} (our choice within the published 0.93 to 0.97), so that
  {HOME_ALSFRS_R.detectable_change():.2f} points are detectable at 95 %. No other measure has a default:
  `slope trend` says nothing of its noise unless both are given. It ignores time and the loss that is to be
  expected (five points in a year are beyond noise, and usual), so `slope trend` gives it only where the first
  and the last reading are at most {CLOSE_DAYS} days apart (our choice: two months, in which the usual loss is
  well below the noise), else `not_close`. A larger change is no measurement
  error; whether it matters is another question, and a second report answers more than the index.

Groups of the rate since onset, in points lost per month; a group begins at its limit:
"""

TRIAL = f"""## Trial endpoints

Day 0 is the first dose or randomisation (CDISC counts one more, from day 1). One analysis uses one source of
values: the clinic's where there are any, else those from home, and never both; what stands in the other still
shows that the subject was alive.

### Change from baseline

Change = value - baseline, and 0 where the two differ in what lies beyond {DIGITS} significant digits only:
that was made by arithmetic. Nothing else is rounded. Its sign is that of the values, whatever they measure:
where a higher value is the better one, as in the ALSFRS-R, a higher change is less loss; where it is the
worse one, as in the ZBI-12 or the ALSAQ-40, a higher change is for the worse. Baseline is the last valid
value on or before day 0. At a visit stands the value nearest to its nominal day, on a tie the later one. A
day belongs to the nearest visit, on a tie to the earlier; the last window reaches half a step beyond its
nominal day. A week that is none of every fourth has a window of the same width. The windows are our choice;
a protocol's own are given by `--visit`. Values after day 0 that are in no window of every fourth week (where
weeks are analysed), of every month (where months are) or of `--visit` are counted and named; one in the
window of another visit than those analysed is not. Who died before the window closed, without a value in it,
is left out: the result is of those who were measured while alive.

### Which end of the scale is the better one

Change, groups and differences are arithmetic, and need not know. Responders and the joint rank have to: they
go by the direction of the instrument (`slope instruments`), or by `--direction` where that is not known, as
of weight, or on a scale (`--scale`) that is not the instrument's own. Where it is not known and not said,
there are no responders and no joint rank, with the note `no_direction`; where a higher value is the worse
one, a note says so. Berry 2013 has the ALSFRS-R only; to turn the comparison of function round for other
instruments is our choice, and so is to leave out what has no direction.

### Groups

- Mean, SD and the interval mean +/- t(n - 1) SD / sqrt(n).
- Difference, arm minus reference arm, by Welch: SE^2 = SD1^2/n1 + SD2^2/n2, degrees of freedom by
  Welch-Satterthwaite, two-sided p. Undefined with an empty group, with a single
  value in one, or where neither has any spread; one group without spread can still be compared with another.
- No correction for several visits or arms is made: which comparison is primary is the protocol's to say.
- No mixed model (MMRM) is fitted, which would use all visits at once: `slope endpoints
  --table long` writes its input for a statistics program.

### Responders

A responder's loss slowed by a share of {IMPROVEMENT:g} or more against the lead-in. (A survey was sent to 65
clinicians of the NEALS consortium; those who answered called 25 % at least somewhat, and 50 % very
meaningful: Castrillo-Viguera 2010.) Both slopes are least squares, over at least {MIN_VALUES} values in
{MIN_DAYS} days: the lead-in up to day 0, treatment from the baseline value, which is in both, to the end of
the visit's window (a value at the visit itself is not asked for). Whose lead-in is too short, or has no
loss, is left out, even after a death; of the others, who died by the end of the window is counted as not
responding (a composite strategy, our choice). A loss is a course to the worse end of the scale. Shares have
Wilson's interval (1927). Few lead-in values make noisy slopes, so that some respond by chance in every arm.

### Joint rank of function and survival (CAFS)

After Berry 2013. Every pair of participants is compared:

| first | second | better is |
|---|---|---|
| alive at the horizon | alive at the horizon | the better change (the lower where higher is worse) |
| died by the horizon | alive at the horizon | the survivor |
| died by the horizon | died by the horizon | the later death |
| dropped out alive | anybody | the better change at the last visit both have |
| dropped out alive | died while the first one is known to have been alive | the one who dropped out |

Equal, or without a common visit: neither. Visits that can be common are those of every fourth week up to a
week's visit, of every month up to a month's, and `--visit`'s own only for those; before a week that is none
of every fourth they are the four-weekly visits whose windows end before its own begins, so that for week 26
the last is week 20, and values of days between the two windows are not compared. The horizon is the nominal
day of the visit; deaths after it are ignored. Who has a value at the visit of the horizon was alive at it;
who is known to have been alive on a later day than a death, by answers of any source, complete or not, or by
an own event after the horizon, was alive on the day of that death; in a file every row with a day is such an
answer, even where it is otherwise empty. Against a death after which, and on whose day, nobody saw them, a
drop-out is compared by function, so that the one who died may be the better. The responders
count deaths up to the end of the visit's window, the joint rank up to its nominal day; who died by the end of
the window without a value in it is left out of the change. Permanent ventilation
counts as death only when the protocol says so. Without a baseline nobody is ranked, dead or alive (our
choice). The score is wins minus losses; ranks share ties; higher is better. The test is the rank-sum test:
exact with fewer than {EXACT_BELOW} in a group (and no more than {EXACT_MOST} in both; two-sided as the share
of all orders as far from the middle or farther, not as twice one tail), else by the normal approximation,
corrected for ties and continuity. An analysis of covariance of the ranks is left to a statistics program.
"""
