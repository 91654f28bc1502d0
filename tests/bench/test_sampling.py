"""Samples of CPU time: who was at work, and not who was looked at most often."""

from __future__ import annotations

import time
from collections import Counter
from pathlib import Path

import pytest

from bench.submit import sampling
from bench.submit.sampling import functions, layer_of, layers, sampled

ROOT = Path(sampling.__file__).resolve().parents[2]
FLASK = ("/x/site-packages/flask/app.py", "wsgi_app")


@pytest.mark.parametrize(
    ("file", "layer"),
    [
        (f"{ROOT}/api/resources/reports.py", "api"),
        (f"{ROOT}/services/access/tokens.py", "services/access"),
        (f"{ROOT}/services/reports/intake/submit.py", "services"),
        (f"{ROOT}/services/errors.py", "services"),
        (f"{ROOT}/api/application.py", "api, the rest"),
        (f"{ROOT}/models/ledger/ledger.py", "models"),
        (f"{ROOT}/scoring/decline/fold.py", "scoring"),
        ("/x/site-packages/pymongo/pool.py", "pymongo, bson, mongoengine"),
    ],
)
def test_a_sample_belongs_to_the_layer_at_work(file: str, layer: str) -> None:
    assert layer_of(((file, "work"), FLASK)) == layer


def test_the_standard_library_works_for_its_caller() -> None:
    fold = (f"{ROOT}/scoring/decline/fold.py", "advance")
    assert layer_of((("/x/lib/python3.11/dataclasses.py", "replace"), fold, FLASK)) == "scoring"
    assert layer_of((("/x/lib/python3.11/threading.py", "run"),)) == "the rest"


def test_a_function_has_each_sample_once_however_deep_it_calls_itself() -> None:
    fold = (f"{ROOT}/scoring/decline/fold.py", "advance")
    stacks = Counter({(fold, fold, FLASK): 3, (FLASK,): 2})
    assert functions(stacks) == {"scoring/decline/fold.py advance": 3}
    assert layers(stacks) == {"scoring": 3, "flask, werkzeug": 2}


def test_work_is_sampled_and_waiting_is_not() -> None:
    with sampled() as stacks:
        end = time.process_time() + 0.3
        while time.process_time() < end:
            pass
    assert stacks.total() > 10
    with sampled() as idle:
        time.sleep(0.3)
    assert idle.total() < stacks.total() / 2
