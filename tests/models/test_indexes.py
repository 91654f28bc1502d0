"""Indexes: every document class is listed, what is missing is named, making them again changes nothing."""

from __future__ import annotations

import importlib
import pkgutil
from typing import Any

import mongoengine
import pytest

import models
from models import indexes
from models.accounts.accounts import AccountDocument
from models.ledger.document import LedgerDocument
from models.store import connection
from models.store.base import BaseDocument


def document_classes() -> set[type[BaseDocument]]:
    for module in pkgutil.walk_packages(models.__path__, "models."):
        importlib.import_module(module.name)
    found, waiting = set(), [BaseDocument]
    while waiting:
        below = [document for document in waiting.pop().__subclasses__() if is_ours(document)]
        waiting.extend(below)
        found.update(document for document in below if not document._meta.get("abstract"))
    return found


def is_ours(document: type[BaseDocument]) -> bool:
    return document.__module__.startswith("models.")


@pytest.fixture(autouse=True)
def _all_indexes_afterwards(database: Any, database_uri: str, database_name: str) -> Any:
    yield
    connection.close()
    connection.register(database_uri, database_name)
    indexes.create_all()


def test_every_document_class_is_listed_once() -> None:
    assert len(set(indexes.DOCUMENTS)) == len(indexes.DOCUMENTS)
    assert set(indexes.DOCUMENTS) == document_classes()


def test_no_document_makes_indexes_on_first_use() -> None:
    assert not any(document._meta["auto_create_index"] for document in indexes.DOCUMENTS)


def test_what_is_missing_is_named_until_it_is_made() -> None:
    indexes.create_all()
    assert indexes.missing() == []
    AccountDocument.raw().drop_indexes()
    assert indexes.missing() == [
        f"accounts({name})"
        for name in (
            "email_key",
            "roles",
            "recovery_digest",
            "powers_at",
            "passkey_handle",
            "credential_ids",
        )
    ]
    indexes.create_all()
    assert indexes.missing() == []


def test_making_them_again_changes_nothing() -> None:
    indexes.create_all()
    before = LedgerDocument.raw().index_information()
    indexes.create_all()
    assert LedgerDocument.raw().index_information() == before


def test_building_takes_longer_than_an_operation_may(database_uri: str, database_name: str) -> None:
    LedgerDocument.raw().drop_indexes()
    connection.close()
    hurried = {"timeoutMS": 1, "uuidRepresentation": "standard"}
    mongoengine.register_connection("default", database_name, host=database_uri, **hurried)
    indexes.create_all()
    connection.close()
    connection.register(database_uri, database_name)
    assert indexes.missing() == []


def test_the_unique_index_is_unique() -> None:
    indexes.create_all()
    known = AccountDocument.raw().index_information().values()
    assert [index["key"] for index in known if index.get("unique")] == [[("email_key", 1)]]
