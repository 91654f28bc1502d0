"""The page behind the QR code of an enrolment: it shows the code and redeems nothing.

The code stands in the fragment of the address, which never reaches this service; the page's script shows it.
"""

from __future__ import annotations

from flask import Blueprint, Response

from api.pages.enrolment.codes import PAGE
from api.pages.rendering import page

blp = Blueprint("code_page", __name__)


@blp.get(PAGE)
def show() -> Response:
    """Show the code that stands in the address, and what to do with it."""
    return page("code_page.html")
