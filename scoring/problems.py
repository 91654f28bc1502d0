"""One thing wrong with a document: where, a stable code, a sentence that never repeats the value.

Definitions, policies and answers name their problems alike. The place is a JSON Pointer (RFC 6901); names are
escaped here and nowhere else.
"""

from __future__ import annotations

from dataclasses import dataclass


def pointer_to(*names: str | int) -> str:
    """The JSON Pointer of the member that these names lead to, from the outside in."""
    return "".join(f"/{str(name).replace('~', '~0').replace('/', '~1')}" for name in names)


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong: a JSON Pointer into the document, a stable code, a sentence."""

    pointer: str
    code: str
    detail: str

    @property
    def path(self) -> tuple[str, ...]:
        """The names in the pointer, without their escapes."""
        tokens = self.pointer.split("/")[1:]
        return tuple(token.replace("~1", "/").replace("~0", "~") for token in tokens)
