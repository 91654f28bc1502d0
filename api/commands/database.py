"""`flask database ...`: what is done to the database before a release is started, and to move it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import click
from flask.cli import AppGroup

from models import indexes, transfer
from services import clock

group = AppGroup("database", help="Prepare the database, and move it.")
_FILE = click.argument("file", type=click.Path(path_type=Path))


@group.command("indexes")
def create_indexes() -> None:
    """Create the indexes that are missing; servers are not ready before."""
    missing = indexes.missing()
    indexes.create_all()
    click.echo(f"created {', '.join(missing)}" if missing else "every index is there")


@group.command("export")
@_FILE
def export_all(file: Path) -> None:
    """Write everything that is stored to a new FILE, which only its owner may read.

    Stop servers and workers first. The file holds health data, digests of passwords and sealed secrets: keep
    it as you keep the database.
    """
    try:
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError as error:
        raise click.ClickException(f"{file} is there already") from error
    except OSError as error:
        raise click.ClickException(f"{file} cannot be written: {error.strerror}") from error
    count = 0
    with os.fdopen(descriptor, "w", encoding="utf-8") as output:
        for line in transfer.lines(clock.now()):
            output.write(line + "\n")
            count += 1
    click.echo(f"{count - 2} documents")


@group.command("import")
@_FILE
def import_all(file: Path) -> None:
    """Store everything that FILE holds in a database that is empty, and create the indexes.

    The file is checked whole first: one that was cut or changed stores nothing.
    """
    try:
        counts = transfer.check(_lines(file))
        indexes.create_all()
        transfer.store(_lines(file))
    except OSError as error:
        raise click.ClickException(f"{file} cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise click.ClickException(f"{file} is no export: it is not text") from error
    except transfer.NotAnExport as error:
        raise click.ClickException(f"{file} cannot be used: {error}") from error
    except transfer.NotEmpty as error:
        raise click.ClickException("the database is not empty: nothing was stored") from error
    click.echo(f"{sum(counts.values())} documents")


def _lines(file: Path) -> Iterator[str]:
    with file.open(encoding="utf-8") as found:
        for line in found:
            yield line.rstrip("\n")
