"""The zygote: a process that has the libraries imported, and forks a worker whenever the host asks for one.

    host ── ["fork", N] + N descriptors ▶ zygote ── fork ──▶ worker (its own session, pipes and lanes)
         ◀── {"pid": P} ────────────────
         ── ["reap", P] ───────────────▶   the host saw it end (pidfd); until it asks, the number stays the worker's
         ◀── {"status": as waitpid} ────   ("drop" instead of "reap": end it first, the host cannot watch it)

Guarantees: nothing is forked while another thread runs, for the fork would copy the locks that it holds; gRPC, which
starts threads, is imported here and starts in the workers alone. A worker has none of the zygote's descriptors, and the
zygote none of a worker's. It ends with the host by its own lifeline, and with the pool by the end of the socket.
"""

from __future__ import annotations

import atexit
import contextlib
import errno
import gc
import importlib
import json
import logging
import os
import signal
import socket
import sys
import threading
import time
import warnings
import weakref
from array import array
from typing import Any

from snakebridge_guest.wire.frames import PROTOCOL
from snakebridge_guest.worker import _lifeline as lifeline
from snakebridge_guest.worker._control import load
from snakebridge_guest.worker._launch import forked, inherit, prepare, read_line

_LONGEST = 4096
_MOST = 253  # SCM_MAX_FD of Linux
_TASKS = "/proc/self/task"
_LOOKS = 10
_PAUSE = 0.01


def main(argv: list[str]) -> int:
    """Run a zygote, and the workers that are forked from it: `zygote LIFELINE REPORT SOCKET`, inherited descriptors."""
    held, report, talk = inherit(argv)
    specification = read_line(held)
    lifeline.hold(held, specification["host"], specification.get("mark"))
    prepare(specification)
    # What is missing costs the control service, and each worker tells.
    with contextlib.suppress(Exception):  # a grpcio that does not load here, for whatever reason
        load()
    failed = _import(specification["preload"])
    # What a library does with the ends of children would keep the host from knowing how they ended.
    handler = signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    trouble = _trouble()
    with os.fdopen(report, "w") as file:
        file.write(json.dumps({"protocol": PROTOCOL, "failed": failed, "trouble": trouble}) + "\n")
    if trouble:
        return 0
    gc.collect()
    gc.freeze()  # a collection in a worker would write to every object, and so copy the pages that are shared
    with socket.socket(fileno=talk) as channel:
        channel.settimeout(None)  # the library may have called `socket.setdefaulttimeout`
        descriptors = _serve(channel)
    if descriptors is None:
        return 0
    os.close(held)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL if handler is None else handler)
    _renew()
    return forked(descriptors)


def _import(names: Any) -> list[str]:
    failed = []
    for name in names:
        try:
            importlib.import_module(name)
        except BaseException as error:  # whatever a library raises when it is imported, and `sys.exit`
            failed.append(name + " (" + type(error).__name__ + ": " + str(error) + ")")
    return failed


def _trouble() -> str:
    # Libraries that know how to fork end their threads before it and start them again when they need them (OpenBLAS,
    # by pthread_atfork), so it is not what runs now that counts, but what a fork leaves.
    others = _others()
    if not others:
        return ""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Python 3.12 warns of just what is found out here
        pid = os.fork()
    if pid == 0:
        os._exit(0)
    os.waitpid(pid, 0)
    for _ in range(_LOOKS):
        others = _others()
        if not others:
            return ""
        time.sleep(_PAUSE)  # one that is ending
    names = sorted({thread.name for thread in threading.enumerate()} - {threading.main_thread().name}) or others
    return "importing starts threads that live on (" + ", ".join(names) + ")"


def _others() -> list[str]:
    # The names of all other threads, of libraries in C as well.
    found = []
    for task in os.listdir(_TASKS):
        if int(task) != os.getpid():
            try:
                with open(_TASKS + "/" + task + "/comm", encoding="utf-8", errors="replace") as file:
                    found.append(file.read().strip())
            except OSError:
                continue  # it ended meanwhile
    return found


def _serve(channel: socket.socket) -> list[int] | None:
    # Returns None at the end of the pool; in each forked process, its descriptors.
    while True:
        data, descriptors = _receive(channel)
        if not data:
            return None
        kind, number = json.loads(data)
        try:
            if kind == "drop":
                os.kill(number, signal.SIGKILL)  # it is not reaped yet, so the number means it
            if kind in {"reap", "drop"}:
                answer = {"status": os.waitpid(number, 0)[1]}
            elif len(descriptors) < number:  # the kernel leaves out what this process has no room for
                answer = {"error": errno.EMFILE}
            else:
                answer = {"pid": _fork()}
                if not answer["pid"]:
                    return descriptors
        except OSError as error:  # no memory or numbers left, or no child of ours
            answer = {"error": error.errno or 0}
        for descriptor in descriptors:
            os.close(descriptor)
        channel.send(json.dumps(answer).encode())


def _receive(channel: socket.socket) -> tuple[bytes, list[int]]:
    descriptors = array("i")
    space = socket.CMSG_SPACE(_MOST * descriptors.itemsize)
    data, ancillary, _, _ = channel.recvmsg(_LONGEST, space, socket.MSG_CMSG_CLOEXEC)
    for level, kind, payload in ancillary:
        if level == socket.SOL_SOCKET and kind == socket.SCM_RIGHTS:
            descriptors.frombytes(payload[: len(payload) - len(payload) % descriptors.itemsize])
    return data, descriptors.tolist()


def _fork() -> int:
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(Exception):  # whatever a library put there, or closed
            stream.flush()  # or each worker would print it again
    pid = os.fork()
    if pid == 0:
        os.setsid()
    return pid


def _renew() -> None:
    # What must not be the same in every worker. Python draws anew for `random` by itself; hooks of libraries' own
    # (os.register_at_fork) have run.
    drawing = sys.modules.get("numpy.random")
    if drawing is not None:
        drawing.seed()
    # What was to happen at the end of the process that imported happens at the end of that one: a worker that removed
    # a temporary folder would take it from all others.
    atexit._clear()
    atexit.register(logging.shutdown)
    processes = sys.modules.get("multiprocessing.util")
    if processes is not None:
        atexit.register(processes._exit_function)  # it knows what another process registered, and leaves that alone
    finalize: Any = weakref.finalize
    for each in list(finalize._registry):
        each.atexit = False
    finalize._registered_with_atexit = False  # so that what comes is
