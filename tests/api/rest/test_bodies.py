"""Bodies over the real server: limited alike with and without a length, and never cut."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import pytest

from api.rest.bodies import MOST_ANONYMOUS
from bench import clinic, servers
from models.store.base import new_id

LIMIT = 256 * 1024


class Sender:
    """Sends requests of one patient to a server, as bytes."""

    def __init__(self, server: servers.Process, patient_id: str, token: str) -> None:
        self.port = server.port
        self.patient_id = patient_id
        self.token = token

    def head(self, *lines: str) -> bytes:
        fixed = (
            f"POST /v1/patients/{self.patient_id}/reports HTTP/1.1",
            "Host: x",
            f"Authorization: Bearer {self.token}",
            "Content-Type: application/json",
        )
        return "\r\n".join((*fixed, *lines, "", "")).encode()

    def sent(self, *parts: bytes) -> tuple[int, str]:
        """Send bytes and return the status and the header of the first response."""
        with socket.create_connection(("127.0.0.1", self.port), 20) as connection:
            try:
                for part in parts:
                    connection.sendall(part)
            except OSError:
                pass  # the server has answered and closed before it has read all
            received = b""
            while b"\r\n\r\n" not in received:
                piece = connection.recv(65536)
                if not piece:
                    break
                received += piece
        header = received.partition(b"\r\n\r\n")[0].decode()
        return int(header.split(" ")[1]), header.lower()


def report() -> bytes:
    answers = {"cheerful": 3, "calm": 3, "active": 2, "rested": 2, "interested": 4}
    content = {
        "id": new_id(),
        "instrument": "who_5",
        "instrument_version": "1",
        "observed_at": datetime.now(UTC).isoformat(),  # the server goes by the real clock
        "answers": answers,
    }
    return json.dumps(content).encode()


def chunked(body: bytes) -> bytes:
    pieces = (body[at : at + 50_000] for at in range(0, len(body), 50_000))
    return b"".join(b"%x\r\n%s\r\n" % (len(piece), piece) for piece in pieces) + b"0\r\n\r\n"


@pytest.fixture(scope="module")
def sender(database_uri: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sender]:
    folder: Path = tmp_path_factory.mktemp("bodies")
    variables = servers.settings(database_uri, f"slope_test_bodies_{uuid4().hex[:8]}")
    with clinic.opened(variables) as opened:
        patient = opened.enrol("Patient")
        server = servers.server("wsgi:app", variables, folder / "server.log")
        server.start()
        try:
            server.wait_ready("/readyz")
            yield Sender(server, str(patient.patient_id), opened.token(patient))
        finally:
            server.stop()


def test_a_body_within_the_limit_is_taken_either_way(sender: Sender) -> None:
    first, second = report(), report()
    padded = second + b" " * (LIMIT - len(second))
    assert sender.sent(sender.head(f"Content-Length: {len(first)}"), first)[0] == 201
    assert sender.sent(sender.head("Transfer-Encoding: chunked"), chunked(padded))[0] == 201


@pytest.mark.parametrize("beyond", [1, 100_000, 3_000_000])
def test_a_body_beyond_the_limit_is_refused_either_way_and_the_connection_says_it_closes(
    sender: Sender, beyond: int
) -> None:
    body = report()
    long = body + b" " * (LIMIT - len(body)) + b"x" * beyond
    for lines, sent in (
        (f"Content-Length: {len(long)}", long),
        ("Transfer-Encoding: chunked", chunked(long)),
    ):
        status, header = sender.sent(sender.head(lines), sent)
        assert status == 413
        assert "connection: close" in header


def test_an_encoded_body_is_refused(sender: Sender) -> None:
    status, header = sender.sent(sender.head("Content-Encoding: gzip", "Content-Length: 2"), b"{}")
    assert status == 415
    assert "application/problem+json" in header
    assert "accept-encoding: identity" in header


@pytest.mark.parametrize(
    "line",
    ["SCRIPT_NAME: /v1/patients", "Script-Name: /v1", "PATH_INFO: /livez", "X-Forwarded-Proto: https"],
)
def test_no_header_of_a_caller_says_where_the_application_is_or_that_it_is_secure(
    sender: Sender, line: str
) -> None:
    body = report()
    status, header = sender.sent(sender.head(line, f"Content-Length: {len(body)}"), body)
    assert status in {201, 400}, "as if the header were not there, or refused: never a fault or a way around"
    assert "strict-transport-security" not in header


@pytest.mark.parametrize(
    "chunks", [b"zz\r\n{}\r\n0\r\n\r\n", b"-1\r\n{}\r\n0\r\n\r\n", b"5\r\n{}\r\n0\r\n\r\n"]
)
def test_chunks_that_are_none_are_the_callers_mistake(sender: Sender, chunks: bytes) -> None:
    status, _ = sender.sent(sender.head("Transfer-Encoding: chunked", "Connection: close"), chunks)
    assert status == 400


@pytest.mark.parametrize(
    ("path", "media_type", "taken"),
    [
        ("/v1/auth/sign-in", "application/json", 422),
        ("/v1/auth/enrol", "application/json", 422),
        ("/v1/auth/passkey/sign-in", "application/json", 422),
        ("/pages/sign-in", "application/x-www-form-urlencoded", 422),
    ],
)
def test_who_is_not_signed_in_sends_little(sender: Sender, path: str, media_type: str, taken: int) -> None:
    fits, longer = b'{"x": "' + b"y" * (MOST_ANONYMOUS - 9) + b'"}', b"y" * (MOST_ANONYMOUS + 1)
    head = f"POST {path} HTTP/1.1\r\nHost: x\r\nSec-Fetch-Site: same-origin\r\nContent-Type: {media_type}\r\n"

    def status(lines: str, body: bytes) -> int:
        return sender.sent(f"{head}{lines}\r\n\r\n".encode(), body)[0]

    assert status(f"Content-Length: {len(longer)}", longer) == 413
    assert status(f"Content-Length: {len(longer)}", b"") == 413  # before any of it is read
    # Of a form no more than the limit is read.
    assert status("Transfer-Encoding: chunked", chunked(longer)) == (413 if "json" in media_type else taken)
    assert len(fits) == MOST_ANONYMOUS
    assert status(f"Content-Length: {len(fits)}", fits) == taken
