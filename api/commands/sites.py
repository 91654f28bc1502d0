"""`flask site ...`: the clinics."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import click
from flask.cli import AppGroup

from api.commands.failures import told
from models.sites import sites
from models.sites.sites import Site
from services import clock
from services.accounts import operator, people
from services.alerts.escalation import dry_run, faults
from services.alerts.escalation.chain import Recipient

group = AppGroup("site", help="Clinics.")


@group.command("create")
@click.option("--name", required=True, help="As patients know the clinic.")
@click.option("--zone", required=True, help="Its IANA time zone, such as Europe/Lisbon.")
def create(name: str, zone: str) -> None:
    """Make a site and print its id."""
    with told():
        click.echo(operator.create_site(name, zone, now=clock.now()).id)


@group.command("escalation-faults")
def escalation_faults() -> None:
    """Say what is wrong with the escalation of each site at this moment."""
    for site_id in sites.ids():
        for found in faults.escalation_faults(_site(site_id), now=clock.now()):
            click.echo(f"{site_id}: {found.detail}")


@group.command("escalation-dry-run")
@click.argument("site_id")
def escalation_dry_run(site_id: str) -> None:
    """Print who would be told when of an alert about which nobody does anything."""
    site = _site(site_id)
    zone = ZoneInfo(site.zone)

    def shown(moment: datetime) -> str:
        return f"{moment.astimezone(zone):%a %Y-%m-%d %H:%M}"

    for course in dry_run.dry_run(site, now=clock.now()):
        due = f"{course.level}, {course.topic}: raised {shown(course.raised_at)}, due {shown(course.due_at)}"
        click.echo(due)
        for telling in course.tellings:
            names = ", ".join(map(_name, telling.recipients)) or "nobody"
            click.echo(f"  {shown(telling.at)}  {names}")


def _site(site_id: str) -> Site:
    site = sites.read_anew(site_id)
    if site is None:
        raise click.ClickException("There is no such site.")
    return site


def _name(recipient: Recipient) -> str:
    if recipient.account_id is None:
        return "the second address"
    return f"{people.name_of(recipient.account_id)} ({recipient.because})"
