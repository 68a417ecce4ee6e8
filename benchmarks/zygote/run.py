"""Measure workers that are forked from a zygote, and write `benchmarks/zygote.md`: starts, memory, kills.

    python benchmarks/zygote/run.py [--python ENVIRONMENT] [--workers 100] [--many 250] [--kills 20]

The library is numpy, imported in every worker. Without an environment one is made with numpy. Memory is PSS from
`smaps_rollup`, pages that are shared counted once in sum, of the workers and their zygote.
Exit 1: a bar was missed.
"""

from __future__ import annotations

import argparse
import os
import platform
import signal
import statistics
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import snakebridge as sb

DOCUMENT = Path(__file__).parents[1] / "zygote.md"
LIBRARY = "numpy"
READY_SECONDS, MEMORY_BYTES, BACK_SECONDS = 3.0, 1_500_000_000, 1.0
POOL = 4
_LOOK = 0.002


@dataclass
class Report:
    rows: list[tuple[str, str, str]] = field(default_factory=list)
    missed: list[str] = field(default_factory=list)

    def add(self, what: str, value: str, bar: str = "", *, is_met: bool = True) -> None:
        print(f"{what}: {value}" + (f" (bar: {bar})" if bar else ""), flush=True)
        self.rows.append((what, value, bar))
        if not is_met:
            self.missed.append(f"{what}: {value}, bar {bar}")

    def text(self) -> str:
        load, cores = os.getloadavg()[0], os.cpu_count() or 1
        head = (
            "# Workers from a zygote, measured\n\n"
            f"Made by `python benchmarks/zygote/run.py` on {cores} cores, Python {platform.python_version()}, "
            f"load {load:.1f} when it ended.\n\n"
        )
        if load > cores * 2:
            head += "The load is its own workers', too; where other programs ran, times are upper bounds.\n\n"
        if self.missed:
            head += "Missed: " + "; ".join(self.missed) + ".\n\n"
        head += "| what | measured | bar |\n|---|---|---|\n"
        return head + "".join(f"| {what} | {value} | {bar} |\n" for what, value, bar in self.rows)


def environment(python: str | None) -> dict[str, object]:
    chosen: dict[str, object] = {"python": python} if python else {"requirements": [LIBRARY]}
    return {**chosen, "preload": [LIBRARY], "warm_up": [LIBRARY], "timeout": 60}


def memory(pids: list[int]) -> int:
    total = 0
    for pid in pids:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
        total += sum(int(line.split()[1]) for line in lines if line.startswith("Pss:"))
    return total * 1024


def fields(pid: int) -> list[int]:
    return [int(word) for word in Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1:13]]


def parent(pid: int) -> int:
    return fields(pid)[0]


def processor(pids: list[int]) -> float:
    return sum(sum(fields(pid)[10:12]) for pid in pids) / os.sysconf("SC_CLK_TCK")


def starts(report: Report, options: dict[str, object], count: int, *, serve: bool) -> None:
    begun, before = time.perf_counter(), time.process_time()
    with sb.connect(start="zygote", workers=count, **options) as client:
        first = time.perf_counter() - begun
        client.pool.wait_ready(count)
        ready = time.perf_counter() - begun
        pids = [worker.pid for worker in client.stats().workers]
        zygotes = {parent(pid) for pid in pids} - {os.getpid()}
        assert len(zygotes) == 1, "they were not forked"
        used, busy = memory([*pids, *zygotes]), processor([*pids, *zygotes]) + time.process_time() - before
        is_barred = not serve
        report.add(f"first of {count} workers ready", f"{first:.2f} s")
        bar = f"{READY_SECONDS:g} s" if is_barred else ""
        report.add(f"all {count} workers ready", f"{ready:.2f} s", bar, is_met=not bar or ready < READY_SECONDS)
        report.add(f"processor time for {count} workers and this program", f"{busy:.2f} s")
        bar = f"{MEMORY_BYTES / 1e9:g} GB" if is_barred else ""
        text = f"{used / 1e6:.0f} MB, {used / 1e6 / count:.1f} MB each"
        report.add(f"memory of {count} workers (PSS)", text, bar, is_met=not bar or used < MEMORY_BYTES)
        if serve:
            served = serving(client, count)
            report.add(f"of {count} workers served a call at once", str(served), str(count), is_met=served == count)


def serving(client: sb.Client, count: int) -> int:
    """Have so many calls run at the same time, and return how many workers ran one."""
    barrier = threading.Barrier(count, timeout=60)

    def meet() -> None:
        barrier.wait()

    with ThreadPoolExecutor(count) as threads:
        calls = [threads.submit(client.call, "builtins:next", MEET(meet)) for _ in range(count)]
        for call in calls:
            call.result(60)
    return sum(worker.calls > 0 for worker in client.stats().workers)


class MEET:
    """An iterator of this program: a worker that asks for its next item waits until all others do so as well."""

    def __init__(self, meet) -> None:
        self._meet = meet

    def __iter__(self):
        return self

    def __next__(self) -> int:
        self._meet()
        return 1


def kills(report: Report, options: dict[str, object], count: int, start: str) -> None:
    took = []
    with sb.connect(start=start, workers=POOL, **options) as client:
        client.pool.wait_ready(POOL)
        for _ in range(count):
            time.sleep(1)  # a place has another worker at once, but not ten in a moment
            serving(client, POOL)  # one that never served a call is replaced later and later
            before = {worker.pid for worker in client.stats().workers}
            victim = next(iter(before))
            os.kill(victim, signal.SIGKILL)
            begun = time.perf_counter()
            while True:
                now = [each for each in client.stats().workers if each.state in {"ready", "busy"}]
                if len(now) == POOL and victim not in {each.pid for each in now}:
                    break
                time.sleep(_LOOK)
            took.append(time.perf_counter() - begun)
    worst = max(took)
    bar = f"{BACK_SECONDS:g} s" if start == "zygote" else "3 s"
    limit = BACK_SECONDS if start == "zygote" else 3.0
    text = f"median {statistics.median(took) * 1000:.0f} ms, worst {worst * 1000:.0f} ms"
    report.add(f"a pool of {POOL} whole again after a kill, {start} ({count} kills)", text, bar, is_met=worst < limit)


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--python", help="an environment that has numpy")
    parser.add_argument("--workers", type=int, default=100)
    parser.add_argument("--many", type=int, default=250)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--dry", action="store_true", help="write no document")
    given = parser.parse_args()
    options = environment(given.python)
    with sb.connect(**options):
        pass  # what is built once, such as the overlay
    report = Report()
    starts(report, options, given.workers, serve=False)
    starts(report, options, given.many, serve=True)
    for start in ("zygote", "spawn"):
        kills(report, options, given.kills, start)
    for sentence in report.missed:
        print(f"missed: {sentence}")
    if not given.dry:
        DOCUMENT.write_text(report.text(), encoding="utf-8")
    return 1 if report.missed else 0


if __name__ == "__main__":
    sys.exit(main())
