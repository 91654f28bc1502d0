"""The table of the bench and its verdict: medians over pairs, bars that count only where they may."""

from __future__ import annotations

from collections import Counter

import pytest

from bench.load import Window
from bench.submit.comparison import Comparison, alternate, table, verdict


def window(rate: float, latency: float, status: int = 201) -> Window:
    return Window(1.0, (latency,) * int(rate), Counter({status: int(rate)}), rate / 1000, rate / 2000)


def one(clients: int, service: Window, floor: Window) -> Comparison:
    return Comparison(clients, [(service, floor)])


def test_the_ratio_is_the_median_over_pairs() -> None:
    pairs = [(window(50, 0.01), window(100, 0.01)), (window(10, 0.01), window(100, 0.01))]
    pairs.append((window(40, 0.01), window(50, 0.01)))
    assert Comparison(16, pairs).ratio == pytest.approx(0.5)


def test_windows_are_taken_in_turns() -> None:
    taken: list[str] = []

    def measure(name: str, rate: float) -> Window:
        taken.append(name)
        return window(rate, 0.01)

    done = alternate(4, 3, (lambda: measure("service", 50), lambda: measure("floor", 100)))
    assert taken == ["service", "floor"] * 3
    assert (done.clients, done.rate, done.floor_rate) == (4, 50, 100)


def test_absolute_bars_do_not_count_where_the_floor_is_slow() -> None:
    slow = verdict([one(16, window(100, 0.2), window(200, 0.1))])
    assert "do not count" in slow
    assert "reports/s: bar" not in slow


@pytest.mark.parametrize(
    ("service", "floor", "said"),
    [
        (window(300, 0.05), window(700, 0.02), "300 reports/s: bar 200/s met, aim 400/s NOT met"),
        (window(300, 0.05), window(700, 0.02), "p95 50 ms: bar 100 ms met, aim 60 ms met"),
        (window(200, 0.12), window(700, 0.02), "200 reports/s: bar 200/s NOT met, aim 400/s NOT met"),
        (window(200, 0.12), window(700, 0.02), "p95 120 ms: bar 100 ms NOT met, aim 60 ms NOT met"),
        (window(240, 0.01), window(700, 0.02), "0.34 of the floor: bar 0.43 NOT met, aim 0.50 NOT met"),
        (
            window(300, 0.05),
            window(700, 0.02),
            "p95 2.50 times the floor's: bar 2.1 NOT met, aim 1.7 NOT met",
        ),
        (window(300, 0.04), window(700, 0.02), "p95 2.00 times the floor's: bar 2.1 met, aim 1.7 NOT met"),
        (window(308, 0.01), window(700, 0.02), "0.44 of the floor: bar 0.43 met, aim 0.50 NOT met"),
        (window(390, 0.01), window(700, 0.02), "0.56 of the floor: bar 0.43 met, aim 0.50 met"),
    ],
)
def test_the_run_with_the_most_clients_is_held_against_the_bars(
    service: Window, floor: Window, said: str
) -> None:
    few = one(4, window(1, 1.0), window(1000, 0.001))
    assert said in verdict([one(16, service, floor), few])


def test_one_client_has_a_bar_of_its_own() -> None:
    most = one(16, window(300, 0.05), window(700, 0.02))
    alone = one(1, window(120, 0.008), window(300, 0.003))
    assert "p50 8.0 ms: bar 10 ms met, aim 6 ms NOT met" in verdict([alone, most])
    assert "p50 2.67 times the floor's: bar 2.8 met, aim 2.2 NOT met" in verdict([alone, most])
    assert "1 client" not in verdict([most])


def test_cpu_is_told_for_a_request_of_servers_and_database() -> None:
    said = verdict([one(16, window(300, 0.05), window(700, 0.02))])
    assert "CPU of a report 1.00 ms servers + 0.50 ms database, of the floor 1.00 + 0.50" in said


def test_every_answer_other_than_201_of_either_server_is_told() -> None:
    done = Comparison(1, [(window(3, 0.1, 503), window(5, 0.1)), (window(2, 0.1), window(4, 0.1, 500))])
    assert done.refused() == Counter({503: 3, 500: 4})


def test_a_row_shows_both_servers_and_their_ratio() -> None:
    row = table([one(16, window(300, 0.05), window(700, 0.02))]).splitlines()[-1]
    service, floor = ["300", *["50.0"] * 3, "1.50"], ["700", *["20.0"] * 3, "1.50"]
    assert row.split() == ["16", "|", *service, "|", *floor, "|", "0.43"]
