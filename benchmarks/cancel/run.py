"""How long it takes to stop a call that nobody waits for any longer.

    python benchmarks/cancel/run.py [--repeat 20] [--python PATH] [--link lane]

For each way to wait in a library and each way to give up: from giving up until the caller goes on, and until the pool
serves the next call. `kept` tells how many workers lived on. Medians and maxima, in milliseconds.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import logging
import os
import signal
import statistics
import sys
import threading
import time
from pathlib import Path

import snakebridge as sb

LIBRARIES = Path(__file__).parents[2] / "tests" / "functional" / "hostile" / "libraries"
STOPS = {
    "a loop in Python": "ill_calls:compute",
    "`time.sleep`": "ill_calls:sleep",
    "a lock": "ill_calls:lock",
    "a process it started": "ill_calls:run",
    "a coroutine": "ill_calls:wait",
}
REFUSES = {
    "swallows every exception": "ill_calls:refuse",
    "holds the GIL in C": "ill_ends:hold",
    "stopped by SIGSTOP": "ill_ends:stop",
}
BEFORE = 0.1
"""Seconds that a call runs before it is given up."""


def by_deadline(client: sb.Client, address: str) -> float:
    with contextlib.suppress(sb.CallTimeoutError):
        begin = time.perf_counter()
        sb.options(timeout=BEFORE)(client.call)(address)
    return begin + BEFORE


def by_task(client: sb.Client, address: str) -> float:
    async def main() -> float:
        task = asyncio.ensure_future(sb.aio(client.call)(address))
        await asyncio.sleep(BEFORE)
        begin = time.perf_counter()
        task.cancel()
        await asyncio.wait({task})
        return begin

    return asyncio.run(main())


def by_future(client: sb.Client, address: str) -> float:
    future = sb.submit(client.call, address)
    time.sleep(BEFORE)
    begin = time.perf_counter()
    future.cancel()
    return begin


def by_ctrl_c(client: sb.Client, address: str) -> float:
    begun: list[float] = []

    def press() -> None:
        begun.append(time.perf_counter())
        os.kill(os.getpid(), signal.SIGINT)

    timer = threading.Timer(BEFORE, press)
    timer.start()
    with contextlib.suppress(KeyboardInterrupt):
        client.call(address)
    timer.join()
    return begun[0]


WAYS = {"deadline": by_deadline, "task": by_task, "future": by_future, "Ctrl-C": by_ctrl_c}


def connect(python: Path, link: str) -> sb.Client:
    # No breaker and no watchdog: what is measured is the ladder.
    return sb.connect(python=python, link=link, guard=sb.Guard(deaths=None, poison=None, stopped=None))


def measure(python: Path, link: str, address: str, way: str, repeat: int) -> tuple[list[float], list[float], int]:
    caller, again, kept = [], [], 0
    with connect(python, link) as client:
        for _ in range(repeat):
            client.call("sys:path.append", str(LIBRARIES))
            for module in ("ill_calls", "ill_ends"):
                client.call("importlib:import_module", module)
            pid = client.call("os:getpid")
            begin = WAYS[way](client, address)
            caller.append(time.perf_counter() - begin)
            kept += client.call("os:getpid") == pid
            again.append(time.perf_counter() - begin)
    return caller, again, kept


def show(values: list[float]) -> str:
    return f"{statistics.median(values) * 1000:.1f} / {max(values) * 1000:.1f}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--repeat", type=int, default=20)
    default = Path(sys.base_prefix) / "bin" / f"python{sys.version_info.major}.{sys.version_info.minor}"
    parser.add_argument("--python", type=Path, default=default)
    parser.add_argument("--link", default="lane")
    given = parser.parse_args()
    logging.getLogger("snakebridge").setLevel(logging.ERROR)
    print("| the call waits for | given up by | caller goes on after | next call served after | kept |")
    print("|---|---|---|---|---|")
    for name, address in {**STOPS, **REFUSES}.items():
        for way in WAYS:
            repeat = given.repeat if name in STOPS else max(3, given.repeat // 5)
            caller, again, kept = measure(given.python, given.link, address, way, repeat)
            print(f"| {name} | {way} | {show(caller)} | {show(again)} | {kept}/{repeat} |", flush=True)


if __name__ == "__main__":
    main()
