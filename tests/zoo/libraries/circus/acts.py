"""Functions with every kind of parameter, and functions that take functions."""

import functools
import threading
import weakref


def juggle(first, second=2, *more, only=None, **rest):
    """Juggle."""
    return [first, second, list(more), only, rest]


def nothing():
    pass


def same(value):
    return value


def type_name(value):
    return type(value).__name__


def mutate(items):
    """Change an argument in place, and say how it is now."""
    items.append("mutated")
    return len(items)


def apply(function, *args, **kwargs):
    return function(*args, **kwargs)


def apply_each(function, items):
    return [function(item) for item in items]


def lazily(function, items):
    for item in items:
        yield function(item)


def compose(outer, inner):
    return lambda *args: outer(inner(*args))


def adder(by):
    def add(value):
        return value + by

    return add


def counting(function):
    """A decorator."""

    @functools.wraps(function)
    def counted(*args, **kwargs):
        counted.calls += 1
        return function(*args, **kwargs)

    counted.calls = 0
    return counted


def ping(function, depth):
    """Bounce: the function calls us again."""
    return depth if depth == 0 else function(depth - 1) + 1


def use(thing):
    """Use an object of the caller."""
    thing.touched = "touched"
    return [thing.name, thing.method(2), len(thing), thing[1], list(thing), thing == thing, "x" in thing]


def consume(iterator, most=None):
    found = []
    for item in iterator:
        found.append(item)
        if most is not None and len(found) == most:
            break
    return found


def read_all(file):
    return file.read()


def write_to(file, text):
    return file.write(text)


def read_lines(file):
    return [line for line in file]


def sort_by(items, key):
    return sorted(items, key=key)


def enter(manager):
    with manager as value:
        return ["inside", value]


def enter_and_fail(manager):
    with manager:
        raise LookupError("from inside")
    return "swallowed"


def is_same(left, right):
    return left is right


def describe(thing):
    return [callable(thing), hasattr(thing, "name"), hasattr(thing, "no_such"), bool(thing)]


class Bus:
    """Keeps callbacks, and calls them later."""

    def __init__(self):
        self.callbacks = {}
        self.results = []

    def on(self, event, callback=None):
        if callback is None:
            return functools.partial(self.on, event)
        self.callbacks.setdefault(event, []).append(callback)
        return callback

    def off(self, event, callback):
        self.callbacks[event].remove(callback)

    def fire(self, event, *args, **kwargs):
        self.results = [callback(*args, **kwargs) for callback in self.callbacks.get(event, [])]
        return self.results

    def count(self, event):
        return len(self.callbacks.get(event, []))


class Hook:
    """Overridden by assigning."""

    def run(self, value):
        return self.handle(value)

    def handle(self, value):
        return ["default", value]


def in_thread(function, *args):
    """Call it on a thread of the library."""
    found = []
    thread = threading.Thread(target=lambda: found.append(function(*args)))
    thread.start()
    thread.join()
    return found


def overloaded(value, _cache={}):
    """A mutable default: state that hides."""
    _cache[value] = _cache.get(value, 0) + 1
    return _cache[value]


def defaults(a, b=[], c=None, *, d=object):
    return [a, b, c, d is object]


def positional(a, b, /, c):
    return [a, b, c]


doubled = functools.partial(juggle, 1, only="partial")
remembered = functools.lru_cache(maxsize=None)(lambda value: [value])


class Window:
    def __init__(self, start):
        self.start = start

    def wider(self):
        return Window(self.start - 1)


def slide(function, count):
    """Call a function with one window after the other, as those do who put the next one into the memory of the last."""
    found = []
    for start in range(count):
        window = Window(start)
        watcher = weakref.ref(window)
        result = function(window)
        del window
        found.append([getattr(result, "start", result), watcher() is not None])
    return found
