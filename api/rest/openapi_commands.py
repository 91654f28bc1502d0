"""`flask openapi ...`: writes the document that clients are generated from, and checks the committed one."""

from __future__ import annotations

import difflib
import itertools
from pathlib import Path

import click
from flask import current_app
from flask.cli import AppGroup

from api.rest import documentation

group = AppGroup("openapi", help="The OpenAPI document.")

_FILE = click.argument("file", type=click.Path(dir_okay=False, path_type=Path), default=Path("openapi.yaml"))
_SHOWN_LINES = 40


@group.command("export")
@_FILE
def export(file: Path) -> None:
    """Write the document to FILE."""
    file.write_text(documentation.document(current_app), encoding="utf-8")
    click.echo(f"wrote {file}")


@group.command("check")
@_FILE
def check(file: Path) -> None:
    """Fail when FILE is not the document that the code describes."""
    committed = file.read_text(encoding="utf-8") if file.exists() else ""
    described = documentation.document(current_app)
    if committed == described:
        click.echo(f"{file} is what the code describes")
        return
    changes = difflib.unified_diff(
        committed.splitlines(), described.splitlines(), str(file), "code", lineterm=""
    )
    click.echo("\n".join(itertools.islice(changes, _SHOWN_LINES)))
    raise click.ClickException(
        f"{file} is not what the code describes: run `make openapi`, read the difference, and commit it."
    )
