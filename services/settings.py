"""The settings: one frozen object, read once from the environment, all problems reported together.

No secret has a default. `repr` shows no secret. The table in the README is tested against the fields of
this class.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from enum import StrEnum
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from services import clock
from services.webhook_settings import WebhookSettings

PREFIX = "SLOPE_"
_DISTINCT = 10
"""Different characters in a secret: 32 random hexadecimal digits have fewer once in 10,000 times."""


class Environment(StrEnum):
    """Where this process runs."""

    DEVELOPMENT = "development"
    TEST = "test"
    PRODUCTION = "production"


class InvalidSettings(Exception):
    """The environment does not describe a service that may start.

    Attributes:
        problems: one sentence per problem, each naming the variable and the remedy.
    """

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(["Slope cannot start:", *(f"  - {problem}" for problem in problems)]))
        self.problems = tuple(problems)


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings(WebhookSettings):
    """What the service takes from its environment; the variable is `SLOPE_` and the upper-case field name."""

    database_uri: str = field(
        metadata={"help": "MongoDB URI of the engine", "secret": True, "required": True}
    )
    signing_keys: str = field(
        repr=False,
        metadata={
            "help": "JWKS with the private Ed25519 keys, the active one first: the JSON, or a file's path",
            "secret": True,
            "required": True,
        },
    )
    refresh_secret: str = field(
        repr=False,
        metadata={
            "help": "at least 32 characters; from it refresh tokens are derived",
            "secret": True,
            "required": True,
        },
    )
    env: Environment = field(
        default=Environment.DEVELOPMENT, metadata={"help": "development, test or production"}
    )
    database_name: str = field(default="slope", metadata={"help": "name of the database"})
    embedded: bool = field(
        default=False,
        metadata={"help": "the engine is the embedded one (`make run` sets it); refused in production"},
    )
    issuer: str = field(default="slope", metadata={"help": "issuer and audience of access tokens"})
    access_minutes: int = field(default=10, metadata={"help": "lifetime of an access token, 1 to 60"})
    refresh_days: int = field(default=90, metadata={"help": "lifetime of an unused refresh token, 1 to 365"})
    page_idle_minutes: int = field(
        default=30, metadata={"help": "the pages sign out who does nothing for so long, 5 to 120"}
    )
    page_hours: int = field(
        default=12, metadata={"help": "the pages ask everybody to sign in again after so long, 1 to 24"}
    )
    public_url: str = field(
        default="http://localhost:8000",
        metadata={
            "help": "where people reach the service, https in production: mails and QR codes name it, and"
            " production answers no other host"
        },
    )
    proxies: int = field(default=0, metadata={"help": "reverse proxies in front whose headers count, 0 to 3"})
    direct: bool = field(
        default=False,
        metadata={"help": "production without a reverse proxy is meant, with SLOPE_PROXIES=0"},
    )
    database_plain: bool = field(
        default=False,
        metadata={"help": "production may talk to the database without TLS, on a network of its own"},
    )
    anonymous_per_minute: int = field(
        default=120,
        metadata={"help": "sign-ins, codes and refreshes a minute from one address, 10 to 100000"},
    )
    reports_per_day: int = field(
        default=200,
        metadata={"help": "late reports about one patient that are taken in a day, 200 to 10000"},
    )
    batch_seconds: float = field(
        default=10.0,
        metadata={"help": "a batch is worked on for so long, the rest is told to come again, 1 to 60"},
    )
    max_body_kib: int = field(default=256, metadata={"help": "largest accepted request body, 16 to 4096 KiB"})
    threads: int = field(default=16, metadata={"help": "threads in a server process, 1 to 64"})
    workers: int = field(default=2, metadata={"help": "server processes, 1 to 32"})
    bind: str = field(default="127.0.0.1:8000", metadata={"help": "address and port of the server"})
    metrics_bind: str = field(default="", metadata={"help": "address and port of `/metrics`; none without"})
    sweep_seconds: float = field(
        default=5.0, metadata={"help": "pause of the worker between sweeps, 0.2 to 60"}
    )
    keep_days: int = field(
        default=180,
        metadata={"help": "messages about no alert, and looks at worklists, are removed then, 30 to 3650"},
    )
    demo_sign_ins: str = field(
        default="",
        metadata={
            "help": "file with the sign-ins of the demo, for the sign-in page to name; refused in production"
        },
    )
    test_clock: str = field(
        default="",
        metadata={
            "help": "file with the seconds that the clock is ahead (`services/clock.py`); for tests only"
        },
    )

    def __repr__(self) -> str:
        """Return the settings without their secrets."""
        shown = (f"{f.name}={getattr(self, f.name)!r}" for f in fields(self) if not f.metadata.get("secret"))
        return f"Settings({', '.join(shown)})"

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> Settings:
        """Read the settings.

        Raises:
            InvalidSettings: naming every variable that is missing, unreadable or out of bounds.
        """
        problems: list[str] = []
        values = {f.name: _read(f.name, environment, problems) for f in fields(cls)}
        given = {name: value for name, value in values.items() if value is not None}
        if not problems:
            problems += _check(cls(**given))
        if problems:
            raise InvalidSettings(problems)
        return cls(**given)

    def private_keys(self) -> list[dict[str, Any]]:
        """Return the signing keys as JWKs, the active one first."""
        return _key_set(self.signing_keys)


_BOUNDS: dict[str, tuple[float, float]] = {
    "access_minutes": (1, 60),
    "refresh_days": (1, 365),
    "page_idle_minutes": (5, 120),
    "page_hours": (1, 24),
    "proxies": (0, 3),
    "anonymous_per_minute": (10, 100_000),
    "reports_per_day": (200, 10_000),
    "batch_seconds": (1, 60),
    "max_body_kib": (16, 4096),
    "threads": (1, 64),
    "workers": (1, 32),
    "sweep_seconds": (0.2, 60),
    "keep_days": (30, 3650),
}


def _read(name: str, environment: Mapping[str, str], problems: list[str]) -> Any:
    spec = next(f for f in fields(Settings) if f.name == name)
    variable = PREFIX + name.upper()
    text = environment.get(variable, "").strip()
    if not text:
        if spec.metadata.get("required"):
            problems.append(f"{variable} is missing: {spec.metadata['help']}")
        return None
    try:
        return _parse(text, spec.default)
    except ValueError:
        problems.append(f"{variable} cannot be read: {spec.metadata['help']}")
        return None


def _parse(text: str, default: Any) -> Any:
    if isinstance(default, bool):
        if text not in {"0", "1", "true", "false"}:
            raise ValueError
        return text in {"1", "true"}
    if isinstance(default, StrEnum):
        return type(default)(text)
    return type(default)(text) if isinstance(default, int | float) else text


def _check(settings: Settings) -> list[str]:
    problems = [
        f"{PREFIX}{name.upper()} must be from {low:g} to {high:g}"
        for name, (low, high) in _BOUNDS.items()
        if not low <= getattr(settings, name) <= high
    ]
    if len(settings.refresh_secret) < 32 or len(set(settings.refresh_secret)) < _DISTINCT:
        problems.append(
            f"{PREFIX}REFRESH_SECRET can be guessed: at least 32 characters from a random source,"
            " such as `openssl rand -base64 48`"
        )
    if urlsplit(settings.database_uri).scheme not in {"mongodb", "mongodb+srv"}:
        problems.append(f"{PREFIX}DATABASE_URI must begin with mongodb:// or mongodb+srv://")
    try:
        usable = settings.private_keys()
    except (ValueError, OSError):
        usable = []
    if not usable or not all({"kid", "d", "crv"} <= set(key) for key in usable):
        problems.append(f"{PREFIX}SIGNING_KEYS holds no private key: make one with `flask keys new`")
    address = urlsplit(settings.public_url)
    if address.scheme not in {"http", "https"} or not address.hostname or address.path not in {"", "/"}:
        problems.append(f"{PREFIX}PUBLIC_URL must be an address such as https://slope.example.org")
    if settings.env is Environment.PRODUCTION:
        problems += _check_production(settings)
    problems += settings.mail_problems(PREFIX, production=settings.env is Environment.PRODUCTION)
    return problems + settings.webhook_problems(PREFIX) + _check_clock(settings)


def _check_production(settings: Settings) -> list[str]:
    problems = []
    if settings.embedded:
        problems.append(
            f"{PREFIX}EMBEDDED is set: the embedded engine is for trying out, production needs another"
        )
    if settings.demo_sign_ins:
        problems.append(f"{PREFIX}DEMO_SIGN_INS is set: demo data does not belong into production")
    if urlsplit(settings.public_url).scheme != "https":
        problems.append(f"{PREFIX}PUBLIC_URL is needed in production, and has to begin with https://")
    if not settings.proxies and not settings.direct:
        problems.append(
            f"{PREFIX}PROXIES is 0: everybody would share the proxy's address. Say how many there are, or set"
            f" {PREFIX}DIRECT=1 when there is none"
        )
    if not settings.database_plain and not _asks_for_tls(settings.database_uri):
        problems.append(
            f"{PREFIX}DATABASE_URI asks for no TLS, or takes any certificate: say tls=true, nothing that"
            f" allows others, or set {PREFIX}DATABASE_PLAIN=1 when the database is on a network of its own"
        )
    return problems


_TAKES_ANY_CERTIFICATE = ("tlsinsecure", "tlsallowinvalidcertificates", "tlsallowinvalidhostnames")


def _asks_for_tls(uri: str) -> bool:
    address = urlsplit(uri)
    given = {name.lower(): value.lower() for name, value in parse_qsl(address.query)}
    asked = given.get("tls", given.get("ssl", "true" if address.scheme == "mongodb+srv" else "false"))
    return asked == "true" and not any(given.get(name) == "true" for name in _TAKES_ANY_CERTIFICATE)


def _check_clock(settings: Settings) -> list[str]:
    variable = f"{PREFIX}TEST_CLOCK"
    if not settings.test_clock:
        return []
    if settings.env is not Environment.TEST:
        return [f"{variable} is set: the clock may be moved only where {PREFIX}ENV is test"]
    try:
        clock.ahead_in(Path(settings.test_clock))
    except ValueError:
        return [f"{variable} names no file with a number of seconds"]
    return []


def _key_set(text: str) -> list[dict[str, Any]]:
    content = text if text.lstrip().startswith("{") else Path(text).read_text(encoding="utf-8")
    keys = json.loads(content)["keys"] if '"keys"' in content else []
    if not isinstance(keys, list) or not all(isinstance(key, dict) for key in keys):
        raise ValueError
    return keys
