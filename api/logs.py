"""What is written down about running: one JSON line for each request and one for each fault, on stderr.

A line names the route, never the path, and where a fault happened, never the exception's message, because
paths and messages hold health data. Keys that are not in `KEYS` are dropped, whoever wrote them; that holds
for the lines of the standard library's loggers too.
"""

from __future__ import annotations

import logging
import sys
import time
import traceback
from collections.abc import MutableMapping
from pathlib import Path
from typing import Any

import structlog
from flask import Flask, Response, g, request

from models.base import new_id

KEYS = frozenset(
    {
        "attempt",
        "count",
        "event",
        "exception",
        "frames",
        "level",
        "method",
        "milliseconds",
        "pause_seconds",
        "request_id",
        "route",
        "status",
        "step",
        "timestamp",
    }
)
_NAME = "slope"
_ROOT = Path(__file__).resolve().parent.parent
_QUIET = frozenset({"/livez", "/readyz"})
_DEEPEST_FRAMES = 12

log = structlog.stdlib.get_logger(_NAME)


def configure() -> None:
    """Send what this process logs to stderr as JSON lines."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.stdlib.add_log_level,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    logging.getLogger(_NAME).setLevel(logging.INFO)
    root = logging.getLogger()
    if not any(isinstance(handler, _Stderr) for handler in root.handlers):
        handler = _Stderr()
        handler.setFormatter(_formatter())
        root.addHandler(handler)


def install(app: Flask) -> None:
    """Log every request that the application answers."""
    configure()
    app.before_request(_begin)
    app.after_request(_end)


def fault(error: BaseException, **context: Any) -> None:
    """Log an exception that nobody expected: its class and the lines it came through."""
    log.error("fault", exc_info=error, **context)


class _Stderr(logging.Handler):
    """Writes to what is stderr at that moment, which a test may have replaced."""

    def emit(self, record: logging.LogRecord) -> None:
        sys.stderr.write(self.format(record) + "\n")
        sys.stderr.flush()


def _formatter() -> logging.Formatter:
    shared = [structlog.contextvars.merge_contextvars, structlog.stdlib.add_log_level]
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=shared,
        processors=[
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            _place_instead_of_message,
            _only_known_keys,
            structlog.processors.JSONRenderer(),
        ],
    )


def _place_instead_of_message(_logger: Any, _method: str, entry: MutableMapping[str, Any]) -> Any:
    raised = entry.get("exc_info")
    error = raised[1] if isinstance(raised, tuple) else raised
    if isinstance(error, BaseException):
        entry.update(exception=_names(error), frames=_frames(error))
    return entry


def _only_known_keys(_logger: Any, _method: str, entry: MutableMapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in entry.items() if key in KEYS}


def _begin() -> None:
    g.begun = time.perf_counter()
    g.request_id = new_id()
    structlog.contextvars.clear_contextvars()
    structlog.contextvars.bind_contextvars(request_id=g.request_id)


def _end(response: Response) -> Response:
    route = request.url_rule.rule if request.url_rule else "unmatched"
    response.headers["X-Request-Id"] = g.request_id
    if route not in _QUIET or response.status_code >= 400:
        spent = round((time.perf_counter() - g.begun) * 1000, 1)
        log.info(
            "request", method=request.method, route=route, status=response.status_code, milliseconds=spent
        )
    return response


def _names(error: BaseException) -> list[str]:
    names: list[str] = []
    following: BaseException | None = error
    while following is not None and len(names) < 5:
        names.append(type(following).__qualname__)
        following = following.__cause__ or following.__context__
    return names


def _frames(error: BaseException) -> list[str]:
    found = traceback.extract_tb(error.__traceback__)[-_DEEPEST_FRAMES:]
    return [f"{_short(frame.filename)}:{frame.lineno} {frame.name}" for frame in found]


def _short(filename: str) -> str:
    path = Path(filename)
    inside = path.is_relative_to(_ROOT) and ".venv" not in path.parts
    return str(path.relative_to(_ROOT)) if inside else "/".join(path.parts[-2:])
