"""Kill workers at random under load, and look whether every call ends in exactly one outcome and nothing is left.

    python benchmarks/storm/storm.py [--seconds 600] [--workers 8] [--callers 32] [--every 0.2] [--python PATH]

Poisson kills (SIGKILL, SIGSEGV, SIGSTOP, `os._exit`) hit a pool while threads make calls of every kind. Exits with 1
when a call was lost, mixed with another, hung, or ended in what is none of the stated errors, when a process,
descriptor, thread or shared memory is left, or when this process has grown.
"""

from __future__ import annotations

import argparse
import faulthandler
import sys
import time

from callers import Callers
from census import LOOKS, MARK, Census, grown, left, new_mark
from faults import Faults

import snakebridge as sb
from snakebridge.errors import CallTimeoutError, StaleReferenceError, WorkerLostError, WorkerStartError

ALLOWED = (WorkerLostError, StaleReferenceError, CallTimeoutError, WorkerStartError)
_LONGEST = 10.0
"""Seconds over its deadline that a call may take: it hangs if it takes longer."""


def main() -> int:
    """Run the storm and print what became of it."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--seconds", type=float, default=600)
    parser.add_argument("--workers", type=int, default=8)
    parser.add_argument("--callers", type=int, default=32)
    parser.add_argument("--every", type=float, default=0.2, help="seconds between two kills, on average")
    parser.add_argument(
        "--timeout", type=float, default=2.0, help="of each call; what finds the workers that are stopped"
    )
    parser.add_argument("--python", default=sys.executable)
    parser.add_argument("--link", choices=["lane", "grpc"], default="lane")
    parser.add_argument("--most", type=float, default=8e6, help="bytes that this process may grow after the warm-up")
    options = parser.parse_args()
    mark = new_mark()
    with sb.connect(python=options.python, link=options.link):
        pass  # what is loaded once is there before it is counted
    before = Census.take()
    client = sb.connect(
        python=options.python, workers=options.workers, link=options.link, timeout=options.timeout, env={MARK: mark}
    )
    callers = Callers(client, options.callers, ALLOWED)
    faults = Faults(client, options.every)
    callers.start()
    faults.start()
    begin = time.monotonic()
    looks = []
    for _ in range(LOOKS):
        time.sleep(options.seconds / LOOKS)
        looks.append(Census.take())
    seconds = time.monotonic() - begin
    faults.stop()
    hung = callers.stop(options.timeout + _LONGEST)
    if hung:
        faulthandler.dump_traceback()
    stats = client.stats()
    client.close()
    orphans = left(mark, 2.0)
    after = Census.take()
    print(f"{seconds:.0f} s, {options.workers} workers, {options.callers} callers over {options.link}")
    ways = ", ".join(f"{way} {count}" for way, count in sorted(faults.done.items()))
    print(f"kills: {sum(faults.done.values())} ({ways})")
    print(f"workers: {stats.started} started, {stats.lost} lost")
    print(f"calls: {callers.begun} begun, {callers.ended} ended, the longest after {callers.longest:.2f} s")
    print("outcomes: " + ", ".join(f"{name} {count}" for name, count in callers.outcomes.most_common()))
    print(f"this process: {before} before; {looks[-1]} at the end; {after} after")
    print("its memory, MB: " + " ".join(f"{look.resident / 1e6:.0f}" for look in looks))
    for line in (*callers.wrong[:5], *faults.wrong[:5]):
        print(f"wrong: {line}")
    found = {
        "lost": callers.begun - callers.ended,
        "wrong": len(callers.wrong) + len(faults.wrong),
        "hung": hung + (callers.longest > options.timeout + _LONGEST),
        "orphans": len(orphans),
        "descriptors": max(0, after.descriptors - before.descriptors),
        "threads": max(0, after.threads - before.threads),
        "shared memory": len(after.shared - before.shared),
        "grown": int(grown([look.resident for look in looks]) > options.most),
    }
    print("left or wrong: " + ", ".join(f"{name} {count}" for name, count in found.items()))
    return int(any(found.values()) or not callers.outcomes["value"])


if __name__ == "__main__":
    sys.exit(main())
