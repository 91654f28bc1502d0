"""The page that asks who it is, wherever that has to be asked."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from flask import Response

from api.application import settings
from api.pages.held import HeldForm
from api.pages.rendering import page


def ask(
    *,
    status: int = 200,
    form: HeldForm | None = None,
    back_to: str = "",
    problem: str | None = None,
    **typed: Any,
) -> Response:
    """Return the page.

    Args:
        status: of the response.
        form: what somebody wanted to send when the session was over.
        back_to: the path of the page to come back to.
        problem: why it was not taken.
        **typed: `email`, or the sealed `ticket` of what was typed, where only the code is missing.
    """
    shown = {"email": "", "ticket": None, "demo": _demo(), **typed}
    return page("sign_in.html", status=status, form=form, back_to=back_to, problem=problem, **shown)


def _demo() -> list[dict[str, str]]:
    """The sign-ins of the demo; the page does not show their password."""
    file = settings().demo_sign_ins
    if not file or not Path(file).is_file():
        return []
    found: list[dict[str, str]] = json.loads(Path(file).read_text(encoding="utf-8"))["sign_ins"]
    return [card for card in found if card["role"] not in {"patient", "caregiver"}]
