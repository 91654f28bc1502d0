"""The OpenAPI document as a reader wants it: operations by area, types in words, examples as text.

Reads the plain document and knows nothing of HTML; `reference` shows the result.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

_METHODS = ("get", "post", "put", "patch", "delete")


@dataclass(frozen=True, slots=True)
class Member:
    """A parameter, or a member of an object.

    Attributes:
        place: of a parameter: path, query or header.
        schema: name of the shape it refers to.
    """

    name: str
    kind: str
    required: bool
    description: str
    schema: str = ""
    place: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """One of the answers of an operation."""

    status: str
    description: str
    media_type: str
    schema: str
    example: str


@dataclass(frozen=True, slots=True)
class Operation:
    """One method of one address.

    Attributes:
        event: it is sent by this service, to whoever asked to be told.
    """

    id: str
    method: str
    path: str
    summary: str
    description: str
    permission: str
    parameters: tuple[Member, ...]
    body_schema: str
    body_example: str
    answers: tuple[Answer, ...]
    event: bool = False


@dataclass(frozen=True, slots=True)
class Area:
    """The operations of one resource."""

    name: str
    description: str
    operations: tuple[Operation, ...]


@dataclass(frozen=True, slots=True)
class Shape:
    """A named object of requests or answers, or a named set of words, which its description explains."""

    name: str
    description: str
    members: tuple[Member, ...]


class Outline:
    """What a document says, in the document's own order."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        self._components = document.get("components", {})
        self.title = document["info"]["title"]
        self.description = document["info"].get("description", "")
        found = [
            (tag, operation)
            for path, item in document["paths"].items()
            for tag, operation in self._of(path, item)
        ]
        self.areas = tuple(
            Area(tag["name"], tag.get("description", ""), operations)
            for tag in document.get("tags", [])
            if (operations := tuple(operation for name, operation in found if name == tag["name"]))
        )
        sent = document.get("webhooks", {}).items()
        events = tuple(
            replace(self._operation(name, "post", item["post"], []), event=True) for name, item in sent
        )
        if events:
            self.areas += (Area("events", "What is sent to webhooks, and what a receiver answers", events),)
        self.shapes = tuple(
            Shape(
                name,
                schema.get("description", ""),
                tuple(_members(schema)),
            )
            for name, schema in self._components.get("schemas", {}).items()
        )

    def _of(self, path: str, item: Mapping[str, Any]) -> Iterator[tuple[str, Operation]]:
        shared = item.get("parameters", [])
        for method in _METHODS:
            if method in item:
                yield item[method]["tags"][0], self._operation(path, method, item[method], shared)

    def _operation(self, path: str, method: str, given: Mapping[str, Any], shared: list[Any]) -> Operation:
        body = _content(given.get("requestBody", {}))
        return Operation(
            id=given["operationId"],
            method=method.upper(),
            path=path,
            summary=given.get("summary", ""),
            description=given.get("description", ""),
            permission=given.get("x-permission", ""),
            parameters=tuple(
                _parameter(self._resolved(parameter)) for parameter in [*shared, *given.get("parameters", [])]
            ),
            body_schema=_name(body.get("schema", {})),
            body_example=_example(body),
            answers=tuple(self._answer(status, answer) for status, answer in given["responses"].items()),
        )

    def _answer(self, status: str, given: Mapping[str, Any]) -> Answer:
        resolved = self._resolved(given)
        content = resolved.get("content", {})
        media = _content(resolved)
        return Answer(
            status=status,
            description=resolved.get("description", ""),
            media_type=next(iter(content), ""),
            schema=_name(media.get("schema", {})),
            example=_example(media),
        )

    def _resolved(self, given: Mapping[str, Any]) -> Mapping[str, Any]:
        if "$ref" not in given:
            return given
        section, name = given["$ref"].split("/")[-2:]
        resolved: Mapping[str, Any] = self._components[section][name]
        return resolved


def kind_of(schema: Mapping[str, Any]) -> str:
    """Return the type in words."""
    if "$ref" in schema:
        return _name(schema)
    for word in ("anyOf", "oneOf", "allOf"):
        if word in schema:
            return " or ".join(kind_of(branch) for branch in schema[word])
    if "enum" in schema:
        return "one of " + ", ".join(str(value) for value in schema["enum"])
    return _plain_kind(schema)


def _plain_kind(schema: Mapping[str, Any]) -> str:
    kinds = schema.get("type", "anything")
    names = kinds if isinstance(kinds, list) else [kinds]
    words = [_word(name, schema) for name in names]
    limits = [f"{schema[key]}" for key in ("minimum", "maximum") if key in schema]
    extras = [schema["format"]] if "format" in schema else []
    extras += [f"{limits[0]} to {limits[1]}"] if len(limits) == 2 else []
    return " or ".join(words) + (f" ({', '.join(extras)})" if extras else "")


def _word(name: str, schema: Mapping[str, Any]) -> str:
    if name == "array":
        return f"list of {kind_of(schema.get('items', {}))}"
    if name == "object" and isinstance(schema.get("additionalProperties"), Mapping):
        return f"by name: {kind_of(schema['additionalProperties'])}"
    return name


def _members(schema: Mapping[str, Any]) -> Iterator[Member]:
    needed = schema.get("required", [])
    for name, inner in schema.get("properties", {}).items():
        yield Member(name, kind_of(inner), name in needed, inner.get("description", ""), _target(inner))


def _parameter(given: Mapping[str, Any]) -> Member:
    return Member(
        name=given["name"],
        kind=kind_of(given.get("schema", {})),
        required=given.get("required", False),
        description=given.get("description", ""),
        place=given["in"],
    )


def _content(given: Mapping[str, Any]) -> Mapping[str, Any]:
    return next(iter(given.get("content", {}).values()), {})


def _example(media: Mapping[str, Any]) -> str:
    if "example" in media:
        return json.dumps(media["example"], indent=2, ensure_ascii=False, default=str)
    named = next(iter(media.get("examples", {}).values()), None)
    return "" if named is None else json.dumps(named.get("value"), indent=2, ensure_ascii=False, default=str)


def _target(schema: Mapping[str, Any]) -> str:
    """Name the shape that a schema refers to: itself, in a list, by name, or as one of several."""
    places = [
        schema,
        schema.get("items", {}),
        schema.get("additionalProperties", {}),
        *schema.get("anyOf", ()),
    ]
    return next((_name(place) for place in places if isinstance(place, Mapping) and "$ref" in place), "")


def _name(schema: Mapping[str, Any]) -> str:
    return str(schema["$ref"]).rsplit("/", 1)[-1] if "$ref" in schema else ""
