"""Leaves a process behind that holds every descriptor it was given."""

import os
import time

if os.fork() == 0:
    while True:
        time.sleep(3600)

FORKED = True
