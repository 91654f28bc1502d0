"""Clients that are generated from the document: they type-check strictly, and drive the running service.

The two drives in `examples/` are what an app team reads first. A renamed member has to break them.
"""

from __future__ import annotations

import shutil
import sys
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml
from flask import Flask
from werkzeug.serving import make_server

from services import clock
from services.access.actor import Role
from services.accounts import invitations
from services.accounts.invitations import PatientInvitation
from tests.contract.node import ROOT, packages_of, run
from tests.people import PASSWORD, People

DOCUMENT = ROOT / "openapi.yaml"
PYTHON, TYPESCRIPT = ROOT / "examples" / "python", ROOT / "examples" / "typescript"
BIN = Path(sys.executable).parent


@pytest.fixture
def served(app: Flask) -> Iterator[str]:
    """The application on a real socket, with the real clock."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def arguments(served: str, app: Flask, security: Any) -> list[str]:
    """The address, a patient's code, and a clinician's address and password."""
    people = People(security, clock.now())
    site = people.site()
    person = people.staff(site, Role.CLINICIAN)
    patient = people.patient(site, consent_at=datetime.now(UTC) - timedelta(days=200))
    wanted = PatientInvitation(kind=invitations.InvitationKind.PATIENT, name=None)
    invited = invitations.invite_to_patient(security, patient.id, wanted, actor=person.actor, now=clock.now())
    return [served, invited.code, str(person.account.email), PASSWORD]


@pytest.fixture(scope="module")
def python_client(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return generated_python(DOCUMENT, tmp_path_factory.mktemp("python"))


def generated_python(document: Path, folder: Path) -> Path:
    command = [sys.executable, "-m", "openapi_python_client", "generate", "--meta", "none"]
    made = run(*command, "--path", document, "--output-path", folder / "slope_client", folder=folder)
    assert made.returncode == 0, made.stdout + made.stderr
    assert "WARNING" not in made.stdout, made.stdout
    shutil.copy(PYTHON / "drive.py", folder)
    return folder


def python_checked(folder: Path) -> Any:
    (folder / "mypy.ini").write_text("[mypy]\nstrict = true\n")
    return run(BIN / "mypy", "--config-file", "mypy.ini", "drive.py", "slope_client", folder=folder)


def generated_typescript(document: Path, folder: Path) -> Path:
    programs = packages_of(TYPESCRIPT)
    for name in ("package.json", "tsconfig.json", "drive.ts"):
        shutil.copy(TYPESCRIPT / name, folder)
    (folder / "node_modules").symlink_to(TYPESCRIPT / "node_modules")
    made = run(programs / "openapi-typescript", document, "--output", "slope.d.ts", folder=folder)
    assert made.returncode == 0, made.stderr
    return folder


def typescript_checked(folder: Path) -> Any:
    return run(packages_of(TYPESCRIPT) / "tsc", folder=folder)


def broken(folder: Path) -> Path:
    """The document with one member renamed."""
    document = yaml.load(DOCUMENT.read_text(encoding="utf-8"), yaml.CSafeLoader)
    members = document["components"]["schemas"]["ReceiptOut"]["properties"]
    members["sum_total"] = members.pop("total")
    document["components"]["schemas"]["ReceiptOut"]["required"].remove("total")
    changed = folder / "changed.yaml"
    changed.write_text(yaml.safe_dump(document), encoding="utf-8")
    return changed


def test_the_python_client_type_checks_strictly(python_client: Path) -> None:
    checked = python_checked(python_client)
    assert checked.returncode == 0, checked.stdout


def test_the_python_client_drives_the_service(python_client: Path, arguments: list[str]) -> None:
    driven = run(sys.executable, "drive.py", *arguments, folder=python_client)
    assert driven.returncode == 0, driven.stdout + driven.stderr
    assert "entry 1 was refused" in driven.stdout


def test_the_typescript_client_type_checks_and_drives_the_service(
    tmp_path: Path, arguments: list[str]
) -> None:
    folder = generated_typescript(DOCUMENT, tmp_path)
    checked = typescript_checked(folder)
    assert checked.returncode == 0, checked.stdout
    driven = run("node", "build/drive.js", *arguments, folder=folder)
    assert driven.returncode == 0, driven.stdout + driven.stderr
    assert "entry 1 was refused" in driven.stdout


def test_a_renamed_member_breaks_both_drives(tmp_path: Path) -> None:
    folder = generated_python(broken(tmp_path), tmp_path)
    assert "has no attribute" in python_checked(folder).stdout
    other = tmp_path / "typescript"
    other.mkdir()
    assert typescript_checked(generated_typescript(tmp_path / "changed.yaml", other)).returncode != 0
