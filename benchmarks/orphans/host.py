"""A program with a pool, made to be killed: `host.py PYTHON MODE TOKEN`. Says "ready" when it is in its mode."""

from __future__ import annotations

import sys
import threading

import snakebridge as sb

python, mode, token = sys.argv[1:]

# Each leaves the worker's process group in another way; the token in its arguments is how the benchmark knows it.
SLEEP = f"sleep 300.{token}"
CHILDREN = {
    "group": f"subprocess.Popen({SLEEP.split()!r})",
    "session": f"subprocess.Popen({SLEEP.split()!r}, start_new_session=True)",
    "bare": f"subprocess.Popen({SLEEP.split()!r}, start_new_session=True, env={{}}, cwd='/')",
    "daemon": f"subprocess.Popen(['setsid', '-f', 'sh', '-c', '({SLEEP} &) ; exit'], cwd='/')",
}
FORKS = """
import os, time
for leaves in (False, True):
    if os.fork() == 0:
        if leaves:
            os.setsid()
        time.sleep(300)
        os._exit(0)
"""
PROCESSES = """
import multiprocessing, time
made = multiprocessing.get_context("spawn").Process(target=time.sleep, args=(300,), daemon=True)
made.start()
"""


def main() -> None:
    start = "zygote" if mode == "zygote" else "spawn"
    recycle = sb.Recycle(after_calls=1, grace=0.1) if mode == "recycling" else None
    client = sb.connect(python=python, workers=2, recycle=recycle, start=start)
    if mode == "grandchildren":
        for code in CHILDREN.values():
            client.call("builtins:exec", f"import subprocess; {code}")
        client.call("builtins:exec", FORKS)
        client.call("builtins:exec", PROCESSES)
    elif mode != "starting":
        client.call("builtins:exec", f"import subprocess; {CHILDREN['bare']}")
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    if mode in {"native", "zygote"}:
        client.call("builtins:sum", range(10**12))
    elif mode == "python":
        client.call("builtins:exec", "while True: pass")
    elif mode == "recycling":
        while True:
            client.call("math:sqrt", 2)
    elif mode == "callback":
        client.call("builtins:list", client.call("builtins:map", lambda _: threading.Event().wait(300), [1]))
    threading.Event().wait()


main()
