"""A library that dies wherever it is told to: one function or class for each place in the life of a call."""

import ctypes
import multiprocessing
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path


class SickError(Exception):
    """What `how="error"` raises."""


def die(how):
    """Die, or raise, in the way that is asked for."""
    if how == "crash":
        ctypes.string_at(0)
    if how == "exit":
        sys.exit(7)
    if how == "c-exit":
        ctypes.CDLL(None).exit(8)
    if how == "os-exit":
        os._exit(9)
    if how == "kill":
        os.kill(os.getpid(), signal.SIGKILL)
    if how == "stop":
        os.kill(os.getpid(), signal.SIGSTOP)
    if how == "end":
        raise SystemExit(0)
    raise SickError(how)


class Trap:
    """Dies when its method is looked up, which is what decoding an argument does, once it is armed."""

    def __init__(self, how):
        self.how = how
        self.armed = False

    def arm(self):
        self.armed = True

    def method(self):
        return 1

    def __getattribute__(self, name):
        if name == "method" and object.__getattribute__(self, "armed"):
            die(object.__getattribute__(self, "how"))
        return object.__getattribute__(self, name)


class Opaque:
    """Dies when it is asked for its class, which is what encoding a result does."""

    def __init__(self, how):
        self.how = how

    @property
    def __class__(self):
        die(self.how)


class Last:
    """Dies when it is released."""

    def __init__(self, how):
        self.how = how

    def __del__(self):
        die(self.how)


def generate(how, before, after):
    yield from range(before)
    die(how)
    yield from range(after)


def work(place, how, given=None, ask=None):
    """Die at one place of one call."""
    if place == "call":
        die(how)
    if place == "encode":
        return Opaque(how)
    if place == "release":
        return Last(how)
    if place == "callback":
        return ask()
    if place == "stream":
        return sum(given)
    return given


def stream(place, how, ask=None):
    """Die at one place of a stream."""
    if place == "call":
        die(how)
    received = yield 1
    while place == "decode":
        received = yield received
    if place == "encode":
        yield Opaque(how)
    elif place == "release":
        yield Last(how)
    elif place == "callback":
        yield ask()
    else:
        yield from generate(how, 5, 5)


def through(place, how, ask):
    """Die at one place of a callback."""
    if place == "encode":
        return ask(Opaque(how))
    if place == "release":
        return ask(Last(how))
    if place == "stream":
        return ask(generate(how, 5, 5))
    answer = ask(None)
    if place == "call":
        die(how)
    return answer


class Worker:
    """The same by a method of an object that stays there."""

    def work(self, place, how, given=None, ask=None):
        return work(place, how, given, ask)


running = []
"""One item for each call of `busy` that is going on."""


def busy(seconds, begun=None):
    """Work in Python for a time, and tell by `running` that it does."""
    running.append(seconds)
    try:
        if begun is not None:
            begun()
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            pass
        return seconds
    finally:
        running.pop()


def running_now():
    return len(running)


def mark(path, seconds):
    """Leave a file, work for a time, and leave another."""
    Path(path + ".begun").touch()
    time.sleep(seconds)
    Path(path).touch()
    return path


def exit_soon(status, seconds):
    """Exit from a thread, when no call runs any more."""
    threading.Timer(seconds, os._exit, (status,)).start()


def family():
    """Start processes of every kind; return their numbers."""
    plain = subprocess.Popen(["sleep", "300"])
    deeper = subprocess.Popen(["sh", "-c", "sleep 300 & wait"])
    forked = multiprocessing.get_context("fork").Process(target=time.sleep, args=(300,))
    forked.start()
    return [plain.pid, deeper.pid, forked.pid]


def strayed():
    """Start a process that leaves the group and the session, as daemons do; return its number."""
    return subprocess.Popen(["sleep", "300"], start_new_session=True).pid


class Counted:
    """A generator whose progress and end can be seen."""

    def __init__(self):
        self.made = 0
        self.closed = False

    def numbers(self, size=0):
        try:
            while True:
                self.made += 1
                yield bytes(size) if size else self.made
        finally:
            self.closed = True
