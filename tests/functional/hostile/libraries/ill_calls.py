"""Calls that take long, each in another way of waiting."""

import asyncio
import itertools
import queue
import subprocess
import threading
import time

told = []


def compute():
    for number in itertools.count():
        number * number


def sleep():
    time.sleep(60)


def lock():
    threading.Event().wait()


def take():
    queue.Queue().get()


def join():
    thread = threading.Thread(target=time.sleep, args=(60,), daemon=True)
    thread.start()
    thread.join()


def run():
    subprocess.run(["sleep", "60"], check=False)


async def wait():
    try:
        await asyncio.sleep(60)
    finally:
        told.append("cancelled")


async def go_on():
    """Do something after a while, unless nobody wants it any more."""
    await asyncio.sleep(0.5)
    told.append("went on")


async def loiter(seconds):
    await asyncio.sleep(seconds)
    return list(told)


def stream():
    yield 1
    time.sleep(60)
    yield 2


async def stream_async():
    yield 1
    await asyncio.sleep(60)
    yield 2


def give_back(seconds):
    """Stop when it is interrupted, but return a value all the same."""
    try:
        time.sleep(seconds)
    except BaseException:
        return "stopped"
    return "slept"


def clean_up(seconds):
    """Take its time after it was interrupted."""
    try:
        time.sleep(60)
    finally:
        time.sleep(seconds)
        told.append("cleaned up")


def refuse(begun=None):
    if begun is not None:
        begun()
    while True:
        try:
            time.sleep(60)
        except BaseException:
            continue


def ask(function):
    return function()


def report():
    return list(told)


class Slow:
    """Methods, properties and operators that take long."""

    def method(self):
        time.sleep(60)

    @property
    def attribute(self):
        time.sleep(60)

    def __add__(self, other):
        time.sleep(60)

    def __getitem__(self, key):
        time.sleep(60)
