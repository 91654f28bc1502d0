"""`flask replay`: what other thresholds would have done to a site's stored histories; it changes nothing."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import click

from scoring.decline.replay import Change
from services.errors import AppError
from services.replays import replays
from services.replays.replays import Question

_NOT_SILENCE = "Silence follows the calendar and is not part of a replay."
Row = tuple[object, ...]


@click.command("replay")
@click.option("--site", "site_id", required=True, help="Id of the site.")
@click.option(
    "--policy",
    "file",
    required=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help='File with the limits to try: {"limits": {"primary": {"loss_per_month": 1.3}}}.',
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON in place of tables.")
def run(site_id: str, file: Path, as_json: bool) -> None:
    """Compare other limits with a site's policy, over the stored histories of all its patients.

    Prints which alerts would have opened, been dropped, come earlier or later, and the load per week.
    Nothing is changed.
    """
    question = _question(site_id, file)
    parts = list(_counted(replays.parts_of(question)))
    summary = replays.summary(parts)
    differences = [difference for part in parts for difference in part["differences"]]
    if as_json:
        click.echo(json.dumps({**summary, "differences": differences}, indent=2))
    else:
        click.echo("\n".join(_text(question, summary, differences)))


def _question(site_id: str, file: Path) -> Question:
    try:
        question = replays.question_of(site_id, _limits(file))
    except AppError as error:
        wrong = [f"  {problem.pointer}: {problem.detail}" for problem in error.errors]
        patients = [f"  {patient}" for patient in error.extra.get("patients", ())]
        lines = [f"{file} cannot be a policy of this site. {error.detail}", *wrong, *patients]
        raise click.ClickException("\n".join(lines)) from error
    if question is None:
        raise click.ClickException("There is no such site.")
    return question


def _limits(file: Path) -> Any:
    """Return the limits of the file; it may also hold the note of a request that puts them in force."""
    try:
        content = json.loads(file.read_text(encoding="utf-8"))
    except ValueError as error:
        raise click.ClickException(f"{file} is not JSON.") from error
    if not isinstance(content, dict) or "limits" not in content or content.keys() - {"limits", "note"}:
        raise click.ClickException(f'{file} has to hold {{"limits": ...}} and nothing else but a note.')
    return content["limits"]


def _counted(parts: Iterable[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Tell somebody who watches how far it has come."""
    watched, done = sys.stderr.isatty(), 0
    for part in parts:
        done += part["patients"] + part["failed"]
        if watched:
            click.echo(f"\r{done} patients", nl=False, err=True)
        yield part
    if watched:
        click.echo("\r", nl=False, err=True)


def _text(question: Question, summary: Mapping[str, Any], differences: list[dict[str, Any]]) -> Iterator[str]:
    yield f"{summary['patients']} patients, policy {question.version_before} against the limits of the file."
    yield _NOT_SILENCE
    if summary["failed"] or summary["unread"]:
        yield f"Left out: {summary['failed']} patients and {summary['unread']} reports that cannot be read."
    yield ""
    yield from _table(_load(summary), "alerts opened", "before", "after")
    yield ""
    yield f"Different for {summary['patients_changed']} patients."
    kinds = [kind.value for kind in Change]
    counts = [(topic, *(of[kind] for kind in kinds)) for topic, of in summary["by_topic"].items()]
    yield from _table([*counts, ("all", *(summary["totals"][kind] for kind in kinds))], "topic", *kinds)
    if differences:
        yield ""
        heads = ("patient", "topic", "change", "days", "before", "after")
        yield from _table(map(_difference, differences), *heads)
    if summary["weeks"]:
        yield ""
        weeks = [tuple(week.values()) for week in summary["weeks"] if week["before"] or week["after"]]
        yield from _table(weeks, "alerts opened in", "before", "after")


def _load(summary: Mapping[str, Any]) -> list[Row]:
    opened, weeks = (summary["opened_before"], summary["opened_after"]), max(1, len(summary["weeks"]))
    return [("in all", *opened), ("per week", *(f"{count / weeks:.2f}" for count in opened))]


def _difference(found: Mapping[str, Any]) -> Row:
    return (
        found["patient"],
        found["topic"],
        found["change"],
        found["days"] or "",
        _episode(found["before"]),
        _episode(found["after"]),
    )


def _episode(episode: Mapping[str, Any] | None) -> str:
    if episode is None:
        return "-"
    end = episode["closed_at"]
    return f"{episode['level']} {episode['opened_at'][:10]} to {end[:10] if end else 'now'}"


def _table(rows: Iterable[Row], *heads: str) -> Iterator[str]:
    """Lines of a table; columns of numbers stand on the right."""
    cells = [tuple(str(cell) for cell in row) for row in rows]
    columns = [_aligned(*column) for column in zip(heads, *cells, strict=True)]
    yield from ("  ".join(line).rstrip() for line in zip(*columns, strict=True))


def _aligned(head: str, *cells: str) -> list[str]:
    width = max(map(len, (head, *cells)))
    numbers = all(cell.replace(".", "").isdigit() or not cell for cell in cells)
    return [cell.rjust(width) if numbers else cell.ljust(width) for cell in (head, *cells)]
