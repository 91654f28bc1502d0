"""What is kept for a stated time only, and removed afterwards by the worker.

Messages that are about no alert (tests, and what a site was told of its own doors) and looks at worklists go
after `keep_days`; counts of calls when they count no more. A message about an alert is its receipt, and stays
as long as the alert. Each is found by an index; one that cannot be removed costs the others nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from models.alerts import looks
from models.outbox import messages
from models.store import call_counts

MOST_BATCHES = 20
"""Our choice: the rest is left to the next time, so that nothing else waits."""


def remove_old(keep: timedelta, now: datetime) -> int:
    """Remove what has been kept for long enough; return how many documents.

    Args:
        keep: how long messages about no alert, and looks, are kept.
        now: the present moment.
    """
    return (
        _all(lambda: messages.remove_finished(now - keep))
        + _all(lambda: looks.remove_before(now - keep))
        + _all(lambda: call_counts.remove_passed(now))
    )


def _all(batch: Callable[[], int]) -> int:
    removed = 0
    for _ in range(MOST_BATCHES):
        found = batch()
        removed += found
        if not found:
            break
    return removed
