"""docs/endpoints.md, written from the code: `python -m scoring.endpoints > docs/endpoints.md`.

Tables come from the constants that the computations use, examples are computed. A test compares the stored
page with this one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from scoring import als_staging as staging
from scoring.endpoints.analysis import STRATEGIES
from scoring.endpoints.groups import CAVEATS, mid_ranks
from scoring.endpoints.page_texts import FT9, INTRODUCTION, KINGS, MITOS, PROGRESSION, TRIAL
from scoring.endpoints.pairs import Participant, scores
from scoring.endpoints.published import CONTEXT, OH_2018, PublishedDifference, back_calculate
from scoring.endpoints.schedule import MONTHS, WEEKS, TrialSchedule
from scoring.endpoints.trial import REASONS
from scoring.progression import ALL_CUTOFFS, NOTES


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
