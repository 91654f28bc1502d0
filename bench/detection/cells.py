"""Figures as the cells of a table, and tables as Markdown."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any


def cells(row: dict[str, Any]) -> tuple[str, ...]:
    """False alerts, the same without the limit, found within 8, 12 and 16 weeks, delay, alerts a week."""
    eight, twelve, sixteen = row["found"]
    delay = row["delay_weeks"]
    rates = (a_year((row["rate"], row["rate_low"], row["rate_high"])), f"{row['raw_rate']:.2f}")
    if not row["changes"]:
        return (*rates, *("nobody changes",) * 3, "-", f"{row['per_week']:.1f}")
    return (
        *rates,
        percent(eight),
        f"{percent(twelve)} ({percent(row['found_low'])} to {percent(row['found_high'])})",
        percent(sixteen),
        "-" if delay is None else f"{delay:.1f}",
        f"{row['per_week']:.1f}",
    )


def a_year(rate: Sequence[float]) -> str:
    """A rate with its interval."""
    mean, low, high = rate
    return f"{mean:.2f} ({low:.2f} to {high:.2f})"


def more_a_year(difference: Sequence[float]) -> str:
    """A difference of rates with its interval."""
    mean, low, high = difference
    return f"{mean:+.2f} ({low:+.2f} to {high:+.2f})"


def in_points(difference: Sequence[float]) -> str:
    """A difference of shares with its interval."""
    mean, low, high = (100 * bound for bound in difference)
    return f"{mean:+.1f} points ({low:+.1f} to {high:+.1f})"


def percent(share: float) -> str:
    """A share for a table."""
    return f"{100 * share:.0f} %"


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    """Lines of a table in Markdown."""
    return [f"| {' | '.join(row)} |" for row in (head, ["---"] * len(head), *rows)]
