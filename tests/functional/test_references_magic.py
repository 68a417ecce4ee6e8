"""A proxy has what its object has: operators, attributes, descriptors, copies, help, and its class."""

from __future__ import annotations

import asyncio
import copy
import gc
import inspect
import math
import operator
import os
import pickle
import pydoc
import threading
import time
from pathlib import Path

import pytest
from remote_source import make_module

import snakebridge as sb

SOURCE = '''
import functools

class Vector:
    """Two numbers."""
    kind = "plane"
    def __init__(self, x, y=2):
        self.x, self.y = x, y
    def _pair(self, other):
        return (other.x, other.y) if isinstance(other, Vector) else (other, other)
    def __repr__(self):
        return "Vector(%r, %r)" % (self.x, self.y)
    def scale(self, by: int, *more, exact: bool = False) -> "Vector":
        """Make it longer."""
        return Vector(self.x * by, self.y * by)
    @property
    def size(self):
        return self.x + self.y
    @size.setter
    def size(self, value):
        self.x, self.y = value, 0
    @size.deleter
    def size(self):
        self.x = self.y = 0
    @classmethod
    def unit(cls):
        return cls(1, 1)
    @staticmethod
    def helper(value):
        return value + 1
    def __eq__(self, other):
        return (self.x, self.y) == self._pair(other)
    def __lt__(self, other):
        return (self.x, self.y) < self._pair(other)
    def __le__(self, other):
        return (self.x, self.y) <= self._pair(other)
    def __hash__(self):
        return 7
    def __bool__(self):
        return bool(self.x)
    def __int__(self):
        return self.x
    def __float__(self):
        return float(self.x)
    def __complex__(self):
        return complex(self.x, self.y)
    def __index__(self):
        return self.x
    def __round__(self, digits=None):
        return ("round", digits)
    def __trunc__(self):
        return "trunc"
    def __floor__(self):
        return "floor"
    def __ceil__(self):
        return "ceil"
    def __format__(self, spec):
        return "<" + spec + ">"
    def __bytes__(self):
        return b"vector"
    def __fspath__(self):
        return "/vector"
    def __neg__(self):
        return Vector(-self.x, -self.y)
    def __pos__(self):
        return self
    def __abs__(self):
        return Vector(abs(self.x), abs(self.y))
    def __invert__(self):
        return Vector(self.y, self.x)
    def __getitem__(self, key):
        return key
    def __call__(self, *args, **kwargs):
        return args, kwargs
    def __contains__(self, item):
        return item in (self.x, self.y)
    def __length_hint__(self):
        return 12

def _binary(name):
    def forward(self, other, *rest):
        return (name, self.x, self._pair(other)[0], *rest)
    def inplace(self, other):
        self.x = (name, self._pair(other)[0])
        return self
    setattr(Vector, "__%s__" % name, forward)
    setattr(Vector, "__r%s__" % name, lambda self, other: ("r" + name, self.x, other))
    setattr(Vector, "__i%s__" % name, inplace)

for each in "add sub mul matmul truediv floordiv mod lshift rshift and xor or divmod pow".split():
    _binary(each)

class Child(Vector):
    def more(self):
        return super().scale(3)

class Positive:
    def __get__(self, instance, owner):
        return "got" if instance is not None else "class"
    def __set__(self, instance, value):
        self.value = value
    def __delete__(self, instance):
        self.value = "deleted"

class Later:
    def __init__(self, count=3):
        self.count = count
    def __await__(self):
        yield from ()
        return self.count
    def __aiter__(self):
        return self
    async def __anext__(self):
        if not self.count:
            raise StopAsyncIteration
        self.count -= 1
        return self.count

class Meta(type):
    def __iter__(cls):
        return iter(["a", "b"])
    def __len__(cls):
        return 2
    def __getitem__(cls, key):
        return key * 2
    def __contains__(cls, item):
        return item == "a"

class Listed(metaclass=Meta):
    pass

class Slotted:
    __slots__ = ("only",)

def outer(word):
    """Make a function."""
    @functools.wraps(outer)
    def inner(left, right=3):
        return word, left, right
    return inner

def same(left, right):
    return left is right
'''


@pytest.fixture(scope="module")
def lib(client):
    return make_module(client, SOURCE)


BINARY = ["add", "sub", "mul", "matmul", "truediv", "floordiv", "mod", "lshift", "rshift", "and_", "xor", "or_", "pow"]


@pytest.mark.parametrize("name", BINARY)
def test_binary_operator_forward_reflected_and_in_place(lib, name):
    function, plain = getattr(operator, name), name.rstrip("_")
    assert function(lib.Vector(1), 5) == (plain, 1, 5)
    assert function(lib.Vector(1), lib.Vector(4)) == (plain, 1, 4)
    assert function(5, lib.Vector(1)) == ("r" + plain, 1, 5)
    vector = changed = lib.Vector(1)
    changed = getattr(operator, "i" + plain)(changed, 6)
    assert changed is vector
    assert vector.x == (plain, 6)


CONVERSIONS = {
    "bool": (bool, True), "int": (int, 3), "float": (float, 3.0), "complex": (complex, 3 + 2j), "index": (operator.index, 3),
    "range": (lambda value: list(range(value)), [0, 1, 2]), "round": (round, ("round", None)),
    "round to digits": (lambda value: round(value, 2), ("round", 2)), "trunc": (math.trunc, "trunc"),
    "floor": (math.floor, "floor"), "ceil": (math.ceil, "ceil"), "format": (lambda value: f"{value:>9}", "<>9>"),
    "bytes": (bytes, b"vector"), "path": (__import__("os").fspath, "/vector"), "divmod": (lambda value: divmod(value, 5), ("divmod", 3, 5)),
    "reflected divmod": (lambda value: divmod(5, value), ("rdivmod", 3, 5)), "pow of three": (lambda value: pow(value, 5, 7), ("pow", 3, 5, 7)),
    "item": (lambda value: value[1, "a"], (1, "a")), "slice": (lambda value: value[1:5:2], slice(1, 5, 2)),
    "call": (lambda value: value(1, b=2), ((1,), {"b": 2})), "contains": (lambda value: (2 in value, 9 in value), (True, False)),
    "length hint": (operator.length_hint, 12), "repr": (repr, "Vector(3, 2)"), "str": (str, "Vector(3, 2)"), "hash": (hash, 7),
    "negative": (lambda value: repr(-value), "Vector(-3, -2)"), "absolute": (lambda value: repr(abs(value)), "Vector(3, 2)"),
    "invert": (lambda value: repr(~value), "Vector(2, 3)"), "positive is itself": (lambda value: +value is value, True),
}  # fmt: skip


@pytest.mark.parametrize("name", CONVERSIONS)
def test_language_asks_the_object(lib, name):
    function, expected = CONVERSIONS[name]
    assert function(lib.Vector(3)) == expected


def test_comparisons_are_the_objects_own(lib):
    small, large = lib.Vector(1), lib.Vector(5)
    assert small < large
    assert large > small
    assert small <= large
    assert small == lib.Vector(1)
    assert small != large
    assert sorted([large, small]) == [small, large]
    assert {small: "a"}[lib.Vector(1)] == "a"
    with pytest.raises(TypeError):
        small < "text"  # noqa: B015


def test_attributes_are_set_and_deleted_over_there(lib):
    vector = lib.Vector(1)
    vector.size = 9
    assert (vector.x, vector.size) == (9, 9)
    del vector.size
    assert vector.x == 0
    vector.extra = [1]
    del vector.extra
    assert not hasattr(vector, "extra")
    with pytest.raises(AttributeError):
        del vector.extra
    slotted = lib.Slotted()
    with pytest.raises(AttributeError):
        slotted.other = 1
    slotted.only = 1
    assert getattr(slotted, "only", 2) == 1
    assert vector.__dict__ == {"x": 0, "y": 0}
    with pytest.raises(AttributeError):
        vector.__missing_thing__  # noqa: B018


def test_attributes_of_classes_and_modules_are_set_and_deleted(lib):
    assert lib.Vector.kind == "plane"
    lib.Vector.kind = "space"
    assert lib.Vector(1).kind == "space"
    lib.Vector.kind = "plane"
    lib.LEVEL = 3
    assert lib.same(lib.LEVEL, 3)
    del lib.LEVEL
    assert not hasattr(lib, "LEVEL")


def test_descriptor_of_the_library_works_in_a_class_of_the_host(lib):
    positive = lib.Positive()
    kind = type("Holder", (), {"place": positive})
    holder = kind()
    assert holder.place == "got"
    assert kind.place == "class"
    holder.place = 4
    assert positive.value == 4
    del holder.place
    assert positive.value == "deleted"


def test_class_of_a_proxy_is_the_class_of_the_module(lib):
    vector, child = lib.Vector(1), lib.Child(1)
    assert type(vector) is lib.Vector
    assert type(vector).__name__ == "Vector"
    assert isinstance(child, lib.Vector)
    assert isinstance(child, lib.Child)
    assert not isinstance(vector, lib.Child)
    assert not isinstance(3, lib.Vector)
    assert issubclass(lib.Child, lib.Vector)
    assert not issubclass(lib.Vector, lib.Child)
    assert not issubclass(int, lib.Vector)
    match child:
        case lib.Vector(x=1):
            matched = True
        case _:
            matched = False
    assert matched
    assert repr(lib.Vector.unit()) == "Vector(1, 1)"
    assert lib.Vector.helper(1) == 2
    assert repr(child.more()) == "Vector(3, 6)"


def test_abstract_classes_of_the_library_know_their_members(client):
    mapping = client.module("collections.abc").Mapping
    assert isinstance(client.call("collections:OrderedDict"), mapping)
    assert isinstance({}, mapping)
    assert not isinstance([], mapping)


def test_operators_of_a_metaclass_are_the_classs(lib):
    assert list(lib.Listed) == ["a", "b"]
    assert len(lib.Listed) == 2
    assert lib.Listed["x"] == "xx"
    assert "a" in lib.Listed
    with pytest.raises(TypeError):
        len(lib.Vector)


def test_copies_are_made_over_there(lib):
    inner = lib.Vector(1)
    outer = lib.Vector(inner)
    shallow, deep = copy.copy(outer), copy.deepcopy(outer)
    assert type(shallow) is type(deep) is lib.Vector
    assert shallow is not outer
    assert shallow.x is inner
    assert deep.x is not inner
    assert deep.x == inner
    assert copy.copy(lib.outer) is lib.outer
    assert copy.deepcopy([lib, lib.Vector]) == [lib, lib.Vector]


@pytest.mark.parametrize("what", ["object", "method", "class", "function", "module"])
def test_pickling_is_refused_with_a_reason(lib, what):
    vector = lib.Vector(1)
    given = {"object": vector, "method": vector.scale, "class": lib.Vector, "function": lib.outer, "module": lib}[what]
    with pytest.raises(Exception, match=r"cannot be pickled|attribute lookup|not the same object|import of module"):
        pickle.dumps(given)


def test_exception_survives_pickling_without_its_worker(client):
    with pytest.raises(ValueError) as caught:
        client.module("json").loads("{")
    again = pickle.loads(pickle.dumps(caught.value))
    assert isinstance(again, sb.RemoteError)
    assert (str(again), again.pos) == (str(caught.value), 1)
    assert again.remote_type == "json.decoder:JSONDecodeError"


def test_help_and_signatures_tell_what_the_library_says(lib):
    vector = lib.Vector(1)
    assert lib.Vector.__doc__ == vector.__doc__ == "Two numbers."
    assert vector.scale.__doc__ == lib.Vector.scale.__doc__ == "Make it longer."
    assert str(inspect.signature(lib.Vector)) == "(x, y=2)"
    scale = inspect.signature(vector.scale)
    assert [each.kind.name for each in scale.parameters.values()] == [
        "POSITIONAL_OR_KEYWORD",
        "VAR_POSITIONAL",
        "KEYWORD_ONLY",
    ]
    assert scale.bind(3, exact=True).arguments == {"by": 3, "exact": True}
    assert "Vector" in scale.return_annotation
    assert str(inspect.signature(lib.outer)) == "(word)"
    shown = pydoc.plain(pydoc.render_doc(vector))
    assert "Two numbers." in shown
    assert "scale(" in shown
    assert "Make it longer." in pydoc.plain(pydoc.render_doc(lib.Vector.scale))
    assert "Make a function." in pydoc.plain(pydoc.render_doc(lib.outer))
    assert {"scale", "size", "x"} <= set(dir(vector))
    assert {"Vector", "outer"} <= set(dir(lib))


def test_function_by_reference_describes_itself(lib):
    inner = lib.outer("w")
    assert inner(1) == ("w", 1, 3)
    assert inner.__name__ == "outer"
    assert inner.__wrapped__ == lib.outer
    assert inner.__doc__ == "Make a function."
    assert callable(inner)


def test_methods_are_equal_and_travel_as_the_objects_own(lib, client):
    vector = lib.Vector(1)
    assert vector.scale == vector.scale
    assert len({vector.scale, vector.scale}) == 1
    assert client.call("operator:attrgetter", "__self__")(vector.scale) is vector
    assert [each.x for each in client.call("builtins:map", vector.scale, [2, 3])] == [2, 3]


def test_awaitable_and_asynchronous_iterator_run_over_there(lib):
    async def main():
        return await lib.Later(4), [item async for item in lib.Later(3)]

    assert asyncio.run(main()) == (4, [2, 1, 0])


def test_dropped_proxies_are_told_to_an_idle_worker(client, lib):
    kept = [lib.Vector(number) for number in range(100)]
    assert client.health()[0]["references"] >= 100
    del kept
    gc.collect()
    deadline = time.monotonic() + 10
    while client.health()[0]["references"] >= 100:  # asked beside the link, which nobody uses meanwhile
        assert time.monotonic() < deadline


def resident(pid: int) -> int:
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="memory is read from /proc")
def test_create_and_drop_leaves_nothing(client, link):
    """`benchmarks/soak.py` is the long version."""
    make = client.module("collections").OrderedDict
    for number in range(1000):
        make(a=number)
    client.call("math:sqrt", 1)
    before, pid = client.health()[0]["references"], client.health()[0]["pid"]
    size = resident(pid)
    for number in range(20_000 if link == "lane" else 2_000):
        make(a=number)
    client.call("math:sqrt", 1)
    assert resident(pid) - size < 4 << 20
    assert client.health()[0]["references"] <= before + 1
    assert len(client.pool.workers[0].proxies) <= before + 5


def test_one_proxy_dropped_and_made_again_by_many_threads_stays_valid(client, lib):
    """A release that crosses a new use of the same object must not free it."""
    space = client.call("types:SimpleNamespace", item=lib.Vector(5))
    failures = []

    def work() -> None:
        for _ in range(60):
            try:
                assert space.item.x == 5
            except Exception as error:  # noqa: BLE001 - the test reports whatever it is
                failures.append(error)

    threads = [threading.Thread(target=work) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert lib.same(space.item, space.item)


def test_references_beyond_the_limit_are_refused(target, link):
    with sb.connect(python=target, link=link, max_references=10) as client:
        kept = [client.call("builtins:object") for _ in range(10)]
        with pytest.raises(sb.SnakebridgeError, match=r"10 references already \(10 x builtins:object\)"):
            client.call("builtins:object")
        with pytest.raises(ZeroDivisionError):  # an error is always told
            client.call("operator:truediv", 1, 0)
        kept.pop()
        gc.collect()
        kept.append(client.call("builtins:object"))
        assert len({hash(each) for each in kept}) == 10


def test_refused_container_leaves_no_part_of_it_behind(target, link):
    with sb.connect(python=target, link=link, max_references=10) as client:
        for _ in range(5):
            with pytest.raises(sb.SnakebridgeError, match="refused"):
                client.call("builtins:eval", "[object() for _ in range(20)]")
        assert client.references() == []


def test_census_tells_what_is_kept_and_where_it_was_made(target, link):
    with sb.connect(python=target, link=link, trace_references=True) as client:
        kept = [client.call("builtins:object") for _ in range(3)]
        client_line = inspect.currentframe().f_lineno - 1
        kept.append(client.call("collections:deque"))
        first, second = client.references()
        assert (first.type, first.count) == ("builtins:object", 3)
        assert first.made == ((f"{__file__}:{client_line}", 3),)
        assert (second.type, second.count) == ("collections:deque", 1)


def test_reference_of_a_dead_worker_names_the_cause(fresh):
    kept = fresh.call("builtins:object")
    with pytest.raises(sb.WorkerLostError):
        fresh.call("os:_exit", 3)
    with pytest.raises(sb.StaleReferenceError, match="exited with status 3") as caught:
        hash(kept)
    assert caught.value.report.exit_code == 3
    assert repr(kept) == "<stale remote builtins:object>"
