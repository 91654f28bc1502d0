"""Which text of a site a person is shown when an answer asks for it: in their language, if there is one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from services.languages import nearest


def text_for(texts: Mapping[str, str], locales: Iterable[str | None]) -> str:
    """Return the text in the first of these locales that there is one for; else the first that was written.

    Args:
        texts: by locale, such as `en` or `pt-BR`; a locale is served by its language too.
        locales: of the person, the most fitting first; None where it is not known.
    """
    locale = nearest(texts, locales)
    return next(iter(texts.values())) if locale is None else texts[locale]
