"""`flask demo ...`: synthetic data for trying Slope out, and a patient to watch."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click
from flask.cli import AppGroup

from api.application import security, settings
from api.demo import decline, seeding
from api.demo.client import Client, DemoFailed
from api.demo.decline import Line, Play
from api.demo.seeding import AlreadySeeded, Seeded
from services import clock
from services.settings import Environment

group = AppGroup("demo", help="Synthetic data for trying Slope out.")

_BAR, _WIDTH = 20, 100
_CONDITIONS = {"holds": "holds", "passed": "has passed", "withdrawn": "was withdrawn"}
_ENDS = {
    "passed": "the service ended it, for the reports say that it has passed.",
    "withdrawn": "the service ended it, for the reports as known now would not have raised it.",
    "aged": "the service ended it, for it happened once and its time is over.",
    "resolved": "a clinician dealt with it.",
    "dismissed": "a clinician closed it, or a mute did.",
}
"""How and by whom an alert ended that was shown before."""
_COLOURS = {"inform": "cyan", "soon": "yellow", "urgent": "red"}


@group.command("seed")
def seed() -> None:
    """Seed a site with 26 synthetic patients, and print the sign-ins as JSON."""
    if settings().env is Environment.PRODUCTION:
        raise click.ClickException("Demo data does not belong into a production database.")
    try:
        seeded = seeding.seed(security(), now=clock.now())
    except AlreadySeeded as error:
        raise click.ClickException("There is a demo site in this database already.") from error
    click.echo(json.dumps(_printed(seeded), indent=2, ensure_ascii=False))


@group.command("decline")
@click.option("--address", help="Where the service runs; the address it is configured for when left out.")
@click.option(
    "--sign-ins",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    envvar="SLOPE_DEMO_SIGN_INS",
    required=True,
    help="File with what `flask demo seed` printed.",
)
@click.option("--pause", default=0.3, show_default=True, help="Seconds between reports.")
def play(address: str | None, sign_ins: Path, pause: float) -> None:
    """Play a new patient who loses function fast, against the running service, until an alert opens."""
    try:
        _play(Client(address or f"http://{settings().bind}"), json.loads(sign_ins.read_text()), pause)
    except DemoFailed as failure:
        raise click.ClickException(str(failure)) from failure


def _play(service: Client, demo: Mapping[str, Any], pause: float) -> None:
    cards = {card["role"]: card for card in demo["sign_ins"]}
    coordinator, clinician = (
        service.signed_in(cards[role]["email"], cards[role]["password"])
        for role in ("coordinator", "clinician")
    )
    play, now = Play(service, coordinator, clinician, pause), clock.now()
    phone = play.enrol(demo["site"]["id"], now)
    click.echo(f"A synthetic patient, enrolled by code, reports every {decline.INTERVAL_DAYS} days.\n")
    click.secho(
        f"{'observed':<12}{'ALSFRS-R':>9}{'points a month (95 %)':>26}   faster than 1.11 a month", bold=True
    )
    for line in play.report(phone, now):
        _show(line)
    click.echo("\nThe clinician's worklist for this patient:")
    for alert in play.worklist():
        click.echo(f"  {_level(alert)} {alert['topic']}, {alert['state']}, {_CONDITIONS[alert['condition']]}")
        click.echo(_wrapped(alert["sentence"], indent=4))
    for alert in play.ended():
        click.echo(
            _wrapped(f"{_level(alert)} {alert['topic']} has ended: {_ENDS[alert['ended_how']]}", indent=2)
        )


def _show(line: Line) -> None:
    known = line.trajectory
    start = f"{line.observed_at:%Y-%m-%d}  {line.total:>9.0f}"
    if "too_few" in known["notes"]:
        click.echo(f"{start}{'too few reports yet':>26}")
    else:
        slope = f"{known['slope_per_month']:+.1f} ({known['slope_low']:+.1f} to {known['slope_high']:+.1f})"
        chance = known["probability_fast"]
        bar = "#" * round(_BAR * chance)
        # Cut, and never 0 or 100, as in the alerts' sentences.
        click.echo(f"{start}{slope:>26}   {bar:<{_BAR}} {min(99, max(1, int(100 * chance))):3} %")
    for alert in line.alerts:
        click.echo(f"    {click.style('alert', bold=True)} {_level(alert)} {alert['topic']}")
        click.echo(_wrapped(alert["sentence"], indent=8))


def _wrapped(text: str, *, indent: int) -> str:
    margin = " " * indent
    return textwrap.fill(text, _WIDTH, initial_indent=margin, subsequent_indent=margin)


def _level(alert: Mapping[str, Any]) -> str:
    return click.style(f"[{alert['level']}]", fg=_COLOURS[alert["level"]], bold=True)


def _printed(seeded: Seeded) -> dict[str, object]:
    return {
        "notice": seeding.NOTICE,
        "site": {"id": seeding.SITE.id, "name": seeding.SITE.name},
        "sign_ins": [
            {"role": card.role, "name": card.name, "email": card.email, "password": seeded.password}
            for card in seeded.cards
        ],
        "patient": {"id": seeded.patient_id},
    }
