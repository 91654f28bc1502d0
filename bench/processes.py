"""CPU time of processes, as Linux counts it: a figure that other programs hardly change.

Where there is no /proc, nothing is known and 0 is returned.
"""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Iterable, Mapping
from pathlib import Path

_PROC = Path("/proc")


def cpu_seconds(roots: Iterable[int]) -> float:
    """Return the CPU time that processes, their descendants and their ended children have used."""
    stats = _stats()
    seen = _with_descendants(roots, stats)
    return sum(_ticks(stats[pid]) for pid in seen) / os.sysconf("SC_CLK_TCK")


def _with_descendants(roots: Iterable[int], stats: Mapping[int, list[str]]) -> set[int]:
    children = defaultdict(list)
    for pid, fields in stats.items():
        children[int(fields[1])].append(pid)
    waiting, seen = list(roots), set[int]()
    while waiting:
        pid = waiting.pop()
        if pid in stats and pid not in seen:
            seen.add(pid)
            waiting += children[pid]
    return seen


def memory_mebibytes(roots: Iterable[int]) -> float:
    """Return the memory of processes and their descendants; what they share counts once."""
    total = 0
    for pid in _with_descendants(roots, _stats()):
        try:
            rows = (_PROC / str(pid) / "smaps_rollup").read_text().splitlines()
        except OSError:  # it has just ended, or is not ours to look at
            continue
        total += sum(int(row.split()[1]) for row in rows if row.startswith("Pss:"))
    return total / 1024


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
