"""Nonsense on the links, from either side: each time an error that says so, never a hang, never another's exception."""

from __future__ import annotations

import json
import os
import socket
import struct
import subprocess
import threading

import pytest
from remote_source import make_module

import snakebridge as sb
from snakebridge.environments import guest_command, guest_environment
from snakebridge.errors import NotTransferableError
from snakebridge.runtime._calls.outcome import sound
from snakebridge_guest.wire import frames
from snakebridge_guest.wire.codec import Codec, pack_frame, unpack_frame
from snakebridge_guest.wire.frames import PROTOCOL
from snakebridge_guest.wire.lane import Lane

WAIT = 30.0

# --- from a worker ---------------------------------------------------------------------------------------------------

# Instead of the next answer the worker sends what is in `instead`, with the number of the request put in.
HOSTILE = """
import gc, builtins
from snakebridge_guest.wire.codec import pack_frame, unpack_frame
from snakebridge_guest.worker._executor import Executor
(executor,) = (each for each in gc.get_objects() if type(each) is Executor and each._lane == 0)
link = executor._endpoint.link
send = link.send
builtins.instead, builtins.spared = [], [1]

def made(frame, request):
    return frame if type(frame) is bytes else pack_frame([request if item == "id" else item for item in frame])

def sends(*bodies, **options):
    if spared:
        spared.pop()
    elif instead:
        bodies = [made(each, unpack_frame(bodies[-1])[1]) for each in instead]
        del instead[:]
    send(*bodies, **options)

link.send = sends
"""
ARM = "spared.append(1); instead[:] = answers"

NONSENSE = {
    "no bytes": [b""],
    "random": [os.urandom(200)],
    "half a frame": [b"\x93\x09"],
    "a text": [b"\xa5hello"],
    "an empty array": [b"\x90"],
    "a kind that is a text": [["reply", "id", b""]],
    "an answer to another request": [[frames.REPLY, 10**6, b"\xc0"]],
    "an answer of no bytes": [[frames.REPLY, "id", None]],
    "an answer that is too long": [[frames.REPLY, "id", b"\xc0", 1]],
    "an error that is a text": [[frames.ERROR, "id", "text"]],
    "a release of nothing": [[frames.RELEASE, None]],
    "a release of texts": [[frames.RELEASE, ["a", "b"]]],
    "a release of half a pair": [[frames.RELEASE, [1]]],
    "arrays in arrays": [b"\x91" * 100_000],
    "more than there is": [b"\xdd\xff\xff\xff\xff"],
}


@pytest.mark.parametrize("nonsense", NONSENSE)
def test_what_is_no_frame_costs_the_worker_and_nobody_else(hostile, nonsense):
    with pytest.raises(sb.WorkerLostError, match="it sent something that is no frame"):
        hostile(NONSENSE[nonsense])


UNREADABLE = {
    "no body": b"",
    "half a body": b"\x92\x01",
    "an unknown extension": b"\xd4\x7f\x00",
    "an object of nobody": Codec(lambda _: (frames.OWNED, [10**9]), lambda *_: None).dumps(object()),
    "a reference without a type": Codec(lambda _: (frames.REFERENCE, [1, 10**9, None, None]), lambda *_: None).dumps(
        object()
    ),
    "a reference that is a text": Codec(lambda _: (frames.REFERENCE, "x"), lambda *_: None).dumps(object()),
    "a decimal that is none": b"\xc7\x03" + bytes([frames.DECIMAL]) + b"one",
    "a date that is none": b"\xc7\x04" + bytes([frames.DATE]) + b"\x93\x00\x00\x00",
    "a zone outside of the zones": b"\xc7\x0c" + bytes([frames.ZONE]) + b"../etc/passw",
    "an array of nothing": b"\xc7\x03" + bytes([frames.ARRAY]) + b"\x00\x00\x00",
    "a class of nowhere": b"\xc7\x02" + bytes([frames.NAMED]) + b"\x91\x01",
}


@pytest.mark.parametrize("value", UNREADABLE)
def test_value_that_cannot_be_read_is_an_error_and_costs_nothing(hostile, value):
    pid = hostile.client.call("os:getpid")
    with pytest.raises(sb.SnakebridgeError) as caught:
        hostile([[frames.REPLY, "id", UNREADABLE[value]]])
    assert not isinstance(caught.value, sb.WorkerLostError)
    assert hostile.client.call("os:getpid") == pid


STRANGE = [
    None,
    True,
    -1,
    1.5,
    "x",
    "a:b",
    "\0",
    b"\xc1",
    [],
    [1],
    ["x", 3],
    [[]],
    [[1, 2]],
    {},
    {"a": 1},
    {"a": b"\xc1"},
    {1: 2},
]
FIELDS = ["type", "mro", "bases", "text", "args", "made", "state", "members", "traceback", "notes", "cause", "context",
          "exceptions", "object", "code", "mutated"]  # fmt: skip


@pytest.mark.parametrize("field", FIELDS)
def test_error_with_a_field_that_makes_no_sense_is_still_the_library_s(hostile, field):
    whole = {"type": "lib:LibError", "mro": ["lib:LibError", "builtins:Exception"], "text": "it failed"}
    for strange in STRANGE:
        with pytest.raises(sb.SnakebridgeError) as caught:
            hostile([[frames.ERROR, "id", {**whole, field: strange}]])
        assert not isinstance(caught.value, sb.WorkerLostError)
        str(caught.value)


def test_causes_without_end_are_cut():
    error: dict[str, object] = {"text": "0"}
    for number in range(1, 400):
        error = {"text": str(number), "cause": error}
    depth, rest = 0, sound(error)
    while rest and "cause" in rest:
        depth, rest = depth + 1, rest["cause"]
    assert depth < 50


def test_stream_whose_answer_makes_no_sense_is_an_error(hostile):
    stream = hostile.client.call("builtins:iter", [1, 2, 3])
    for strange in (b"\xc0", b"\x01", b"\x90", b"\x94\x01\x02\x03\x04", b"\x94\x90\xc2\x01\xc0"):
        with pytest.raises(NotTransferableError):
            hostile([[frames.REPLY, "id", strange]], lambda: next(stream))


def test_nonsense_on_the_aside_costs_the_worker_and_nobody_else(hostile):
    code = """
import gc, threading
from snakebridge_guest.wire.aside import AsideSender
(sender,) = (each for each in gc.get_objects() if type(each) is AsideSender)
sender.link.send(junk)
threading.Event().wait()
"""
    for junk in (b"", b"\0\0\0", b"\0\0\0\0\0\0", b"\0\0\0\0\0\0\xc1\xff"):
        with pytest.raises(sb.WorkerLostError, match="no frame"):
            hostile.client.call("builtins:exec", code, {"junk": junk})


FORGING = """
import functools, gc
from snakebridge_guest.wire import frames
from snakebridge_guest.wire.codec import pack_frame
from snakebridge_guest.wire.endpoint import RemoteFailure
from snakebridge_guest.worker._executor import Executor

def forge(number, asked):
    (executor,) = (each for each in gc.get_objects() if type(each) is Executor and each._lane == 0)
    endpoint, said = executor._endpoint, []
    endpoint.link.send(pack_frame([frames.RELEASE, [number, 1000]]))
    for kind, fields in asked:
        try:
            endpoint.request(kind, 0, number, *fields)
        except RemoteFailure as failure:
            said.append(failure.error["text"])
        else:
            said.append("it was answered")
    return said
"""
ASKED = (
    (frames.METHOD, ["__call__", b"\x92\x90\x80"]),
    (frames.GET, ["__doc__"]),
    (frames.SET, ["name", b"\xc0"]),
    (frames.DELETE, ["name"]),
    (frames.NEXT, [1]),
)


def test_worker_cannot_name_what_another_worker_was_given(target, link):
    calls: list[int] = []
    said: list[str] = []

    def mine() -> None:
        calls.append(1)

    def forge() -> None:
        said.extend(make_module(client, FORGING).forge(number, ASKED))

    def meanwhile() -> None:  # while the worker that has `mine` is busy, so that another one is asked
        thread = threading.Thread(target=forge)
        thread.start()
        thread.join(WAIT)

    with sb.connect(python=target, link=link, workers=2, timeout=60) as client:
        client.wait_ready(2)
        with client.session():
            lib = make_module(client, FORGING)
            kept = lib.functools.partial(mine)
            (number,) = (each for worker in client.pool.workers for each in worker.exported)
            lib.functools.partial(meanwhile)()
            kept()
    assert said == [said[0]] * len(ASKED)
    assert "never passed to that worker" in said[0]
    assert calls == [1]


class Hostile:
    """A client whose library answers what it likes."""

    def __init__(self, client) -> None:
        self.client = client
        self._prepared = None

    def __call__(self, answers: list, call=None) -> object:
        self.client.wait_ready()
        (worker,) = self.client.pool.workers
        if worker is not self._prepared:
            self.client.call("builtins:exec", HOSTILE, {})
            self._prepared = worker
        self.client.call("builtins:exec", ARM, {"answers": answers})
        return self.client.call("os:getpid") if call is None else call()


@pytest.fixture(scope="module")
def hostile(link, target):
    with sb.connect(python=target, link=link, timeout=60, guard=sb.Guard(deaths=None, poison=None)) as client:
        yield Hostile(client)


# --- from a host -----------------------------------------------------------------------------------------------------


@pytest.fixture
def worker(target):
    """A worker's process, and the socket of its lane."""
    (held, lifeline), (report, reported) = os.pipe(), os.pipe()
    stacks, wrote = os.pipe()
    lanes = [socket.socketpair() for _ in range(2)]
    inherited = (held, reported, wrote, *(theirs.fileno() for _, theirs in lanes))
    specification = {"overlay": None, "dynamic": False, "link": "lane", "control": "", "token": "", "host": os.getpid()}
    process = subprocess.Popen(
        guest_command(target, "worker", *map(str, inherited)),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        pass_fds=inherited,
        env=guest_environment({}),
        start_new_session=True,
    )
    for descriptor in (held, reported, wrote):
        os.close(descriptor)
    for _, theirs in lanes:
        theirs.close()
    os.write(lifeline, json.dumps(specification).encode() + b"\n")
    with os.fdopen(report) as file:
        assert json.loads(file.readline())["protocol"] == PROTOCOL
        lanes[0][0].settimeout(WAIT)
        process.lane = lanes[0][0]
        yield process
    process.kill()
    process.wait()
    for descriptor in (lifeline, stacks):
        os.close(descriptor)
    for mine, _ in lanes:
        mine.close()


REFUSED = {
    "an unknown kind": [99, 1, 0],
    "a call of nothing": [frames.CALL, 1, 0],
    "a call of a number": [frames.CALL, 1, 0, 5, 0, b"\x92\x90\x80"],
    "a call of what no adapter names": [frames.CALL, 1, 0, "os:system", 0, b"\x92\x91\xa4true\x80"],
    "a call without arguments": [frames.CALL, 1, 0, "math:sqrt", 0, b""],
    "a method of no object": [frames.METHOD, 1, 0, 10**9, "x", b"\x92\x90\x80"],
    "a method of a text": [frames.METHOD, 1, 0, "os", "system", b"\x92\x90\x80"],
    "a private attribute": [frames.GET, 1, 0, "os", "__dict__"],
    "an attribute of what no adapter names": [frames.GET, 1, 0, "os:environ", None],
    "an adapter that is not there": [frames.ADAPTER, 1, 0, "/nowhere/_adapter.py"],
    "a stream of nothing": [frames.NEXT, 1, 0, 10**9, 5],
    "a session that is a text": [frames.SESSION, 1, "x", b"\xc1", "y"],
}


def test_request_that_makes_no_sense_is_answered_with_an_error(worker):
    lane = Lane(worker.lane)
    for name, frame in REFUSED.items():
        lane.send(pack_frame(frame))
        kind, number, error = unpack_frame(lane.receive())
        assert (kind, number, type(error)) == (frames.ERROR, 1, dict), name
    assert worker.poll() is None


FATAL = {
    "random bytes": struct.pack("<I", 50) + b"\xc1" * 50,
    "an empty frame": struct.pack("<I", 0),
    "a head beyond the limit": b"\xff\xff\xff\xff",
    "an answer to nothing": struct.pack("<I", 4) + b"\x93\x09\x01\xc0",
    "a release of texts": struct.pack("<I", 5) + pack_frame([frames.RELEASE, ["a"]])[:5],
}


@pytest.mark.parametrize("bytes_", FATAL.values(), ids=FATAL)
def test_worker_that_is_told_nonsense_leaves(worker, bytes_):
    worker.lane.sendall(bytes_)
    assert worker.wait(WAIT) == 70


def test_frame_that_ends_too_early_ends_the_worker_in_order(worker):
    worker.lane.sendall(struct.pack("<I", 1000) + b"\x93")
    worker.lane.shutdown(socket.SHUT_RDWR)
    assert worker.wait(WAIT) == 0
