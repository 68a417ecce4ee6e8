"""Generators, coroutines and context managers."""

import asyncio
import contextlib


def count(stop, start=0):
    for number in range(start, stop):
        yield number


def returning():
    yield 1
    return "the end"


def failing(after=2):
    for number in range(after):
        yield number
    raise LookupError("the stream broke", after)


class Log:
    """What generators did."""

    def __init__(self):
        self.lines = []

    def noisy(self, stop=3):
        """Tell what happens to it."""
        self.lines.append("start")
        try:
            for number in range(stop):
                self.lines.append("yield %d" % number)
                yield number
        except GeneratorExit:
            self.lines.append("closed")
            raise
        except BaseException as error:
            self.lines.append("thrown " + type(error).__name__)
            raise
        finally:
            self.lines.append("finally")

    def stubborn(self):
        """Refuses to be closed."""
        try:
            yield 1
        except GeneratorExit:
            yield 2

    def echo(self):
        """Give back what was sent, and survive what is thrown."""
        got = None
        while True:
            try:
                got = yield ["got", got]
            except ValueError as error:
                got = "caught " + str(error)

    def delegating(self):
        result = yield from self.inner()
        yield ["inner gave", result]

    def inner(self):
        got = yield "inner"
        return got

    @contextlib.contextmanager
    def managed(self, value, swallow=()):
        self.lines.append("enter")
        try:
            yield value
        except swallow as error:
            self.lines.append("swallowed %s %s" % (type(error).__name__, error))
        except BaseException as error:
            self.lines.append("saw %s %s" % (type(error).__name__, error))
            raise
        finally:
            self.lines.append("exit")

    @contextlib.asynccontextmanager
    async def managed_async(self, value):
        self.lines.append("aenter")
        try:
            await asyncio.sleep(0)
            yield value
        finally:
            self.lines.append("aexit")

    async def ticks(self, stop):
        try:
            for number in range(stop):
                await asyncio.sleep(0)
                yield number
        finally:
            self.lines.append("ticks ended")


def objects(stop):
    """Objects, not values."""
    from circus.animals import Cat

    for number in range(stop):
        yield Cat("cat %d" % number)


def nested(stop):
    """A generator of generators."""
    for number in range(stop):
        yield count(number)


def accumulate():
    total = 0
    while True:
        got = yield total
        if got is None:
            return total
        total += got


async def double(value, wait=0):
    await asyncio.sleep(wait)
    return value * 2


async def fail_later():
    await asyncio.sleep(0)
    raise LookupError("later")


async def gather(*values):
    return await asyncio.gather(*[double(value) for value in values])


async def make_cat():
    from circus.animals import Cat

    await asyncio.sleep(0)
    return Cat("awaited")


class Awaitable:
    def __await__(self):
        yield from asyncio.sleep(0).__await__()
        return "awaited"


class AsyncBox:
    """Entered and iterated asynchronously."""

    def __init__(self):
        self.log = []

    async def __aenter__(self):
        self.log.append("aenter")
        return self

    async def __aexit__(self, kind, error, trace):
        self.log.append(["aexit", getattr(kind, "__name__", None), str(error)])
        return kind is not None and issubclass(kind, KeyError)

    def __aiter__(self):
        self.left = 3
        return self

    async def __anext__(self):
        if self.left == 0:
            raise StopAsyncIteration
        self.left -= 1
        return self.left

    async def get(self):
        return self.log


class Swallows:
    """A context manager that swallows what it was told to."""

    def __init__(self, *kinds):
        self.kinds = kinds
        self.seen = None

    def __enter__(self):
        return self

    def __exit__(self, kind, error, trace):
        self.seen = None if kind is None else [kind.__name__, str(error), [str(each) for each in error.args]]
        return kind is not None and issubclass(kind, self.kinds)


class FailsInside:
    """Fails on the way in, or on the way out."""

    def __init__(self, where):
        self.where = where

    def __enter__(self):
        if self.where == "enter":
            raise ValueError("no way in")

    def __exit__(self, kind, error, trace):
        if self.where == "exit":
            raise ValueError("no way out")
        if self.where == "again":
            raise error
