"""One measurement in a fresh process: `peers.py NAME PLACEMENT CALLS ITEMS` prints one JSON object.

The clock of `start` runs from nothing to the first answered call; what the client imports is loaded before it. A
measurement ends with this process, and so do its helpers: each leaves when the pipe or socket to this process ends.
"""

from __future__ import annotations

import importlib
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

PAYLOAD = b"x" * 60
WARM_UP = 200
PATIENCE = 20.0

Peer = tuple[Callable[[], object], Callable[[int], Iterable[object]]]
"""A tiny call, and a stream of so many small items."""


@contextmanager
def pipe() -> Iterator[Peer]:
    """`multiprocessing.Pipe` to a forked child: the least a Python process pays to ask another one."""
    import multiprocessing

    context = multiprocessing.get_context("fork")
    ours, theirs = context.Pipe()
    child = context.Process(target=_pipe_child, args=(theirs, ours), daemon=True)
    child.start()
    theirs.close()

    def echo() -> object:
        ours.send_bytes(PAYLOAD)
        return ours.recv_bytes()

    def stream(count: int) -> Iterator[object]:
        ours.send_bytes(str(count).encode())
        for _ in range(count):
            yield ours.recv()

    yield echo, stream
    ours.close()
    child.join(PATIENCE)


def _pipe_child(connection: Any, other: Any) -> None:
    other.close()  # the forked copy of the client's end, which would hide the client's end of life
    while True:
        try:
            message = connection.recv_bytes()
        except EOFError:
            return
        if message == PAYLOAD:
            connection.send_bytes(message)
        else:
            for item in range(int(message)):
                connection.send(item)


@contextmanager
def grpcio() -> Iterator[Peer]:
    """Bare grpcio with nothing of ours: a synchronous server in another process, over a Unix socket."""
    import grpc

    with tempfile.TemporaryDirectory(prefix="snakebridge-bench-") as folder:
        address = f"unix:{folder}/server.sock"
        command = [sys.executable, __file__, "serve", address]
        server = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        assert server.stdin is not None
        assert server.stdout is not None
        try:
            server.stdout.readline()
            with grpc.insecure_channel(address) as channel:
                call = channel.unary_unary("/bench/Echo", None, None)
                count = channel.unary_stream("/bench/Count", None, None)
                yield lambda: call(PAYLOAD), lambda number: count(str(number).encode())
        finally:
            server.stdin.close()
            server.stdout.close()
            server.wait(PATIENCE)


def serve(address: str) -> None:
    """Serve until the client's end of stdin closes."""
    from concurrent.futures import ThreadPoolExecutor

    import grpc

    handlers = {
        "Echo": grpc.unary_unary_rpc_method_handler(lambda request, _: request),
        "Count": grpc.unary_stream_rpc_method_handler(lambda request, _: (b"%d" % n for n in range(int(request)))),
    }
    server = grpc.server(ThreadPoolExecutor(4))
    server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler("bench", handlers),))
    server.add_insecure_port(address)
    server.start()
    print("ready", flush=True)
    sys.stdin.read()
    server.stop(0).wait(PATIENCE)


def _generated() -> Peer:
    from bridges import heapq, math  # type: ignore[import-not-found]  # made by run.py

    return lambda: math.sqrt(16.0), lambda count: heapq.merge(range(count))


@contextmanager
def lane() -> Iterator[Peer]:
    """Generated wrappers as a user calls them: the configured pool starts at the first call; frames over the lane."""
    yield _generated()


@contextmanager
def grpc_link() -> Iterator[Peer]:
    """The same wrappers over the gRPC link."""
    import snakebridge as sb

    with sb.connect(python=sys.executable, link="grpc") as client, sb.use(client):
        yield _generated()


BRIDGE = ("snakebridge.client", "bridges.math", "bridges.heapq")
PEERS: dict[str, tuple[tuple[str, ...], Callable[[], AbstractContextManager[Peer]]]] = {
    "pipe": (("multiprocessing.connection",), pipe),
    "lane": (BRIDGE, lane),
    "grpcio": (("grpc",), grpcio),
    "grpc_link": ((*BRIDGE, "grpc"), grpc_link),
}


def measure(name: str, calls: int, items: int) -> dict[str, float]:
    """Return `start` and `call` in seconds and `items` per second."""
    modules, peer = PEERS[name]
    for module in modules:
        importlib.import_module(module)
    begin = time.perf_counter()
    with peer() as (call, stream):
        call()
        start = time.perf_counter() - begin
        for _ in range(WARM_UP):
            call()
        spent = []
        for _ in range(calls):
            begin = time.perf_counter()
            call()
            spent.append(time.perf_counter() - begin)
        begin = time.perf_counter()
        received = sum(1 for _ in stream(items))
        rate = received / (time.perf_counter() - begin)
    assert received == items, f"{name} streamed {received} of {items} items"
    return {"start": start, "call": statistics.median(spent), "items": rate}


def main(arguments: list[str]) -> None:
    if arguments[0] == "serve":
        serve(arguments[1])
        return
    name, placement, calls, items = arguments
    if placement == "pinned":
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    sys.path.insert(0, str(Path.cwd()))
    print(json.dumps(measure(name, int(calls), int(items))))


if __name__ == "__main__":
    main(sys.argv[1:])
