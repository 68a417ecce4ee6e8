"""A library whose import takes its time, so that several threads find it half imported."""

import time

time.sleep(0.3)


def answer():
    """Return what only a module that is imported to its end can."""
    return 42
