"""Classes with every operator."""

_BINARY = "add sub mul matmul truediv floordiv mod divmod pow lshift rshift and xor or".split()
_IN_PLACE = [name for name in _BINARY if name != "divmod"]
_UNARY = "neg pos abs invert".split()
_ORDER = "lt le gt ge".split()


class Told:
    """Every operator tells what it was asked."""

    def __init__(self, name="told"):
        self.name = name
        self.log = []

    def __repr__(self):
        return "Told(%r)" % self.name

    def __eq__(self, other):
        return isinstance(other, Told) and other.name == self.name

    def __hash__(self):
        return hash(self.name)

    def __bool__(self):
        return bool(self.name)

    def __int__(self):
        return 12

    def __float__(self):
        return 1.5

    def __complex__(self):
        return 1 + 2j

    def __index__(self):
        return 3

    def __round__(self, digits=None):
        return "round %r" % (digits,)

    def __trunc__(self):
        return 7

    def __floor__(self):
        return 8

    def __ceil__(self):
        return 9

    def __format__(self, spec):
        return "<%s|%s>" % (self.name, spec)

    def __bytes__(self):
        return b"told"

    def __len__(self):
        return 5

    def __length_hint__(self):
        return 6

    def __getitem__(self, item):
        return ["item", item]

    def __setitem__(self, item, value):
        self.log.append(["set", item, value])

    def __delitem__(self, item):
        self.log.append(["del", item])

    def __contains__(self, item):
        return item == "in"

    def __iter__(self):
        return iter(["i", "t"])

    def __reversed__(self):
        return iter(["t", "i"])

    def __call__(self, *args, **kwargs):
        return ["called", list(args), kwargs]

    def __enter__(self):
        self.log.append("enter")
        return "entered"

    def __exit__(self, kind, error, trace):
        self.log.append(["exit", getattr(kind, "__name__", None), str(error), trace is not None])
        return kind is not None and issubclass(kind, KeyError)

    def __dir__(self):
        return ["made", "up"]

    def __sizeof__(self):
        return 4321

    def __fspath__(self):
        return "/tmp/told"


def _tell(name):
    def operate(self, *others):
        return [name] + list(others)

    operate.__name__ = name
    return operate


def _tell_in_place(name):
    def operate(self, other):
        self.log.append([name, other])
        return self

    return operate


for _name in _BINARY:
    setattr(Told, "__%s__" % _name, _tell(_name))
    setattr(Told, "__r%s__" % _name, _tell("r" + _name))
for _name in _IN_PLACE:
    setattr(Told, "__i%s__" % _name, _tell_in_place("i" + _name))
for _name in _UNARY + _ORDER:
    setattr(Told, "__%s__" % _name, _tell(_name))


class Bare:
    """Has no operator at all."""

    def __repr__(self):
        return "Bare()"


class Shy:
    """Answers NotImplemented, so that the other operand is asked."""

    def __add__(self, other):
        return NotImplemented

    __radd__ = __sub__ = __lt__ = __eq__ = __add__
    __hash__ = None


class Number(int):
    """An int with more."""

    unit = "m"

    def twice(self):
        return Number(self * 2)


class Text(str):
    def shout(self):
        return Text(self.upper() + "!")


class Listed(list):
    def total(self):
        return sum(self)


class Mapped(dict):
    def __missing__(self, key):
        return "no " + str(key)


class Pair(tuple):
    @property
    def left(self):
        return self[0]


class Blob(bytes):
    pass


class HashedByClass(type):
    def __hash__(cls):
        return 4321


class Hashed(metaclass=HashedByClass):
    def __hash__(self):
        return 1234


class HashedChild(Hashed):
    pass


class Equal(Hashed):
    def __eq__(self, other):
        return True


class Countdown:
    """An iterator of its own."""

    def __init__(self, start):
        self.start = start

    def __iter__(self):
        return self

    def __next__(self):
        if self.start == 0:
            raise StopIteration("lift off")
        self.start -= 1
        return self.start


class OldSequence:
    """Iterable by index only."""

    def __getitem__(self, index):
        if index >= 3:
            raise IndexError(index)
        return index * 10


class Infinite:
    def __len__(self):
        return -1

    def __bool__(self):
        return "yes"

    def __hash__(self):
        return "hash"

    def __index__(self):
        raise OverflowError("too large")

    def __contains__(self, item):
        raise KeyError(item)


class Copied:
    def __init__(self, inner):
        self.inner = inner
        self.how = "made"

    def __copy__(self):
        made = Copied(self.inner)
        made.how = "copied"
        return made

    def __deepcopy__(self, memo):
        made = Copied(list(self.inner))
        made.how = "deep"
        return made
