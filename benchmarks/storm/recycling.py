"""Replace workers every few calls under load, and look whether a single call fails.

    python benchmarks/storm/recycling.py [--calls 100000] [--every 50] [--workers 4] [--callers 16] [--start spawn]

Exits with 1 when a call failed, was lost or hung, when a worker was lost, or when something is left.
"""

from __future__ import annotations

import argparse
import faulthandler
import sys
import time

from callers import Callers
from census import MARK, Census, left, new_mark

import snakebridge as sb

_HANGS = 3600.0
_LONGEST = 30.0


def main() -> int:
    """Make the calls and print what became of them."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--calls", type=int, default=100_000)
    parser.add_argument("--every", type=int, default=50)
    parser.add_argument("--workers", type=int, default=4)
    parser.add_argument("--callers", type=int, default=16)
    parser.add_argument("--python", default=sys.executable)
    parser.add_argument("--link", choices=["lane", "grpc"], default="lane")
    parser.add_argument("--profile", choices=["process", "thread"], default="process")
    parser.add_argument("--start", choices=["zygote", "spawn"], default="zygote")
    options = parser.parse_args()
    mark = new_mark()
    with sb.connect(python=options.python, link=options.link):
        pass  # what is loaded once is there before it is counted
    before = Census.take()
    client = sb.connect(
        python=options.python,
        workers=options.workers,
        link=options.link,
        profile=options.profile,
        recycle=sb.Recycle(after_calls=options.every, at_once=options.workers),
        start=options.start,
        env={MARK: mark},
    )
    callers = Callers(client, options.callers, most=options.calls)
    begin = time.monotonic()
    callers.start()
    hung = callers.join(_HANGS)
    if hung:
        faulthandler.dump_traceback()
    seconds = time.monotonic() - begin
    stats = client.stats()
    client.close()
    orphans = left(mark, 2.0)
    after = Census.take()
    print(f"{callers.ended} calls in {seconds:.0f} s by {options.callers} callers over {options.link}")
    print(f"workers: {stats.started} started, {stats.recycled} recycled, {stats.lost} lost, {options.workers} wanted")
    print(f"the longest call took {callers.longest:.2f} s; this process: {before} before, {after} after")
    for line in callers.wrong[:5]:
        print(f"wrong: {line}")
    found = {
        "failed": len(callers.wrong),
        "lost": callers.begun - callers.ended,
        "hung": hung + (callers.longest > _LONGEST),
        "workers lost": stats.lost,
        "orphans": len(orphans),
        "descriptors": max(0, after.descriptors - before.descriptors),
        "threads": max(0, after.threads - before.threads),
        "shared memory": len(after.shared - before.shared),
    }
    print("failed, left or wrong: " + ", ".join(f"{name} {count}" for name, count in found.items()))
    return int(any(found.values()) or not stats.recycled)


if __name__ == "__main__":
    sys.exit(main())
