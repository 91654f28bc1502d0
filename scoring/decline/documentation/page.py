"""docs/rules.md, written from the rules themselves: `python -m scoring.decline > docs/rules.md`.

For each rule its formula, source, defaults, weaknesses and, where the detection bench has measured it, its
rows of the operating table. A test compares the stored page with this one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields
from typing import Any

from scoring.decline.alsfrs.points import ALSFRS_R
from scoring.decline.documentation.examples import Example, examples
from scoring.decline.documentation.versions import VERSIONS
from scoring.decline.flags import Topic, Worse
from scoring.decline.limits import Limits
from scoring.decline.marks import OUTSIDE
from scoring.decline.rule import Rule
from scoring.decline.rules import RULES, RULES_VERSION
from scoring.decline.silence import RULE as SILENCE

Operating = Mapping[str, Any]
"""What the bench stores: `caption`, and `rows`, each with `rule` and one value for every key of COLUMNS."""

COLUMNS = {
    "schedule": "reports",
    "false_alerts_per_year": "false alerts a patient-year",
    "found_in_12_weeks": "found within 12 weeks",
    "median_delay_weeks": "median delay, weeks",
}

INTRODUCTION = f"""# The decline rules

Written by `python -m scoring.decline`; do not edit. Rules, version {RULES_VERSION}.

Every report is read by the rules in the order it was observed. A rule that is met raises a flag on its
topic; a patient has at most one flag on a topic, which carries the most severe rule and names the others. A
*state* holds until its numbers have recovered at two reports in a row; an *event* happened, and stands
until the first report of the same kind at least 28 days later. Within an episode the level can rise but not
fall. No flag, and no absence of a flag, says that somebody is well.

Reports confirm and clear each other only when they are really apart: 12 hours and another local day (our
choice). A state is cleared by each respondent whose reports raised it, or, once that one has been silent for
112 days, by the one whose reports carry the series; a weight is a measurement, and anybody's clears it. Of
one day the last observed counts, of one instant the last received.

An *alert* on a flag can outlast it: it passes only where its rule says so ("Alert" below), and once dealt
with it comes back for what is worse than then, for a higher level, or for a rule that was not on.

Levels: `inform`, `soon` (within 7 days), `urgent` (same working day). Thresholds can be changed per site,
and for one patient with a reason and an end date; topics can be muted the same way, except the breathing
ladder and thoughts of self-harm.

What all ALSFRS-R rules share:

- The last report of a day counts, for each respondent; the breathing ladder reads every report. A report
  replaces none that leaves fewer items unanswered.
- Items that most reports of the last 183 days lack (more than half, and at least three; of the respondent
  whose reports carry the series) are left out of the trajectory and of every comparison, and the sentences
  say so. A report that lacks another item is left out; the third such report asks for the answers and says
  that decline cannot be judged. With more than four such items nothing is judged (our choice).
- Respondents are not mixed. The patient's reports carry the series as long as there was one in the last 112
  days, then the caregiver's, then the clinician's. Others enter the slope only with an offset of their own
  (prior mean 0, SD 1.5 points), and no simple comparison.
- Where item 5 changed between 5a and 5b, or item 12 changed, that item is left out of the comparison and
  the sentence says so; a slope is then scaled back to twelve items.
- At a total of 46 or more with fewer than four reports it is too early for a slope. At a total of 8 or
  less, or with a domain at 1 or less, in the last two reports, the trajectory says that the scale ends; at
  such a total a flag does not clear by a flat course.
- The rules on function end with tracheostomy, all rules with death. A report observed after the recorded
  death is a question.
- "Our choice" means that no published rule was found or followed.
"""


def render(operating: Operating | None = None) -> str:
    """The whole page as Markdown."""
    parts = [INTRODUCTION, "## Three worked examples\n"]
    parts.extend(_example(example) for example in examples())
    parts.extend(_topic(topic, operating) for topic in Topic)
    parts.append(_changes())
    return "\n".join(parts).rstrip() + "\n"


def _changes() -> str:
    lines = [
        f"- {version}: {', '.join(f'`{rule}`' for rule in change.rules) or 'all of the ALSFRS-R'}."
        f" {change.text}"
        for version, changes in reversed(VERSIONS.items())
        for change in changes
    ]
    return "\n".join(("## What changed with each version\n", *lines))


def _example(example: Example) -> str:
    flag = example.flag()
    totals = ", ".join(str(point.total) for point in example.evaluation().memory.points)
    lines = [
        f"### {example.title}\n",
        f"{example.story} Totals: {totals}.\n",
        f"> **{flag.level}** · `{flag.rule}` version {flag.rule_version} · raised by {flag.raised_by}",
        ">",
        f"> {flag.sentence}",
        ">",
        f"> Clears when: {flag.clears_when}",
        *(line for signal in flag.further for line in (">", f"> Also ({signal.level}): {signal.sentence}")),
        "",
        f"Reports used: {', '.join(flag.evidence)}.\n",
        *_table(("number", "value"), [(name, _number(value)) for name, value in flag.numbers.items()]),
    ]
    return "\n".join(lines)


def _topic(topic: Topic, operating: Operating | None) -> str:
    rules = [rule for rule in RULES if rule.topic is topic]
    if topic is Topic.SILENCE:
        marking = OUTSIDE[SILENCE]
        alert = f"- Alert: {alert_text(passes=marking.passes, worse=marking.worse)}\n"
        return SILENCE_TEXT + alert + "\n" + "\n".join(_defaults(("silence",)))
    return "\n".join([f"## Topic `{topic}`\n", *(_rule(rule, operating) for rule in rules)])


def _rule(rule: Rule, operating: Operating | None) -> str:
    text = rule.text
    marks = [
        rule.kind.value,
        f"version {rule.version}",
        f"reads `{rule.instrument}`",
        *(["restricted audience"] if rule.restricted else []),
        *(["a question about the data"] if rule.data_query else []),
        *(["never clears by itself"] if rule.lasting else []),
    ]
    lines = [
        f"### {text.title} (`{rule.id}`)\n",
        f"{', '.join(marks)}.\n",
        f"- Formula: {text.formula}",
        f"- Source: {rule.source}",
        f"- Weaknesses: {rule.weaknesses}",
        f"- Headline: “{text.headline}”",
        f"- Sentence: “{text.template}”",
        f"- Clears: {text.clears_when}",
        f"- Alert: {alert_text(passes=rule.passes, worse=rule.worse)}\n",
        *_defaults(rule.limits),
        *_operating(rule, operating),
        *_on_desk(rule, operating),
    ]
    return "\n".join(lines)


def alert_text(*, passes: bool, worse: Sequence[Worse]) -> str:
    """Whether an alert of a rule can pass, and what is worse than when it was dealt with."""
    ends = "passes when the reports say so" if passes else "never passes, whatever comes later"
    news = ", or ".join(measure.text() for measure in worse)
    return f"{ends}; worse than when it was dealt with: {news or 'nothing can be'}."


def _defaults(groups: Iterable[str]) -> list[str]:
    rows = [
        (f"`{group}.{item.name}`", _number(item.default), item.metadata["source"])
        for group in groups
        for item in fields(getattr(Limits(), group))
    ]
    return _table(("limit", "default", "source"), rows) if rows else []


def _operating(rule: Rule, operating: Operating | None) -> list[str]:
    rows = [row for row in operating["rows"] if row["rule"] == rule.id] if operating else []
    if not operating or not rows:
        return []
    table = _table(tuple(COLUMNS.values()), [tuple(_number(row[key]) for key in COLUMNS) for row in rows])
    return [f"{operating['caption']}\n", *table]


def _on_desk(rule: Rule, operating: Operating | None) -> list[str]:
    """How often the rule puts something before a person: of patients who lose next to nothing it is noise."""
    if not operating or "desk" not in operating or rule.instrument != ALSFRS_R or rule.remark:
        return []
    rows = [
        (schedule, *(f"{_times(load['by_rule'], rule.id):.2f}" for load in paces.values()))
        for schedule, paces in operating["desk"].items()
    ]
    paces = next(iter(operating["desk"].values()))
    head = ("reports", *(f"{pace} patients" for pace in paces))
    return [f"{DESK_CAPTION.format(version=operating['rules_version'])}\n", *_table(head, rows)]


def _times(by_rule: Mapping[str, float], rule_id: str) -> float:
    return sum(count for key, count in by_rule.items() if key.partition(",")[0] == rule_id)


DESK_CAPTION = (
    "Put before a person, times a patient-year (simulated, rules {version}; docs/detection.md). What it is of"
    " stable patients is nearly all noise:"
)


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    lines = [f"| {' | '.join(row)} |" for row in (head, ["---"] * len(head), *rows)]
    return [*lines, ""]


def _number(value: object) -> str:
    return f"{value:.3g}" if isinstance(value, float) else str(value)


SILENCE_TEXT = """## Topic `silence`

### No report (`silence`)

A function of dates, not of the fold: the worker asks it every day.

- Formula: overdue = today - (last report + interval). Remind the patient when overdue > max(7 days, half
  the interval); tell the team (inform) at 1.5 intervals; put on the list to phone (soon) at 2 intervals,
  or, with an urgent alert open, as soon as the patient would be reminded.
- Source: Our choice. The shares count from the due date: counted from the last report, a single missed
  four-weekly report would tell the team on the day the patient is reminded.
- Weaknesses: Silence is often a holiday and sometimes an emergency; the dates cannot tell.
"""
