# MessagePack as both sides use it: one packer for each thread, strict types, extensions inside extensions.
#
# Assumes: one thread uses its packer at a time.
from __future__ import annotations

import threading
from typing import Any, Callable

from snakebridge_guest.wire import frames

try:
    import msgpack
except ImportError:  # a bare, old or offline target
    from snakebridge_guest.wire import _msgpack as msgpack

ExtType = msgpack.ExtType


def _default(value: Any) -> Any:
    if type(value) is int:  # beyond 64 bits
        return ExtType(frames.BIG_INT, value.to_bytes(value.bit_length() // 8 + 1, "big", signed=True))
    raise TypeError("not prepared: " + type(value).__name__)


class PerThread(threading.local):
    """What a thread packs with."""

    def __init__(self) -> None:
        self.depth = 0
        """How deep the extension is that is read."""
        # Reused: a packer keeps its buffer, and making one costs more than a small frame.
        self.pack: Callable[[Any], bytes] = msgpack.Packer(
            default=_default, strict_types=True, use_bin_type=True, unicode_errors="surrogatepass"
        ).pack


per_thread = PerThread()


def unpack(data: bytes, hook: Callable[[int, bytes], Any]) -> Any:
    """Return what packed bytes hold; `hook` makes something of each extension."""
    return msgpack.unpackb(data, raw=False, strict_map_key=False, ext_hook=hook, unicode_errors="surrogatepass")


def ext(code: int, payload: Any) -> Any:
    """Return an extension whose content is packed too."""
    return ExtType(code, per_thread.pack(payload))
