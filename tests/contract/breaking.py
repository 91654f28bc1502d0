"""What of a document would break those who were made for another one; docs/contract.md says what counts.

`python -m tests.contract.breaking REASON` releases the document: without its examples it becomes
docs/openapi-released.yaml, with an entry in the list of docs/contract.md that names it by its digest.
"""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parents[2]
PRESENT, RELEASED = ROOT / "openapi.yaml", ROOT / "docs" / "openapi-released.yaml"
CONTRACT = ROOT / "docs" / "contract.md"
LIST = "## Changes\n"
_METHODS = ("get", "put", "post", "patch", "delete")
_LOWER = ("minimum", "minLength", "minItems", "minProperties")
_UPPER = ("maximum", "maxLength", "maxItems", "maxProperties")


def read(file: Path) -> dict[str, Any]:
    """Return a document."""
    content: dict[str, Any] = yaml.load(file.read_text(encoding="utf-8"), yaml.CSafeLoader)
    return content


def digest() -> str:
    """Return the digest that names the released document."""
    return hashlib.sha256(RELEASED.read_bytes()).hexdigest()[:16]


def changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[str]:
    """Return what breaks, in words that can stand in the list."""
    return sorted(set(_Comparison(before, after).all()))


class _Comparison:
    def __init__(self, before: Mapping[str, Any], after: Mapping[str, Any]) -> None:
        self._before, self._after = before, after
        self._seen: set[tuple[str, str, bool]] = set()

    def all(self) -> Iterator[str]:
        present = {one["operationId"]: (place, one) for place, one in _operations(self._after)}
        for place, old in _operations(self._before):
            name = old["operationId"]
            if name not in present:
                yield f"{name} is gone"
                continue
            now, new = present[name]
            if now != place:
                yield f"{name} is {now}, no longer {place}"
            yield from self._parameters(name, old, new)
            yield from self._body(name, old, new)
            yield from self._responses(name, old, new)

    def _parameters(self, name: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[str]:
        known = {entry["name"]: entry for entry in old.get("parameters", ())}
        given = {entry["name"]: entry for entry in new.get("parameters", ())}
        yield from (f"{name}: the parameter {gone} is gone" for gone in known.keys() - given.keys())
        for parameter, one in given.items():
            if one.get("required") and not known.get(parameter, {}).get("required"):
                yield f"{name}: the parameter {parameter} has to be given"
            if parameter in known:
                where = f"{name}: {parameter}"
                yield from self._schema(where, known[parameter]["schema"], one["schema"], sent=True)

    def _body(self, name: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[str]:
        before, after = old.get("requestBody"), new.get("requestBody")
        if after is not None and after.get("required") and not (before or {}).get("required"):
            yield f"{name} takes a body now"
        if before is not None and after is not None:
            yield from self._schema("", _schema_of(before), _schema_of(after), sent=True)
        elif before is not None:
            yield f"{name} takes no body any more"

    def _responses(self, name: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[str]:
        for status, described in old["responses"].items():
            if status not in new["responses"]:
                if status < "4":
                    yield f"{name}: the status {status} is gone"
                continue
            before = _resolved(self._before, described)
            after = _resolved(self._after, new["responses"][status])
            for header in before.get("headers", {}).keys() - after.get("headers", {}).keys():
                yield f"{name}: {status} has no {header} any more"
            yield from self._schema("", _schema_of(before), _schema_of(after), sent=False)
        yield from (
            f"{name}: the success {status} is new"
            for status in new["responses"].keys() - old["responses"].keys()
            if status < "3"
        )

    def _schema(self, where: str, old: Any, new: Any, *, sent: bool) -> Iterator[str]:
        """Compare what clients send (`sent`) or get."""
        if "$ref" in old and "$ref" in new:
            key = (old["$ref"], new["$ref"], sent)
            if key in self._seen:
                return
            self._seen.add(key)
        where = _name(old) or where
        old, new = _resolved(self._before, old), _resolved(self._after, new)
        yield from self._kind(where, old, new, sent=sent)
        yield from self._words(where, old, new, sent=sent)
        if sent:
            yield from _narrower(where, old, new)
        yield from self._members(where, old, new, sent=sent)
        for inside in ("items", "additionalProperties"):
            if isinstance(old.get(inside), dict) and isinstance(new.get(inside), dict):
                yield from self._schema(f"{where} []", old[inside], new[inside], sent=sent)
        branches = [branch for branch in old.get("anyOf", ()) if "$ref" in branch]
        others = [branch for branch in new.get("anyOf", ()) if "$ref" in branch]
        for one, other in zip(branches, others, strict=False):
            yield from self._schema(where, one, other, sent=sent)

    def _kind(self, where: str, old: Any, new: Any, *, sent: bool) -> Iterator[str]:
        before, after = _kinds(self._before, old), _kinds(self._after, new)
        if sent and before - after:
            yield f"{where} may no longer be {', '.join(sorted(before - after))}"
        if not sent and after - before:
            yield f"{where} may be {', '.join(sorted(after - before))}"

    def _words(self, where: str, old: Any, new: Any, *, sent: bool) -> Iterator[str]:
        if "enum" in old:
            words = set(old["enum"]) - set(new.get("enum", old["enum"] if sent else ()))
            yield from (f"{where}: the word {word} is gone" for word in words)

    def _members(self, where: str, old: Any, new: Any, *, sent: bool) -> Iterator[str]:
        before, after = old.get("properties", {}), new.get("properties", {})
        yield from (f"{where}.{name} is gone" for name in before.keys() - after.keys())
        needed, promised = set(new.get("required", ())), set(old.get("required", ()))
        if sent:
            yield from (f"{where}.{name} has to be given" for name in needed - promised)
        else:
            kept = (promised - needed) & after.keys()
            yield from (f"{where}.{name} may be missing" for name in kept)
        for name in before.keys() & after.keys():
            yield from self._schema(f"{where}.{name}", before[name], after[name], sent=sent)


def _narrower(where: str, old: Any, new: Any) -> Iterator[str]:
    for limit in (*_LOWER, *_UPPER):
        if limit not in new:
            continue
        less = limit not in old or (new[limit] > old[limit] if limit in _LOWER else new[limit] < old[limit])
        if less:
            yield f"{where}: {limit} is {new[limit]}"
    if "pattern" in new and new["pattern"] != old.get("pattern"):
        yield f"{where} has another pattern"


def _kinds(document: Mapping[str, Any], schema: Any) -> set[str]:
    """The types that a value may have; of objects with a name, the name."""
    kinds = schema.get("type", [])
    found = {kinds} if isinstance(kinds, str) else set(kinds)
    for branch in schema.get("anyOf", ()):
        resolved = _resolved(document, branch)
        found |= {_name(branch)} if resolved.get("type") == "object" else _kinds(document, resolved)
    return found | ({"number"} if "integer" in found else set())


def _operations(document: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for path, item in document["paths"].items():
        for method in _METHODS:
            if method in item:
                parameters = [*item.get("parameters", ()), *item[method].get("parameters", ())]
                yield f"{method.upper()} {path}", item[method] | {"parameters": parameters}


def _schema_of(described: Mapping[str, Any]) -> Any:
    return next((media["schema"] for media in described.get("content", {}).values()), {})


def _resolved(document: Mapping[str, Any], part: Any) -> Any:
    if "$ref" not in part:
        return part
    section, name = part["$ref"].split("/")[-2:]
    return document["components"][section][name]


def _name(schema: Any) -> str:
    return str(schema["$ref"]).rpartition("/")[2] if "$ref" in schema else ""


def _without_examples(value: Any) -> Any:
    if isinstance(value, list):
        return [_without_examples(inner) for inner in value]
    if not isinstance(value, dict):
        return value
    return {key: _without_examples(inner) for key, inner in value.items() if key != "example"}


def release(reason: str) -> None:
    """Make the present document the released one, and enter it and what it breaks in the list."""
    broken = changes(read(RELEASED), read(PRESENT)) if RELEASED.exists() else []
    text = yaml.safe_dump(_without_examples(read(PRESENT)), sort_keys=False, allow_unicode=True, width=110)
    RELEASED.write_text(text, encoding="utf-8")
    entry = f"\n### {datetime.now(UTC):%Y-%m-%d}, {digest()}\n\n{reason}\n"
    entry += "".join(f"\n- {line}" for line in broken) + ("\n" if broken else "")
    text = CONTRACT.read_text(encoding="utf-8")
    CONTRACT.write_text(text.replace(LIST, LIST + entry, 1), encoding="utf-8")


if __name__ == "__main__":
    release(" ".join(sys.argv[1:]))
