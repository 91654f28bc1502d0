"""What one broken thing could take along, listed: loops over documents, steps, writes beside an answer.

The lists are held to the code: a new loop, step or write is found here, and says by what its members, or the
answer, are kept apart from a fault.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from api.worker.steps import groups, lanes_of
from tests.message_samples import Keeping

ROOT = Path(__file__).parents[1]
READS_IN_ISOLATION = (".readable(", "alert_of", "ALERTS.read(", "_COUNTED.read(", "unreadable.entries(")
"""By these, one document that cannot be read is named and the others are read, or it is read all the same."""

OTHER_LOOPS = {
    "accounts/sessions.py:ended_since": "keys only",
    "alerts/alerts.py:due_since": "the first that is a moment",
    "alerts/alerts.py:latest": "read in isolation by `latest_in`",
    "alerts/alerts.py:patients_with": "what is missing is none",
    "alerts/figures.py:worth_a_look": "the query asks for the member and its values",
    "alerts/alerts.py:patients_unmuted": "what is missing is none",
    "alerts/void_times.py:waiting_since_after": "what is missing is none",
    "alerts/worklists.py:_rows": "read all the same by those who call it",
    "alerts/worklists.py:flags": "what is no object is left out",
    "alerts/worklists.py:renew_stamps": "keys only",
    "alerts/worklists.py:stamps": "what is no number is 0",
    "ledger/ledger.py:_head_seq": "keys only",
    "ledger/ledger.py:count_pending": "keys only",
    "ledger/ledger.py:grown": "keys only",
    "ledger/ledger.py:is_head": "keys only",
    "outbox/backlog.py:counts": "keys only",
    "outbox/backlog.py:waiting_since": "the first that is a moment",
    "outbox/mailbox.py:keep": "keys only",
    "outbox/told.py:_rows": "what is no moment is none; the query asks for the list",
    "patients/patient_lists.py:count_changed": "keys only",
    "patients/patient_lists.py:ids": "keys only",
    "patients/patients.py:changed": "keys only",
    "replays/parts.py:last_planned": "one document, of the replay that is looked at",
    "replays/reevaluations.py:next_patients": "keys only",
    "sites/sites.py:ids": "keys only",
    "soundness.py:_look_through": "each is looked at by itself",
    "store/removal.py:remove": "keys only",
    "store/union.py:read": "read in isolation by those who asked",
    "transfer.py:_documents": "as they are stored",
}
"""Loops over stored documents that read them otherwise, and why that takes nobody along."""

STEPS = {
    "sweep": (
        "services/reports/test_reconcile.py",
        "test_a_patient_whose_alignment_fails_each_time_holds_up_no_other",
    ),
    "alert_clock": (
        "services/reports/test_alert_clock.py",
        "test_one_that_fails_costs_the_others_nothing",
    ),
    "escalation": (
        "services/alerts/escalation/test_climb.py",
        "test_a_site_that_is_gone_costs_the_others_nothing",
    ),
    "escalation_faults": (
        "services/alerts/escalation/test_faults.py",
        "test_a_site_that_cannot_be_looked_at_counts_as_wrong_and_hides_no_other",
    ),
    "void_times": (
        "services/alerts/escalation/test_void_times.py",
        "test_one_that_cannot_be_read_costs_the_others_nothing",
    ),
    "silence": (
        "services/patients/test_silence.py",
        "test_one_patients_fault_silences_the_watch_over_nobody_else",
    ),
    "silence_end": (
        "services/patients/test_silence.py",
        "test_one_patients_fault_silences_the_watch_over_nobody_else",
    ),
    "caseload": (
        "services/patients/test_caseload.py",
        "test_an_evaluation_that_cannot_be_summed_up_costs_that_patient_alone",
    ),
    "make_messages": (
        "services/delivery/test_outbox.py",
        "test_one_alert_that_cannot_be_told_costs_that_alert_only",
    ),
    "test": (
        "services/delivery/test_carry.py",
        "test_one_messages_fault_costs_that_message_only",
    ),
    "test_urgent": (
        "services/delivery/test_carry.py",
        "test_one_messages_fault_costs_that_message_only",
    ),
    "replays": (
        "services/replays/test_replays.py",
        "test_one_that_is_damaged_while_it_runs_holds_up_no_other",
    ),
    "documents": (
        "contract/test_damaged_documents.py",
        "test_a_damaged_document_costs_itself_alone_and_is_named",
    ),
    "removal": (
        "services/delivery/test_removal.py",
        "test_one_that_cannot_be_removed_costs_the_others_nothing",
    ),
}
"""The steps of the worker, and the test that shows that one member's fault costs that one alone."""

WRITES = {
    "api/rest/openapi_commands.py": "a command",
    "models/store/embedded.py": "the start of an engine",
    "services/__main__.py": "a command",
    "services/access/permission_table.py": "a command",
    "services/logs.py": "a line that cannot be written is dropped and counted (tests/test_unwritable_log.py)",
}
"""Modules that write to a file or a stream. Counts of requests: tests/api/metrics/test_requests.py."""
NOT_OF_AN_ANSWER = ("api/commands", "api/demo", "api/mailbox")


def loops() -> Iterator[tuple[str, bool]]:
    """Every function of the models that goes through documents, and whether it reads them in isolation."""
    for path in sorted((ROOT / "models").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef) and ".find(" in (text := ast.unparse(node)):
                name = f"{path.relative_to(ROOT / 'models')}:{node.name}"
                yield name, any(word in text for word in READS_IN_ISOLATION)


def test_every_loop_over_stored_documents_keeps_its_members_apart() -> None:
    found = dict(loops())
    assert len(found) > 60
    assert {name for name, apart in found.items() if not apart} == set(OTHER_LOOPS)


def test_every_step_of_the_worker_names_the_test_of_one_members_fault() -> None:
    channels = {"test": Keeping()}
    found = groups(channels, lanes_of(channels), keep=timedelta(days=30))
    assert {step.name for steps in found.values() for step in steps} == set(STEPS)


@pytest.mark.parametrize(("file", "name"), sorted(set(STEPS.values())))
def test_the_test_that_is_named_is_there(file: str, name: str) -> None:
    assert f"def {name}(" in (ROOT / "tests" / file).read_text(encoding="utf-8")


def writes(source: str) -> bool:
    """Whether a module writes to a file or a stream."""
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Call):
            continue
        called = ast.unparse(node.func)
        if called == "print" or called.endswith(
            (".write_text", ".write_bytes", "stderr.write", "stdout.write")
        ):
            return True
        if called in {"open", "os.open"} or called.endswith(".open"):
            modes = {
                value for part in ast.walk(node) if isinstance(value := getattr(part, "value", None), str)
            }
            if modes & {"w", "a", "wb", "ab", "x", "xb"}:
                return True
    return False


def test_nothing_else_writes_on_the_way_of_an_answer() -> None:
    found = set()
    for floor in ("api", "services", "models"):  # scoring is pure (tests/test_layers.py)
        for path in (ROOT / floor).rglob("*.py"):
            name = str(path.relative_to(ROOT))
            if not name.startswith(NOT_OF_AN_ANSWER) and writes(path.read_text("utf-8")):
                found.add(name)
    assert found == set(WRITES)


@pytest.mark.parametrize(
    "source",
    ["print(1)", "file.write_text('x')", "open('x', 'w')", "path.open('ab')", "sys.stderr.write('x')"],
)
def test_a_write_is_found(source: str) -> None:
    assert writes(source)
