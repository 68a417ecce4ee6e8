"""A library whose examples do everything that examples do.

>>> add(1, 2)
3
>>> add(*[1, 2])
3
"""

import os
import signal
import sys
import time

IN_A_WORKER = "snakebridge_guest.worker" in sys.modules


def add(one, two):
    """Add two numbers.

    >>> add(2, 2)
    4
    >>> add(2, 2)  # what it says is wrong, also without a bridge
    5
    >>> _Hidden().name
    'hidden'
    """
    return one + two


class _Hidden:
    """Nothing public.

    >>> _Hidden().name
    'hidden'
    """

    name = "hidden"


def sort(items, *, deeply=False):
    """Sort in place.

    >>> numbers = [3, 1, 2]
    >>> sort(numbers)
    >>> numbers
    [1, 2, 3]
    """
    items.sort()


class Register:
    """Holds lists by name.

    >>> register = Register()
    >>> register.lists["a"] = [1]
    >>> register.lists
    {'a': [1]}
    """

    def __init__(self):
        """Make it.

        >>> Register().lists
        {}
        """
        self.lists = {}


def announce(text):
    """Print.

    >>> announce("hello")
    hello
    """
    sys.stdout.write(f"{text}\n")


def refuse():
    """Raise.

    >>> refuse()
    Traceback (most recent call last):
        ...
    ValueError: not today
    """
    raise ValueError("not today")


def differ():
    """Be another one over there.

    >>> differ()
    'here'
    """
    return "there" if IN_A_WORKER else "here"


def linger():
    """Never end, but only in a worker.

    >>> linger()
    'done'
    >>> add(1, 1)
    2
    """
    while IN_A_WORKER:
        time.sleep(0.01)
    return "done"


def leave():
    """End the process, but only in a worker.

    >>> leave()
    'still here'
    >>> add(1, 1)
    2
    """
    if IN_A_WORKER:
        os._exit(3)
    return "still here"


def loop():
    """Never end, wherever it is.

    >>> loop()
    """
    while True:
        time.sleep(0.01)


def block():
    """Never end, and hear no clock.

    >>> block()
    """
    signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGALRM])
    loop()


def kill():
    """End the process, wherever it is.

    >>> kill()
    >>> add(1, 1)
    2
    """
    os._exit(4)


def vary():
    """Give something else each time.

    >>> vary()
    '0'
    """
    return os.environ["PYTHONHASHSEED"]


def elsewhere():
    """Use another library, which only the target has.

    >>> import zoo_classes
    >>> zoo_classes.__name__
    'zoo_classes'
    """


class Number:
    """A number, of the class that fits.

    >>> type(Number(1)).__name__
    'One'
    >>> isinstance(Number(1), Number)
    True
    >>> type(Number(2)).__name__
    'Number'
    """

    def __new__(cls, value):
        return object.__new__(One if value == 1 else cls)

    def __init__(self, value):
        self.value = value


class One(Number):
    pass


class View:
    """What can be called for more; heirs take more.

    >>> View()(3)
    [3]
    >>> Wide()(3, keys=True)
    [3, 'a']
    >>> view()(3, values=True)
    [3, 'b']
    """

    def __call__(self, data):
        return [data]


class Wide(View):
    def __call__(self, data, keys=False):
        return [data, "a"] if keys else [data]


class _Wider(View):
    def __call__(self, data, values=False):
        return [data, "b"] if values else [data]


def view():
    return _Wider()
