# The gRPC side of a worker as the host sees it: the control service, and the link that carries frames over it.
#
# Frames ride one bidirectional stream as raw bytes (no protobuf envelope). A reader thread feeds a queue, because a
# gRPC stream cannot be read with a deadline.

from __future__ import annotations

import queue
import threading
import time
from typing import Any

import grpc

from snakebridge.errors import WorkerStartError
from snakebridge.runtime.links._peer import listener
from snakebridge_guest.wire import control_pb2
from snakebridge_guest.wire.frames import LARGEST, PROTOCOL
from snakebridge_guest.wire.lane import LinkEnd, LinkTimeout, check_size

__all__ = ["Control", "GrpcLink"]

_SERVICE = "/snakebridge.v1.Worker/"
_TOKEN_KEY = "x-snakebridge-token"  # noqa: S105 - the name of the metadata, not a token
_LANE_KEY = "x-snakebridge-lane"
_OPTIONS = (
    # A worker is reached at an address of its own; sharing channels would only share their back-off.
    ("grpc.use_local_subchannel_pool", 1),
    ("grpc.enable_http_proxy", 0),
)
_HEALTH = ("phase", "running", "calls", "references", "resident_bytes", "cpu_seconds")
_messages: Any = control_pb2


class Control:
    """A connection to one worker's control service.

    Args:
        address: Where it listens, such as `unix:/run/…/w1.sock`.
        token: What it was told to expect.
        largest: Bytes of the largest frame.
    """

    def __init__(self, address: str, token: str, largest: int = LARGEST) -> None:
        limits = [(f"grpc.max_{way}_message_length", largest) for way in ("receive", "send")]
        self._channel = grpc.insecure_channel(address, options=[*_OPTIONS, *limits])
        self._largest = largest
        self._metadata = ((_TOKEN_KEY, token),)

    @staticmethod
    def check_listener(address: str, pid: int) -> None:
        """See that a worker itself listens where it said, before anything is told there.

        Args:
            address: Where, such as `unix:/run/…/w1.sock`.
            pid: The worker's.

        Raises:
            WorkerStartError: Somebody else does, or nobody.
        """
        try:
            peer = listener(address.removeprefix("unix:"))
        except OSError as error:
            raise WorkerStartError(f"the worker's control service cannot be reached: {error}") from None
        if peer is not None and (peer.pid != pid or not peer.is_trusted):
            raise WorkerStartError(
                f"another process listens where worker {pid} should: process {peer.pid} of user {peer.user}; "
                "nothing was told to it"
            )

    def hello(self, timeout: float) -> str:
        """Shake hands; return the target's Python version.

        Raises:
            WorkerStartError: The worker does not answer, or speaks another protocol.
        """
        try:
            reply = self._call("Hello", _messages.HelloRequest(protocol=PROTOCOL), _messages.HelloReply, timeout)
        except grpc.RpcError as error:
            raise WorkerStartError(f"the worker's control service does not answer: {error.details()}") from None
        if reply.protocol != PROTOCOL:
            raise WorkerStartError(f"the worker speaks protocol {reply.protocol}, this host {PROTOCOL}")
        return str(reply.python)

    def health(self, timeout: float = 5.0) -> dict[str, object]:
        """Return what the worker is doing.

        `phase` (starting, ready, leaving), `running`, `calls`, `lanes` (calls of each), `references`, `resident_bytes`
        and `cpu_seconds`.
        """
        reply = self._call("Health", _messages.HealthRequest(), _messages.HealthReply, timeout)
        found = {name: getattr(reply, name) for name in _HEALTH}
        return {**found, "lanes": list(reply.lanes)}

    def cancel(self, timeout: float = 1.0) -> bool:
        """Interrupt the running call; return whether there was one."""
        return bool(self._call("Cancel", _messages.CancelRequest(), _messages.CancelReply, timeout).interrupted)

    def frames(self, lane: int) -> GrpcLink:
        """Open the link to one of the worker's lanes."""
        metadata = (*self._metadata, (_LANE_KEY, str(lane)))
        return GrpcLink(self._channel.stream_stream(_SERVICE + "Frames", None, None), metadata, self._largest)

    def close(self) -> None:
        """Close the connection."""
        self._channel.close()

    def _call(self, name: str, request: Any, reply: Any, timeout: float) -> Any:
        method = self._channel.unary_unary(
            _SERVICE + name,
            request_serializer=lambda message: message.SerializeToString(),
            response_deserializer=reply.FromString,
        )
        return method(request, timeout=timeout, metadata=self._metadata, wait_for_ready=True)


class GrpcLink:
    """Frames over one bidirectional stream."""

    def __init__(self, method: Any, metadata: tuple[tuple[str, str], ...], largest: int) -> None:
        self._largest = largest
        self._outbox: queue.SimpleQueue[bytes | None] = queue.SimpleQueue()
        self._inbox: queue.SimpleQueue[bytes | None] = queue.SimpleQueue()
        self._stream = method(iter(self._outbox.get, None), metadata=metadata)
        self._reader = threading.Thread(target=self._read, name="snakebridge-grpc-link", daemon=True)
        self._reader.start()

    def send(self, *bodies: bytes, deadline: float | None = None) -> None:  # noqa: ARG002 - gRPC buffers
        """Queue frames; raise `OversizedError` when one is too large."""
        check_size(bodies, self._largest)
        for body in bodies:
            self._outbox.put(body)

    def receive(self, deadline: float | None = None) -> bytes:
        """Return the next frame; raise `LinkEnd` or `LinkTimeout`."""
        try:
            if deadline is None:
                frame = self._inbox.get()
            else:
                frame = self._inbox.get(timeout=max(0.0, deadline - time.monotonic()))
        except queue.Empty:
            raise LinkTimeout("the deadline passed") from None
        if frame is None:
            self._inbox.put(None)  # for whoever asks again
            raise LinkEnd("the other side is gone")
        return frame

    def close(self) -> None:
        """End the link; there is no descriptor to give back."""
        self.finish()

    def finish(self) -> None:
        """End the link in order: the worker sees the end of the stream."""
        self._outbox.put(None)

    def hang_up(self) -> None:
        """End the link at once, also for a thread that waits in it."""
        self._outbox.put(None)
        self._inbox.put(None)
        self._stream.cancel()

    def abandon(self) -> None:
        """Have nothing to do with it any more, in a forked copy of the host: the original's threads are not there."""
        self._inbox = queue.SimpleQueue()
        self._inbox.put(None)

    def _read(self) -> None:
        try:
            for frame in self._stream:
                self._inbox.put(frame)
        except grpc.RpcError:
            pass  # the end of the link, however it came; the supervisor knows the reason
        finally:
            self._inbox.put(None)
