# Replay: the calls that made a session's live references, and their repetition on a new worker after a death.
#
# The rule. A call that takes no reference and gives none is not recorded: it left nothing that a proxy could stand for.
# Reading (an attribute, an operator that changes nothing) is recorded when it gives a reference. Any other call may
# have changed whatever it took. References that one call took or gave belong together, since one may hold the other.
# When the worker dies, what belongs to a live proxy is made again: in order, every call that may have changed it, and
# every one that gave what these and the proxies need. The rest is forgotten, now and then, so what is kept is bounded.
#
# Guarantees: either every live proxy of the session works again, or none and an error says why; a call that must not
# be repeated never is. Assumes: the library does the same again when it is asked the same in the same order.

from __future__ import annotations

import contextlib
import threading
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from snakebridge.errors import PoolClosedError, WorkerLostError
from snakebridge.runtime._calls.request import Request
from snakebridge.runtime._objects import arrival
from snakebridge.runtime._objects.mutation import Repeated
from snakebridge.runtime._objects.proxies import RemoteObject
from snakebridge.runtime._sessions.recording import Step, renumbered
from snakebridge_guest.wire import frames

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from snakebridge.runtime._calls.channel import Channel
    from snakebridge.runtime._objects.library import Library
    from snakebridge.runtime._objects.references import Reference
    from snakebridge.runtime._sessions.life import Life
    from snakebridge.runtime._workers.worker import Worker

__all__ = ["History", "UnrepeatableError"]

_MOST_STEPS = 100_000
_MOST_BYTES = 1 << 28
_COMPACT_FROM = 1000


class UnrepeatableError(Exception):
    """What was lost cannot be made again; the text says why."""


class History:
    """What one session did on its worker of one pool.

    Args:
        life: Whose references are followed.
    """

    def __init__(self, life: Life) -> None:
        self.life = life
        self._steps: list[Step] = []
        self._known: set[int] = set()
        self._worker: Worker | None = None
        self._size = 0
        self._compact_at = _COMPACT_FROM
        self._overflow: str | None = None
        self._lock = threading.Lock()

    def __len__(self) -> int:
        return len(self._steps)

    def follow(self, worker: Worker) -> None:
        """Record the calls that a worker gets from now on."""
        self._worker = worker
        worker.histories.append(self)

    def stop(self) -> None:
        """Record no more, and forget everything. Never blocks."""
        self._overflow = "it is over"
        if self._worker is not None:
            with contextlib.suppress(ValueError):
                self._worker.histories.remove(self)
        self._steps = []

    def note(self, step: Step, arrivals: Iterable[Reference]) -> None:
        """Record a call that ended, if it has to do with this session.

        Args:
            step: The call.
            arrivals: The references that its reply held.
        """
        mine = [each for each in arrivals if each.session is self.life]
        with self._lock:
            if self._overflow is not None or (not mine and self._known.isdisjoint(step.takes)):
                return
            if not step.changes and not any(each.count == 1 for each in mine):
                return  # it read what is known already
            step = replace(step, gives=[(each.number, each.type_name) for each in mine])  # another history may note it
            if step.refusal is None and not self._known.issuperset(step.takes):
                step.refusal = "it was given an object that was made outside the session"
            self._known.update(number for number, _ in step.gives)
            self._steps.append(step)
            self._size += step.size
            if len(self._steps) >= self._compact_at or self._size > _MOST_BYTES:
                self._compact()

    def replay(self, channel: Channel, deadline: Callable[[], float | None]) -> None:
        """Make everything again in another worker, and let the live proxies stand for it.

        Args:
            channel: Of the new worker; only this session uses it meanwhile.
            deadline: Says until when a call that is made now may take.

        Raises:
            UnrepeatableError: That is not possible.
            WorkerLostError: The new worker died as well.
        """
        old = self._worker
        assert old is not None
        if self._overflow is not None:
            raise UnrepeatableError(self._overflow)
        proxies = self._live(old)
        steps = _needed(self._steps, {number for number, _ in proxies})
        for step in steps:
            if step.refusal is not None:
                raise UnrepeatableError(f"{step.label} cannot be called again: {step.refusal}")
        again = _Repetition(channel, self.life, deadline)
        repeated = [again.repeat(step) for step in steps]
        missing = [proxy for (number, _), proxy in proxies.items() if number not in again.numbers]
        if missing:
            raise UnrepeatableError(f"nothing recorded made a {missing[0].type_name}")
        # Nothing fails from here on.
        worker = channel.worker
        again.adopt(proxies)
        with self._lock:
            self._steps = repeated
            self._known = {number for step in repeated for number, _ in step.gives}
            self._size = sum(step.size for step in repeated)
        self.follow(worker)

    def _live(self, worker: Worker) -> dict[tuple[int, Library | None], Reference]:
        # Exceptions that somebody keeps tell their story without the worker.
        with worker.proxies_lock:
            proxies = list(worker.proxies.items())
        return {
            place: proxy._snakebridge  # noqa: SLF001 - one machinery
            for place, proxy in proxies
            if isinstance(proxy, RemoteObject) and proxy._snakebridge.session is self.life  # noqa: SLF001
        }

    def _compact(self) -> None:
        # Under the lock. Each time the rest has doubled, so a call costs the same however many there were.
        if self._worker is not None:
            self._steps = _needed(self._steps, {number for number, _ in self._live(self._worker)})
        self._known = {number for step in self._steps for number, _ in step.gives}
        self._size = sum(step.size for step in self._steps)
        self._compact_at = max(_COMPACT_FROM, 2 * len(self._steps))
        if len(self._steps) > _MOST_STEPS or self._size > _MOST_BYTES:
            self._overflow = (
                f"its history outgrew what is kept ({_MOST_STEPS} calls, {_MOST_BYTES >> 20} MiB of arguments)"
            )
            self._steps, self._known = [], set()


class _Repetition:
    """The repetition of what a session did, on a new worker."""

    def __init__(self, channel: Channel, life: Life, deadline: Callable[[], float | None]) -> None:
        self.numbers: dict[int, int] = {}
        """What the old worker called each object, and what the new one does."""
        self._channel = channel
        self._life = life
        self._deadline = deadline
        self._held: dict[tuple[int, Library | None], list[Reference]] = {}

    def repeat(self, step: Step) -> Step:
        """Make a call again; return it as it was made now."""
        fields = renumbered(step, self.numbers)
        channel = self._channel
        arrivals: list[Reference] = []
        channel.arrivals = arrivals
        failed = False
        try:
            if step.kind == frames.NEXT:
                self._pull(step, fields)
            else:
                read = Repeated(_described if step.kind == frames.CALL and fields[1] == frames.BY_REFERENCE else None)
                request = Request(step.kind, fields, step.label, step.library, read=read)
                channel.exchange(request, self._life, self._deadline())
        except (WorkerLostError, PoolClosedError):
            raise
        except Exception as error:  # what the library raises may be of any class
            if not step.failed:
                raise UnrepeatableError(f"{step.label} raised when it was called again: {error!r}") from error
            failed = True
        finally:
            channel.arrivals = None
        found = [(each.number, each.type_name) for each in arrivals if each.session is self._life]
        inside = step.life is self._life  # elsewhere its reply was none of the session's business
        if failed != step.failed or (inside and [name for _, name in found] != [name for _, name in step.gives]):
            raise UnrepeatableError(f"{step.label} gave something else when it was called again")
        if inside:
            for (old, _), (new, _) in zip(step.gives, found, strict=True):
                if self.numbers.setdefault(old, new) != new:
                    raise UnrepeatableError(f"{step.label} gave another object when it was called again")
        for reference in arrivals:
            self._held.setdefault((reference.number, reference.library), []).append(reference)
        return replace(step, fields=fields, takes=[self.numbers[each] for each in step.takes], gives=found)

    def _pull(self, step: Step, fields: tuple[Any, ...]) -> None:
        # As many as were pulled then: how many come at once depends on how long they take.
        left, done = step.pulled, False
        while (left > 0 and not done) or (step.failed and not done):
            request = Request(frames.NEXT, (fields[0], max(left, 1)), step.label, step.library)
            reply = self._channel.exchange(request, self._life, self._deadline())
            left, done = left - len(reply[0]), reply[1]
        if left:
            raise UnrepeatableError(f"{step.label} gave fewer items when it was asked again")

    def adopt(self, proxies: Mapping[tuple[int, Library | None], Reference]) -> None:
        """Let the references of the old worker be references of the new one."""
        worker = self._channel.worker
        for (number, library), reference in proxies.items():
            new = self.numbers[number]
            stand_ins = self._held.get((new, library), [])
            proxy = self._proxy(reference, number, library)
            reference.worker, reference.number = worker, new
            reference.count = sum({id(each): each.count for each in stand_ins}.values())
            for each in stand_ins:
                each.count = 0  # the live one counts for them
            if proxy is not None:
                with worker.proxies_lock:
                    worker.proxies[new, library] = proxy

    @staticmethod
    def _proxy(reference: Reference, number: int, library: Library | None) -> Any:
        with reference.worker.proxies_lock:
            return reference.worker.proxies.get((number, library))


def _described(channel: Channel, described: list[Any]) -> Any:
    return arrival.resolve(channel, frames.REFERENCE, described)


def _needed(steps: list[Step], live: set[int]) -> list[Step]:
    # What the live ones belong to, by joining what the calls had in common; then, from the last call back, what is
    # needed of it.
    groups = _Groups()
    for step in steps:
        groups.join(step.touched)
    alive = {groups.of(number) for number in live}
    needed = set(live)
    kept = []
    for step in reversed(steps):
        touched = step.touched
        belongs = any(groups.of(number) in alive for number in touched)
        gives = any(number in needed for number, _ in step.gives)
        pulls = step.kind == frames.NEXT
        moved = pulls and any(number in needed for number in step.takes)
        if belongs and ((step.changes and not pulls) or gives or moved):
            needed |= touched
            kept.append(step)
    kept.reverse()
    return kept


class _Groups:
    """Numbers that belong together."""

    def __init__(self) -> None:
        self._parents: dict[int, int] = {}

    def of(self, number: int) -> int:
        """Return the number that stands for a group."""
        parents = self._parents
        while (parent := parents.get(number, number)) != number:
            parents[number] = parents.get(parent, parent)
            number = parent
        return number

    def join(self, numbers: Iterable[int]) -> None:
        """Put numbers into one group."""
        first, *others = [self.of(number) for number in numbers] or [0]
        for each in others:
            self._parents[each] = first
