"""How a command ends when a service refuses: one line with the sentence, and with every wrong place."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import click

from services.errors import AppError


@contextmanager
def told() -> Iterator[None]:
    """Turn an error of a service into the command's own."""
    try:
        yield
    except AppError as error:
        sentences = [error.detail, *(problem.detail for problem in error.errors)]
        raise click.ClickException("; ".join(sentences)) from error
