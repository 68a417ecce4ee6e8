"""What libraries do with signals."""

import os
import signal
import subprocess
import sys

heard = []


def everything(action):
    for number in signal.valid_signals():
        try:
            signal.signal(number, getattr(signal, action))
        except (OSError, ValueError):
            continue


def block():
    signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals())


def listen(name):
    number = getattr(signal, name)
    signal.signal(number, lambda *_: heard.append(name))
    os.kill(os.getpid(), number)
    return heard


def set_to(name, action):
    signal.signal(getattr(signal, name), getattr(signal, action))


def ring(seconds):
    def raising(*_):
        raise TimeoutError("rung")

    signal.signal(signal.SIGALRM, raising)
    signal.setitimer(signal.ITIMER_REAL, seconds)


def stop_child(name):
    """Start a Python that waits, and end it by a signal that everybody hears unless it was told otherwise."""
    code = "import sys, time; print(1, flush=True); time.sleep(60)"
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as child:
        child.stdout.read(1)
        child.send_signal(getattr(signal, name))
        return child.wait(30)
