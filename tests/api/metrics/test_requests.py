"""Counting fails no request: what cannot be written is dropped and counted."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask
from prometheus_client import generate_latest

from api.metrics import requests
from api.metrics.requests import DIRECTORY, PLACE, RequestCounts


def asked(counts: RequestCounts) -> int:
    app = Flask("asked")
    app.add_url_rule("/elsewhere", view_func=lambda: "yes")
    requests.install(app, counts)
    return app.test_client().get("/elsewhere").status_code


def test_one_process_counts_by_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(DIRECTORY, raising=False)
    counts = RequestCounts()
    assert asked(counts) == 200
    text = generate_latest(counts.registry()).decode()
    assert 'slope_requests_total{operation="GET /elsewhere",status="2xx"} 1.0' in text
    assert counts.dropped == 0


def test_without_room_a_request_is_answered_and_its_count_dropped(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(requests.values, "ValueClass", requests.values.ValueClass)
    monkeypatch.setenv(DIRECTORY, str(tmp_path))
    monkeypatch.delenv(PLACE, raising=False)
    counts = RequestCounts()
    assert asked(counts) == 200
    assert counts.dropped == 1
    assert generate_latest(counts.registry()) == b""


def test_a_directory_that_has_gone_costs_the_counts_and_nothing_else(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(requests.values, "ValueClass", requests.values.ValueClass)
    monkeypatch.setenv(DIRECTORY, str(tmp_path / "gone"))
    monkeypatch.setenv(PLACE, "1-0")
    counts = RequestCounts()
    assert asked(counts) == 200
    assert counts.dropped == 1
