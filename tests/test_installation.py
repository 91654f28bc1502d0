"""`pip install .` in a fresh environment gives the library, the service and the `slope` command."""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGES = sorted(
    path.name for path in ROOT.iterdir() if path.name in {"api", "models", "scoring", "services"}
)
NOT_PYTHON = [
    path.relative_to(ROOT)
    for package in PACKAGES
    for path in sorted((ROOT / package).rglob("*"))
    if path.is_file() and path.suffix not in {".py", ".pyc"}
]


def run(*command: str | Path, cwd: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run a program without this checkout or this environment on its path."""
    own = {name: value for name, value in os.environ.items() if name not in {"PYTHONPATH", "VIRTUAL_ENV"}}
    return subprocess.run(
        [*map(str, command)], cwd=cwd, env={**own, **variables}, capture_output=True, text=True, check=False
    )


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The directory with the programs of a fresh environment, into which a copy of the tree was installed."""
    if importlib.util.find_spec("uv") is None:
        pytest.skip("uv is not installed: the installation was not tried")
    place = tmp_path_factory.mktemp("fresh")
    source, environment = place / "source", place / "environment"
    for name in (*PACKAGES, "wsgi.py", "pyproject.toml"):
        copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy2
        (source / name).parent.mkdir(exist_ok=True)
        copy(ROOT / name, source / name)
    uv = (sys.executable, "-m", "uv")
    made = run(*uv, "venv", "--python", sys.executable, environment, cwd=place)
    assert made.returncode == 0, made.stderr
    python = environment / "bin" / "python"
    if run(*uv, "pip", "install", "--python", python, "setuptools>=80", cwd=place).returncode:
        pytest.skip("no package index is reachable: the installation was not tried")
    done = run(
        *uv, "pip", "install", "--python", python, "--no-deps", "--no-build-isolation", source, cwd=place
    )
    assert done.returncode == 0, done.stderr
    shutil.rmtree(source)
    return python.parent


def test_the_command_runs_and_needs_no_other_package(installed: Path, tmp_path: Path) -> None:
    shown = run(installed / "slope", "--help", cwd=tmp_path)
    assert (shown.returncode, shown.stderr) == (0, "")
    assert shown.stdout.startswith("usage: slope")
    (tmp_path / "series.csv").write_text("date,total\n2026-01-01,40\n2026-02-01,39\n")
    trend = run(installed / "slope", "trend", "series.csv", "--format", "csv", cwd=tmp_path)
    assert (trend.returncode, trend.stderr) == (0, "")
    assert "least_squares.slope_per_month" in trend.stdout


@pytest.mark.parametrize("module", [*PACKAGES, "wsgi"])
def test_library_and_service_are_installed(installed: Path, tmp_path: Path, module: str) -> None:
    code = f"import importlib.util as u; print(u.find_spec({module!r}).origin)"
    found = run(installed / "python", "-c", code, cwd=tmp_path)
    assert found.stderr == ""
    assert Path(found.stdout.strip()).is_relative_to(installed.parent)


def test_the_service_can_be_made_from_what_is_installed(installed: Path, tmp_path: Path) -> None:
    dependencies = sysconfig.get_path("purelib")
    code = "import api; print(api.__file__, callable(api.create_app))"
    made = run(installed / "python", "-c", code, cwd=tmp_path, PYTHONPATH=dependencies)
    assert made.stderr == ""
    file, made_by_calling = made.stdout.split()
    assert Path(file).is_relative_to(installed.parent)
    assert made_by_calling == "True"


def test_templates_and_pictures_are_installed_too(installed: Path) -> None:
    (site,) = (installed.parent / "lib").glob("python*/site-packages")
    assert NOT_PYTHON
    assert [path for path in NOT_PYTHON if not (site / path).is_file()] == []
