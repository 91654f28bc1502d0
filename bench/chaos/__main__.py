"""`python -m bench.chaos --engine embedded|documentdb --fault kills|all|<name> --rounds 10`.

`kills` kills something by chance in each round; `all` has so many rounds of every fault. Prints a line for
every round and a table; exits with 1 when anything was lost, doubled, changed, left unevaluated or out of
step, or another promise was not kept. Ends by itself, early when the time limit is reached.
"""

from __future__ import annotations

import argparse
import random
import secrets
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from threading import Event

from bench import clinic, engines, servers
from bench.chaos import audit, disk, phones, poison, stage
from bench.chaos.injections import BY_NAME, KILLS, OTHERS, Injection
from bench.chaos.records import Records
from bench.chaos.trial import Trial
from bench.engines import Engine
from services import clock
from services.access.actor import Role

PHONES = 6
DOCUMENTDB_HOME = Path.home() / ".cache" / "slope-documentdb-chaos"
_PATIENTS_PER_ROUND = 8
_SETTINGS = {**servers.LONG_TOKENS, "SLOPE_REPORTS_PER_DAY": "10000"}
HEAD = (
    "| fault | rounds | acknowledged | lost, doubled, changed | answers meanwhile | ready meanwhile"
    " | text of safety withheld | as usual after, median and worst |\n|---|---|---|---|---|---|---|---|"
)


def plan(
    fault: str, rounds: int, chance: random.Random, *, disks: bool, log_of_writes: bool
) -> list[Injection]:
    """Return what is injected, in this order.

    Args:
        fault: what the command line asks for.
        rounds: of each fault, or in all.
        chance: decides what is killed.
        disks: whether file systems may be mounted.
        log_of_writes: whether the database's log of writes lies in a place of its own.
    """
    if fault == "kills":
        return [chance.choice(KILLS) for _ in range(rounds)]
    chosen = (*KILLS, *OTHERS) if fault == "all" else [BY_NAME[name] for name in fault.split(",")]
    if not log_of_writes:
        chosen = [injection for injection in chosen if not injection.needs_log_of_writes]
    left_out = [injection.name for injection in chosen if injection.needs_disks and not disks]
    if left_out:
        print(f"left out, because no file system can be mounted: {', '.join(left_out)}")
    return [injection for injection in chosen if injection.name not in left_out for _ in range(rounds)]


def go_through(trial: Trial, planned: Sequence[Injection], until: float) -> None:
    """Inject one after the other."""
    for number, injection in enumerate(planned, 1):
        if time.monotonic() > until:
            print("The time limit is reached.")
            return
        begun = time.monotonic()
        recovered, wrong = trial.round(injection)
        print(
            f"round {number:3}/{len(planned)}  {injection.name:16}  acknowledged {trial.records.count():6}  "
            f"wrong {wrong}  as usual after {recovered:4.1f} s  {time.monotonic() - begun:4.1f} s",
            flush=True,
        )


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
    place = Path(arguments.logs or tempfile.mkdtemp(prefix="slope-chaos-"))
    print(f"engine      {engine.name}\ndurability  {engine.durability}")
    print(f"seed        {arguments.seed}\nlogs        {place}", flush=True)
    has_log = engine.log_of_writes() is not None
    planned = plan(arguments.fault, arguments.rounds, chance, disks=disk.may_be_made(), log_of_writes=has_log)
    set_up = stage.stage_of(engine, variables, place, chance)
    if any(injection.needs_disks for injection in planned):
        set_up.put_on_small_disks()
    try:
        with clinic.opened(variables) as opened:
            clock.follow(set_up.clock.file)
            trial, in_step_after = _tried(set_up, opened, planned, until)
            set_up.server.stop()
            set_up.worker.stop()
            for patient_id in {fault.patient_id for fault in trial.faults.values()}:
                (place / f"{patient_id}.json").write_text(audit.evidence(patient_id), encoding="utf-8")
    finally:
        clock.follow(None)
        set_up.end()
    return _summary(trial, in_step_after)


def _tried(
    set_up: stage.Stage, opened: clinic.Clinic, planned: Sequence[Injection], until: float
) -> tuple[Trial, float]:
    waiting = phones.enrolled(opened, phones.PATIENTS_AT_ONCE + _PATIENTS_PER_ROUND * len(planned))
    places, staff = phones.Places(waiting), opened.staff(Role.CLINICIAN)
    set_up.poison = poison.beside(opened)
    trial = Trial(set_up, places, Records())
    set_up.begin()
    in_hand = [
        phones.Phone(opened, places, trial.records, staff, set_up.server.port, random.Random(number))
        for number in range(PHONES)
    ]
    with _phones_in_use(in_hand):
        go_through(trial, planned, until)
    return trial, trial.end()


def table(trial: Trial) -> str:
    """Return a line for each fault."""
    return "\n".join([HEAD, *(_row(trial, injection) for injection in trial.outcomes)])


def _row(trial: Trial, injection: Injection) -> str:
    outcome, records = trial.outcomes[injection], trial.records
    wrong = Counter(fault.wrong for fault in outcome.wrong)
    kinds = (audit.Wrong.LOST, audit.Wrong.DOUBLED, audit.Wrong.CHANGED)
    return (
        f"| {injection.what} | {len(outcome.recovered)} | {outcome.acknowledged} "
        f"| {', '.join(str(wrong[kind]) for kind in kinds)} | {_counted(records.statuses(injection.name))} "
        f"| {_counted(outcome.ready)} | {records.withheld(injection.name)} "
        f"| {median(outcome.recovered):.1f} s, {max(outcome.recovered):.1f} s |"
    )


def _counted(statuses: Counter[int]) -> str:
    return ", ".join(f"{count} x {status or 'none'}" for status, count in sorted(statuses.items())) or "none"


def _summary(trial: Trial, in_step_after: float) -> bool:
    records, broken = trial.records, trial.broken()
    kinds = Counter(event.kind for events in records.acknowledged().values() for event in events.values())
    wrong = Counter(fault.wrong for fault in trial.faults.values())
    print(f"\n{table(trial)}\n")
    print(f"acknowledged: {', '.join(f'{count} x {kind}' for kind, count in kinds.most_common())}")
    print(f"answers: {', '.join(f'{count} x {word}' for word, count in records.answers.most_common())}")
    print(f"patients: {len(records.acknowledged())}; requests that had to be repeated: {records.repeats}")
    print(f"in step with all alerts {in_step_after:.1f} s after the last answer")
    print("; ".join(f"{wrong[kind]} {kind}" for kind in audit.Wrong))
    for text in (*trial.faults, *records.faults, *broken)[:20]:
        print(f"FAULT: {text}")
    well = not trial.faults and not records.faults and not broken
    print("nothing wrong" if well else "FAILED")
    return well


def main() -> int:
    """Run the trial."""
    parser = argparse.ArgumentParser(prog="python -m bench.chaos", description=__doc__)
    parser.add_argument("--engine", choices=["embedded", "documentdb"], default="embedded")
    parser.add_argument("--fault", default="kills", help=f"kills, all, or some of {', '.join(BY_NAME)}")
    parser.add_argument("--rounds", type=int, default=100)
    parser.add_argument("--minutes", type=float, default=30, help="time limit for the rounds")
    parser.add_argument("--seed", type=int, default=1, help="decides what is killed when")
    parser.add_argument("--logs", help="where servers and worker write; a new temporary folder otherwise")
    arguments = parser.parse_args()
    with engines.running(arguments.engine, home=DOCUMENTDB_HOME) as engine:
        return 0 if run(arguments, engine) else 1


if __name__ == "__main__":
    sys.exit(main())
