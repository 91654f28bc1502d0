"""`flask correlation`: how long errors last at a site, for `model.weekly_correlation` of its policy."""

from __future__ import annotations

import click

from scoring.trajectory import NoPoints
from services.replays import correlation, releases


@click.command("correlation")
@click.argument("site_id", metavar="SITE")
def run(site_id: str) -> None:
    """Estimate from the reports of SITE how much the errors of reports a week apart have in common.

    Prints the estimate with its interval, and says when there is too little to change a policy for. Nothing
    is changed: the number is model.weekly_correlation of the site's policy.
    """
    if not releases.has_site(site_id):
        raise click.ClickException("There is no such site.")
    try:
        found = correlation.estimate(site_id)
    except NoPoints as error:
        raise click.ClickException(f"Too little: {error}.") from error
    click.echo(found.in_words())
