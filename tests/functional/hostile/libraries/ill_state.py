"""What libraries do to the state of their process."""

import gc
import locale
import os
import socket
import sys


def move(folder):
    os.chdir(folder)


def vanish(folder):
    os.mkdir(folder)
    os.chdir(folder)
    os.rmdir(folder)


def mask():
    os.umask(0o777)


def speak():
    for name in ("de_DE.UTF-8", "C.UTF-8", "C"):
        try:
            return locale.setlocale(locale.LC_ALL, name)
        except locale.Error:
            continue
    return None


def flatten(limit):
    sys.setrecursionlimit(limit)


def deepen():
    def deeper():
        return deeper()

    sys.setrecursionlimit(200)
    deeper()


def lose_path():
    sys.path[:] = []
    sys.meta_path[:] = []
    sys.path_hooks[:] = []


def forget_modules():
    for name in list(sys.modules):
        if name.startswith("snakebridge"):
            del sys.modules[name]


def forget_environment():
    os.environ.clear()


def hurry():
    socket.setdefaulttimeout(0.01)


def litter():
    gc.disable()
    gc.freeze()
    gc.set_threshold(0)


def trace():
    def raising(*_):
        raise ValueError("traced")

    sys.setprofile(None)
    sys.settrace(raising)


def rename():
    sys.argv[:] = ["somebody else"]
    sys.executable = None
