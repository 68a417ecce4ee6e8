"""An error frame becomes the exception that it describes, whatever it describes."""

from __future__ import annotations

import pytest

from snakebridge import errors
from snakebridge.runtime._calls.outcome import raised
from snakebridge_guest.wire import frames
from snakebridge_guest.wire.codec import Codec
from snakebridge_guest.wire.failure import describe


def refuse(value: object) -> tuple[int, object]:
    return frames.REFERENCE, [0]


def no_proxy(code: int, payload: object) -> object:
    raise LookupError("no objects in this test")


CODEC = Codec(refuse, no_proxy)


def crossed(error: BaseException) -> BaseException:
    return raised(describe(error, CODEC.dumps), library=None, loads=CODEC.loads, where="worker 1")


def caught(function) -> BaseException:
    try:
        function()
    except BaseException as error:  # noqa: BLE001 - the test looks at whatever it is
        return error
    raise AssertionError("it raised nothing")


class OwnError(ValueError):
    def __init__(self, first: int, second: int) -> None:
        super().__init__("own")
        self.first, self.second = first, second


class SlottedError(LookupError):
    __slots__ = ("extra",)


KEPT = {
    "os error": (FileNotFoundError(2, "gone", "a", None, "b"), {"errno": 2, "strerror": "gone", "filename": "a", "filename2": "b"}),
    "os error by its number": (OSError(13, "no"), {"errno": 13}),
    "os error of a text": (OSError("only text"), {"errno": None, "args": ("only text",)}),
    "decode error": (caught(b"ab\xff".decode), {"encoding": "utf-8", "object": b"ab\xff", "start": 2, "end": 3}),
    "encode error": (caught(lambda: "é".encode("ascii")), {"object": "é", "reason": "ordinal not in range(128)"}),
    "stop iteration": (StopIteration(5), {"value": 5}),
    "stop async iteration": (StopAsyncIteration("x"), {"args": ("x",)}),
    "syntax error": (caught(lambda: compile("a b", "f.py", "exec")), {"lineno": 1, "filename": "f.py", "text": "a b\n"}),
    "import error": (caught(lambda: __import__("no_such_thing")), {"name": "no_such_thing", "path": None}),
    "import error with a path": (ImportError("x", name="n", path="p"), {"name": "n", "path": "p"}),
    "attribute error": (caught(lambda: object().nothing), {"name": "nothing"}),
    "name error": (caught(lambda: eval("nothing")), {"name": "nothing"}),
    "key error": (KeyError(("a", 1)), {"args": (("a", 1),)}),
    "own constructor": (OwnError(1, 2), {"first": 1, "second": 2, "args": ("own",)}),
    "slots": (SlottedError(1), {"args": (1,)}),
    "arithmetic": (ZeroDivisionError("x"), {"args": ("x",)}),
    "recursion": (RecursionError("deep"), {"args": ("deep",)}),
    "no arguments": (ValueError(), {"args": ()}),
}  # fmt: skip


@pytest.mark.parametrize("kind", KEPT)
def test_exception_arrives_with_its_state(kind):
    error, expected = KEPT[kind]
    found = crossed(error)
    builtin = next(each for each in type(error).__mro__ if each.__module__ == "builtins")
    assert isinstance(found, errors.RemoteError)
    assert isinstance(found, builtin)
    assert {name: getattr(found, name) for name in expected} == expected
    assert str(found) == str(error)
    assert found.args == error.args


@pytest.mark.parametrize("kind", [SystemExit, KeyboardInterrupt, GeneratorExit, BaseException])
def test_exceptions_that_end_programs_are_plain_remote_errors(kind):
    found = crossed(kind(3))
    assert type(found).__mro__[1:] == errors.RemoteError.__mro__
    assert found.remote_type == f"builtins:{kind.__name__}"
    assert found.args == (3,)


def test_group_is_a_real_group_of_remote_errors():
    found = crossed(
        BaseExceptionGroup("several", [ValueError(1), ExceptionGroup("inner", [KeyError(2)]), SystemExit(3)])
    )
    assert isinstance(found, errors.RemoteError)
    assert str(found) == "several (3 sub-exceptions)"
    matched, rest = found.split(KeyError)
    assert matched.exceptions[0].exceptions[0].args == (2,)
    assert [each.remote_type for each in rest.exceptions] == ["builtins:ValueError", "builtins:SystemExit"]
    assert all(isinstance(each, errors.RemoteError) for each in found.exceptions)


CHANGED = {
    "decode error with other arguments": (caught(b"\xff".decode), ("just text",)),
    "decode error with a huge number": (caught(b"\xff".decode), ("utf-8", b"x", 10**30, 1, "r")),
    "syntax error with other arguments": (SyntaxError("x"), (1, 2, 3)),
    "os error with other arguments": (OSError(1, "x"), ()),
}


@pytest.mark.parametrize("kind", CHANGED)
def test_arguments_that_a_library_replaced_are_kept(kind):
    error, args = CHANGED[kind]
    error = type(error)(*error.args)
    error.args = args
    assert crossed(error).args == args


def test_argument_that_cannot_be_read_costs_the_arguments_and_nothing_else():
    error = ValueError(object())
    error.code, error.handle = 7, object()
    found = crossed(error)
    assert isinstance(found, ValueError)
    assert found.args == ()
    assert str(found).startswith("<object object")
    assert found.code == 7
    assert not hasattr(found, "handle")


def test_attributes_that_share_a_value_are_all_there():
    error, shared = ValueError(), [1]
    error.first = error.second = shared
    found = crossed(error)
    assert (found.first, found.second) == ([1], [1])


def test_attribute_cannot_pose_as_what_we_say():
    error = ValueError("x")
    error.remote_type, error.remote_traceback = "forged", "forged"
    found = crossed(error)
    assert found.remote_type == "builtins:ValueError"
    assert found.remote_traceback != "forged"


def test_notes_and_traceback_are_shown():
    error = caught(lambda: int("x"))
    error.add_note("while reading")
    found = crossed(error)
    assert found.__notes__[0] == "while reading"
    assert found.__notes__[1].startswith("Remote traceback (worker 1):\nTraceback")
    assert "invalid literal" in found.remote_traceback


def test_chain_arrives():
    inner, middle, outer = KeyError("k"), LookupError("middle"), ValueError("outer")
    middle.__context__, outer.__cause__ = inner, middle
    found = crossed(outer)
    assert isinstance(found.__cause__, LookupError)
    assert isinstance(found.__cause__.__context__, KeyError)
    assert found.__suppress_context__


PARTIAL = {
    "nothing at all": {},
    "text alone": {"text": "why"},
    "type alone": {"type": "lib:Odd"},
    "nothing readable": {"type": "lib:Odd", "mro": ["lib:Odd", "builtins:OSError"], "args": b"\xc1", "made": b"\xc1", "state": {"a": b"\xc1"}},
    "nulls": {"args": None, "made": None, "state": None, "cause": None, "context": None, "notes": []},
    "class that is none here": {"type": "builtins:NoSuchError", "mro": ["builtins:NoSuchError", "builtins:Exception"]},
    "class that is no class": {"type": "builtins:print", "mro": ["builtins:print"]},
    "class that is no exception": {"type": "builtins:int", "mro": ["builtins:int", "builtins:object"]},
}  # fmt: skip


@pytest.mark.parametrize("kind", PARTIAL)
def test_description_that_lacks_something_is_still_an_exception(kind):
    found = raised(PARTIAL[kind], library=None, loads=CODEC.loads, where="worker 1")
    assert isinstance(found, errors.RemoteError)
    assert found.remote_type == PARTIAL[kind].get("type", "builtins:Exception")
    assert str(found) == PARTIAL[kind].get("text", "")


ANSWERS = {
    "refused": errors.AdapterRefusedError,
    "stale": errors.StaleReferenceError,
    "unreadable": errors.NotTransferableError,
}


@pytest.mark.parametrize("code", ANSWERS)
def test_answers_of_the_worker_itself_are_our_own_errors(code):
    found = raised({"code": code, "text": "why"}, library=None, loads=CODEC.loads, where="worker 1")
    assert type(found) is ANSWERS[code]
    assert str(found) == "why"
    assert not isinstance(found, errors.RemoteError)


def test_the_same_class_over_there_is_the_same_class_here():
    assert type(crossed(OwnError(1, 2))) is type(crossed(OwnError(3, 4)))
    assert type(crossed(OwnError(1, 2))).__name__ == "OwnError"
