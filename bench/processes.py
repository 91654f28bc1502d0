"""CPU time of processes, as Linux counts it: a figure that other programs hardly change.

Where there is no /proc, nothing is known and 0 is returned.
"""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path

_PROC = Path("/proc")


def cpu_seconds(roots: Iterable[int]) -> float:
    """Return the CPU time that processes, their descendants and their ended children have used."""
    stats = _stats()
    children = defaultdict(list)
    for pid, fields in stats.items():
        children[int(fields[1])].append(pid)
    waiting, seen = list(roots), set[int]()
    while waiting:
        pid = waiting.pop()
        if pid in stats and pid not in seen:
            seen.add(pid)
            waiting += children[pid]
    return sum(_ticks(stats[pid]) for pid in seen) / os.sysconf("SC_CLK_TCK")


def _stats() -> dict[int, list[str]]:
    """Return the fields of each process's stat file after its name: state, parent and so on."""
    found = {}
    for path in _PROC.glob("[0-9]*/stat"):
        try:
            found[int(path.parent.name)] = path.read_text().rpartition(")")[2].split()
        except OSError:  # it has just ended
            continue
    return found


def _ticks(fields: list[str]) -> int:
    own, ended_children = fields[11:13], fields[13:15]
    return sum(int(field) for field in (*own, *ended_children))
