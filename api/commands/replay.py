"""`flask replay`: what other thresholds, or other rules, would have done to a site's stored histories.

It changes nothing.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import click

from api.commands.release_rules import PRESENT, NotARelease, release
from api.commands.release_words import Versions, in_words
from scoring.decline.replay import Change
from services.errors import AppError
from services.replays import releases, replays
from services.replays.replays import Question

_NO_SITE = "There is no such site."
_NOT_SILENCE = "Silence follows the calendar and is not part of a replay."
Row = tuple[object, ...]


@click.command("replay")
@click.option("--site", "site_id", required=True, help="Id of the site.")
@click.option(
    "--policy",
    "file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help='File with the limits to try: {"limits": {"primary": {"loss_per_month": 1.3}}}.',
)
@click.option(
    "--rules",
    "folder",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Checkout of an earlier release, whose rules are compared with those of this one.",
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON in place of tables.")
def run(site_id: str, file: Path | None, folder: Path | None, as_json: bool) -> None:
    """Compare other limits, or the rules of an earlier release, with what is in force at a site.

    Reads the stored histories of all its patients. Prints which alerts would have opened, been dropped, come
    earlier or later, and the load per week; for rules also in words what changed and why. Nothing is changed.
    """
    if (file is None) == (folder is None):
        raise click.UsageError("Name either --policy or --rules.")
    if folder is not None:
        _of_rules(site_id, folder, as_json)
    elif file is not None:
        _of_limits(site_id, file, as_json)


def _of_limits(site_id: str, file: Path, as_json: bool) -> None:
    question = _question(site_id, file)
    parts = list(_counted(replays.parts_of(question)))
    head = f"policy {question.version_before} against the limits of the file."
    _print(head, parts, as_json)


def _of_rules(site_id: str, folder: Path, as_json: bool) -> None:
    if not releases.has_site(site_id):
        raise click.ClickException(_NO_SITE)
    try:
        with release(folder) as before, release(PRESENT) as after:
            compared = list(releases.compare(site_id, before.ask, after.ask))
            versions = Versions(before.version, after.version)
    except NotARelease as error:
        raise click.ClickException(str(error)) from error
    part = releases.part_of(compared)
    head = f"rules version {versions.before} against version {versions.after}."
    words = in_words(versions, compared, part["differences"])
    _print(head, [part], as_json, () if as_json else words)


def _print(head: str, parts: list[dict[str, Any]], as_json: bool, words: Iterable[str] = ()) -> None:
    summary = replays.summary(parts)
    differences = [difference for part in parts for difference in part["differences"]]
    if as_json:
        click.echo(json.dumps({**summary, "differences": differences}, indent=2))
        return
    click.echo("\n".join(_text(head, summary, differences)))
    for line in words:
        click.echo(line)


def _question(site_id: str, file: Path) -> Question:
    try:
        question = replays.question_of(site_id, _limits(file))
    except AppError as error:
        wrong = [f"  {problem.pointer}: {problem.detail}" for problem in error.errors]
        patients = [f"  {patient}" for patient in error.extra.get("patients", ())]
        lines = [f"{file} cannot be a policy of this site. {error.detail}", *wrong, *patients]
        raise click.ClickException("\n".join(lines)) from error
    if question is None:
        raise click.ClickException(_NO_SITE)
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


def _text(head: str, summary: Mapping[str, Any], differences: list[dict[str, Any]]) -> Iterator[str]:
    yield f"{summary['patients']} patients, {head}"
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
    yield ""


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
