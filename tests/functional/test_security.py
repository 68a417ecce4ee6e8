"""The local path: who may reach a worker, what strangers and nonsense are told, and what it costs."""

from __future__ import annotations

import ast
import logging
import os
import socket
import stat
import subprocess
import sys
from pathlib import Path

import grpc
import pytest

import snakebridge as sb
from snakebridge.errors import WorkerStartError
from snakebridge.runtime.links import peer_of

WAIT = 20.0
SOURCES = Path(__file__).parents[2] / "src"


def socket_of(client) -> Path:
    return Path(client.pool.workers[0]._address[0].removeprefix("unix:"))


@pytest.fixture
def plain(client):
    """A connection to the control service of a worker that shows no token of ours."""
    with grpc.insecure_channel(f"unix:{socket_of(client)}") as channel:
        yield channel


def ask(channel, method: str, request: bytes = b"", **options) -> bytes:
    return channel.unary_unary(method)(request, timeout=WAIT, wait_for_ready=True, **options)


# --- who may reach it ------------------------------------------------------------------------------------------------


def test_sockets_are_reachable_by_their_owner_alone(client):
    path = socket_of(client)
    for each, mode in ((path, 0o600), (path.parent, 0o700)):
        assert (stat.S_IMODE(each.stat().st_mode), each.stat().st_uid) == (mode, os.geteuid())


STRANGER = """
import os, socket, sys
os.setgid(65534); os.setuid(65534)
try:
    socket.socket(socket.AF_UNIX).connect(sys.argv[1])
except PermissionError:
    sys.exit(7)
"""


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another user")
@pytest.mark.parametrize("mode", [0o700, 0o755], ids=["private folder", "open folder"])
def test_another_user_cannot_connect(target, mode):
    with sb.connect(python=target) as client:
        path = socket_of(client)
        path.parent.chmod(mode)
        done = subprocess.run([sys.executable, "-c", STRANGER, str(path)], check=False, timeout=WAIT)
        assert done.returncode == 7
        assert client.health()[0]["phase"] == "ready"


@pytest.mark.parametrize("method", ["Hello", "Health", "Cancel"])
@pytest.mark.parametrize("token", [None, "", "forged", "0" * 32, "é"], ids=repr)
def test_request_without_the_token_is_refused(client, plain, method, token):
    metadata = None if token is None else (("x-snakebridge-token", token),)
    if token == "é":  # gRPC itself refuses what is no ASCII
        with pytest.raises((grpc.RpcError, ValueError, TypeError)):
            ask(plain, f"/snakebridge.v1.Worker/{method}", metadata=metadata)
        return
    with pytest.raises(grpc.RpcError) as caught:
        ask(plain, f"/snakebridge.v1.Worker/{method}", metadata=metadata)
    assert caught.value.code() is grpc.StatusCode.UNAUTHENTICATED
    assert client.call("math:sqrt", 4) == 2


def test_refusal_is_logged(target, caplog):
    forged = (("x-snakebridge-token", "forged"),)
    caplog.set_level(logging.WARNING, logger="snakebridge.worker")
    with (
        sb.connect(python=target) as client,
        grpc.insecure_channel(f"unix:{socket_of(client)}") as channel,
        pytest.raises(grpc.RpcError),
    ):
        ask(channel, "/snakebridge.v1.Worker/Health", metadata=forged)
    assert "a request to the control service was refused: its token is wrong" in caplog.messages


def test_stranger_gets_no_frames(client, plain):
    frames = plain.stream_stream("/snakebridge.v1.Worker/Frames")
    for metadata, code in (
        (None, grpc.StatusCode.UNAUTHENTICATED),
        ((("x-snakebridge-lane", "0"),), grpc.StatusCode.UNAUTHENTICATED),
    ):
        with pytest.raises(grpc.RpcError) as caught:
            list(frames(iter([b"\x93\x01\x01\x00"]), metadata=metadata, timeout=WAIT))
        assert caught.value.code() is code
    assert client.call("math:sqrt", 4) == 2


def test_lane_that_is_taken_is_given_to_nobody_else(client):
    worker = client.pool.workers[0]
    link = worker.connect().frames(0)  # with the right token
    link.send(b"\x93\x01\x01\x00")
    with pytest.raises(ConnectionError):
        link.receive()
    assert client.call("math:sqrt", 4) == 2


def test_token_is_not_where_others_can_read_it(client):
    worker = client.pool.workers[0]
    token = worker._address[1].encode()
    assert len(token) == 32
    for place in ("cmdline", "environ"):
        assert token not in Path(f"/proc/{worker.process.popen.pid}/{place}").read_bytes()


def test_each_worker_has_a_token_of_its_own(target):
    with sb.connect(python=target, workers=2) as client:
        client.wait_ready(2)
        assert len({worker._address[1] for worker in client.pool.workers}) == 2


def test_who_listens_in_place_of_the_worker_is_told_nothing(target):
    with sb.connect(python=target) as client:
        path = socket_of(client)
        path.unlink()
        with socket.socket(socket.AF_UNIX) as impostor:
            impostor.bind(str(path))
            impostor.listen()
            with pytest.raises(WorkerStartError, match=rf"another process listens .* process {os.getpid()} of user"):
                client.health()
            impostor.settimeout(WAIT)
            stranger, _ = impostor.accept()
            with stranger:
                stranger.settimeout(WAIT)
                assert stranger.recv(1000) == b""
        assert client.call("math:sqrt", 4) == 2


def test_kernel_tells_who_is_at_the_other_end():
    left, right = socket.socketpair()
    with left, right:
        peer = peer_of(left)
    assert (peer.pid, peer.user, peer.is_trusted) == (os.getpid(), os.geteuid(), True)


# --- nonsense --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "junk",
    [
        b"",
        b"\0" * 100,
        b"GET / HTTP/1.1\r\n\r\n",
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + b"\xff" * 5000,
        os.urandom(100_000),
    ],
    ids=["nothing", "zeros", "HTTP 1", "bad HTTP 2", "random"],
)
def test_nonsense_on_the_control_socket_costs_its_own_connection(client, junk):
    pid = client.call("os:getpid")
    with socket.socket(socket.AF_UNIX) as stranger:
        stranger.connect(str(socket_of(client)))
        try:
            stranger.sendall(junk)
            stranger.shutdown(socket.SHUT_WR)
            stranger.settimeout(WAIT)
            while stranger.recv(1 << 16):
                pass
        except ConnectionError:  # it did not listen to the end
            pass
    assert client.health()[0]["phase"] == "ready"
    assert client.call("os:getpid") == pid


def test_message_that_is_too_large_is_refused(target):
    with sb.connect(python=target, resources=sb.Resources(message_mb=0.1)) as client:
        token = (("x-snakebridge-token", client.pool.workers[0]._address[1]),)
        with grpc.insecure_channel(f"unix:{socket_of(client)}") as channel, pytest.raises(grpc.RpcError) as caught:
            ask(channel, "/snakebridge.v1.Worker/Health", b"x" * 200_000, metadata=token)
        assert caught.value.code() is grpc.StatusCode.RESOURCE_EXHAUSTED
        assert client.health()[0]["phase"] == "ready"


# --- health ----------------------------------------------------------------------------------------------------------

CHECK = "/grpc.health.v1.Health/Check"
SERVING, NOT_SERVING, UNKNOWN = b"\x08\x01", b"\x08\x02", b"\x08\x03"


@pytest.mark.parametrize("request_", [b"", b"\x0a\x15snakebridge.v1.Worker"], ids=["all", "named"])
def test_health_is_told_without_a_token_while_a_call_runs(client, plain, request_):
    running = sb.submit(client.call, "time:sleep", 0.2)
    assert ask(plain, CHECK, request_) == SERVING
    running.result(WAIT)
    assert ask(plain, CHECK, request_) == SERVING


@pytest.mark.parametrize(
    ("request_", "code"),
    [
        (b"\x0a\x05other", grpc.StatusCode.NOT_FOUND),
        (b"\x0a\xff", grpc.StatusCode.INVALID_ARGUMENT),
        (b"\x0a", grpc.StatusCode.INVALID_ARGUMENT),
        (b"nonsense", grpc.StatusCode.INVALID_ARGUMENT),
        (b"\x0a\x02\xff\xff", grpc.StatusCode.INVALID_ARGUMENT),
    ],
    ids=["unknown", "long", "short", "nonsense", "no text"],
)
def test_health_of_what_is_not_there_is_refused(client, plain, request_, code):
    with pytest.raises(grpc.RpcError) as caught:
        ask(plain, CHECK, request_)
    assert caught.value.code() is code


def test_health_with_a_forged_token_is_refused(client, plain):
    with pytest.raises(grpc.RpcError) as caught:
        ask(plain, CHECK, metadata=(("x-snakebridge-token", "forged"),))
    assert caught.value.code() is grpc.StatusCode.UNAUTHENTICATED


def test_health_can_be_watched_until_the_worker_leaves(target):
    with sb.connect(python=target) as client, grpc.insecure_channel(f"unix:{socket_of(client)}") as channel:
        watch = channel.unary_stream("/grpc.health.v1.Health/Watch")
        answers = watch(b"", timeout=WAIT)
        assert next(answers) == SERVING
        assert next(watch(b"\x0a\x05other", timeout=WAIT)) == UNKNOWN
        # Adapters are torn down while the worker says that it leaves.
        client.close()
        assert next(answers) == NOT_SERVING


def test_worker_that_has_lost_a_lane_is_not_healthy(target):
    with (
        sb.connect(python=target, profile="thread", lanes=2) as client,
        grpc.insecure_channel(f"unix:{socket_of(client)}") as channel,
    ):
        assert ask(channel, CHECK) == SERVING
        client.pool.workers[0].channels[1].link.finish()
        watch = channel.unary_stream("/grpc.health.v1.Health/Watch")(b"", timeout=WAIT)
        assert NOT_SERVING in watch


def test_health_shows_progress(client):
    before = client.health()[0]
    client.call("builtins:sum", range(1_000_000))
    after = client.health()[0]
    assert after["lanes"] == [after["calls"]]
    assert after["calls"] > before["calls"]
    assert after["cpu_seconds"] > before["cpu_seconds"]


# --- no pickle -------------------------------------------------------------------------------------------------------

_UNSAFE = {"pickle", "cPickle", "_pickle", "dill", "cloudpickle", "marshal", "shelve", "joblib"}


def test_no_module_of_ours_imports_pickle_or_the_like():
    found = []
    for path in SOURCES.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = []
            if isinstance(node, ast.Import):
                names = [each.name for each in node.names]
            elif isinstance(node, ast.ImportFrom):
                names = [node.module or ""]
            elif isinstance(node, ast.keyword) and node.arg == "allow_pickle":
                names = [] if isinstance(node.value, ast.Constant) and node.value.value is False else ["pickle"]
            found += [f"{path.name}: {name}" for name in names if name.partition(".")[0] in _UNSAFE]
    assert found == []


WATCH = """
import sys, types
watching = sys.modules["watching"] = types.ModuleType("watching")
watching.seen = []
sys.addaudithook(lambda event, _: watching.seen.append(event) if event.startswith("pickle.") else None)
"""


def test_nothing_is_unpickled_when_values_and_objects_travel(client):
    """An audit hook of the interpreter sees every unpickling, whoever asks for it."""
    here: list[str] = []
    is_on = True
    sys.addaudithook(lambda event, _: here.append(event) if is_on and event.startswith("pickle.") else None)
    client.call("builtins:exec", WATCH, {})
    for value in (1.5, {"a": (1, {2})}, Path("x"), ValueError("x"), [object()], 10**40, print, int):
        client.call("builtins:repr", value)
    client.call("fractions:Fraction", 1, 3)
    with pytest.raises(ZeroDivisionError):
        client.call("operator:truediv", 1, 0)
    client.call("decimal:Context").copy()
    seen = client.call("builtins:eval", "__import__('watching').seen")
    is_on = False
    assert (list(seen), here) == ([], [])
    assert client.call("builtins:eval", "__import__('pickle').loads(__import__('pickle').dumps(print))") is not None
    assert client.call("builtins:eval", "__import__('watching').seen") == ["pickle.find_class"]  # it does see
