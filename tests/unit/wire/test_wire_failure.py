"""Describing an exception never raises, whatever the exception does."""

from __future__ import annotations

import decimal

import pytest

from snakebridge_guest.wire import codec, failure


class SubText(str):
    __slots__ = ()


def raising(name: str, error: BaseException):
    def read(self, *_):
        raise error

    return (
        property(read)
        if name in {"args", "__dict__", "__cause__", "__context__", "__notes__", "__traceback__"}
        else read
    )


def hostile(name: str, error: BaseException) -> BaseException:
    return type("Hostile", (Exception,), {name: raising(name, error)})("text")


HOSTILE = {
    **{
        f"{name} raises {type(error).__name__}": hostile(name, error)
        for name in ("args", "__dict__", "__cause__", "__context__", "__notes__", "__traceback__", "__str__", "__getattr__")
        for error in (RuntimeError("odd"), SystemExit(3))
    },
    "text of a subclass": type("Hostile", (Exception,), {"__str__": lambda _: SubText("text")})(),
    "notes that are a number": type("Hostile", (Exception,), {"__notes__": 5})("text"),
    "notes of a subclass": type("Hostile", (Exception,), {"__notes__": [SubText("x"), 5, "fine"]})("text"),
    "class without a module": type("Hostile", (Exception,), {"__module__": 5, "__qualname__": SubText("Hostile")})("text"),
    "a code of its own": type("Hostile", (Exception,), {"snakebridge_code": object()})("text"),
    "keys that are no text": type("Hostile", (Exception,), {})("text"),
}  # fmt: skip
HOSTILE["keys that are no text"].__dict__.update({5: 6, SubText("odd"): 7})  # type: ignore[dict-item]


@pytest.mark.parametrize("kind", HOSTILE)
def test_exception_whatever_it_does_is_described_and_packed(kind):
    """A description that raises would end the worker: there is nobody left to answer."""
    dumps = codec.Codec(lambda _: (22, [1]), lambda *_: None).dumps
    described = failure.describe(HOSTILE[kind], dumps)
    found = codec.unpack_frame(codec.pack_frame([10, 1, described]))[2]
    assert found["type"].rpartition(":")[2] in {"Hostile", "SubText", "type", "ABCMeta"}
    assert found["text"] in {"text", "(its text cannot be shown)"}


def test_attributes_travel_each_by_itself():
    def refuse(_value):
        raise TypeError("cannot be referred to")

    error = ValueError(1)
    shared: list[int] = []
    error.first, error.second, error.lost, error.kept = shared, shared, object(), decimal.Decimal("1.0")
    both = codec.Codec(refuse, lambda *_: None)
    state = failure.describe(error, both.dumps)["state"]
    assert {name: both.loads(body) for name, body in state.items()} == {
        "first": [],
        "second": [],
        "kept": decimal.Decimal(1),
    }


def test_chain_is_cut_before_it_is_endless():
    first, second = ValueError(1), ValueError(2)
    first.__cause__, second.__cause__ = second, first
    described = failure.describe(first, codec.Codec(None, None).dumps)
    depth = 0
    while "cause" in described:
        described, depth = described["cause"], depth + 1
    assert depth == 1


def test_context_is_told_unless_it_is_suppressed():
    dumps = codec.Codec(None, None).dumps
    shown, hidden = ValueError("shown"), ValueError("hidden")
    shown.__context__ = hidden.__context__ = LookupError("before")
    hidden.__suppress_context__ = True
    assert failure.describe(shown, dumps)["context"]["text"] == "before"
    assert "context" not in failure.describe(hidden, dumps)
