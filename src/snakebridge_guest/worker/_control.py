# The control service of one worker: everything that is not the hot path, over gRPC on a socket only its owner can
# reach. Handlers are plain (no generated stub): they work with whatever grpcio the target has.
from __future__ import annotations

import hmac
import os
import platform
import queue
import threading
from concurrent import futures
from typing import Any, Iterator

from snakebridge_guest.wire.frames import LARGEST, PROTOCOL
from snakebridge_guest.wire.lane import LinkEnd, LinkTimeout

SERVICE = "snakebridge.v1.Worker"
TOKEN_KEY = "x-snakebridge-token"  # noqa: S105 - the name of the metadata, not a token
LANE_KEY = "x-snakebridge-lane"
_THREADS = 3  # a health check, a cancel and a stop, beside the streams of frames
_STOP_GRACE = 0.5


class StreamLink:
    """The gRPC link over here: frames of one stream, as queues between its threads and the main one."""

    def __init__(self) -> None:
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
        """Queue frames."""
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


class Control:
    """Starts and holds the service.

    Args:
        address: A gRPC address such as `unix:/run/…/w1.sock`.
        token: What callers must show in their metadata.
        state: Read for `Health`: has `calls`, `call`, `references`.
        links: The gRPC links, when frames come this way; each stream names one.

    Raises:
        ImportError: The target has no grpcio or protobuf, and neither has the overlay.
    """

    def __init__(self, address: str, token: str, state: Any, links: list[StreamLink]) -> None:
        import grpc  # noqa: PLC0415 - may be missing, which only costs this service

        from snakebridge_guest.wire import control_pb2  # noqa: PLC0415 - as above

        self._grpc = grpc
        self._messages: Any = control_pb2
        self._token = token.encode()
        self._state = state
        self._links = {str(place): link for place, link in enumerate(links)}
        self._lock = threading.Lock()
        options = [("grpc.max_receive_message_length", LARGEST), ("grpc.max_send_message_length", LARGEST)]
        self._server = grpc.server(futures.ThreadPoolExecutor(_THREADS + len(links)), options=options)
        self._server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler(SERVICE, self._handlers()),))
        self._server.add_insecure_port(address)
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
            context.abort(self._grpc.StatusCode.UNAUTHENTICATED, "this worker belongs to another program")

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
            calls=state.calls, running=state.call, references=state.references, resident_bytes=_resident()
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
