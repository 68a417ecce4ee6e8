"""Functions of the standard library that change an argument in place, and which: marked so without anybody's override.

Written by the address they are called by. Those of C modules also have the address that they say of themselves.
"""

from __future__ import annotations

_HEAP = ("heapify", "heappop", "heappush", "heappushpop", "heapreplace")
_MAX_HEAP = tuple(name + "_max" for name in _HEAP)  # since 3.14
_OPERATORS = (
    *("delitem", "setitem", "iadd", "iand", "iconcat", "ifloordiv", "ilshift", "imatmul", "imod", "imul", "ior"),
    *("ipow", "irshift", "isub", "itruediv", "ixor"),
)
_METHODS = {
    "bytearray": "append clear extend insert pop remove reverse",
    "dict": "clear pop popitem setdefault update",
    "list": "append clear extend insert pop remove reverse sort",
    "set": "add clear difference_update discard intersection_update pop remove symmetric_difference_update update",
}

FUNCTIONS: dict[str, tuple[int, ...]] = {
    "random:shuffle": (0,),
    "random:Random.shuffle": (1,),
    "struct:pack_into": (1,),
    "_struct:pack_into": (1,),
    "site:addsitedir": (1,),
    **{module + ":" + name: (0,) for module in ("heapq", "_heapq") for name in (*_HEAP, *_MAX_HEAP)},
    **{module + ":insort" + side: (0,) for module in ("bisect", "_bisect") for side in ("", "_left", "_right")},
    **{module + ":" + name: (0,) for module in ("operator", "_operator") for name in _OPERATORS},
    **{"builtins:%s.%s" % (kind, name): (0,) for kind, names in _METHODS.items() for name in names.split()},
}
"""Address of a function → places of the arguments that it changes."""

METHODS: dict[str, tuple[int, ...]] = {
    "random:Random.shuffle": (0,),
    **{
        module + name: (0,)
        for module in ("", "_")
        for name in ("struct:Struct.pack_into", "socket:socket.recv_into", "socket:socket.recvfrom_into")
    },
    **{
        module + ":" + kind + "." + name: (0,)
        for module in ("io", "_io", "_pyio")
        for kind in ("BufferedReader", "BufferedRandom", "BytesIO", "FileIO", "RawIOBase", "BufferedIOBase")
        for name in ("readinto", "readinto1")
    },
}
"""The same of methods that are called on their object; places are counted without it."""
