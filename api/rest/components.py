"""Named parts of the OpenAPI document: what a field describes in place is moved to `components` once.

A field says `x-component` in its metadata: the name and the schema of the part. Here the schema is moved and
a reference stays, with what the field itself says beside it. Two parts of one name that differ are an error.
"""

from __future__ import annotations

from typing import Any

MARK = "x-component"
_BESIDE = ("description", "default", "deprecated", "example")


class TwoMeanings(ValueError):
    """Two parts of the document have one name."""


def named(name: str, schema: dict[str, Any]) -> dict[str, Any]:
    """Return the metadata of a field whose schema is a part with a name."""
    return {MARK: {"name": name, "schema": schema}}


def move(document: dict[str, Any]) -> dict[str, Any]:
    """Return the document with every marked schema moved to `components/schemas`."""
    found: dict[str, Any] = {}
    moved: dict[str, Any] = _moved(document, found)
    schemas = moved.setdefault("components", {}).setdefault("schemas", {})
    schemas.update(found)
    used = _references(moved["paths"]) | _references(moved.get("webhooks"))
    seen: set[str] = set()
    while used - seen:
        reference = (used - seen).pop()
        seen.add(reference)
        used |= _references(_target(moved, reference))
    for section, parts in moved["components"].items():
        if section != "securitySchemes":
            kept = {name for name in parts if f"#/components/{section}/{name}" in seen}
            moved["components"][section] = {name: parts[name] for name in sorted(kept)}
    return moved


def _moved(value: Any, found: dict[str, Any]) -> Any:
    if isinstance(value, list):
        return [_moved(inner, found) for inner in value]
    if not isinstance(value, dict):
        return value
    if MARK not in value:
        return {key: _moved(inner, found) for key, inner in value.items()}
    part = value[MARK]
    schema = _moved(part["schema"], found)
    if found.setdefault(part["name"], schema) != schema:
        raise TwoMeanings(part["name"])
    reference: dict[str, Any] = {"$ref": f"#/components/schemas/{part['name']}"}
    if "null" in value.get("type", ()):
        reference = {"anyOf": [reference, {"type": "null"}]}
    return reference | {key: value[key] for key in _BESIDE if key in value}


def _references(value: Any) -> set[str]:
    if isinstance(value, list):
        return {reference for inner in value for reference in _references(inner)}
    if not isinstance(value, dict):
        return set()
    own = {value["$ref"]} if isinstance(value.get("$ref"), str) else set()
    return own | {reference for inner in value.values() for reference in _references(inner)}


def _target(document: dict[str, Any], reference: str) -> Any:
    target: Any = document
    for step in reference.removeprefix("#/").split("/"):
        target = target[step]
    return target
