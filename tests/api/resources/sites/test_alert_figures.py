"""Figures of a site's alerts by the API: of a period, month by month, as tables that a spreadsheet takes."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from flask.testing import FlaskClient

from models.alerts.alert import End, EndedHow, State
from models.patients.patient import Patient
from models.sites.sites import Site
from services.access.actor import Role
from tests.alert_samples import ended_unseen, make_alert, on_day, store
from tests.api.resources.tables import rows_of
from tests.people import People, Person


@pytest.fixture
def clinician(people: People, site: Site, patient: Patient) -> Person:
    """Of a site with an alert in January, another that ended unseen, and one in December."""
    owner: dict[str, Any] = {"patient_id": patient.id, "site_id": site.id}
    end = End(EndedHow.RESOLVED, on_day(2), "clinician", "called", worth_a_look=False)
    december = datetime(2075, 12, 3, tzinfo=UTC)
    store(
        make_alert(**owner),
        ended_unseen(**owner, episode=2),
        make_alert(State.ENDED, **owner, episode=3, opened_at=december, end=end),
    )
    return people.staff(site, Role.CLINICIAN)


def test_figures_of_a_period(client: FlaskClient, clinician: Person, people: People, site: Site) -> None:
    admin, path = people.staff(site, Role.ADMIN), f"/v1/sites/{site.id}/alert-figures"
    figures = client.get(path, headers=admin.headers).get_json()
    assert figures["until"] == "2076-03-02"
    assert figures["figures"][0] == {
        "level": None,
        "opened": 2,
        "per_patient_month": None,
        "looked_at_within_30_days": 0,
        "ended_unseen": 1,
        "closed_in_bulk": 0,
        "came_back": 0,
        "returned_worse": 0,
        "overdue_now": 1,
        "first_attempt": None,
        "delivery": None,
        "first_action": None,
        "acknowledgement": None,
        "closing": None,
    }
    assert [figure["level"] for figure in figures["figures"]] == [None, "inform", "soon", "urgent"]
    assert (figures["waits"], figures["rules"]) == ([], []), "topics and rules are for clinicians"
    assert client.get(f"{path}?since=2076-04-01", headers=admin.headers).status_code == 422


def test_figures_month_by_month(client: FlaskClient, clinician: Person, site: Site) -> None:
    path = f"/v1/sites/{site.id}/alert-figures/months"
    found = client.get(path, headers=clinician.headers).get_json()
    assert [month["since"] for month in found["months"]] == [
        *("2075-10-01", "2075-11-01", "2075-12-01", "2076-01-01", "2076-02-01", "2076-03-01")
    ]
    assert [month["figures"][0]["opened"] for month in found["months"]] == [0, 0, 1, 2, 0, 0]
    assert found["present"][0] == {"level": None, "current": 1, "overdue": 1}
    assert found["rules"][0]["rule"] == "fast_decline"
    (december,) = client.get(f"{path}?since=2075-12&until=2075-12", headers=clinician.headers).get_json()[
        "months"
    ]
    assert december == found["months"][2]


@pytest.mark.parametrize(
    "query", ["since=2075-13", "since=12-2075", "since=2076-02&until=2076-01", "since=1066-10"]
)
def test_what_is_no_month_is_refused(client: FlaskClient, clinician: Person, site: Site, query: str) -> None:
    for table in ("months", "months.csv", "rules.csv"):
        path = f"/v1/sites/{site.id}/alert-figures/{table}?{query}"
        assert client.get(path, headers=clinician.headers).status_code == 422


def table(client: FlaskClient, person: Person, site: Site, name: str) -> list[dict[str, str]]:
    return rows_of(client.get(f"/v1/sites/{site.id}/alert-figures/{name}", headers=person.headers))


def test_the_table_says_what_the_json_says(client: FlaskClient, clinician: Person, site: Site) -> None:
    found = client.get(f"/v1/sites/{site.id}/alert-figures/months", headers=clinician.headers).get_json()
    rows = iter(table(client, clinician, site, "months.csv"))
    for month in found["months"]:
        for figure in (*month["figures"], *month["waits"]):
            row = next(rows)
            assert row["month"] == month["since"][:7]
            assert row["is_over"] == ("yes" if month["is_over"] else "no")
            assert row["level"] == (figure["level"] or "all")
            assert row["topic"] == figure.get("topic", "all")
            for name, value in figure.items():
                if isinstance(value, dict):
                    assert {part: float(row[f"{name}_{part}"]) for part in value} == value
                elif isinstance(value, int | float):
                    assert float(row[name]) == value
    assert next(rows, None) is None


def test_the_table_of_rules(client: FlaskClient, clinician: Person, people: People, site: Site) -> None:
    rows = table(client, clinician, site, "rules.csv")
    assert [(row["month"], row["rule"], row["opened"], row["asked"], row["doubtful"]) for row in rows] == [
        ("2075-12", "fast_decline", "1", "1", "no"),
        ("2076-01", "fast_decline", "2", "0", "no"),
        ("all", "fast_decline", "3", "1", "no"),
    ]
    admin = people.staff(site, Role.ADMIN)
    assert table(client, admin, site, "rules.csv") == []
    assert {row["topic"] for row in table(client, admin, site, "months.csv")} == {"all"}
