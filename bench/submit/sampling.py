"""Where the CPU time of this process goes, by looking at what runs after every few milliseconds of it.

Unlike a profiler that follows every call, this does not make small functions look expensive, and time spent
waiting does not count. A sample is the stack of the main thread at that moment.
"""

from __future__ import annotations

import signal
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

Stack = tuple[tuple[str, str], ...]
"""File and function of each frame, the innermost first."""

_INTERVAL = 0.001  # of CPU time; the kernel may make it its tick, a few times longer
_ROOT = str(Path(__file__).resolve().parents[2])
_LAYERS = (
    ("api", ("/api/resources/", "/api/schemas/", "/api/rest/", "/api/views/")),
    ("services/access", ("/services/access/",)),
    ("services", ("/services/",)),
    ("api, the rest", ("/api/",)),
    ("models", ("/models/",)),
    ("scoring", ("/scoring/",)),
    ("flask, werkzeug", ("/flask/", "/werkzeug/")),
    ("marshmallow, webargs, smorest", ("/marshmallow/", "/webargs/", "/flask_smorest/", "/apispec/")),
    ("pymongo, bson, mongoengine", ("/pymongo/", "/bson/", "/mongoengine/")),
    ("jwt, cryptography", ("/jwt/", "/cryptography/")),
    ("json", ("/json/",)),
    ("logging", ("/structlog/", "/logging/")),
)


@contextmanager
def sampled() -> Iterator[Counter[Stack]]:
    """Sample the block; the counter is filled while it runs. For the main thread only."""
    stacks: Counter[Stack] = Counter()

    def look(_number: int, frame: FrameType | None) -> None:
        stacks[stack_of(frame)] += 1

    before = signal.signal(signal.SIGPROF, look)
    signal.setitimer(signal.ITIMER_PROF, _INTERVAL, _INTERVAL)
    try:
        yield stacks
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


def stack_of(frame: FrameType | None) -> Stack:
    """Return the stack that a frame is the top of."""
    stack = []
    while frame is not None:
        stack.append((frame.f_code.co_filename, frame.f_code.co_name))
        frame = frame.f_back
    return tuple(stack)


def layer_of(stack: Stack) -> str:
    """Return the layer that was at work: that of the innermost frame which belongs to one."""
    for file, _ in stack:
        inside = file.removeprefix(_ROOT)
        layer = next((name for name, marks in _LAYERS if any(mark in inside for mark in marks)), None)
        if layer is not None:
            return layer
    return "the rest"


def layers(stacks: Mapping[Stack, int]) -> Counter[str]:
    """Return how many samples each layer has."""
    found: Counter[str] = Counter()
    for stack, count in stacks.items():
        found[layer_of(stack)] += count
    return found


def functions(stacks: Mapping[Stack, int]) -> Counter[str]:
    """Return how many samples each function of the project was in, or in something that it called."""
    found: Counter[str] = Counter()
    for stack, count in stacks.items():
        for file, function in set(stack):
            if _is_ours(file):
                found[f"{file.removeprefix(_ROOT)[1:]} {function}"] += count
    return found


def _is_ours(file: str) -> bool:
    inside = file.removeprefix(_ROOT)
    return inside != file and inside.startswith(("/api/", "/models/", "/scoring/"))
