"""Every exception snakebridge raises, by who must act.

One root, `SnakebridgeError`. Below it: you misconfigured something (`ConfigurationError`), the library raised
(`RemoteError`), a call could not be made or finished (`CallError`), a worker died (`WorkerLostError`), something of
yours is gone (`StaleReferenceError`, `SessionLostError`). Types and attributes are API; messages are not.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

__all__ = [
    "AdapterRefusedError",
    "CallError",
    "CallTimeoutError",
    "ConfigurationError",
    "DeathReport",
    "EnvironmentNotFoundError",
    "ForkedError",
    "GeneratedCodeError",
    "IntrospectionError",
    "LinkClosedError",
    "ManifestError",
    "NotTransferableError",
    "OutputError",
    "PoisonCallError",
    "PoolClosedError",
    "PoolSaturatedError",
    "PoolUnavailableError",
    "ProvisionError",
    "ReferenceLimitError",
    "ReferencesApartError",
    "RemoteError",
    "SessionClosedError",
    "SessionLostError",
    "SnakebridgeError",
    "StaleReferenceError",
    "UnsupportedInterpreterError",
    "VerificationError",
    "WorkerLostError",
    "WorkerStartError",
]


class SnakebridgeError(Exception):
    """The root of every exception that snakebridge raises."""


# --- You can mend it: configuration, environments, files ------------------------------------------------------------


class ConfigurationError(SnakebridgeError):
    """A setting, an argument or a file of yours must change; the message says which and how."""


class EnvironmentNotFoundError(ConfigurationError):
    """The target is not an interpreter, nor a venv or conda folder."""


class UnsupportedInterpreterError(ConfigurationError):
    """The target interpreter is older than Python 3.8."""


class ProvisionError(ConfigurationError):
    """A managed environment or overlay could not be built; the message holds the installer's own last lines."""


class ManifestError(ConfigurationError):
    """A manifest is missing, corrupt, or of a schema this version does not read."""


class OutputError(ConfigurationError):
    """A file could not be written; nothing was half written."""


class IntrospectionError(ConfigurationError):
    """The library itself could not be imported in the target, so there is nothing to describe."""


class VerificationError(ConfigurationError):
    """The documented examples of a library cannot be found or run; the message says where and why."""


class GeneratedCodeError(ConfigurationError):
    """Generated code and this snakebridge do not speak the same API number; generate again."""


# --- The library raised ---------------------------------------------------------------------------------------------


class RemoteError(SnakebridgeError):
    """The library raised. Generated exception classes are subclasses of this class and of their own bases.

    An exception whose class has no generated class arrives as a `RemoteError` that is also an instance of the
    nearest built-in exception, so `except ValueError` works as it would locally.
    """

    remote_type: str = ""
    """Address of the class that was raised, such as `json.decoder:JSONDecodeError`."""
    remote_traceback: str = ""
    """The traceback over there, as text."""
    remote_text: str | None = None
    """What `str()` gave over there; some classes compute it from more than their arguments."""

    remote_members: frozenset[str] = frozenset()
    """Names of the properties and methods that its class has over there."""

    def __str__(self) -> str:
        return super().__str__() if self.remote_text is None else self.remote_text

    if not TYPE_CHECKING:  # a typed one would let checkers accept every attribute

        def __getattr__(self, name: str) -> Any:
            # Properties and methods of the exception over there; what it has in `__dict__` was copied.
            reference = self.__dict__.get("_snakebridge")
            if reference is None or name not in self.remote_members:
                raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")
            return reference.worker.pool.member(self, reference, name)

    def __reduce__(self) -> tuple[Any, ...]:
        # Without what ties it to its worker. A class that was made here on the spot has no name to be found by.
        state = {name: value for name, value in vars(self).items() if name != "_snakebridge"}
        kind = type(self)
        if type(kind) is not type:
            kind = next(each for each in kind.__mro__ if each.__module__ == __name__)
        return _restored, (kind, self.args, state)


def _restored(kind: type[RemoteError], arguments: tuple[Any, ...], state: dict[str, Any]) -> RemoteError:
    error = kind.__new__(kind, *arguments)
    error.args = arguments
    error.__dict__.update(state)
    return error


# --- A call could not be made or finished ---------------------------------------------------------------------------


class CallError(SnakebridgeError):
    """A call could not be made, or not be finished; the library is not at fault."""


class CallTimeoutError(CallError, TimeoutError):
    """The deadline passed, in the queue or over there."""

    def __init__(self, message: str, *, may_have_run: bool, report: DeathReport | None = None) -> None:
        super().__init__(message)
        self.may_have_run = may_have_run
        """Whether the library may have run any of the call."""
        self.report = report
        """About the worker, when it had to be killed: it also says where it was."""


class AdapterRefusedError(CallError):
    """The worker's adapter does not name what was called, so the worker did not run it."""


class PrivateNameError(AdapterRefusedError, AttributeError):
    """A private name of a remote object was read, and the pool is not dynamic; to `hasattr` it is not there."""


class NotTransferableError(CallError, TypeError):
    """A value can neither travel nor be referred to."""


class ReferencesApartError(CallError):
    """One call carries references that live in different workers."""


class LinkClosedError(CallError, ConnectionError):
    """The link to a worker ended before the reply; the pool turns this into `WorkerLostError`."""


class PoolClosedError(CallError):
    """The pool was closed by you."""


class ForkedError(CallError):
    """A client, proxy, session or stream was made before this process was forked, and belongs to the original."""


class PoolSaturatedError(CallError):
    """No worker became free in time."""


class PoolUnavailableError(CallError):
    """The pool takes no calls for a while, because its workers die in a row; this one was not made."""

    def __init__(self, message: str, *, retry_after: float, report: DeathReport | None = None) -> None:
        super().__init__(message)
        self.retry_after = retry_after
        """Seconds until it is worth another try."""
        self.report = report
        """About the last worker that died."""


class PoisonCallError(CallError):
    """A call with these arguments ended several workers in a row, so this one was not made."""

    def __init__(self, message: str, *, deaths: int, report: DeathReport | None = None) -> None:
        super().__init__(message)
        self.deaths = deaths
        """How many workers it ended."""
        self.report = report
        """About the last of them."""


_FRAMES = 8
"""Of a stack in a message."""

# --- A worker died, or could not start ------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True, slots=True)
class DeathReport:
    """What is known about the end of a worker."""

    worker: str
    pid: int
    exit_code: int | None = None
    """Exit status, when it exited."""
    signal: str | None = None
    """Name of the signal that ended it, such as `SIGSEGV`."""
    reason: str | None = None
    """Why we ended it ourselves, when we did."""
    last_call: str | None = None
    """Address of the call it ran last."""
    stderr: tuple[str, ...] = ()
    """Its last lines of standard error."""
    stacks: str = ""
    """Where its threads were when it crashed, or before we ended it, as `faulthandler` writes it."""
    memory: tuple[tuple[float, float], ...] = ()
    """Its resident memory until the end: seconds before it, and megabytes of 10⁶ bytes."""
    out_of_memory: bool = False
    """Whether the kernel counted a process of its control group that it killed for want of memory."""

    @property
    def place(self) -> tuple[str, ...]:
        """Where the thread that crashed, or the main one, was in the library: lines, the innermost first."""
        _, _, current = self.stacks.rpartition("Current thread")
        lines = (line.strip() for line in current.partition("\n\n")[0].splitlines())
        return tuple(line for line in lines if line.startswith("File ") and "snakebridge_guest" not in line)[:_FRAMES]

    def __str__(self) -> str:
        if self.reason is not None:
            how = f"was ended: {self.reason}"
        elif self.signal is not None:
            how = f"was killed by {self.signal}"
        elif self.exit_code is not None:
            how = f"exited with status {self.exit_code}"
        else:
            how = "ended, and its zygote can no longer tell how"
        during = f" during {self.last_call}" if self.last_call else ""
        text = f"worker {self.worker} (pid {self.pid}) {how}{during}"
        if self.out_of_memory:
            text += "; the kernel killed it for want of memory"
        if self.memory and self.reason is None and self.signal == "SIGKILL":
            text += f"; its memory was {_curve(self.memory)}"
        for what, lines in (("it was in", self.place), ("its last output", self.stderr)):
            text += f"; {what}:" + "".join(f"\n    {line}" for line in lines) if lines else ""
        return text


def _curve(memory: tuple[tuple[float, float], ...]) -> str:
    # A few points say it: the first, the last, and what is between.
    step = max(1, (len(memory) - 1) // 3)
    points = [*memory[:-1:step][:3], memory[-1]]
    if len(points) == 1:
        return f"{points[0][1]:,.0f} MB"
    return " → ".join(f"{size:,.0f}" for _, size in points) + f" MB in its last {memory[0][0]:.0f} s"


class ReferenceLimitError(CallError):
    """The worker, or the session, holds as many references as it may; the call ran, its result was not kept."""


class WorkerLostError(SnakebridgeError):
    """The worker died while it held the call."""

    def __init__(self, message: str, *, report: DeathReport | None = None, may_have_run: bool = True) -> None:
        super().__init__(message)
        self.report = report
        self.may_have_run = may_have_run
        """Whether the library may have run any of the call."""


class SessionLostError(WorkerLostError):
    """The session's worker died, and the session's references with it."""


class WorkerStartError(SnakebridgeError):
    """A worker could not start; the message holds its own last lines."""


class StaleReferenceError(SnakebridgeError):
    """The reference's worker, or its session, is gone."""

    def __init__(self, message: str, *, report: DeathReport | None = None) -> None:
        super().__init__(message)
        self.report = report


class SessionClosedError(SnakebridgeError):
    """The session is over: you closed it, it expired, or whoever was in it is gone."""
