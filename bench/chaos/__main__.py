"""`python -m bench.chaos --engine embedded|documentdb --rounds 100`: kill something each round, and count.

Prints a line for every round and a summary; exits with 1 when anything was lost, doubled, changed, left
unevaluated or out of step. Ends by itself, early when the time limit is reached.
"""

from __future__ import annotations

import argparse
import random
import secrets
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event

from bench import clinic, engines, servers
from bench.chaos import audit, phones, stage
from bench.chaos.audit import Fault
from bench.chaos.records import Records
from bench.chaos.stage import Stage
from bench.engines import Engine
from services.access.actor import Role

PHONES = 10
DOCUMENTDB_HOME = Path.home() / ".cache" / "slope-documentdb-chaos"
IN_STEP_WITHIN = 60.0
_PATIENTS_PER_ROUND = 8
_SETTINGS = {"SLOPE_ACCESS_MINUTES": "60"}


@dataclass(slots=True)
class Trial:
    """The kills of one run, and what was found after each."""

    stage: Stage
    places: phones.Places
    records: Records
    faults: dict[str, Fault] = field(default_factory=dict)
    killed: Counter[str] = field(default_factory=Counter)

    def run(self, rounds: int, until: float) -> int:
        """Kill something each round; return how many rounds there were."""
        for number in range(1, rounds + 1):
            if time.monotonic() > until:
                print("The time limit is reached.")
                return number - 1
            begun = time.monotonic()
            killed, found = self._round()
            print(
                f"round {number:3}/{rounds}  killed: {killed:14}  acknowledged {self.records.count():6}  "
                f"wrong {found}  {time.monotonic() - begun:4.1f} s",
                flush=True,
            )
        return rounds

    def _round(self) -> tuple[str, int]:
        before = self.records.acknowledged()
        time.sleep(self.stage.chance.uniform(0.5, 1.5))
        self.places.leave_some(self.stage.chance)
        killed = self.stage.kill_something()
        self.killed[killed] += 1
        acknowledged = self.records.acknowledged()
        touched = {one: events for one, events in acknowledged.items() if events != before.get(one)}
        return killed, self._add(audit.look_at_events(touched, finished=False))

    def end(self) -> float:
        """Look at everything, once the phones have their answers; return after how long all was in step."""
        acknowledged = self.records.acknowledged()
        begun = time.monotonic()
        behind = audit.look_at_alerts(acknowledged)
        while behind and time.monotonic() - begun < IN_STEP_WITHIN:
            time.sleep(0.5)
            behind = audit.look_at_alerts(acknowledged)
        taken = time.monotonic() - begun
        self._add(behind)
        self._add(audit.look_at_events(acknowledged, finished=True))
        self._add(audit.look_at_evaluations(acknowledged))
        return taken

    def _add(self, found: list[Fault]) -> int:
        self.faults |= {f"{one.wrong} {one.patient_id} {one.detail}": one for one in found}
        return len(found)


@contextmanager
def _phones_in_use(phones_in_hand: list[phones.Phone]) -> Iterator[None]:
    ended = Event()
    with ThreadPoolExecutor(len(phones_in_hand)) as pool:
        uses = [pool.submit(phone.use, ended) for phone in phones_in_hand]
        try:
            yield
        finally:
            ended.set()
        for use in uses:
            use.result()


def run(arguments: argparse.Namespace, engine: Engine) -> bool:
    """Run the trial on an engine; return whether nothing was wrong."""
    chance, until = random.Random(arguments.seed), time.monotonic() + arguments.minutes * 60
    variables = servers.settings(engine.uri, f"slope_chaos_{secrets.token_hex(4)}") | _SETTINGS
    logs = Path(arguments.logs or tempfile.mkdtemp(prefix="slope-chaos-"))
    logs.mkdir(parents=True, exist_ok=True)
    print(f"engine      {engine.name}\ndurability  {engine.durability}")
    print(f"seed        {arguments.seed}\nlogs        {logs}", flush=True)
    with clinic.opened(variables) as opened:
        records = Records()
        waiting = phones.enrolled(opened, phones.PATIENTS_AT_ONCE + _PATIENTS_PER_ROUND * arguments.rounds)
        places, staff = phones.Places(waiting), opened.staff(Role.CLINICIAN)
        set_up = stage.stage_of(engine, variables, logs, chance)
        trial = Trial(set_up, places, records)
        try:
            set_up.begin()
            in_hand = [
                phones.Phone(opened, places, records, staff, set_up.server.port, random.Random(number))
                for number in range(PHONES)
            ]
            with _phones_in_use(in_hand):
                rounds = trial.run(arguments.rounds, until)
            in_step_after = trial.end()
            for patient_id in {fault.patient_id for fault in trial.faults.values()}:
                (logs / f"{patient_id}.json").write_text(audit.evidence(patient_id), encoding="utf-8")
        finally:
            set_up.end()
    return _summary(trial, rounds, in_step_after)


def _summary(trial: Trial, rounds: int, in_step_after: float) -> bool:
    records = trial.records
    kinds = Counter(one.kind for events in records.acknowledged().values() for one in events.values())
    wrong = Counter(fault.wrong for fault in trial.faults.values())
    print()
    print(f"{rounds} rounds: {', '.join(f'{count} x {name}' for name, count in trial.killed.most_common())}")
    print(f"acknowledged: {', '.join(f'{count} x {kind}' for kind, count in kinds.most_common())}")
    print(f"answers: {', '.join(f'{count} x {word}' for word, count in records.answers.most_common())}")
    print(f"patients: {len(records.acknowledged())}; requests that had to be repeated: {records.repeats}")
    print(f"in step with all alerts {in_step_after:.1f} s after the last answer")
    print("; ".join(f"{wrong[kind]} {kind}" for kind in audit.Wrong))
    for text in (*trial.faults, *records.faults)[:20]:
        print(f"FAULT: {text}")
    print("nothing wrong" if not trial.faults and not records.faults else "FAILED")
    return not trial.faults and not records.faults


def main() -> int:
    """Run the trial."""
    parser = argparse.ArgumentParser(prog="python -m bench.chaos", description=__doc__)
    parser.add_argument("--engine", choices=["embedded", "documentdb"], default="embedded")
    parser.add_argument("--rounds", type=int, default=100)
    parser.add_argument("--minutes", type=float, default=30, help="time limit for the rounds")
    parser.add_argument("--seed", type=int, default=1, help="decides what is killed when")
    parser.add_argument("--logs", help="where servers and worker write; a new temporary folder otherwise")
    arguments = parser.parse_args()
    with engines.running(arguments.engine, home=DOCUMENTDB_HOME) as engine:
        return 0 if run(arguments, engine) else 1


if __name__ == "__main__":
    sys.exit(main())
