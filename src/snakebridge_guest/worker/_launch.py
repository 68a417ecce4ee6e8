# The start and end of a worker: read what to be, tie the lifeline, open the lanes, report ready, serve, leave.
#
# Inherited are the lifeline (first the specification as one JSON line, then held for its end), the report (one JSON
# line back, then closed), the stacks (where threads are in a crash) and a socket for each lane. stdout and stderr are
# the library's. The main thread serves the first lane; each other one has a thread of its own, and all of them share
# what the host refers to.
from __future__ import annotations

import faulthandler
import json
import os
import socket
import sys
import threading
import traceback
from typing import Any

from snakebridge_guest.wire.endpoint import Link
from snakebridge_guest.wire.frames import PROTOCOL, stacks_signal
from snakebridge_guest.wire.lane import Lane, LinkEnd
from snakebridge_guest.worker import _lifeline as lifeline
from snakebridge_guest.worker import _tools as tools
from snakebridge_guest.worker._adapters import Adapters
from snakebridge_guest.worker._aside import Aside
from snakebridge_guest.worker._confinement import confine
from snakebridge_guest.worker._control import Control, StreamLink
from snakebridge_guest.worker._executor import Executor
from snakebridge_guest.worker._interrupts import Interrupts
from snakebridge_guest.worker._translation import Shared

_BROKEN = 70  # EX_SOFTWARE of sysexits.h


class _State:
    """What the control service may see of the main thread's work."""

    def __init__(self, interrupts: Interrupts) -> None:
        self._interrupts = interrupts
        self.executors: list[Executor] = []

    @property
    def calls(self) -> int:
        return sum(each.calls for each in self.executors)

    @property
    def call(self) -> str:
        return self._interrupts.call if self._interrupts.running else ""

    @property
    def references(self) -> int:
        return len(self.executors[0].references) if self.executors else 0

    def interrupt(self) -> bool:
        running = self._interrupts.running
        if running:
            self._interrupts.raise_here()
        return running


def main(argv: list[str]) -> int:
    """Run a worker: `worker LIFELINE REPORT STACKS LANE...`, inherited descriptors."""
    held, report, stacks, *lanes = (int(argument) for argument in argv)
    for descriptor in (held, report, stacks, *lanes):
        os.set_inheritable(descriptor, False)  # noqa: FBT003 - its own signature
    specification = _read_line(held)
    lifeline.hold(held, specification["host"])
    confine(specification.get("confinement", {}))
    _show_stacks(stacks)
    interrupts = Interrupts()
    interrupts.install()
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(line_buffering=True)  # type: ignore[union-attr]
    if specification["overlay"]:
        sys.path.append(specification["overlay"])  # last: the target's own versions win
    state = _State(interrupts)
    adapters = Adapters(dynamic=specification["dynamic"])
    streams = [StreamLink() for _ in lanes] if specification["link"] == "grpc" else []
    control, trouble = _control(specification, state, streams)
    answer = {"pid": os.getpid(), "protocol": PROTOCOL, "control": control is not None, "trouble": trouble}
    links: list[Link] = [*streams] if streams else [Lane(socket.socket(fileno=lane)) for lane in lanes]
    aside = links.pop()  # for threads of the library's own
    shared = Shared(adapters, specification.get("values", ()), specification.get("stood_in_for", ()))
    shared.askers.aside = Aside(aside, lambda link: Executor(link, shared, Interrupts()))
    shared.references.limit = specification.get("max_references")
    # A signal only reaches the main thread, so only the first can be interrupted.
    own = [interrupts, *(Interrupts() for _ in links[1:])]
    state.executors = [Executor(link, shared, each, place) for place, (link, each) in enumerate(zip(links, own))]
    shared.askers.lanes = [*state.executors]
    tools.serve(shared.askers.ask)
    threads = [threading.Thread(target=_serve, args=(each,), daemon=True) for each in state.executors[1:]]
    for thread in threads:
        thread.start()
    with os.fdopen(report, "w") as file:
        file.write(json.dumps(answer) + "\n")
    _serve(state.executors[0])
    for thread in threads:
        thread.join()  # the host ended their links as well; it kills who does not leave in time
    adapters.teardown()
    if control is not None:
        control.stop()
    return 0


def _show_stacks(descriptor: int) -> None:
    # Where every thread is, when the process crashes and when the host asks before it kills. Written from a signal
    # handler in C, so a library that holds the GIL changes nothing; never blocking, so a full pipe does not either.
    os.set_blocking(descriptor, False)
    faulthandler.enable(file=descriptor)
    number = stacks_signal()
    if number is not None:
        faulthandler.register(number, file=descriptor)


def _serve(executor: Executor) -> None:
    try:
        executor.run()
    except LinkEnd:
        pass  # the host closed the link: the ordinary end
    except BaseException:  # a fault of ours: tell, and leave at once, whatever threads there are
        traceback.print_exc()
        os._exit(_BROKEN)


def _control(specification: dict[str, Any], state: _State, links: list[StreamLink]) -> tuple[Control | None, str]:
    try:
        return Control(specification["control"], specification["token"], state, links), ""
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
