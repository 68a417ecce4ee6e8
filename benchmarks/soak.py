"""Make and drop references for long, and print what a worker's memory does: it must stay flat.

    python benchmarks/soak.py [--cycles 1000000] [--python PATH] [--profile process]

Each cycle makes an object over there and drops its proxy. After a warm-up the resident memory of the worker is read
from `/proc`, and again every tenth of the way. Exits with 1 when it grew by more than `--most` bytes.
"""

from __future__ import annotations

import argparse
import gc
import os
import sys
import time
from pathlib import Path

import snakebridge as sb

_WARM_UP = 20_000


def resident(pid: int) -> int:
    """Return the bytes of a process that are in memory."""
    pages = int(Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")


def main() -> int:
    """Run the soak and print its figures."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--cycles", type=int, default=1_000_000)
    parser.add_argument("--python", default=sys.executable)
    parser.add_argument("--profile", choices=["process", "thread"], default="process")
    parser.add_argument("--most", type=int, default=1 << 20, help="bytes the worker may grow after the warm-up")
    options = parser.parse_args()
    with sb.connect(python=options.python, profile=options.profile) as client:
        pid = client.pool.workers[0].process.popen.pid
        make = client.module("collections").OrderedDict

        def cycle(count: int) -> None:
            for number in range(count):
                make(a=number)

        cycle(_WARM_UP)
        gc.collect()
        start, here = resident(pid), resident(os.getpid())
        print(f"after {_WARM_UP} cycles: worker {start >> 10} KiB, host {here >> 10} KiB")
        begun = time.perf_counter()
        step = max(1, options.cycles // 10)
        worst = 0
        for done in range(step, options.cycles + 1, step):
            cycle(step)
            worst = max(worst, resident(pid) - start)
            rate = done / (time.perf_counter() - begun)
            print(
                f"{done:>9} cycles: worker {(resident(pid) - start) / 1024:+.0f} KiB, "
                f"host {(resident(os.getpid()) - here) / 1024:+.0f} KiB, {rate:.0f} cycles/s"
            )
        kept = sum(each.count for each in client.references())
    print(f"worker growth at most {worst / 1024:.0f} KiB, {kept} references kept")
    return int(worst > options.most or kept > 1)


if __name__ == "__main__":
    sys.exit(main())
