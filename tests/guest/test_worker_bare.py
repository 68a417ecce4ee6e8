"""A worker in an interpreter that has nothing: no msgpack, no grpcio, no overlay. The lane and pure Python must do."""

from __future__ import annotations

import datetime as dt
import decimal
import fractions
import os
import pathlib
import select
import subprocess
import time
import uuid

import pytest
from interpreters import interpreter

from snakebridge.runtime._calls.outcome import raised
from snakebridge.runtime._workers.process import Process
from snakebridge_guest.wire import frames
from snakebridge_guest.wire.codec import Codec
from snakebridge_guest.wire.endpoint import Endpoint, RemoteFailure
from snakebridge_guest.wire.failure import describe
from snakebridge_guest.wire.lane import Lane

VERSIONS = ["3.8", "3.13"]
WAIT = 30.0


class Sent:
    """A reference to an object over there."""

    def __init__(self, payload: list[object]) -> None:
        self.number, self.kind, self.description, self.streams = payload


class Bare:
    """Speaks to one worker without any of the pool."""

    def __init__(self, executable: pathlib.Path, folder: pathlib.Path, *, dynamic: bool) -> None:
        specification = {
            "overlay": None,
            "dynamic": dynamic,
            "link": "lane",
            "control": f"unix:{folder}/control.sock",
            "token": "token",
        }
        self.process = Process.start(executable, {}, specification, lanes=2)  # one is the aside
        self.exports: dict[int, object] = {}
        self.codec = Codec(self._refer, self._resolve)
        self.endpoint = Endpoint(
            Lane(self.process.lanes[0]), self._serve, lambda error: describe(error, self.codec.dumps)
        )

    def report(self) -> str:
        assert select.select([self.process.report], [], [], WAIT)[0], "it never reported"
        return os.read(self.process.report, 1 << 16).decode()

    def _refer(self, value: object) -> tuple[int, object]:
        if isinstance(value, Sent):
            return frames.OWNED, [value.number]
        self.exports[len(self.exports)] = value
        return frames.REFERENCE, [len(self.exports) - 1, ["__call__"], False, 0]

    def _resolve(self, code: int, payload: list[object]) -> object:
        return Sent(payload) if code == frames.REFERENCE else (code, payload)

    def _serve(self, frame: list[object]) -> bytes:
        if frame[0] == frames.RELEASE:
            return b""
        args, kwargs = self.codec.loads(frame[5])
        return self.codec.dumps(self.exports[frame[3]](*args, **kwargs))

    def ask(self, kind: int, *fields: object) -> object:
        return self.codec.loads(self.endpoint.request(kind, 0, *fields, deadline=time.monotonic() + WAIT))

    def call(self, address: str, *args: object, **kwargs: object) -> object:
        return self.ask(frames.CALL, address, frames.BY_DEFAULT, self.codec.dumps_call(args, kwargs))

    def method(self, sent: Sent, name: str, *args: object) -> object:
        return self.ask(frames.METHOD, sent.number, name, self.codec.dumps_call(args, {}))

    def close(self) -> int:
        """Hang up, which is how a worker is told to leave, and return how it left."""
        self.endpoint.link.close()
        self.process.lanes[1].close()
        try:
            self.process.popen.wait(WAIT)
        finally:
            status = self.process.reap()
        return status


@pytest.fixture(scope="module", params=VERSIONS)
def bare_python(request, tmp_path_factory):
    folder = tmp_path_factory.mktemp("bare")
    subprocess.run([interpreter(request.param), "-m", "venv", "--without-pip", folder / "venv"], check=True, timeout=60)
    return folder / "venv" / "bin" / "python"


@pytest.fixture(scope="module")
def bare(bare_python, tmp_path_factory):
    worker = Bare(bare_python, tmp_path_factory.mktemp("socket"), dynamic=True)
    assert '"control": false' in (report := worker.report())
    assert "ModuleNotFoundError" in report
    yield worker
    assert worker.close() == 0


def test_pure_packing_is_what_it_uses(bare):
    assert bare.call(
        "builtins:eval", "__import__('snakebridge_guest.wire._packing').wire._packing.msgpack.__name__"
    ).endswith("_msgpack")


VALUES = [
    None, True, -1, 2**63, -(2**100), 1.5, -0.0, 2j, "é \udc80", b"\xff" * 300, bytearray(b"x"), [1, [2]], (1, (2,)), {3},
    frozenset({(4,)}), {(5, None): {"k": b"v"}}, dt.date(2024, 2, 29), dt.timedelta(-1, 1, 1), dt.time(1, 2, fold=1),
    dt.datetime(2024, 1, 2, tzinfo=dt.timezone(dt.timedelta(hours=2), "odd")), decimal.Decimal("1.20"),
    fractions.Fraction(1, 3), uuid.UUID(int=7), pathlib.PurePosixPath("/a"), range(1, 9, 2), slice(1, None), ..., NotImplemented,
    list(range(70_000)), "x" * 70_000, {str(number): number for number in range(300)},
]  # fmt: skip


def test_values_cross_exactly_both_ways(bare):
    for value in VALUES:
        found = bare.call("copy:deepcopy", value)
        assert (repr(found), type(found)) == (repr(value), type(value))


def test_deep_values_cross_as_far_as_they_do_elsewhere(bare):
    value: object = 1
    for _ in range(100):
        value = (value,)
    assert bare.call("copy:copy", value) == value


def test_objects_are_referred_to_and_released(bare):
    ordered = bare.call("collections:OrderedDict", [("a", 1)])
    assert ordered.description[0] == "collections:OrderedDict"
    assert bare.method(ordered, "__getitem__", "a") == 1
    bare.endpoint.dropped.append((ordered.number, 1))
    with pytest.raises(RemoteFailure, match="released") as caught:
        bare.method(ordered, "__len__")
    assert caught.value.error["code"] == "stale"


def test_streams_and_callbacks_work(bare):
    stream = bare.call("builtins:map", lambda left, right: left * right, [2, 3], [5, 7])
    assert stream.streams
    assert bare.ask(frames.NEXT, stream.number, 10) == [[10], False, None, None]


def test_exception_arrives_with_its_class_and_state(bare):
    with pytest.raises(RemoteFailure) as caught:
        bare.call("json:loads", "[1, oops]")
    error = raised(caught.value.error, library=None, loads=bare.codec.loads, where="there")
    assert isinstance(error, ValueError)
    assert (error.remote_type, error.pos) == ("json.decoder:JSONDecodeError", 4)
    with pytest.raises(RemoteFailure) as caught:
        bare.call("importlib:import_module", "no_such_module")
    error = raised(caught.value.error, library=None, loads=bare.codec.loads, where="there")
    assert isinstance(error, ModuleNotFoundError)
    assert error.name == "no_such_module"


def test_type_first_seen_in_a_value_that_was_given_up_is_still_described(bare):
    """`[Kind(), x, x]` goes by reference as a whole; the description of Kind must not be lost with the attempt."""
    bare.call("builtins:exec", "import builtins; builtins.Kind = type('Kind', (), {})", {})
    whole = bare.call("builtins:eval", "(lambda inner: [Kind(), inner, inner])([])")
    assert whole.description[0] == "builtins:list"
    assert bare.call("builtins:eval", "Kind()").description[0].endswith(":Kind")


def test_library_that_exits_or_cannot_be_described_ends_nothing(bare):
    source = "class Odd(Exception):\n __notes__ = 5\n def __getattr__(self, name): raise RuntimeError\nraise Odd('odd')"
    for code in (source, "raise SystemExit(3)", "raise GeneratorExit", "raise KeyboardInterrupt"):
        with pytest.raises(RemoteFailure):
            bare.call("builtins:exec", code, {})
    assert bare.call("math:sqrt", 4) == 2


@pytest.mark.parametrize(
    "frame", [[99, 0], [frames.CALL, 0], [frames.METHOD, 0, "x", 5, b""], [frames.CALL, 0, 5, 0, b"\xc1"]], ids=str
)
def test_request_that_makes_no_sense_is_an_answer(bare, frame):
    with pytest.raises(RemoteFailure):
        bare.endpoint.request(*frame, deadline=time.monotonic() + WAIT)
    assert bare.call("math:sqrt", 9) == 3


def test_body_that_cannot_be_read_is_told_as_such(bare):
    with pytest.raises(RemoteFailure) as caught:
        bare.ask(frames.CALL, "math:sqrt", frames.BY_DEFAULT, b"\xc1")
    assert caught.value.error["code"] == "unreadable"
    nested = b"\x90"
    for _ in range(1000):
        nested = b"\x91\xc9" + len(nested).to_bytes(4, "big") + bytes([frames.TUPLE]) + nested
    with pytest.raises(RemoteFailure) as caught:
        bare.ask(frames.CALL, "math:sqrt", frames.BY_DEFAULT, nested)
    assert caught.value.error["code"] == "unreadable"
    assert bare.call("math:sqrt", 16) == 4


def test_worker_leaves_when_the_host_hangs_up_and_when_it_dies(bare_python, tmp_path):
    worker = Bare(bare_python, tmp_path, dynamic=False)
    worker.report()
    assert worker.close() == 0
    worker = Bare(bare_python, tmp_path, dynamic=False)
    worker.report()
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, worker.process.lifeline, inheritable=False)  # ends the pipe, as the kernel does when the host dies
    os.close(nothing)
    worker.process.popen.wait(WAIT)
    assert worker.close() == -9
