"""A process that forks children which work at alerts and die at one round trip to the database.

    python -m tests.services.alerts.alert_child URI DATABASE

Each line read names a stage of `tests.alert_samples`, or the step of the clock in `CLOCK_STEPS`, and the
number of a round trip; each line written is the
exit code of the child: 9 when it died before that round trip, 0 when it came to its end first.
"""

from __future__ import annotations

import os
import sys

import pymongo.monitoring

from models.store import connection
from services.alerts import align as alert_desk
from services.alerts.escalation import climb
from tests.alert_samples import PATIENT, SITE, STAGES, evaluation, on_day

HANDSHAKE = {"hello", "ismaster", "isMaster", "saslStart", "saslContinue", "endSessions", "ping"}


class Dies(pymongo.monitoring.CommandListener):
    """Ends the process before the nth command is sent, without any clean-up."""

    def __init__(self, at: int) -> None:
        self.left = at

    def started(self, event: pymongo.monitoring.CommandStartedEvent) -> None:
        if event.command_name in HANDSHAKE:
            return
        if self.left == 0:
            os._exit(9)
        self.left -= 1

    def succeeded(self, event: object) -> None:
        pass

    def failed(self, event: object) -> None:
        pass


CLOCK_STEPS = {"climb": climb.climb, "go_by_clock": alert_desk.go_by_clock}


def align(stage: str, round_trip: int) -> None:
    pymongo.monitoring.register(Dies(round_trip))
    if stage in CLOCK_STEPS:
        CLOCK_STEPS[stage](on_day(40))
        return
    _, told = STAGES[stage]
    alert_desk.align(PATIENT, SITE, evaluation(*told), 9, now=on_day(40))


def main(uri: str, name: str) -> None:
    connection.register(uri, name)
    for line in sys.stdin:
        stage, round_trip = line.split()
        child = os.fork()
        if child == 0:
            align(stage, int(round_trip))
            os._exit(0)
        _, status = os.waitpid(child, 0)
        print(os.waitstatus_to_exitcode(status), flush=True)  # noqa: T201


if __name__ == "__main__":
    main(*sys.argv[1:])
