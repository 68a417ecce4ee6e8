"""How libraries end, or do not."""

import atexit
import faulthandler
import os
import signal
import sys
import threading
import time


def leave(status):
    sys.exit(status)


def interrupt():
    raise KeyboardInterrupt


def stop():
    os.kill(os.getpid(), signal.SIGSTOP)


def swallow():
    while True:
        try:
            time.sleep(60)
        except BaseException:
            continue


def hold():
    """Hold the interpreter's lock in C."""
    return sum(range(10**12))


def swell():
    return bytearray(10**8) * 20


def close_everything():
    os.closerange(3, 4096)


def hang_at_exit():
    atexit.register(time.sleep, 60)


def raise_at_exit():
    def raising():
        raise RuntimeError("at the exit")

    atexit.register(raising)


def leave_threads(*, daemon):
    def work():
        while True:
            time.sleep(0.001)

    threading.Thread(target=work, daemon=daemon).start()


def hide():
    faulthandler.disable()
    for number in range(1, signal.NSIG):
        try:
            faulthandler.unregister(number)
        except (ValueError, RuntimeError):
            continue


def hook():
    def raising(*_):
        raise RuntimeError("hooked")

    sys.excepthook = threading.excepthook = sys.unraisablehook = sys.displayhook = raising


class Bomb:
    """Does something when it is let go of."""

    def __init__(self, end):
        self.end = end

    def __del__(self):
        if self.end == "raise":
            raise KeyboardInterrupt
        os._exit(5)
