"""Moving the database on the command line: a sentence for whatever is wrong, a file for its owner only."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask

from models import indexes
from models.patients.patients import PatientDocument
from models.store import connection
from tests.people import People


def run(app: Flask, *arguments: str) -> tuple[int, str]:
    result = app.test_cli_runner().invoke(args=["database", *arguments])
    return result.exit_code, result.output.strip().splitlines()[-1] if result.output.strip() else ""


def test_what_was_exported_is_imported(app: Flask, people: People, tmp_path: Path) -> None:
    patient, file = people.patient(people.site()), tmp_path / "slope.jsonl"
    code, said = run(app, "export", str(file))
    assert (code, said.endswith("documents")) == (0, True)
    assert file.stat().st_mode & 0o777 == 0o600
    connection.drop_database()
    assert run(app, "import", str(file)) == (0, said)
    assert PatientDocument.raw().find_one({"_id": patient.id}) is not None
    assert indexes.missing() == []


def test_a_file_that_is_there_is_not_written_over(app: Flask, tmp_path: Path) -> None:
    file = tmp_path / "slope.jsonl"
    file.write_text("mine")
    code, said = run(app, "export", str(file))
    assert (code, said) == (1, f"Error: {file} is there already")
    assert file.read_text() == "mine"


@pytest.mark.parametrize("content", [b"", b"{}\n", b"\xff\xfe\x00", b"PK\x03\x04"], ids=repr)
def test_what_is_no_export_is_refused_with_a_sentence(app: Flask, tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "other"
    file.write_bytes(content)
    code, said = run(app, "import", str(file))
    assert code == 1
    assert said.startswith("Error: ")


def test_a_file_that_is_not_there_and_a_database_that_is_full(
    app: Flask, people: People, tmp_path: Path
) -> None:
    assert run(app, "import", str(tmp_path / "nothing"))[0] == 1
    people.site()
    file = tmp_path / "slope.jsonl"
    run(app, "export", str(file))
    assert run(app, "import", str(file)) == (1, "Error: the database is not empty: nothing was stored")
