"""Encode and decode with the codecs that were considered for values, in microseconds: the figures of decision 0001.

Run it where msgspec is, which the project itself does not need:
`uv run --no-project --with msgspec --with-editable . python benchmarks/codecs.py`
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import msgpack
import msgspec
import table

from snakebridge_guest.wire import _msgpack as pure
from snakebridge_guest.wire.codec import Codec

if TYPE_CHECKING:
    from collections.abc import Callable

SECONDS = 0.2
REPEATS = 7
VALUES = {
    "small args": [[16.0, "name", 3], {"flag": True}],
    "dict of 1,000": {f"key{number}": number for number in range(1_000)},
    "10,000 floats": [number / 7 for number in range(10_000)],
}


def _nothing(*_: Any) -> Any:
    raise LookupError


def codecs() -> dict[str, tuple[Callable[[Any], bytes], Callable[[bytes], Any]]]:
    own = Codec(_nothing, _nothing)
    return {
        "msgspec": (msgspec.msgpack.Encoder().encode, msgspec.msgpack.Decoder().decode),
        "msgpack": (
            msgpack.Packer(strict_types=True).pack,
            lambda data: msgpack.unpackb(data, strict_map_key=False),
        ),
        "wire.codec on msgpack": (own.dumps, own.loads),
        "wire._msgpack, pure Python": (
            pure.Packer(default=_nothing, strict_types=True, use_bin_type=True).pack,
            lambda data: pure.unpackb(data, ext_hook=_nothing, raw=False, strict_map_key=False),
        ),
    }


def cost(run: Callable[[Any], object], argument: Any) -> float:
    """Return the best of some repeats, in microseconds a run: noise only ever adds."""
    count = 1
    while _spent(run, argument, count) < SECONDS / REPEATS:
        count *= 2
    return min(_spent(run, argument, count) for _ in range(REPEATS)) / count * 1e6


def _spent(run: Callable[[Any], object], argument: Any, count: int) -> float:
    begin = time.process_time()
    for _ in range(count):
        run(argument)
    return time.process_time() - begin


def main() -> None:
    rows = [["encode + decode, µs", *VALUES]]
    for name, (encode, decode) in codecs().items():
        row = [name]
        for value in VALUES.values():
            data = encode(value)
            assert decode(data) == value
            row.append(f"{cost(encode, value):.2f} + {cost(decode, data):.2f}")
        rows.append(row)
    print(table.grid(rows))


if __name__ == "__main__":
    main()
