# What of the machine a worker may use, and where it runs.

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from snakebridge.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from snakebridge.environments import Interpreter

__all__ = ["Resources", "has_threads", "native_threads"]

# What libraries in C read to know how many threads to start; each worker would take all cores otherwise.
_NATIVE = (
    "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "BLIS_NUM_THREADS", "VECLIB_MAXIMUM_THREADS",
    "NUMEXPR_NUM_THREADS", "NUMEXPR_MAX_THREADS", "NUMBA_NUM_THREADS", "POLARS_MAX_THREADS", "RAYON_NUM_THREADS",
)  # fmt: skip
_GPUS = ("CUDA_VISIBLE_DEVICES", "HIP_VISIBLE_DEVICES", "ROCR_VISIBLE_DEVICES")
_LARGEST_MASK = 0o777
_NICEST = 19
_LARGEST_MESSAGE = 2_000  # gRPC counts in 31 bits


@dataclass(frozen=True, kw_only=True, slots=True)
class Resources:
    """What of the machine each worker of a pool may use, and where it runs.

    Raises:
        ConfigurationError: A value makes no sense.
    """

    threads: int | None = None
    """Threads that libraries in C start for one call (OpenMP, BLAS, numexpr, numba, polars); `None`: the cores, divided
    by the calls that the pool runs at once. A variable such as `OMP_NUM_THREADS` that is set already is left alone."""
    memory_mb: float | None = None
    """Megabytes of 10⁶ bytes that a worker may allocate; beyond them the library gets a `MemoryError`."""
    message_mb: float = 1000
    """Megabytes of 10⁶ bytes that one message to or from it may have: the arguments of a call, or its result."""
    cores: Sequence[int] | None = None
    """Numbers of the cores it may run on (Linux)."""
    gpus: Sequence[int | str] | None = None
    """Numbers or names of the graphics processors that it sees; empty: none."""
    nice: int = 0
    """0 to 19: how far other processes come first."""
    folder: str | os.PathLike[str] | None = None
    """Its working folder; `None`: yours."""
    umask: int | None = None

    def __post_init__(self) -> None:
        if self.threads is not None and self.threads < 1:
            raise ConfigurationError(f"resources: threads must be at least 1, not {self.threads}")
        if self.memory_mb is not None and self.memory_mb <= 0:
            raise ConfigurationError(f"resources: memory_mb must be more than 0, not {self.memory_mb}")
        if not 0 < self.message_mb <= _LARGEST_MESSAGE:
            raise ConfigurationError(
                f"resources: message_mb must be more than 0 and at most {_LARGEST_MESSAGE}, not {self.message_mb}"
            )
        if not 0 <= self.nice <= _NICEST:
            raise ConfigurationError(f"resources: nice must be 0 to {_NICEST}, not {self.nice}")
        if self.umask is not None and not 0 <= self.umask <= _LARGEST_MASK:
            raise ConfigurationError(f"resources: umask must be 0 to 0o777, not {self.umask:#o}")
        if self.folder is not None and not Path(self.folder).is_dir():
            raise ConfigurationError(f"resources: {os.fspath(self.folder)} is no folder that workers could run in")
        if self.cores is not None and not (self.cores and all(each >= 0 for each in self.cores)):
            raise ConfigurationError(f"resources: cores must be numbers of cores, not {list(self.cores)}")

    @property
    def message_size(self) -> int:
        """Bytes of the largest message."""
        return int(self.message_mb * 1_000_000)

    def environment(self, at_once: int) -> dict[str, str]:
        """Return the variables that tell libraries in C.

        Args:
            at_once: Calls that the pool runs at once.
        """
        threads = native_threads(at_once) if self.threads is None else self.threads
        found = {} if threads is None else {name: str(threads) for name in _NATIVE if name not in os.environ}
        if self.gpus is not None:
            found.update((name, ",".join(map(str, self.gpus))) for name in _GPUS)
        return found

    def confinement(self) -> Mapping[str, Any]:
        """Return what a worker does to itself before it imports anything."""
        return {
            "memory": None if self.memory_mb is None else int(self.memory_mb * 1_000_000),
            "cores": None if self.cores is None else list(self.cores),
            "nice": self.nice,
            "folder": None if self.folder is None else os.fspath(self.folder),
            "umask": self.umask,
        }


def has_threads(profile: str, interpreter: Interpreter) -> bool:
    """Return whether a worker runs several calls at once: told so, or with `"auto"` where it has no GIL right now."""
    return profile == "thread" or (profile == "auto" and interpreter.gil_disabled)


def native_threads(at_once: int) -> int | None:
    """Return how many threads one of several calls may have; `None`: as many as there are cores."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return max(1, cores // at_once) if at_once > 1 else None
