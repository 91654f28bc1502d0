"""docs/endpoints.md, written from the code: `python -m scoring.endpoints > docs/endpoints.md`.

Tables come from the constants that the computations use, examples are computed. A test compares the stored
page with this one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from scoring import als_staging as staging
from scoring.endpoints.analysis import STRATEGIES
from scoring.endpoints.groups import CAVEATS, EXACT_BELOW, EXACT_MOST, mid_ranks
from scoring.endpoints.pairs import Participant, scores
from scoring.endpoints.published import CONTEXT, OH_2018, PublishedDifference, back_calculate
from scoring.endpoints.responder import IMPROVEMENT, MIN_DAYS, MIN_VALUES
from scoring.endpoints.schedule import MONTHS, WEEKS, TrialSchedule
from scoring.endpoints.trial import REASONS
from scoring.progression import ALL_CUTOFFS, DAYS_PER_MONTH, HOME_ALSFRS_R, NOTES
from scoring.progression.onset import EARLY_MONTHS
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

- **Rate since onset** (delta FS): (48 - score) / months since onset, unrounded; no rate when the onset is not
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
  `slope trend` says nothing of its noise unless both are given. A larger change is no measurement
  error; whether it matters is another question, and a second report answers more than the index.

Groups of the rate since onset, in points lost per month; a group begins at its limit:
"""

TRIAL = f"""## Trial endpoints

Day 0 is the first dose or randomisation (CDISC counts one more, from day 1). One analysis uses one source of
values: the clinic's where there are any, else those from home, and never both.

### Change from baseline

Change = value - baseline, so that less loss is higher, rounded to {DIGITS} significant digits of the values:
what lies beyond them was made by arithmetic. Baseline is the last valid value on or before day 0.
At a visit stands the value nearest to its nominal day, on a tie the later one. A day belongs to the nearest
visit, on a tie to the earlier; the last window reaches half a step beyond its nominal day. A week that is
none of every fourth has a window of the same width, and in the joint rank the four-weekly visits before it.
The windows are our choice; a protocol's own are given by `--visit`. Values in no window are counted and
named. Who died before the window closed, without a value in it, is left out: the result is of those who
were measured while alive.

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
{MIN_DAYS} days: the lead-in up to day 0, treatment from the baseline value to the end of the visit's window.
Who died by the end of the window and has a lead-in with a loss is counted as not responding (a composite
strategy, our choice). Shares have Wilson's interval (1927). Few lead-in values make noisy slopes, so that
some respond by chance in every arm.

### Joint rank of function and survival (CAFS)

After Berry 2013. Every pair of participants is compared:

| first | second | better is |
|---|---|---|
| alive at the horizon | alive at the horizon | the higher change from baseline |
| died by the horizon | alive at the horizon | the survivor |
| died by the horizon | died by the horizon | the later death |
| dropped out alive | anybody | the higher change at the last visit both have |
| dropped out alive | died while the first one is known to have been alive | the one who dropped out |

Equal, or without a common visit: neither. The horizon is the nominal day of the visit; deaths after it are
ignored. Who has a value at the visit of the horizon was alive at it; who is known to have been alive on a
later day than a death, by answers of any source, complete or not, or by an own event after the horizon, was
alive on the day of that death; in a file every row with a day is such an answer, even where it is otherwise
empty. Against a death after which, and on whose day, nobody saw them, a drop-out is compared by function,
so that the one who died may be the better. The change and the responders count deaths up to the end of the
visit's window, the joint rank up to its nominal day. Permanent ventilation counts as death only when the
protocol says so. Without a baseline nobody is ranked, dead or alive (our choice). The score is wins minus
losses; ranks share ties; higher is better. The test is the rank-sum test: exact with fewer than
{EXACT_BELOW} in a group (and no more than {EXACT_MOST} in both), else by the normal approximation,
corrected for ties and continuity. An analysis of covariance of the ranks is left to a statistics program.
"""


def render() -> str:
    """The whole page as Markdown."""
    parts = [
        INTRODUCTION,
        _staging(),
        PROGRESSION,
        _cutoffs(),
        TRIAL,
        _example(),
        "### Windows\n",
        _windows(WEEKS),
        _windows(MONTHS),
        _published(),
        _explanations(),
    ]
    return "\n".join(parts)


def _table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(map(str, line))} |" for line in lines) + "\n"


def _staging() -> str:
    kings = {
        "region bulbar": staging.BULBAR_AFFECTED,
        "region upper limb (form 5a)": staging.UPPER_LIMB_AFFECTED,
        "region upper limb (form 5b)": staging.UPPER_LIMB_AFFECTED_5B,
        "region lower limb": staging.LOWER_LIMB_AFFECTED,
        "breathing failed (4b)": staging.BREATHING_FAILED,
    }
    mitos = {
        "movement": staging.MOVEMENT_LOST,
        "swallowing": staging.SWALLOWING_LOST,
        "communicating": staging.COMMUNICATION_LOST,
        "breathing": staging.BREATHING_LOST,
    }
    return "\n".join(
        [
            "## Stages of one ALSFRS-R report\n",
            "Each staging names the items that decided it and those that were missing. Show King's and MiToS"
            " together:\nKing's resolves early and middle disease, MiToS late disease (Fang 2017).\n",
            KINGS,
            _table(
                ["part", "affected with"], ((part, _limits(limits, " or ")) for part, limits in kings.items())
            ),
            MITOS,
            _table(
                ["domain", "lost with"],
                (
                    (part, _limits(limits, " and " if part == "communicating" else " or "))
                    for part, limits in mitos.items()
                ),
            ),
            FT9,
        ]
    )


def _limits(limits: Mapping[str, int], word: str) -> str:
    return word.join(f"`{item}` <= {limit}" for item, limit in limits.items())


def _cutoffs() -> str:
    rows = (
        (cutoffs.source, ", ".join(f"{limit:g}" for limit in cutoffs.limits), ", ".join(cutoffs.groups))
        for cutoffs in ALL_CUTOFFS
    )
    default = f"Default: {ALL_CUTOFFS[0].source} (our choice among them).\n"
    return _table(["source", "limits", "groups"], rows) + "\n" + default


EXAMPLE = (
    Participant("1", "A", {28: -1, 168: -2}),
    Participant("2", "A", {28: -1, 168: -5}),
    Participant("3", "A", {28: -3}, event_day=150, last_day=28),
    Participant("4", "A", {28: 0}, last_day=28),
    Participant("5", "B", {28: -2, 168: -5}),
    Participant("6", "B", {28: -4}, event_day=20 + 28, last_day=28),
)


def _example() -> str:
    totals, _ = scores(EXAMPLE, 168)
    rows = (
        (
            participant.id,
            participant.arm,
            participant.changes.get(28, ""),
            participant.changes.get(168, ""),
            participant.event_day or "",
            total,
            f"{rank:g}",
        )
        for participant, total, rank in zip(EXAMPLE, totals, mid_ranks(totals), strict=True)
    )
    head = ["subject", "arm", "change at week 4", "change at week 24", "death, day", "score", "rank"]
    return (
        "An example, made up; subject 4 dropped out after week 4 and is compared there, also with the two who"
        "\ndied later:\n\n" + _table(head, rows)
    )


def _windows(schedule: TrialSchedule) -> str:
    rows = (
        (visit.name, visit.nominal_day, f"{visit.window[0]} to {visit.window[-1]}")
        for visit in schedule.visits
    )
    return _table(["visit", "nominal day", "study days"], rows)


def _published() -> str:
    rows = [_published_row(published) for published in OH_2018]
    head = ["published", "difference (95 % CI)", "n", "df", "SE", "pooled SD", "t", "p"]
    return "\n".join(
        [
            "## A worked example: published differences, worked backwards\n",
            "SE = width of the interval / (2 t(n1 + n2 - 2)), pooled SD = SE / sqrt(1/n1 + 1/n2). This is"
            " arithmetic on\nprinted, rounded numbers, to check them and to plan from the SD.\n",
            _table(head, rows),
            f"Source: {OH_2018[0].source}. {CONTEXT}\n",
        ]
    )


def _published_row(one: PublishedDifference) -> tuple[object, ...]:
    found = back_calculate(one)
    return (
        one.what,
        f"{one.difference:.2f} ({one.low:.2f} to {one.high:.2f})",
        " + ".join(map(str, one.n)),
        found.df,
        f"{found.se:.3f}",
        f"{found.pooled_sd:.2f}",
        f"{found.t:.2f}",
        f"{found.p:.4f}",
    )


def _explanations() -> str:
    everything: dict[str, Mapping[str, str]] = {
        "Why a subject is left out": dict(REASONS.items()),
        "What a death means": dict(STRATEGIES.items()),
        "Notes on groups": dict(CAVEATS.items()),
        "Notes on one patient's progression": dict(NOTES.items()),
    }
    parts = ["## Codes in the output\n"]
    for title, texts in everything.items():
        parts += [
            f"### {title}\n",
            _table(["code", "meaning"], ((f"`{code}`", text) for code, text in texts.items())),
        ]
    return "\n".join(parts)
