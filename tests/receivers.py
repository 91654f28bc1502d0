"""Real receivers on loopback for what Slope sends out: HTTP and TLS servers that answer as they are told."""

from __future__ import annotations

import datetime
import ipaddress
import socket
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Event, Thread

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID


@dataclass(frozen=True)
class Received:
    """A request as it came."""

    path: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Receiver:
    """A server that keeps what it receives.

    Attributes:
        status: what it answers; `statuses` are used up before.
        extra: further headers of its answers.
        content: the body of its answers.
    """

    url: str
    port: int
    status: int = 204
    statuses: list[int] = field(default_factory=list)
    extra: dict[str, str] = field(default_factory=dict)
    content: bytes = b""
    received: list[Received] = field(default_factory=list)


@contextmanager
def receiver(certificate: Certificate | None = None) -> Iterator[Receiver]:
    """Run a receiver, with TLS where a certificate is given."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            headers = {name.lower(): value for name, value in self.headers.items()}
            here.received.append(Received(self.path, headers, body))
            self.send_response(here.statuses.pop(0) if here.statuses else here.status)
            for name, value in here.extra.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(here.content)))
            self.end_headers()
            self.wfile.write(here.content)

        def log_message(self, *_args: object) -> None:
            """Say nothing."""

    server = _Quiet(("127.0.0.1", 0), Handler)
    if certificate is not None:
        server.socket = certificate.context().wrap_socket(server.socket, server_side=True)
    scheme = "http" if certificate is None else "https"
    here = Receiver(f"{scheme}://127.0.0.1:{server.server_port}/hook", server.server_port)
    thread = Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield here
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class _Quiet(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_args: object) -> None:
        """Callers may hang up."""


@contextmanager
def raw_server(serve: Callable[[socket.socket, Event], None]) -> Iterator[int]:
    """Run a server that does with each connection what it likes; yields its port.

    `serve` is given the connection and an event that is set when the server is to end.
    """
    listening, ended = socket.create_server(("127.0.0.1", 0)), Event()
    threads: list[Thread] = []

    def handle(connection: socket.socket) -> None:
        with connection:
            try:
                serve(connection, ended)
            except OSError:
                return

    def accept() -> None:
        while True:
            try:
                connection, _ = listening.accept()
            except OSError:
                return
            threads.append(Thread(target=handle, args=(connection,), daemon=True))
            threads[-1].start()

    accepting = Thread(target=accept, daemon=True)
    accepting.start()
    try:
        yield listening.getsockname()[1]
    finally:
        ended.set()
        listening.shutdown(socket.SHUT_RDWR)
        listening.close()
        for thread in [accepting, *threads]:
            thread.join(5)


@dataclass(frozen=True)
class Certificate:
    """A certificate of a server with its key, and the authority that signed it, as files."""

    file: Path
    authority: Path

    def context(self) -> ssl.SSLContext:
        """Return the server's side of TLS."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.file)
        return context


def certificate_for(name: str, folder: Path) -> Certificate:
    """Make an authority of its own, and a certificate that it signed for a name or an address."""
    authority_key, key = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
    issuer = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Authority of the tests")])
    signed = _builder(issuer, issuer, authority_key.public_key())
    authority = signed.add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
    authority = authority.add_extension(
        x509.KeyUsage(
            digital_signature=True,
            content_commitment=False,
            key_encipherment=False,
            data_encipherment=False,
            key_agreement=False,
            key_cert_sign=True,
            crl_sign=True,
            encipher_only=False,
            decipher_only=False,
        ),
        critical=True,
    )
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Receiver of the tests")])
    own = _builder(issuer, subject, key.public_key())
    try:
        alternative: x509.GeneralName = x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        alternative = x509.DNSName(name)
    own = own.add_extension(x509.SubjectAlternativeName([alternative]), critical=False)
    files = folder / "server.pem", folder / "authority.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    public = own.sign(authority_key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)
    files[0].write_bytes(public + private)
    files[1].write_bytes(
        authority.sign(authority_key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)
    )
    return Certificate(*files)


def _builder(
    issuer: x509.Name, subject: x509.Name, public: ec.EllipticCurvePublicKey
) -> x509.CertificateBuilder:
    now = datetime.datetime.now(datetime.UTC)
    builder = x509.CertificateBuilder().issuer_name(issuer).subject_name(subject).public_key(public)
    builder = builder.serial_number(x509.random_serial_number())
    return builder.not_valid_before(now - datetime.timedelta(days=1)).not_valid_after(
        now + datetime.timedelta(days=1)
    )
