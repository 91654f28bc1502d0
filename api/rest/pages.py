"""Lists: one shape for all of them, `{"items": [...], "next": ..., "unreadable": 0}`, and one way to ask.

A position is opaque to clients. A list that is given whole has no query, and its `next` is null.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from copy import deepcopy
from dataclasses import dataclass
from functools import cache, wraps
from typing import Any, NamedTuple

import marshmallow
from flask import Response
from marshmallow import ValidationError, fields

from api.schemas.fields import InSchema, OutSchema, Pattern, QueryNumber
from models.store import positions, unreadable

_NEXT = "`after` of the next page; null on the last"
_UNREADABLE = (
    "so many stored documents that this page needed are damaged: left out, or shown in part. Ask the operator"
    " of the service; its log names them"
)
_AFTER = "`next` of the page before"
_NO_POSITION = "Must be a `next` of before."


@dataclass(frozen=True, slots=True)
class Page:
    """Which page is asked for.

    Attributes:
        after: where the page before ended; None for the first page.
        limit: most items.
    """

    after: Any
    limit: int


class Listed(NamedTuple):
    """What a view of a list returns: items, the position of the next page, and what else belongs to it.

    Attributes:
        items: of this page.
        following: position of the next page; None after the last.
        beside: members that stand beside the items.
        headers: of the response.
    """

    items: Iterable[Any]
    following: Any = None
    beside: Mapping[str, Any] = {}
    headers: Mapping[str, str] = {}


def page_query(
    position: fields.Field[Any] | type[fields.Field[Any]],
    *,
    usual: int = 50,
    most: int = 100,
    base: type[InSchema] = InSchema,
    of: str = "items",
) -> InSchema:
    """Return the query of a list: the filters of `base`, and which page.

    Args:
        position: the field that reads the position.
        usual: length of a page when nothing is said.
        most: longest page.
        base: the filters.
        of: what is counted.
    """
    after = position() if isinstance(position, type) else position
    after.metadata = {"description": _AFTER, **after.metadata}
    limit = QueryNumber(1, most, load_default=usual, metadata={"description": f"at most so many {of}"})
    members: dict[str, Any] = {"after": after, "limit": limit}
    return type(f"{base.__name__.removesuffix('Query')}PageQuery", (base,), members)()


@cache
def page_schema(item: type[OutSchema], around: type[OutSchema] = OutSchema) -> OutSchema:
    """Return the schema of a page of items; `around` has the members beside them."""
    members = {
        "__doc__": f"A page: {item.__doc__}",
        "items": fields.List(fields.Nested(item()), required=True),
        "next": fields.String(required=True, allow_none=True, metadata={"description": _NEXT}),
        "unreadable": fields.Integer(required=True, metadata={"description": _UNREADABLE}),
    }
    return type(f"{item.__name__.removesuffix('Out')}PageOut", (around,), members)()


class NumberedPosition(fields.String):
    """A position that is a number to the service; to clients it is text, as every position."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(validate=Pattern(r"^[0-9]{1,7}$"), **kwargs)

    def deserialize(self, value: Any, *args: Any, **kwargs: Any) -> Any:
        """Return the number once the text was validated."""
        text = super().deserialize(value, *args, **kwargs)
        return int(text) if isinstance(text, str) else text


class PlacedPosition(fields.String):
    """A position that is a moment and an id to the service (`models.store.positions`)."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(validate=Pattern(positions.PATTERN, error=_NO_POSITION), **kwargs)

    def deserialize(self, value: Any, *args: Any, **kwargs: Any) -> Any:
        """Return moment and id once the text was validated."""
        text = super().deserialize(value, *args, **kwargs)
        try:
            return positions.parsed(text) if isinstance(text, str) else text
        except ValueError as error:
            raise ValidationError(_NO_POSITION) from error


class PageMixin:
    """Adds the decorator of lists."""

    def page(
        self,
        item: type[OutSchema],
        query: marshmallow.Schema | None = None,
        *,
        around: type[OutSchema] = OutSchema,
        location: str = "query",
        example: Any = None,
        **documented: Any,
    ) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
        """Make a view answer a list.

        With a query the view takes the filters and a `Page` before the parameters of its path, and returns
        what is `Listed`, or a finished response. Without one it returns the items.

        Args:
            item: the schema of one item.
            query: the query, of `page_query`.
            around: the members beside the items.
            location: where the query is: "query", or "json" where it must not stand in an address.
            example: of a query that is a body.
            documented: what else the response's description holds (headers).
        """

        def decorate(view: Callable[..., Any]) -> Callable[..., Any]:
            def asked(self_: Any, *args: Any, **kwargs: Any) -> Any:
                if query is None:
                    return Listed(view(self_, *args, **kwargs))
                filters, *others = args
                page = Page(filters.pop("after", None), filters.pop("limit"))
                answer = view(self_, filters, page, *others, **kwargs)
                return answer if isinstance(answer, Response) else Listed(*answer)

            @wraps(view)
            def paged(self_: Any, *args: Any, **kwargs: Any) -> Any:
                with unreadable.met() as broken:
                    answer = asked(self_, *args, **kwargs)
                    if isinstance(answer, Response):
                        return answer
                    items = list(answer.items)
                following = None if answer.following is None else str(answer.following)
                shown = {"items": items, "next": following, "unreadable": len(broken)}
                return {**answer.beside, **shown}, dict(answer.headers)

            paged._apidoc = deepcopy(getattr(view, "_apidoc", {})) | {"page": True}  # type: ignore[attr-defined]
            shown = self.response(200, page_schema(item, around), **documented)(paged)  # type: ignore[attr-defined]
            if query is None:
                return shown
            sent = {} if example is None else {"example": example}
            return self.arguments(query, location=location, **sent)(shown)  # type: ignore[attr-defined]

        return decorate
