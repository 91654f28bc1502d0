"""Templates: an environment of the pages' own, in the language of whoever reads.

A name that a template does not know is an error, and text is escaped. What every page shows (who is signed
in, where one can go) is put in here; the rest comes from the view.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from flask import Response, g, request, url_for
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from api.application import settings
from api.pages import assets, formats, navigation, texts, words
from api.pages.rules import telling
from api.pages.site.words import why_not
from models.store import unreadable
from services.accounts import people

_FOLDER = Path(__file__).parent / "templates"


def _environment() -> Environment:
    made = Environment(
        loader=FileSystemLoader(_FOLDER),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
        extensions=["jinja2.ext.i18n"],
    )
    made.policies["ext.i18n.trimmed"] = True
    made.install_gettext_callables(texts.gettext, texts.ngettext, newstyle=True)  # type: ignore[attr-defined]
    made.globals |= {
        "url_for": url_for,
        "asset": assets.address_of,
        "on_clock_of": formats.on_clock_of,
        "word": words.word,
        "became": words.became,
    }
    made.filters |= {**formats.FILTERS, "instrument": words.instrument, "why_not": why_not}
    made.filters |= {
        "told": telling.told,
        "numbers": telling.rows,
        "threshold": telling.threshold,
        "family": telling.family,
        "rule_title": telling.title,
        "told_line": telling.of_line,
        "with_days": telling.with_days,
    }
    return made


TEMPLATES = _environment()


def page(template: str, *, status: int = 200, **shown: Any) -> Response:
    """Return a page.

    Args:
        template: its file.
        status: of the response.
        **shown: what the template needs beside what every page has.
    """
    given = frame()
    if shown.get("form") is None:  # a page that holds a form keeps it when it is loaded again
        given["read_again_at"] = navigation.read_again_at()
    text = TEMPLATES.get_template(template).render(**given, **shown)
    response = Response(text, status=status, mimetype="text/html")
    response.headers["Content-Language"] = texts.language()
    return response


def frame() -> dict[str, Any]:
    """Return what every page shows."""
    actor = g.get("actor")
    return {
        "language": texts.language(),
        "person": None if actor is None else people.name_of(actor.account_id),
        "places": () if actor is None else navigation.places_for(actor),
        "site_places": () if actor is None else navigation.site_places_for(actor, _site_id()),
        "here": request.endpoint or "",
        "read_again_at": "",
        "by_script": request.headers.get("HX-Request") == "true",
        "idle_minutes": settings().page_idle_minutes,
        "unreadable": unreadable.met_so_far(),
    }


def _site_id() -> str:
    """Return the id of the site whose page this is, "" where it is not one's."""
    return str((request.view_args or {}).get("site_id", ""))
