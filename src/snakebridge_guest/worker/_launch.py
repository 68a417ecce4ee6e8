# The start and end of a worker: read what to be, tie the lifeline, open the lanes, report ready, serve, leave.
#
#   spawned:  main ─▶ prepare ─▶ work            zygote:  prepare ─▶ import ─▶ fork ─▶ forked ─▶ work
#
# Inherited are the lifeline (first the specification as one JSON line, then held for its end), the report (one JSON
# line back, then what is logged), the stacks (where threads are in a crash) and a socket for each lane. stdout and
# stderr are the library's. The main thread serves the first lane; each other one has a thread of its own, and all of
# them share what the host refers to.
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
from snakebridge_guest.wire.frames import LARGEST, PROTOCOL, stacks_signal
from snakebridge_guest.wire.lane import Lane, LinkEnd
from snakebridge_guest.worker import _copies as copies
from snakebridge_guest.worker import _lifeline as lifeline
from snakebridge_guest.worker import _tools as tools
from snakebridge_guest.worker._adapters import Adapters
from snakebridge_guest.worker._aside import Aside
from snakebridge_guest.worker._confinement import confine
from snakebridge_guest.worker._control import Control, StreamLink
from snakebridge_guest.worker._executor import Executor
from snakebridge_guest.worker._health import Progress
from snakebridge_guest.worker._interrupts import Interrupts, settle_signals
from snakebridge_guest.worker._output import Output
from snakebridge_guest.worker._translation import Shared
from snakebridge_guest.worker._warming import has_gil, warm_up

_BROKEN = 70  # EX_SOFTWARE of sysexits.h


def main(argv: list[str]) -> int:
    """Run a worker: `worker LIFELINE REPORT STACKS LANE...`, inherited descriptors."""
    held, report, stacks, *lanes = inherit(argv)
    specification = read_line(held)
    lifeline.hold(held, specification["host"], specification.get("mark"))
    prepare(specification)
    return _work(report, stacks, lanes, specification)


def forked(descriptors: list[int]) -> int:
    """Run a worker in a process that was forked from one that is prepared, and has imported its libraries.

    Args:
        descriptors: Lifeline, report, stacks, stdout, stderr and the lanes.
    """
    held, report, stacks, stdout, stderr, *lanes = descriptors
    for place, descriptor in ((1, stdout), (2, stderr)):
        os.dup2(descriptor, place)
        os.close(descriptor)
    specification = read_line(held)
    lifeline.hold(held, os.getppid(), specification.get("mark"))
    return _work(report, stacks, lanes, specification)


def inherit(argv: list[str]) -> list[int]:
    """Return inherited descriptors, which what the library starts does not inherit."""
    descriptors = [int(argument) for argument in argv]
    for descriptor in descriptors:
        os.set_inheritable(descriptor, False)  # noqa: FBT003 - its own signature
    return descriptors


def prepare(specification: dict[str, Any]) -> None:
    """Become what the host wants, before anything of the library is imported."""
    settle_signals()
    confine(specification.get("confinement", {}))
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(line_buffering=True)  # type: ignore[union-attr]
    if specification["overlay"]:
        sys.path.append(specification["overlay"])  # last: the target's own versions win


def _work(report: int, stacks: int, lanes: list[int], specification: dict[str, Any]) -> int:
    _show_stacks(stacks)
    output = Output(report)
    output.listen(specification.get("levels", {}))
    interrupts = Interrupts()
    interrupts.install()
    state = Progress(interrupts)
    adapters = Adapters(dynamic=specification["dynamic"])
    largest = specification.get("largest", LARGEST)
    streams = [StreamLink(largest) for _ in lanes] if specification["link"] == "grpc" else []
    control, trouble = _control(specification, state, streams, output)
    answer = {"pid": os.getpid(), "protocol": PROTOCOL, "control": control is not None, "trouble": trouble}
    links: list[Link] = [*streams] if streams else [Lane(socket.socket(fileno=lane), largest) for lane in lanes]
    aside = links.pop()  # for threads of the library's own
    shared = Shared(adapters, specification.get("values", ()), specification.get("stood_in_for", ()))
    shared.askers.aside = Aside(aside, lambda link: Executor(link, shared, Interrupts()))
    shared.references.limit = specification.get("max_references")
    # A signal only reaches the main thread, so only the first can be interrupted.
    own = [interrupts, *(Interrupts() for _ in links[1:])]
    state.executors = [Executor(link, shared, each, place) for place, (link, each) in enumerate(zip(links, own))]
    shared.askers.lanes = [*state.executors]
    copies.own(state.executors)
    tools.serve(shared.askers.ask)
    answer["failed"] = warm_up(specification.get("warm_up", []))
    answer["gil"] = has_gil()
    threads = [threading.Thread(target=_serve, args=(each,), daemon=True) for each in state.executors[1:]]
    for thread in threads:
        thread.start()
    state.begin(threads)
    output.report(answer)
    _serve(state.executors[0])
    state.end()
    for thread in threads:
        thread.join()  # the host ended their links as well; it kills who does not leave in time
    adapters.teardown()
    output.finish()
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
    except BaseException:  # a fault of ours, or what a signal handler of the library raises between calls
        try:
            traceback.print_exc()
        finally:  # whatever threads there are, and whatever the library made of the builtins
            os._exit(_BROKEN)


def _control(
    specification: dict[str, Any], state: Progress, links: list[StreamLink], output: Output
) -> tuple[Control | None, str]:
    largest = specification.get("largest", LARGEST)
    try:
        return Control(specification["control"], specification["token"], state, links, output.tell, largest), ""
    except Exception as error:  # a grpcio that does not load here, for whatever reason: the lane works alone
        return None, type(error).__name__ + ": " + str(error)


def read_line(descriptor: int) -> Any:
    """Return what the host says first, to be held for its end afterwards."""
    data = b""
    while not data.endswith(b"\n"):
        chunk = os.read(descriptor, 1 << 16)
        if not chunk:
            sys.exit(0)  # the host died before it said anything
        data += chunk
    return json.loads(data)
