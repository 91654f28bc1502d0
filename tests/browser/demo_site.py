"""The demo's site, served for a browser: an embedded database, the synthetic people, and a server."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from werkzeug.serving import make_server

from api import create_app
from api.application import SECURITY
from api.demo import seeding
from api.demo.seeding import Seeded
from api.worker.loop import Loop
from api.worker.steps import DELIVER_PAUSE_SECONDS, groups, lanes_of
from models import indexes
from models.store import embedded
from services import clock
from services.access.tokens import new_key_set
from services.delivery.channels import open_channels
from services.readiness import WorkerGroup
from services.settings import Environment, Settings


@dataclass(frozen=True)
class DemoSite:
    """Where it is served, and who signs in."""

    address: str
    seeded: Seeded

    @property
    def site_id(self) -> str:
        return seeding.SITE.id

    def email_of(self, role: str) -> str:
        return next(card.email for card in self.seeded.cards if card.role == role)


@contextmanager
def served(folder: Path, port: int = 0) -> Iterator[DemoSite]:
    """Serve the demo's site from a database in this folder, until the end of the block."""
    database = embedded.start(folder)
    settings = Settings(
        database_uri=database.uri,
        database_name="slope",
        signing_keys=new_key_set(),
        refresh_secret="a secret of the pictures, long enough",
        env=Environment.TEST,
        anonymous_per_minute=100_000,
        demo_sign_ins=str(folder / "sign-ins.json"),
    )
    app = create_app(settings)
    indexes.create_all()
    seeded = seeding.seed(app.extensions[SECURITY], now=clock.now())
    cards = [{"role": card.role, "email": card.email} for card in seeded.cards]
    Path(settings.demo_sign_ins).write_text(json.dumps({"sign_ins": cards}), encoding="utf-8")
    server = make_server("127.0.0.1", port, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        with _delivering(settings):
            yield DemoSite(f"http://localhost:{server.server_port}", seeded)
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
        database.stop()


@contextmanager
def _delivering(settings: Settings) -> Iterator[None]:
    """Have messages made and carried meanwhile, as the worker does."""
    channels = open_channels(settings)
    lanes = lanes_of(channels)
    steps = groups(channels, lanes, keep=timedelta(days=30))[WorkerGroup.DELIVER]
    loop = Loop(WorkerGroup.DELIVER, steps, DELIVER_PAUSE_SECONDS)
    loop.go_round()
    thread = threading.Thread(target=loop.run, daemon=True)
    thread.start()
    try:
        yield
    finally:
        loop.end()
        thread.join()
        for lane in lanes:
            lane.end()
            lane.join()
