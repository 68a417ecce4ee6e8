"""Kill programs that have pools, at random moments, and look who is left: `benchmarks/orphans/run.py --kills 1000`.

What is left is found without anything of snakebridge's: by the working folder, by a variable, and by a number among the
arguments, which belong to one killed program alone. The guardian counts like any other process.
"""

from __future__ import annotations

import argparse
import os
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

HERE = Path(__file__).parent
MODES = ("starting", "idle", "native", "python", "recycling", "callback", "grandchildren", "zygote")
BOUND = 2.0
KEY = "ORPHANS_TOKEN"


def read(path: str) -> bytes:
    try:
        return Path(path).read_bytes()
    except OSError:
        return b""


def is_alive(pid: str) -> bool:
    state = read(f"/proc/{pid}/stat").rpartition(b")")[2].split()
    return bool(state) and state[0] not in {b"Z", b"X"}


def left_of(token: str, folder: str, but: int) -> dict[str, str]:
    found = {}
    for pid in (path.name for path in Path("/proc").iterdir() if path.name.isdigit()):
        if int(pid) == but or not is_alive(pid):
            continue
        command = read(f"/proc/{pid}/cmdline").replace(b"\0", b" ").decode(errors="replace")
        try:
            is_there = str(Path(f"/proc/{pid}/cwd").readlink()).startswith(folder)
        except OSError:
            is_there = False
        if is_there or f"300.{token}" in command or f"{KEY}={token}".encode() in read(f"/proc/{pid}/environ"):
            found[pid] = command
    return found


def kill_one(
    number: int, python: str, seed: int, modes: list[str]
) -> tuple[str, float, int, dict[str, str], list[str]]:
    """Return the mode, the seconds until all was gone, how many there were, who was left, and what files."""
    chance = random.Random(seed * 1_000_003 + number)
    mode = modes[number % len(modes)]
    token = f"{os.getpid()}{number:06d}"
    folder = tempfile.mkdtemp(prefix="orphans-")
    temporary = Path(folder, "tmp")
    temporary.mkdir()
    environment = {**os.environ, KEY: token, "TMPDIR": str(temporary), "SNAKEBRIDGE_STATE": f"{folder}/state"}
    command = [sys.executable, "-W", "ignore", str(HERE / "host.py"), python, mode, token]
    host = subprocess.Popen(
        command, cwd=folder, env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, start_new_session=True
    )
    if mode == "starting":
        time.sleep(chance.uniform(0, 2.5))
    else:
        said = host.stdout.readline()
        assert said == b"ready\n", f"{mode}: the program did not start"
        time.sleep(chance.uniform(0, 0.3))
    before = len(left_of(token, folder, host.pid))
    host.kill()
    begin = time.monotonic()
    while (left := left_of(token, folder, host.pid)) and time.monotonic() - begin < BOUND:
        time.sleep(0.01)
    took = time.monotonic() - begin
    host.stdout.close()
    host.wait()
    for pid in left:
        os.kill(int(pid), 9)
    files = [str(path) for path in temporary.glob("*snakebridge-*/owner")]
    shutil.rmtree(folder, ignore_errors=True)
    return mode, took, before, left, files


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=1000)
    parser.add_argument("--parallel", type=int, default=2)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--python", default=sys.executable)
    parser.add_argument("--mode", action="append", choices=MODES, help="only this one; may be given several times")
    options = parser.parse_args()
    times, counts = defaultdict(list), defaultdict(int)
    survivors, folders, lock = [], [], threading.Lock()

    def one(number: int) -> None:
        mode, took, before, left, files = kill_one(number, options.python, options.seed, options.mode or list(MODES))
        with lock:
            times[mode].append(took)
            counts[mode] += before
            survivors.extend((number, mode, pid, command) for pid, command in left.items())
            folders.extend(files)
            if left:
                print(f"kill {number} ({mode}) left {left}", file=sys.stderr, flush=True)

    with ThreadPoolExecutor(options.parallel) as pool:
        list(pool.map(one, range(options.kills)))
    print("| killed while | kills | processes there | left after 2 s | gone after: median | 99 % | longest |")
    print("|---|---|---|---|---|---|---|")
    for mode in MODES:
        took = sorted(times[mode])
        if took:
            left = sum(each[1] == mode for each in survivors)
            late = took[min(len(took) - 1, int(len(took) * 0.99))]
            row = (f"{statistics.median(took):.2f} s", f"{late:.2f} s", f"{took[-1]:.2f} s")
            print(f"| {mode} | {len(took)} | {counts[mode]} | {left} | {' | '.join(row)} |")
    total = sum(len(each) for each in times.values())
    print(f"\n{total} kills, {len(survivors)} processes and {len(folders)} private folders left.")
    return int(bool(survivors))


if __name__ == "__main__":
    sys.exit(main())
