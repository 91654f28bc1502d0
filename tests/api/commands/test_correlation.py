"""`flask correlation`: the estimate in words, and what it refuses."""

from __future__ import annotations

from datetime import datetime

import pytest
from flask import Flask

from models.store.base import new_id
from tests.clinics import Clinic
from tests.people import People


@pytest.fixture
def clinic(people: People, now: datetime) -> Clinic:
    return Clinic.of(people, now)


def test_it_tells_the_estimate_and_that_it_is_too_little(app: Flask, clinic: Clinic) -> None:
    (patient,) = clinic.patients(1)
    for place, total in enumerate((40, 41, 39, 40, 38, 39)):
        clinic.send(patient, total, days_ago=28 * (5 - place))
    told = app.test_cli_runner().invoke(args=["correlation", clinic.site.id])
    assert told.exit_code == 0, told.output
    first, second = told.output.splitlines()
    assert first.startswith("Correlation of errors a week apart: ")
    assert first.endswith("from 6 reports in 1 half years.")
    assert second == "That is too little to change a policy for: the interval is wider than 0.4."


def test_without_reports_or_a_site_it_says_so(app: Flask, clinic: Clinic) -> None:
    run = app.test_cli_runner()
    little = run.invoke(args=["correlation", clinic.site.id])
    assert (little.exit_code, little.output) == (
        1, "Error: Too little: nobody has four reports within half a year.\n",
    )  # fmt: skip
    nowhere = run.invoke(args=["correlation", new_id()])
    assert (nowhere.exit_code, nowhere.output) == (1, "Error: There is no such site.\n")
