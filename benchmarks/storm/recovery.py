"""Kill workers in a call, and measure how soon the caller knows and how soon another worker serves.

    python benchmarks/storm/recovery.py [--deaths 50] [--start zygote --preload numpy] [--python PATH]

Exits with 1 when the error came later than after 1 second, or the next call was served later than after 3 seconds (1
with a zygote).
"""

from __future__ import annotations

import argparse
import sys
import time
from statistics import median

import snakebridge as sb

_LOST = 1.0
_BACK = {"spawn": 3.0, "zygote": 1.0}


def main() -> int:
    """Kill, measure and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--deaths", type=int, default=50)
    parser.add_argument("--start", choices=["spawn", "zygote"], default="spawn")
    parser.add_argument(
        "--preload", default="", help="what the zygote imports, and each worker before it counts as back"
    )
    parser.add_argument("--python", default=sys.executable)
    parser.add_argument("--link", choices=["lane", "grpc"], default="lane")
    options = parser.parse_args()
    preload = tuple(options.preload.split())
    guard = sb.Guard(deaths=None, poison=None)
    given = {"start": "zygote", "preload": preload} if options.start == "zygote" else {}
    served = f"{preload[0]}:__name__" if preload else "math:__name__"
    lost, back = [], []
    with sb.connect(python=options.python, link=options.link, guard=guard, **given) as client:
        client.pool.read(served)
        for _ in range(options.deaths):
            client.resize(1)  # deaths in a row are replaced more slowly until the size is asked for again
            begin = time.monotonic()
            try:
                client.call("os:kill", client.call("os:getpid"), 9)
            except sb.WorkerLostError:
                lost.append(time.monotonic() - begin)
            client.pool.read(served)
            back.append(time.monotonic() - begin)
    print(f"{len(lost)} deaths over {options.link}, {options.start}, {options.preload or 'nothing'} imported")
    for what, times in (("error", lost), ("another worker served", back)):
        print(f"{what} after {median(times) * 1000:.0f} ms (median), {max(times) * 1000:.0f} ms (worst)")
    return int(len(lost) != options.deaths or max(lost) > _LOST or max(back) > _BACK[options.start])


if __name__ == "__main__":
    sys.exit(main())
