"""A receiver of Slope's webhooks: checks the signature, keeps each event once, and answers when it is kept.

    pip install standardwebhooks
    WEBHOOK_SECRETS="whsec_..." python receiver.py 8080 events.sqlite

Put it behind something that speaks TLS. While a secret is being replaced, WEBHOOK_SECRETS holds both,
separated by a space. What is done with an event happens later, from the table: the answer must not wait.
"""

from __future__ import annotations

import os
import sqlite3
import sys
from http.server import BaseHTTPRequestHandler, HTTPServer

from standardwebhooks import Webhook, WebhookVerificationError

MOST_BYTES = 65_536
TABLE = (
    "CREATE TABLE IF NOT EXISTS events (id TEXT PRIMARY KEY, body TEXT NOT NULL, handled INTEGER DEFAULT 0)"
)


def is_genuine(body: bytes, headers: dict[str, str], secrets: list[str]) -> bool:
    """Return whether one of the secrets signed this body, not more than five minutes ago."""
    for secret in secrets:
        try:
            Webhook(secret).verify(body, headers)
        except (WebhookVerificationError, ValueError):
            continue
        return True
    return False


def keep(database: sqlite3.Connection, event_id: str, body: bytes) -> bool:
    """Store an event durably; return whether it is new. The same one may come more than once."""
    with database:
        done = database.execute(
            "INSERT OR IGNORE INTO events (id, body) VALUES (?, ?)", (event_id, body.decode())
        )
    return done.rowcount == 1


def serve(port: int, file: str, secrets: list[str]) -> None:
    """Take events until told to end."""
    database = sqlite3.connect(file)
    database.execute(TABLE)

    class Receiver(BaseHTTPRequestHandler):
        """Answers 204 for what is kept, 401 for what is not genuine: Slope tries that again, and shows it."""

        timeout = 10

        def do_POST(self) -> None:
            length = self.headers.get("Content-Length", "")
            if not length.isdigit() or int(length) > MOST_BYTES:
                return self.answer(413)
            body = self.rfile.read(int(length))
            headers = {name.lower(): value for name, value in self.headers.items()}
            if not is_genuine(body, headers, secrets):
                return self.answer(401)
            if keep(database, headers["webhook-id"], body):
                print(body.decode(), flush=True)
            return self.answer(204)

        def answer(self, status: int) -> None:
            self.send_response(status)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_args: object) -> None:
            """Say nothing: ids belong in no log."""

    server = HTTPServer(("127.0.0.1", port), Receiver)
    print(f"listening on {server.server_port}", flush=True)
    server.serve_forever()


if __name__ == "__main__":
    serve(int(sys.argv[1]), sys.argv[2], os.environ["WEBHOOK_SECRETS"].split())
