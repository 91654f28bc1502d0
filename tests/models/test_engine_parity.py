"""The same operations on the embedded engine and on DocumentDB give the same results.

This holds down the repairs of `models.store.embedded`, and that nothing Slope asks of an engine is answered
differently; what is answered differently, and is therefore not asked, stands at the end. Where there is no
DocumentDB the comparison cannot be made, and says so; SLOPE_REQUIRE_DOCUMENTDB makes that a failure.
"""

from __future__ import annotations

import os
import subprocess
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pymongo
import pytest
from pymongo.errors import PyMongoError

from models.store import embedded
from tests.models.engine_operations import MORNING, OPERATIONS

SCRIPT = Path(__file__).parents[1] / "engines" / "documentdb.sh"


def documentdb_uri() -> str:
    given = os.environ.get("SLOPE_TEST_DOCUMENTDB_URI")
    uri = given or subprocess.run([SCRIPT, "uri"], capture_output=True, text=True, check=True).stdout.strip()
    try:
        with pymongo.MongoClient(uri, serverSelectionTimeoutMS=1500) as client:
            client.admin.command("ping")
    except PyMongoError:
        sentence = f"DocumentDB does not answer: start it with {SCRIPT.name} start to compare the engines"
        if os.environ.get("SLOPE_REQUIRE_DOCUMENTDB"):
            pytest.fail(sentence)
        pytest.skip(sentence)
    return uri


def database_at(uri: str) -> Iterator[Any]:
    with pymongo.MongoClient(uri, tz_aware=True, maxPoolSize=32, w="majority", journal=True) as client:
        name = f"parity_{uuid.uuid4().hex[:12]}"
        yield client[name]
        client.drop_database(name)


@pytest.fixture(scope="module")
def embedded_database(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    running = embedded.start(tmp_path_factory.mktemp("parity"))
    yield from database_at(running.uri)
    running.stop()


@pytest.fixture(scope="module")
def documentdb_database() -> Iterator[Any]:
    yield from database_at(documentdb_uri())


@pytest.mark.parametrize("name", list(OPERATIONS))
def test_both_engines_answer_alike(name: str, embedded_database: Any, documentdb_database: Any) -> None:
    results = [OPERATIONS[name](database[name]) for database in (embedded_database, documentdb_database)]
    assert results[0] == results[1]


def test_the_answers_are_also_the_right_ones(embedded_database: Any) -> None:
    # Two engines could be wrong alike; these are the ones the embedded engine gets wrong without its repairs.
    box = embedded_database["answers"]
    box.insert_one({"_id": "a", "last": MORNING, "list": []})
    later = MORNING.replace(day=2)
    changes = {"$set": {"at": MORNING}, "$max": {"last": later}, "$push": {"list": {"at": MORNING}}}
    box.update_one({"_id": "a"}, changes)
    expected = {"_id": "a", "last": later, "list": [{"at": MORNING}], "at": MORNING}
    assert box.find_one({"_id": "a"}) == expected


def test_what_the_embedded_engine_answers_differently_and_slope_does_not_ask(embedded_database: Any) -> None:
    box = embedded_database["differences"]
    box.insert_many([{"_id": n, "x": {"y": n}} for n in (1, 2, 10)])
    assert [row["_id"] for row in box.find().sort("_id", 1)] == [1, 10, 2]  # numbers as ids sort as text
    assert box.find_one({"_id": 1}, {"_id": 0, "x.y": 1}) == {"x.y": 1}  # a dotted projection is not nested
