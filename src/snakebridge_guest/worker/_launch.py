# The start and end of a worker: read what to be, tie the lifeline, open the link, report ready, serve, leave.
#
# Three descriptors are inherited: the lifeline (first the specification as one JSON line, then held for its end), the
# report (one JSON line back, then closed) and the lane's socket. stdout and stderr belong to the library.
from __future__ import annotations

import json
import os
import socket
import sys
import traceback
from typing import Any

from snakebridge_guest.wire.frames import PROTOCOL
from snakebridge_guest.wire.lane import Lane, LinkEnd
from snakebridge_guest.worker import _lifeline as lifeline
from snakebridge_guest.worker._adapters import Adapters
from snakebridge_guest.worker._control import Control, StreamLink
from snakebridge_guest.worker._executor import Executor
from snakebridge_guest.worker._interrupts import Interrupts

_BROKEN = 70  # EX_SOFTWARE of sysexits.h


class _State:
    """What the control service may see of the main thread's work."""

    def __init__(self, interrupts: Interrupts) -> None:
        self._interrupts = interrupts
        self.executor: Executor | None = None

    @property
    def calls(self) -> int:
        return self.executor.calls if self.executor else 0

    @property
    def call(self) -> str:
        return self._interrupts.call if self._interrupts.running else ""

    @property
    def references(self) -> int:
        return len(self.executor.references) if self.executor else 0

    def interrupt(self) -> bool:
        running = self._interrupts.running
        if running:
            self._interrupts.raise_here()
        return running


def main(argv: list[str]) -> int:
    """Run a worker: `worker LIFELINE REPORT LANE`, three inherited descriptors."""
    held, report, lane = (int(argument) for argument in argv)
    for descriptor in (held, report, lane):
        os.set_inheritable(descriptor, False)  # noqa: FBT003 - its own signature
    specification = _read_line(held)
    lifeline.hold(held, specification["host"])
    interrupts = Interrupts()
    interrupts.install()
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(line_buffering=True)  # type: ignore[union-attr]
    if specification["overlay"]:
        sys.path.append(specification["overlay"])  # last: the target's own versions win
    state = _State(interrupts)
    adapters = Adapters(dynamic=specification["dynamic"])
    stream_link = StreamLink() if specification["link"] == "grpc" else None
    control, trouble = _control(specification, state, stream_link)
    answer = {"pid": os.getpid(), "protocol": PROTOCOL, "control": control is not None, "trouble": trouble}
    link = stream_link or Lane(socket.socket(fileno=lane))
    state.executor = Executor(link, adapters, interrupts)
    with os.fdopen(report, "w") as file:
        file.write(json.dumps(answer) + "\n")
    try:
        state.executor.run()
    except LinkEnd:
        pass  # the host closed the link: the ordinary end
    except BaseException:  # a fault of ours: tell, and leave at once, whatever threads there are
        traceback.print_exc()
        os._exit(_BROKEN)
    adapters.teardown()
    if control is not None:
        control.stop()
    return 0


def _control(specification: dict[str, Any], state: _State, link: StreamLink | None) -> tuple[Control | None, str]:
    try:
        return Control(specification["control"], specification["token"], state, link), ""
    except Exception as error:  # a grpcio that does not load here, for whatever reason: the lane works alone
        return None, type(error).__name__ + ": " + str(error)


def _read_line(descriptor: int) -> Any:
    data = b""
    while not data.endswith(b"\n"):
        chunk = os.read(descriptor, 1 << 16)
        if not chunk:
            sys.exit(0)  # the host died before it said anything
        data += chunk
    return json.loads(data)
