"""Nothing that clients rely on changes without an entry in docs/contract.md."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest

from tests.contract import breaking
from tests.contract.breaking import CONTRACT, PRESENT, RELEASED, changes, digest, read

TEXT = CONTRACT.read_text(encoding="utf-8")
DOCUMENT = read(PRESENT)


def schema(document: dict[str, Any], name: str) -> dict[str, Any]:
    found: dict[str, Any] = document["components"]["schemas"][name]
    return found


def test_a_breaking_change_stands_in_the_list() -> None:
    missing = [change for change in changes(read(RELEASED), DOCUMENT) if f"- {change}\n" not in TEXT]
    assert missing == [], "announce it in docs/contract.md, or release with `make release REASON=...`"


def test_the_released_document_has_an_entry_of_its_own() -> None:
    assert f", {digest()}\n" in TEXT.partition(breaking.LIST)[2]


def test_the_same_document_breaks_nothing() -> None:
    assert changes(DOCUMENT, DOCUMENT) == []


def gone(document: dict[str, Any]) -> None:
    del schema(document, "ReceiptOut")["properties"]["total"]


def optional(document: dict[str, Any]) -> None:
    schema(document, "ReceiptOut")["required"].remove("crisis_text")


def needed(document: dict[str, Any]) -> None:
    schema(document, "ReportIn")["required"].append("zone")


def narrower(document: dict[str, Any]) -> None:
    schema(document, "ReportIn")["properties"]["duration_seconds"]["maximum"] = 60


def word(document: dict[str, Any]) -> None:
    schema(document, "Level")["enum"].remove("urgent")


def kind(document: dict[str, Any]) -> None:
    schema(document, "ReceiptOut")["properties"]["total"]["type"] = ["string", "null"]


def operation(document: dict[str, Any]) -> None:
    del document["paths"]["/v1/alerts"]["get"]


def status(document: dict[str, Any]) -> None:
    del document["paths"]["/v1/patients/{patient_id}/reports"]["post"]["responses"]["202"]


def header(document: dict[str, Any]) -> None:
    del document["paths"]["/v1/alerts/{alert_id}"]["get"]["responses"]["200"]["headers"]["ETag"]


BREAKING = {
    gone: "ReceiptOut.total is gone",
    optional: "ReceiptOut.crisis_text may be missing",
    needed: "ReportIn.zone has to be given",
    narrower: "ReportIn.duration_seconds: maximum is 60",
    word: "Level: the word urgent is gone",
    kind: "ReceiptOut.total may be string",
    operation: "list_alerts is gone",
    status: "submit_report: the status 202 is gone",
    header: "get_alert: 200 has no ETag any more",
}


@pytest.mark.parametrize("change", BREAKING, ids=lambda change: change.__name__)
def test_what_breaks_is_named(change: Any) -> None:
    after = deepcopy(DOCUMENT)
    change(after)
    assert BREAKING[change] in changes(DOCUMENT, after)


def member(document: dict[str, Any]) -> None:
    schema(document, "ReceiptOut")["properties"]["new"] = {"type": "string"}


def another_word(document: dict[str, Any]) -> None:
    schema(document, "Topic")["enum"].append("sleep")


def words_of_a_text(document: dict[str, Any]) -> None:
    """A member that was any text names the words that it usually is."""
    code = schema(document, "ReceiptOut")["properties"]
    code["instrument"] = {"anyOf": [{"$ref": "#/components/schemas/Topic"}, {"type": "string"}]}


def wider(document: dict[str, Any]) -> None:
    schema(document, "ReportIn")["properties"]["duration_seconds"]["maximum"] = 2**40


def parameter(document: dict[str, Any]) -> None:
    new = {"in": "query", "name": "since", "required": False, "schema": {"type": "string"}}
    document["paths"]["/v1/alerts"]["get"]["parameters"].append(new)


@pytest.mark.parametrize("change", [member, another_word, words_of_a_text, wider, parameter])
def test_what_only_adds_breaks_nothing(change: Any) -> None:
    after = deepcopy(DOCUMENT)
    change(after)
    assert changes(DOCUMENT, after) == []
