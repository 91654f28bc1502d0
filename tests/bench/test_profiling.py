"""The profile of the submit path: round trips told once, requests as a server hands them over."""

from __future__ import annotations

from bench import load
from bench.submit import profiling
from bench.submit.profiling import Cost, RoundTrips


def test_round_trips_are_told_once_and_in_order() -> None:
    trips = RoundTrips(["find patients", "insert ledger"])
    assert trips.take() == "find patients, insert ledger"
    assert trips.take() == ""


def test_a_row_tells_milliseconds_of_a_report_and_the_number_of_round_trips() -> None:
    row = Cost(reports=4, wall=0.02, cpu=0.01).row("find patients, find ledger, insert ledger")
    assert row.split()[:4] == ["4", "5.00", "2.50", "3:"]


def test_the_application_is_given_what_was_sent() -> None:
    environment = profiling._environment(load.post("/v1/x", b'{"a": 1}', "token"))
    assert environment["PATH_INFO"] == "/v1/x"
    assert environment["HTTP_AUTHORIZATION"] == "Bearer token"
    assert environment["wsgi.input"].read(int(environment["CONTENT_LENGTH"])) == b'{"a": 1}'
