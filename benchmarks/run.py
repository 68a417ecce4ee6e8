"""Measure snakebridge and its peers side by side in one run, and write `results.md`.

Every measurement is a fresh client process. Peers and ours alternate within a round, so that whatever else the machine
does meets all of them. Each round is done pinned to one core, where hand-over costs nobody a wake-up of another core
and the ratios are steady, and with free placement, as programs run. Exit 1: a ratio is over its bar.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import signal
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from pathlib import Path

import table
from peers import PEERS

from snakebridge import codegen, config, connect
from snakebridge.introspect import introspect

HERE = Path(__file__).parent
RESULTS = HERE / "results.md"
LIMIT = 30.0
LIBRARIES = ("math", "heapq")
CALLS = {"pipe": 4000, "lane": 4000, "grpcio": 1000, "grpc_link": 1000}
ITEMS = {"pipe": 20_000, "lane": 20_000, "grpcio": 2_000, "grpc_link": 20_000}


def generate(folder: Path) -> None:
    """Make the packages that are measured, and let a first worker build what is cached for later ones."""
    python = Path(sys.executable)
    for library in LIBRARIES:
        codegen.write(codegen.render(introspect(library, python)), folder, library=library)
        config.write_local(folder, library, python)
    connect(python=python, report=print).close()


def measure(peer: str, placement: str, folder: Path, share: float) -> dict[str, float]:
    """Run one measurement in a process group of its own, which is gone afterwards."""
    command = [sys.executable, str(HERE / "peers.py"), peer, placement]
    command += [str(int(amount[peer] * share)) for amount in (CALLS, ITEMS)]
    # The machine-local file is what decides, and sockets go where they are removed even after a kill.
    environment = {name: value for name, value in os.environ.items() if name != config.PYTHON_VARIABLE}
    environment["TMPDIR"] = str(folder)
    client = subprocess.Popen(command, cwd=folder, env=environment, stdout=subprocess.PIPE, start_new_session=True)
    try:
        output, _ = client.communicate(timeout=LIMIT)
    except BaseException as error:
        os.killpg(client.pid, signal.SIGKILL)
        client.wait()
        if isinstance(error, subprocess.TimeoutExpired):
            sys.exit(f"{peer} ({placement}) did not finish within {LIMIT:g} s")
        raise
    if client.returncode:
        sys.exit(f"{peer} ({placement}) ended with status {client.returncode}; its error is above")
    measured: dict[str, float] = json.loads(output)
    return measured


def run(rounds: int, share: float) -> table.Rounds:
    """Measure everything so many times."""
    found: dict[tuple[str, str], list[dict[str, float]]] = defaultdict(list)
    with tempfile.TemporaryDirectory(prefix="snakebridge-bench-") as name:
        folder = Path(name)
        generate(folder / "bridges")
        for number in range(rounds):
            print(f"round {number + 1} of {rounds}", file=sys.stderr, flush=True)
            for placement in table.PLACEMENTS:
                for peer in PEERS:
                    found[placement, peer].append(measure(peer, placement, folder, share))
    return found


def document(report: str, rounds: int, seconds: float) -> str:
    """Return the text of `results.md`."""
    return (
        "# Benchmark results\n\n"
        f"Made by `make bench` (`benchmarks/run.py --rounds {rounds}`) in {seconds:.0f} s on {os.cpu_count()} cores, "
        f"Python {platform.python_version()}.\n\n"
        f"Median of {rounds} rounds [min-max]; each measurement is a fresh client process, and a ratio is taken\n"
        "within each round. The absolute figures belong to the machine; the ratios are what the bars are about.\n\n"
        f"{report}\n"
    )


def main() -> int:
    parser = argparse.ArgumentParser(description="Measure snakebridge and its peers side by side.")
    parser.add_argument("--rounds", type=int, default=5, help="how often everything is measured")
    parser.add_argument("--quick", action="store_true", help="one short round, which leaves results.md alone")
    options = parser.parse_args()
    rounds = 1 if options.quick else max(1, options.rounds)
    begin = time.monotonic()
    found = run(rounds, 0.1 if options.quick else 1.0)
    report = table.report(found)
    print(report)
    if not options.quick:
        RESULTS.write_text(document(report, rounds, time.monotonic() - begin), encoding="utf-8")
    missed = table.missed(found)
    for sentence in missed:
        print(f"missed: {sentence}", file=sys.stderr)
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
