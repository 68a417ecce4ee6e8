"""What libraries do to the standard streams."""

import os
import sys


def close(*descriptors):
    for descriptor in descriptors:
        os.close(descriptor)


def close_objects():
    sys.stdout.close()
    sys.stderr.close()


def take_away():
    sys.stdin = sys.stdout = sys.stderr = None


class _Broken:
    def write(self, _text):
        raise OSError("no room")

    flush = write


def replace():
    sys.stdout = sys.stderr = _Broken()


def redirect():
    target = os.open(os.devnull, os.O_WRONLY)
    os.dup2(target, 1)
    os.dup2(target, 2)


def flood(lines):
    for _ in range(lines):
        os.write(1, b"x" * 1000 + b"\n")


def halves():
    os.write(1, b'\x00\xff\x81{"')
    os.write(2, b"\r\x1b[2J" * 100)


def read():
    return sys.stdin.read(), os.read(0, 1)
