"""Exceptions of every shape, and functions that raise them."""


class CircusError(Exception):
    """Something went wrong in the ring."""


class Fall(CircusError, ValueError):
    """Somebody fell."""

    def __init__(self, who, height):
        super().__init__("%s fell %d m" % (who, height))
        self.who = who
        self.height = height


class Odd(CircusError):
    """Takes keywords only, and gives no arguments on."""

    def __init__(self, *, code):
        self.code = code

    def __str__(self):
        return "odd code %d" % self.code


class Slotted(CircusError):
    __slots__ = ("place",)


class Loud(KeyError):
    @property
    def volume(self):
        return len(str(self)) * 10

    def shout(self):
        return str(self).upper()


class Holding(CircusError):
    """Holds an object."""


class Textless(CircusError):
    def __str__(self):
        raise RuntimeError("no text")


class Quit(BaseException):
    pass


def fail(name="Fall"):
    if name == "Fall":
        raise Fall("Ann", 3)
    if name == "Odd":
        raise Odd(code=7)
    if name == "Slotted":
        error = Slotted("slotted", 1)
        error.place = "ring"
        raise error
    if name == "Loud":
        raise Loud("noise")
    if name == "Holding":
        error = Holding("held")
        error.thing = object()
        error.plain = [1, {"a": 2}]
        raise error
    if name == "Textless":
        raise Textless(1, 2)
    if name == "Quit":
        raise Quit("quit")
    if name == "bare":
        raise CircusError
    if name == "many":
        raise CircusError("one", 2, [3], None, b"4")
    raise LookupError("no error is named " + name)


def fail_builtin(name, *args):
    import builtins

    raise getattr(builtins, name)(*args)


def cause():
    try:
        fail("Fall")
    except Fall as error:
        raise CircusError("outer") from error


def context():
    try:
        fail("Fall")
    except Fall:
        raise CircusError("outer")


def suppressed():
    try:
        fail("Fall")
    except Fall:
        raise CircusError("outer") from None


def chain(depth):
    if depth == 0:
        raise CircusError("bottom")
    try:
        chain(depth - 1)
    except CircusError as error:
        raise CircusError("level %d" % depth) from error


def noted():
    error = CircusError("noted")
    error.add_note("first note")
    error.add_note("second note")
    raise error


def group():
    raise ExceptionGroup("many", [Fall("Ann", 1), TypeError("wrong"), ExceptionGroup("inner", [KeyError("k")])])


def base_group():
    raise BaseExceptionGroup("all", [Quit("now"), ValueError(1)])


def swallow(function, *args):
    try:
        return ["returned", function(*args)]
    except CircusError as error:
        return ["circus", type(error).__name__, str(error)]
    except LookupError as error:
        return ["lookup", type(error).__name__, str(error), [str(each) for each in error.args]]
    except Exception as error:
        return ["other", [kind.__name__ for kind in type(error).__mro__ if kind.__module__ == "builtins"], str(error)]


def return_error(name="Fall"):
    """An exception as a value."""
    try:
        fail(name)
    except BaseException as error:
        return error


def reraise(error):
    raise error


def assert_it(value):
    assert value, "asserted %r" % (value,)


def recursion():
    return recursion()


def after(function):
    """Call it, and tell that the call ended."""
    try:
        function()
    finally:
        after.ended = True


after.ended = False
