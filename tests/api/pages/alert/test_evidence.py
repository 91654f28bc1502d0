"""The small figure of an alert: on the same scale as the patient's page, with its days."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest

from api.pages.alert.evidence import Figure, UsedReport, figure_of
from tests.api.pages.desk import Desk
from tests.visitor import Visitor


def reports(instrument: str, *values: float) -> list[UsedReport]:
    return [
        UsedReport(
            id=str(place),
            on=date(2076, 1, 1) + timedelta(days=days),
            instrument=instrument,
            respondent="patient",
            value=value,
            voided=False,
            raised_it=False,
        )
        for place, (days, value) in enumerate(zip((0, 2, 40, 60), values, strict=False))
    ]


def drawn(found: Figure | None) -> Figure:
    assert found is not None
    return found


@pytest.mark.parametrize("totals", [(45.0, 40.0, 36.0, 34.0), (48.0, 48.0, 48.0, 47.0), (3.0, 2.0, 1.0, 0.0)])
def test_function_is_drawn_on_at_least_half_of_its_scale(totals: tuple[float, ...]) -> None:
    figure = drawn(figure_of(reports("alsfrs_r", *totals)))
    assert figure.high - figure.low >= 24
    assert 0 <= figure.low <= min(totals)
    assert max(totals) <= figure.high <= 48


def test_points_stand_by_their_days() -> None:
    first, second, third, fourth = drawn(figure_of(reports("phq_9", 16, 9, 4, 2))).points
    assert (third.x - second.x) / (fourth.x - third.x) == pytest.approx(38 / 20)
    assert first.x < second.x


def test_the_first_and_the_last_day_stand_below_it(signed_in: Visitor, desk: Desk) -> None:
    desk.falling()
    line = next(line for line in desk.lines() if line.topic == "decline")
    figure = signed_in.get(f"/pages/alerts/{line.id}").text.partition("<figure")[2].partition("</figure>")[0]
    assert re.search(r'y="118">14 Oct 2075<', figure)
    assert re.search(r'y="118">2 Mar<', figure)
