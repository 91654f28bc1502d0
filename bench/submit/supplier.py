"""`python -m bench.submit.supplier PATIENTS HISTORY`: the cohort of a tree, as a process that makes requests.

Two commits may differ in module names, in what they store and in what they want to be sent. So each seeds
its patients by its own code and makes its own requests, and who measures sends them without looking into
them. The settings of the service come through the environment. What is said, one line of JSON each:

- at the start, when the histories are written: `{"patients": 400, "with_flags": 28}`;
- for each line of input, a number of requests: a list of so many, whole and ready to be sent, in the order in
  which they are to be sent; fewer when the patients have reported every week up to now;
- at the end of the input it ends, and deletes its database.

This file is copied into a tree from before it was there. For that it takes no more from its tree than the
names imported below, and from `Cohort` no more than `write_histories`, `with_flags` and `make`.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator

from bench.clinic import opened
from bench.submit.cohort import Cohort, HistoryFull, enrolled


def main(patients: int, history: int) -> None:
    """Seed, and hand out requests until the input ends."""
    with opened(os.environ) as clinic:
        cohort = enrolled(clinic, patients)
        cohort.write_histories(history)
        _say({"patients": patients, "with_flags": cohort.with_flags()})
        for line in sys.stdin:
            _say(list(_made(cohort, int(line))))


def _made(cohort: Cohort, requests: int) -> Iterator[str]:
    for _ in range(requests):
        try:
            yield cohort.make().decode("latin-1")
        except HistoryFull:
            return


def _say(content: object) -> None:
    print(json.dumps(content), flush=True)


if __name__ == "__main__":
    main(*(int(argument) for argument in sys.argv[1:]))
