# The control service of one worker: everything that is not the hot path, over gRPC on a socket only its owner can
# reach. Handlers are plain (no generated stub): they work with whatever grpcio the target has.
from __future__ import annotations

import contextlib
import hmac
import os
import platform
import queue
import threading
from concurrent import futures
from typing import Any, Callable, Iterator

from snakebridge_guest.wire.frames import LARGEST, PROTOCOL
from snakebridge_guest.wire.lane import LinkEnd, LinkTimeout, check_size
from snakebridge_guest.worker._health import SERVICE as HEALTH_SERVICE
from snakebridge_guest.worker._health import Health, Progress

SERVICE = "snakebridge.v1.Worker"
TOKEN_KEY = "x-snakebridge-token"  # noqa: S105 - the name of the metadata, not a token
LANE_KEY = "x-snakebridge-lane"
_THREADS = 5  # a health check, a cancel and a stop, beside those who watch and the streams of frames
_AT_ONCE = 32
_UNIX = "unix:"
_STOP_GRACE = 0.5
_FORKS = "GRPC_ENABLE_FORK_SUPPORT"


class StreamLink:
    """The gRPC link over here: frames of one stream, as queues between its threads and the main one.

    Args:
        largest: Bytes of the largest frame.
    """

    def __init__(self, largest: int = LARGEST) -> None:
        self._largest = largest
        self._inbox: Any = queue.SimpleQueue()
        self._outbox: Any = queue.SimpleQueue()

    def attach(self, incoming: Iterator[bytes]) -> None:
        """Feed the main thread until the stream ends."""
        try:
            for frame in incoming:
                self._inbox.put(frame)
        finally:
            self._inbox.put(None)
            self._outbox.put(None)

    def outgoing(self) -> Iterator[bytes]:
        """Yield what the main thread sends."""
        while True:
            frame = self._outbox.get()
            if frame is None:
                return
            yield frame

    def send(self, *bodies: bytes, deadline: float | None = None) -> None:  # noqa: ARG002 - gRPC buffers
        """Queue frames; raise OversizedError when one is too large."""
        check_size(bodies, self._largest)
        for body in bodies:
            self._outbox.put(body)

    def receive(self, deadline: float | None = None) -> bytes:
        """Return the next frame; raise LinkEnd when the stream ended."""
        if deadline is not None:
            raise LinkTimeout("the guest waits without a deadline")
        frame: bytes | None = self._inbox.get()
        if frame is None:
            raise LinkEnd("the host closed the stream")
        return frame

    def close(self) -> None:
        """End the stream."""
        self._outbox.put(None)


def load() -> tuple[Any, Any]:
    """Import gRPC and the messages, before a library imports its fork handlers with it; nothing starts.

    Raises:
        ImportError: The target has no grpcio or protobuf, and neither has the overlay.
    """
    with _no_fork_handlers():
        import grpc  # noqa: PLC0415 - may be missing, which only costs this service

    from snakebridge_guest.wire import control_pb2  # noqa: PLC0415 - as above

    return grpc, control_pb2


class Control:
    """Starts and holds the service.

    Args:
        address: A gRPC address such as `unix:/run/…/w1.sock`.
        token: What callers must show in their metadata.
        state: What the worker does.
        links: The gRPC links, when frames come this way; each stream names one.
        tell: Called with a sentence about who was refused.
        largest: Bytes of the largest frame.

    Raises:
        ImportError: The target has no grpcio or protobuf, and neither has the overlay.
    """

    def __init__(
        self,
        address: str,
        token: str,
        state: Progress,
        links: list[StreamLink],
        tell: Callable[[str], object],
        largest: int = LARGEST,
    ) -> None:
        grpc, self._messages = load()
        self._grpc = grpc
        self._token = token.encode()
        self._state = state
        self._tell = tell
        self._links = {str(place): link for place, link in enumerate(links)}
        self._lock = threading.Lock()
        options = [("grpc." + name + "_message_length", largest) for name in ("max_receive", "max_send")]
        threads = futures.ThreadPoolExecutor(_THREADS + len(links))
        # What is too much at once is refused: it must not wait in memory.
        self._server = grpc.server(threads, options=options, maximum_concurrent_rpcs=_AT_ONCE + len(links))
        health = Health(grpc, state, (SERVICE,), self._refuse_forged)
        services = ((SERVICE, self._handlers()), (HEALTH_SERVICE, health.handlers()))
        self._server.add_generic_rpc_handlers(
            tuple(grpc.method_handlers_generic_handler(name, handlers) for name, handlers in services)
        )
        if not self._server.add_insecure_port(address):  # older ones return 0
            raise OSError("nothing can listen at " + address)
        if address.startswith(_UNIX):
            os.chmod(address[len(_UNIX) :], 0o600)
        self._server.start()

    def stop(self) -> None:
        """Stop serving."""
        self._server.stop(_STOP_GRACE).wait(_STOP_GRACE)

    def _handlers(self) -> dict[str, Any]:
        grpc, messages = self._grpc, self._messages
        handlers = {
            name: grpc.unary_unary_rpc_method_handler(
                self._guarded(handler),
                request_deserializer=request.FromString,
                response_serializer=lambda reply: reply.SerializeToString(),
            )
            for name, handler, request in (
                ("Hello", self._hello, messages.HelloRequest),
                ("Health", self._health, messages.HealthRequest),
                ("Cancel", self._cancel, messages.CancelRequest),
            )
        }
        handlers["Frames"] = grpc.stream_stream_rpc_method_handler(self._frames)
        return handlers

    def _authenticate(self, context: Any) -> None:
        shown = dict(context.invocation_metadata()).get(TOKEN_KEY, "")
        if not hmac.compare_digest(str(shown).encode(), self._token):
            self._tell(
                "a request to the control service was refused: its token is " + ("wrong" if shown else "missing")
            )
            context.abort(self._grpc.StatusCode.UNAUTHENTICATED, "this worker belongs to another program")

    def _refuse_forged(self, context: Any) -> None:
        # Health tells nothing that is worth a token, and who asks for it knows no tokens.
        if TOKEN_KEY in dict(context.invocation_metadata()):
            self._authenticate(context)

    def _guarded(self, handler: Any) -> Any:
        def handle(request: Any, context: Any) -> Any:
            self._authenticate(context)
            return handler(request)

        return handle

    def _hello(self, _request: Any) -> Any:
        version = platform.python_version()
        return self._messages.HelloReply(protocol=PROTOCOL, pid=os.getpid(), python=version)

    def _health(self, _request: Any) -> Any:
        state = self._state
        return self._messages.HealthReply(
            calls=state.calls,
            running=state.call,
            references=state.references,
            resident_bytes=_resident(),
            phase=state.phase,
            lanes=state.lanes,
            cpu_seconds=state.cpu_seconds,
        )

    def _cancel(self, _request: Any) -> Any:
        return self._messages.CancelReply(interrupted=self._state.interrupt())

    def _frames(self, incoming: Iterator[bytes], context: Any) -> Iterator[bytes]:
        self._authenticate(context)
        lane = str(dict(context.invocation_metadata()).get(LANE_KEY, ""))
        with self._lock:
            link = self._links.pop(lane, None)
        if link is None:
            context.abort(self._grpc.StatusCode.FAILED_PRECONDITION, "this worker has no such lane, or it is taken")
            return
        threading.Thread(target=link.attach, args=(incoming,), name="snakebridge-frames", daemon=True).start()
        yield from link.outgoing()


def _resident() -> int:
    try:
        with open("/proc/self/statm", encoding="ascii") as file:
            return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except (OSError, ValueError):
        return 0


@contextlib.contextmanager
def _no_fork_handlers() -> Iterator[None]:
    # With a server running they do nothing for a process that the library forks, but start threads in it and complain.
    if _FORKS in os.environ:
        yield
        return
    os.environ[_FORKS] = "0"
    try:
        yield
    finally:
        del os.environ[_FORKS]
