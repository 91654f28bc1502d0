"""The operations of the committed document, for tests that ask every one of them.

That the document is the running application's own is held by test_openapi.py; so an operation that is added
is asked by these tests without being named in them.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from services.access.permissions import PERMISSIONS, Operation

FILE = Path(__file__).parents[2] / "openapi.yaml"
METHODS = ("get", "put", "post", "patch", "delete")
NOBODY = "nobody"
_ALSO_SERVED = {
    # A report is kept aside because its version is not known, and the tests do not bring it.
    "release_report": (409,),
    # These need an app that makes codes, or a device that waits; their own tests bring them.
    "give_second_factor": (409,),
    "set_my_second_factor": (409,),
    "confirm_this_device": (409,),
    "confirm_my_device": (409,),
}


@dataclass(frozen=True)
class Endpoint:
    """An operation: its method and path, and what the document says of it."""

    method: str
    path: str
    content: dict[str, Any]

    @property
    def id(self) -> str:
        """Its operation id."""
        return str(self.content["operationId"])

    @property
    def permission(self) -> str | None:
        """The row of the permission table that guards it, None for what needs no account."""
        return self.content.get("x-permission")

    @property
    def parameters(self) -> tuple[str, ...]:
        """The names in its path."""
        return tuple(part[1:-1] for part in self.path.split("/") if part.startswith("{"))

    @property
    def writes(self) -> bool:
        """Whether it may change something."""
        return self.method != "get"

    @property
    def example(self) -> Any:
        """The body of the document's example, None when it takes no body."""
        body = self.content.get("requestBody")
        return None if body is None else body["content"]["application/json"]["example"]

    @property
    def queries(self) -> tuple[str, ...]:
        """The names of its query parameters."""
        return tuple(
            parameter["name"]
            for parameter in self.content.get("parameters", ())
            if parameter.get("in") == "query"
        )

    @property
    def needs_tag(self) -> bool:
        """Whether it wants an If-Match."""
        return any(parameter.get("name") == "If-Match" for parameter in self.content.get("parameters", ()))

    @property
    def roles(self) -> tuple[str, ...]:
        """The roles that may do it somewhere, by the permission table; nobody for what needs no account."""
        return (NOBODY,) if self.permission is None else tuple(PERMISSIONS[Operation(self.permission)])

    def serves(self, status: int) -> bool:
        """Whether the status says that the caller may do this here."""
        return 200 <= status < 300 or status in _ALSO_SERVED.get(self.id, ())


def _endpoints() -> dict[str, Endpoint]:
    paths = yaml.safe_load(FILE.read_text(encoding="utf-8"))["paths"]
    found = (
        Endpoint(method, path, item[method])
        for path, item in paths.items()
        for method in METHODS
        if method in item
    )
    return {endpoint.id: endpoint for endpoint in found}


ENDPOINTS = _endpoints()
