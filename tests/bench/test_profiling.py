"""The profile of the submit path: each function's own time counts for one layer."""

from __future__ import annotations

import cProfile
import pstats
from pathlib import Path

import pytest

from bench.submit import profiling
from bench.submit.profiling import RoundTrips, by_layer, layer_of

ROOT = Path(profiling.__file__).resolve().parents[2]


@pytest.mark.parametrize(
    ("file", "layer"),
    [
        (f"{ROOT}/api/resources/reports.py", "api/resources, api/schemas"),
        (f"{ROOT}/api/security/tokens.py", "api/security"),
        (f"{ROOT}/api/services/intake.py", "api/services"),
        (f"{ROOT}/api/errors.py", "api, the rest"),
        (f"{ROOT}/models/ledger.py", "models"),
        (f"{ROOT}/scoring/decline/fold.py", "scoring"),
        ("/x/site-packages/flask/app.py", "flask, werkzeug"),
        ("/x/site-packages/pymongo/pool.py", "pymongo, bson, mongoengine"),
        ("/x/lib/python3.11/threading.py", "the rest"),
    ],
)
def test_a_file_belongs_to_a_layer(file: str, layer: str) -> None:
    assert layer_of(file, "work") == layer


def test_reading_a_socket_is_waiting_whoever_does_it() -> None:
    assert layer_of("~", "<method 'recv_into' of '_socket.socket' objects>") == "waiting for the database"


def test_what_is_written_in_c_counts_for_its_caller() -> None:
    profile = cProfile.Profile()
    profile.enable()
    profiling.layer_of("x", "y")
    sorted(range(300_000), key=str)
    profile.disable()
    table = by_layer(pstats.Stats(profile), 2)
    assert table.splitlines()[1].split()[:2] == ["share", "ms/report"]
    assert sum(float(line.split("%")[0]) for line in table.splitlines()[2:]) == pytest.approx(100, abs=2)


def test_round_trips_are_told_once_and_in_order() -> None:
    trips = RoundTrips(["find patients", "insert ledger"])
    assert trips.take() == "find patients, insert ledger"
    assert trips.take() == ""
