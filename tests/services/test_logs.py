"""Log lines name no value: unknown keys are dropped, and a fault names its place instead of its message."""

from __future__ import annotations

import json
import logging
from typing import Any

import pytest

from services import logs


@pytest.fixture
def lines(capsys: pytest.CaptureFixture[str]) -> Any:
    logs.configure()

    def read() -> list[dict[str, Any]]:
        return [json.loads(line) for line in capsys.readouterr().err.splitlines() if line.startswith("{")]

    return read


def test_a_line_is_json_with_known_keys_only(lines: Any) -> None:
    logs.log.info("report_taken", status=201, patient="Maria", answer=3, route="/v1/reports")
    (line,) = [entry for entry in lines() if entry["event"] == "report_taken"]
    assert (line["status"], line["route"], line["level"]) == (201, "/v1/reports", "info")
    assert set(line) <= logs.KEYS
    assert "Maria" not in json.dumps(line)


def failing() -> None:
    try:
        {}["phq_9 of Maria"]
    except KeyError as error:
        raise ValueError("Maria answered 3") from error


def test_a_fault_names_where_and_not_what(lines: Any) -> None:
    with pytest.raises(ValueError, match="answered") as caught:
        failing()
    logs.fault(caught.value, route="/v1/reports")
    (line,) = [entry for entry in lines() if entry["event"] == "fault"]
    assert (line["route"], line["exception"]) == ("/v1/reports", ["ValueError", "KeyError"])
    assert any("test_logs.py" in frame for frame in line["frames"])
    assert "Maria" not in json.dumps(line)


def test_lines_of_libraries_pass_the_same_way(lines: Any) -> None:
    logging.getLogger("pymongo.somewhere").warning("connection of %s lost", "Maria", extra={"secret": 1})
    shown = json.dumps(lines())
    assert "secret" not in shown


def test_the_line_of_a_request_is_like_every_other(lines: Any) -> None:
    logs.log.info("request", request_id="r", method="GET", route="/v1/me", status=200, name="Maria")
    logs.request(request_id="r", method="GET", route="/v1/me", status=200, name="Maria")
    first, second = lines()
    assert first.keys() == second.keys()
    assert {**first, "timestamp": ""} == {**second, "timestamp": ""}
