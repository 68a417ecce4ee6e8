"""What replaces parts of the standard library, as gevent and its like do."""

import _thread
import builtins
import importlib
import queue
import socket
import sys
import threading


def refuse(*_args, **_named):
    raise RuntimeError("patched")


def replace(*paths):
    for path in paths:
        module, _, name = path.rpartition(".")
        setattr(importlib.import_module(module), name, refuse)


class _Greenlet:
    """A thread that runs only when somebody gives it a turn, which nobody does."""

    def __init__(self, *_args, **_named):
        self.daemon = True

    def start(self):
        return None

    join = start


def make_green():
    threading.Thread = _Greenlet
    threading._start_new_thread = lambda *_: 0
    _thread.start_new_thread = lambda *_: 0
    queue.SimpleQueue = queue.Queue = refuse
    socket.socket = socket.socketpair = refuse
    sys.modules["_queue"] = sys.modules["_socket"] = None


real_start = _thread.start_new_thread


def ask_aside(function):
    """Call a function of the host from a thread of the library's own, started as nobody else could any more."""
    done = []
    gate = _thread.allocate_lock()
    gate.acquire()

    def work():
        try:
            done.append(function(20))
        finally:
            gate.release()

    real_start(work, ())
    gate.acquire()
    return done


def shadow():
    builtins._ = refuse
    builtins.print = builtins.open = builtins.__import__ = builtins.input = refuse


def break_builtins():
    builtins.len = builtins.isinstance = refuse
