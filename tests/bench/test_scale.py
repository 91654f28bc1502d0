"""A filled database holds what is asked for, and whoever reports in it goes on from a copied history."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from uuid import uuid4

import pytest

from bench import clinic, servers
from bench.clinic import Clinic
from bench.load import Window
from bench.processes import memory_mebibytes
from bench.scale import disk, fill
from bench.scale.__main__ import Row, Size, drawings, flat, sizes
from bench.submit.comparison import Comparison
from models.ledger import ledger
from models.ledger.document import LedgerDocument
from models.patients import patients
from models.store import connection
from models.store.scope import Scope
from services import clock
from services.access.actor import Actor, Role
from services.access.permissions import Operation, scope_for
from services.reports.intake.check import Submission
from services.reports.intake.submit import submit_report

HISTORY, STORED = 4, 20


@pytest.fixture
def opened(database_uri: str) -> Iterator[Clinic]:
    with clinic.opened(servers.settings(database_uri, f"slope_test_scale_{uuid4().hex[:8]}")) as made:
        yield made


def test_a_copied_history_goes_on(opened: Clinic, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fill, "ACTIVE", 3)
    people = fill.filled(opened, stored=STORED, history=HISTORY, site_count=2)
    assert LedgerDocument.raw().count_documents({}) == STORED
    found = [
        patients.read(person_id, Scope(patient_id=person_id), now=clock.now()) for person_id in people.ids
    ]
    assert len({patient.site_id for patient in found if patient is not None}) == 2
    for _ in people.ids:
        header, _, body = people.make().partition(b"\r\n\r\n")
        patient_id, content = header.split(b"/")[3].decode(), json.loads(body)
        site_id = next(
            patient.site_id for patient in found if patient is not None and patient.id == patient_id
        )
        actor = Actor(patient_id, "s", ((site_id, Role.PATIENT),), patient_id)
        given = Submission(**{**content, "observed_at": datetime.fromisoformat(content["observed_at"])})
        scope = scope_for(actor, Operation.REPORT_SUBMIT)
        receipt = submit_report(patient_id, given, scope, actor=actor, now=clock.now())
        head = ledger.read_head(patient_id)
        assert (receipt.pending, receipt.entry.seq) == (False, HISTORY + 1)
        assert head is not None
        assert head.evaluated.evaluation["trajectory"]["reports"] == HISTORY + 1


def test_what_is_on_disk_is_named_by_collection_and_moves(
    opened: Clinic, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(fill, "ACTIVE", 2)
    monkeypatch.setattr(disk, "REPORTS", 3)
    head, *lines = disk.measured(opened, [])
    assert head.startswith("2 weekly reporters")
    assert "does not say" in lines[0] or any("ledger            6" in line for line in lines)
    assert disk.built().startswith("indexes of 6 ")
    assert disk.exported(tmp_path / "all").startswith("export: ")
    connection.drop_database()
    assert disk.imported(tmp_path / "all").startswith("import: ")
    assert LedgerDocument.raw().count_documents({}) == 6


def test_numbers_of_reports_then_histories_then_sites_are_measured() -> None:
    planned = sizes([100_000, 10_000])
    assert planned[0] == Size(10_000, 12, 1)
    assert [size.history for size in planned] == [12, 12, 100, 500, 12]
    assert all(size.stored >= fill.ACTIVE * size.history for size in planned[2:4])
    assert planned[-1] == Size(100_000, 12, 3)


def test_plots_are_drawn_of_every_history() -> None:
    window = Window(1.0, (0.01,) * 50, Counter({201: 50}))
    rows = [
        Row(size, Comparison(16, [(window, window)]), 2700.0, [80.0], 800.0) for size in sizes([100, 200])
    ]
    found = {name: drawn.count("<circle") for name, drawn in drawings(rows).items()}
    assert found == {"scale-stored.svg": 2, "scale-rate.svg": 4, "scale-bytes.svg": 4}
    assert list(flat(rows)) == [
        "200 stored to 100: 1.00",
        "100 reports of history to 12: 1.00",
        "500 reports of history to 100: 1.00",
    ]


def test_memory_of_a_process_that_is_not_there_is_none() -> None:
    assert memory_mebibytes([]) == 0
