"""Every operator on every kind of object that is no value, and between such objects and values."""

import math
import operator

from differential.registry import add

OBJECTS = {
    "Told": lambda lib: lib("circus.magic").Told(),
    "Bare": lambda lib: lib("circus.magic").Bare(),
    "Shy": lambda lib: lib("circus.magic").Shy(),
    "Number": lambda lib: lib("circus.magic").Number(7),
    "Text": lambda lib: lib("circus.magic").Text("text"),
    "Listed": lambda lib: lib("circus.magic").Listed([3, 1, 2]),
    "Mapped": lambda lib: lib("circus.magic").Mapped(a=1, b=2),
    "Pair": lambda lib: lib("circus.magic").Pair((1, "two")),
    "Infinite": lambda lib: lib("circus.magic").Infinite(),
    "Counter": lambda lib: lib("collections").Counter("abracadabra"),
    "OrderedDict": lambda lib: lib("collections").OrderedDict([("b", 1), ("a", [2])]),
    "deque": lambda lib: lib("collections").deque([1, 2, 3], 5),
    "defaultdict": lambda lib: lib("collections").defaultdict(list, {"a": [1]}),
    "ChainMap": lambda lib: lib("collections").ChainMap({"a": 1}, {"a": 2, "b": 3}),
    "UserString": lambda lib: lib("collections").UserString("user"),
    "array": lambda lib: lib("array").array("i", [1, 2, 3]),
    "NormalDist": lambda lib: lib("statistics").NormalDist(100, 15),
    "IPv4Address": lambda lib: lib("ipaddress").IPv4Address("10.0.0.1"),
    "SimpleNamespace": lambda lib: lib("types").SimpleNamespace(a=1),
    "Pattern": lambda lib: lib("re").compile("a+"),
    "Level": lambda lib: lib("circus.kinds").Level.HIGH,
    "Bits": lambda lib: lib("circus.kinds").Bits.A,
    "Seat": lambda lib: lib("circus.kinds").Seat(1, 2),
}
UNARY = {
    "neg": operator.neg,
    "pos": operator.pos,
    "abs": abs,
    "invert": operator.invert,
    "bool": bool,
    "int": int,
    "float": float,
    "complex": complex,
    "index": operator.index,
    "round": round,
    "floor": math.floor,
    "len": len,
    "list": list,
    "reversed": lambda value: list(reversed(value)),
    "repr": repr,
    "str": str,
    "format": lambda value: format(value, ""),
    "bytes": bytes,
    "callable": callable,
    "hash": lambda value: type(hash(value)).__name__,
    "iter": lambda value: [each for each, _ in zip(value, range(3))],
    "length hint": operator.length_hint,
}
# What both operands may be: `other` is a value, or an object made like the first one.
BINARY = {
    "add": operator.add,
    "sub": operator.sub,
    "mul": operator.mul,
    "truediv": operator.truediv,
    "floordiv": operator.floordiv,
    "mod": operator.mod,
    "pow": operator.pow,
    "divmod": divmod,
    "lshift": operator.lshift,
    "and": operator.and_,
    "or": operator.or_,
    "xor": operator.xor,
    "matmul": operator.matmul,
    "eq": operator.eq,
    "ne": operator.ne,
    "lt": operator.lt,
    "ge": operator.ge,
    "contains": operator.contains,
    "getitem": operator.getitem,
    "iadd": operator.iadd,
    "ior": operator.ior,
}


def _tried(operate, *operands):
    # What one operation gives; a failure is told and the next is tried. That the language found no operator is told without
    # its words: they name the operand that was asked last (`cases/words.py`).
    try:
        return operate(*operands)
    except TypeError:
        return "TypeError"
    except Exception as error:  # an operator of any library
        return error


def _unary(make):
    return lambda lib: {name: _tried(operate, make(lib)) for name, operate in UNARY.items()}


def _binary(make, operate):
    def body(lib):
        one, another = make(lib), make(lib)
        found = [_tried(operate, one, another)]
        for other in (2, "a", None):
            found += [_tried(operate, make(lib), other), _tried(operate, other, make(lib))]
        return found

    return body


for _kind, _make in OBJECTS.items():
    add("operators/" + _kind + " alone", _unary(_make))
    for _name, _operate in BINARY.items():
        add("operators/" + _kind + " " + _name, _binary(_make, _operate))
