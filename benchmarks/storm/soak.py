"""Make calls of every kind for long, with a fault now and then, and look whether anything grows.

    python benchmarks/storm/soak.py [--seconds 1800] [--workers 4] [--callers 8] [--every 5] [--python PATH]

Memory, descriptors and threads of this process are taken again and again, and the memory of workers that live through
all of it; after a warm-up none may grow. Exits with 1 when one did, or when a call ended in what is none of the stated
errors.
"""

from __future__ import annotations

import argparse
import sys
import time
from typing import TYPE_CHECKING

import psutil
from callers import Callers
from census import LOOKS, MARK, Census, grown, left, new_mark
from faults import Faults

import snakebridge as sb
from snakebridge.errors import CallTimeoutError, StaleReferenceError, WorkerLostError, WorkerStartError

if TYPE_CHECKING:
    from collections.abc import Sequence

ALLOWED = (WorkerLostError, StaleReferenceError, CallTimeoutError, WorkerStartError)
_LONGEST = 30.0


def main() -> int:
    """Run the soak and print its figures."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--seconds", type=float, default=1800)
    parser.add_argument("--workers", type=int, default=4)
    parser.add_argument("--callers", type=int, default=8)
    parser.add_argument("--every", type=float, default=5.0, help="seconds between two faults, on average")
    parser.add_argument("--pause", type=float, default=0.0, help="seconds that each caller waits after a call")
    parser.add_argument("--timeout", type=float, default=5.0, help="of each call")
    parser.add_argument("--python", default=sys.executable)
    parser.add_argument("--link", choices=["lane", "grpc"], default="lane")
    parser.add_argument("--most", type=float, default=8e6, help="bytes that a process may grow after the warm-up")
    options = parser.parse_args()
    mark = new_mark()
    connected = {"python": options.python, "link": options.link, "timeout": options.timeout, "env": {MARK: mark}}
    # One pool has faults; in the other the workers must live on, so that their growth can be seen.
    shaken, calm = (sb.connect(workers=options.workers, **connected), sb.connect(workers=2, **connected))
    loads = (
        Callers(shaken, options.callers, ALLOWED, pause=options.pause),
        Callers(calm, 4, pause=options.pause),
    )
    faults = Faults(shaken, options.every)
    calm.wait_ready(2)
    for load in loads:
        load.start()
    faults.start()
    pids = sorted(each.pid for each in calm.stats().workers)
    looks = [_look(options.seconds / LOOKS, pids, loads) for _ in range(LOOKS)]
    faults.stop()
    hung = sum(load.stop(options.timeout + _LONGEST) for load in loads)
    same = pids == sorted(each.pid for each in calm.stats().workers)
    for client in (shaken, calm):
        client.close()
    orphans = left(mark, 2.0)
    wrong = [*loads[0].wrong, *loads[1].wrong, *faults.wrong]
    for line in wrong[:5]:
        print(f"wrong: {line}")
    found = {
        "wrong": len(wrong),
        "lost": sum(load.begun - load.ended for load in loads),
        "hung": hung,
        "orphans": len(orphans),
        "calm workers lost": int(not same),
        "host memory": int(grown([here.resident for here, _ in looks]) > options.most),
        "worker memory": int(grown([there for _, there in looks]) > options.most),
        "descriptors": int(grown([here.descriptors for here, _ in looks]) > options.workers),
        "threads": int(grown([here.threads for here, _ in looks]) > options.workers),
    }
    shaken_by = sum(faults.done.values())
    print(f"outcomes: {dict(loads[0].outcomes)} with {shaken_by} faults, {dict(loads[1].outcomes)} without")
    print("grown, left or wrong: " + ", ".join(f"{name} {count}" for name, count in found.items()))
    return int(any(found.values()))


def _look(seconds: float, pids: Sequence[int], loads: Sequence[Callers]) -> tuple[Census, int]:
    time.sleep(seconds)
    here = Census.take()
    there = max(psutil.Process(pid).memory_info().rss for pid in pids if psutil.pid_exists(pid))
    print(
        f"{sum(load.ended for load in loads):>9} calls: {here}; the largest calm worker {there / 1e6:.1f} MB",
        flush=True,
    )
    return here, there


if __name__ == "__main__":
    sys.exit(main())
