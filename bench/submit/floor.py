"""The floor: a bare Flask view that stores twelve answers with one acknowledged insert, and nothing else."""

from __future__ import annotations

import os

from flask import Flask, request

from models.store import connection
from models.store.base import new_id
from services.settings import Settings

_settings = Settings.from_environment(os.environ)
connection.register(_settings.database_uri, _settings.database_name, pool_size=_settings.threads + 2)
app = Flask(__name__)


@app.get("/")
def ready() -> str:
    """Say that the server answers."""
    return "ready"


@app.post("/")
def store() -> tuple[dict[str, str], int]:
    """Store the answers."""
    report_id = new_id()
    document = {"_id": report_id, "answers": request.get_json()["answers"]}
    connection.collection("answers").insert_one(document)
    return {"id": report_id}, 201
