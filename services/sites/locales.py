"""Which of the languages there are serves a person best."""

from __future__ import annotations

from collections.abc import Iterable


def nearest(known: Iterable[str], wanted: Iterable[str | None]) -> str | None:
    """Return the first of the wanted locales that there is; None when there is none of them.

    Args:
        known: locales, such as `en` or `pt-BR`; letter case does not matter.
        wanted: of the person, the most fitting first; None where it is not known. One is served by its
            language too: `pt-BR` by `pt`.
    """
    by_name = {one.lower(): one for one in reversed(list(known))}
    for locale in wanted:
        name = (locale or "").lower()
        for one in (name, name.partition("-")[0]):
            if one in by_name:
                return by_name[one]
    return None
