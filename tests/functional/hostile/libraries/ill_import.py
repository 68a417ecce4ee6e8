"""What libraries do when they are imported."""

import faulthandler
import gc
import os
import signal
import socket
import sys
import tempfile

heard = []

for number in signal.valid_signals():
    try:
        signal.signal(number, signal.SIG_IGN)
    except (OSError, ValueError):
        continue
signal.signal(signal.SIGUSR2, lambda *_: heard.append("SIGUSR2"))
socket.setdefaulttimeout(0.01)
sys.setrecursionlimit(500)
os.chdir(tempfile.gettempdir())
os.umask(0o777)
gc.disable()
faulthandler.disable()
sys.excepthook = sys.unraisablehook = lambda *_: os._exit(9)


def listen():
    os.kill(os.getpid(), signal.SIGUSR2)
    return heard
