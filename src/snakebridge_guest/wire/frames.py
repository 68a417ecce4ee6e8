"""The frame protocol: what travels over every link, in both directions.

A frame is one MessagePack array; its first item is the kind. User values travel in a `body`: bytes, packed by
`codec`, so that a relay needs no codec and a value that one side cannot read is an answer, not a broken conversation.
Both sides may send every kind: the host calls the library, and the library calls back. A request carries an `id`,
unique per sender and link; exactly one `REPLY` or `ERROR` with the same id answers it. While a side waits for its
answer it serves the requests that arrive, so nested calls ride the same link and cannot deadlock. `session` is 0
outside a session.

    [CALL,    id, session, address, by, body]     call what an address names; body [args, kwargs]; by: see BY_*; a list
                                                  of an address and [address, body]...: what the first one returns is
                                                  passed to the next, after the arguments in its body, and so on
    [METHOD,  id, session, target, name, body]    call a method or operator of an object of the receiver, or an operator
                                                  of what an address names; both may have a list of the parameters
                                                  that the call changes before the body, by name or place
    [GET,     id, session, target, name]          read an attribute of an object; or, name None, an address
    [SET,     id, session, target, name, body]    assign an attribute of an object or address; body is the value
    [DELETE,  id, session, target, name]          delete an attribute
    [TOOL,    id, session, name, body]            call a function that the host offers by name; body nil: describe it,
                                                  and name the others; name nil as well: describe them all
    [SESSION, id, session, body, limit]           open a session before its first call: body is the metadata that
                                                  adapters may read, limit how many references it may have (or nil)
    [CENSUS,  id, session, of, detailed]          count the objects that are referred to, of a session or (None) of all
    [NEXT,    id, session, object, count]         pull at most `count` items of an iterator, or take the last back
                                                  (negative); reply [items, ended, error or nil, what it returned]
    [SEND,    id, session, object, how, body]     resume a generator with a value or an exception, see `streams`
    [ADAPTER, id, session, path]                  load an adapter: what it names may now be called
    [END,     id, session]                        end a session: its references are dropped
    [VALUE,   id, session, object]                the value of an object: data, or of a subclass of a built-in
    [RELEASE, [object, count, ...]]               one way: references that were dropped, with how often each was sent
    [REPLY,   id, body]
    [ERROR,   id, error]                          a map, see `failure`; `mutated` is the body of a MUTATED
"""

from __future__ import annotations

import signal
import sys

CALL = 1
METHOD = 2
GET = 3
SET = 4
NEXT = 5
ADAPTER = 6
END = 7
RELEASE = 8
REPLY = 9
ERROR = 10
SEND = 11
TOOL = 12
SESSION = 13
CENSUS = 14
DELETE = 15
VALUE = 16

PROTOCOL = 2
"""Version of the frames and of the extension types; both sides must agree."""


def stacks_signal() -> int | None:
    """Return the signal that makes a worker write where its threads are; `None` where there is none to spare."""
    return _STACKS if _HAS_SPARE else None


def interrupt_signal() -> int:
    """Return the signal that asks a running call to stop."""
    return _INTERRUPT if _HAS_SPARE else signal.SIGUSR2


# Real-time signals, so that those with names stay the library's own. As numbers, because where they begin depends on
# the C library, and the other side may have another one; in the middle, because libraries begin at the ends.
_HAS_SPARE = sys.platform == "linux"
_STACKS = 48
_INTERRUPT = 49

LARGEST = 1 << 30
"""Bytes of the largest frame a link carries, unless a pool says otherwise; less than 4 GB."""

BY_DEFAULT = 0
BY_REFERENCE = 1

# Extension types of MessagePack for what it has no type for. Payloads are MessagePack again unless noted.
BIG_INT = 1  # two's complement, big-endian bytes
COMPLEX = 2  # two float64, big-endian
TUPLE = 3
SET_VALUE = 4
FROZENSET = 5
BYTEARRAY = 6  # raw bytes
DATE = 7  # [year, month, day]
TIME = 8  # [hour, minute, second, microsecond, fold, timezone]
DATETIME = 9  # [year, month, day, hour, minute, second, microsecond, fold, timezone]
TIMEDELTA = 10  # [days, seconds, microseconds]
TIMEZONE = 11  # [days, seconds, microseconds, name or None]
ZONE = 12  # key of the zoneinfo database, UTF-8
DECIMAL = 13  # its text, ASCII
FRACTION = 14  # [numerator, denominator]
UUID = 15  # 16 bytes
PATH = 16  # [class name, path]
RANGE = 17  # [start, stop, step]
SLICE = 18  # [start, stop, step]
SINGLETON = 19  # "Ellipsis" or "NotImplemented", ASCII
ENUM = 20  # [address of the class, name of the member or number of a combination, description or None]; see `members`
SYMBOL = 21  # [kind, address]: a module, class or function that has an address; kind is "module", "class" or "function"
REFERENCE = 22  # [object, type, description or None, streams]: an object of the sender; see `references`
OWNED = 23  # [object]: an object of the receiver
BOUND = 24  # [object, name]: a method of an object of the sender, as an attribute of a proxy
SCALAR = 25  # [dtype, bytes]: a numpy scalar
NAMED = 26  # [class, items]: see `named`; the class is its address, or from a worker as in a SYMBOL
ARRAY = 27  # a numpy array: the length of a head, the head, the items; see `arrays`
TABLE = 28  # [kind, content]: a table, column or tensor: pyarrow, polars, pandas, torch; see `_tables`
PATTERN = 29  # [text or bytes, flags]: a compiled regular expression of the host
MUTATED = 30  # [result, [[where, kind, body], ...]]: a result's body, and what the call changed; see `ARGUMENT`
EXCEPTION = 31  # an exception as a value: a map, see `failure`; nil is a traceback, which does not travel
ARGUMENT = 32  # [where, place, ...]: a container in an argument of the receiver; [nil, number, kind]: a new one
CONVERTED = 33  # a value that hooks made of an object
TYPE = 34  # a dtype of numpy as text and lists, or ["class", name]; see `arrays`
FORM = 35  # [tree, leaves]: a type expression; see `forms`
ITEMS = 36  # [type code, bytes]: an `array.array`; see `buffers`
VIEW = 37  # [format, shape, whether it is read-only, bytes]: a `memoryview` of the host

ATOMS = frozenset({type(None), bool, int, float, str, bytes})
"""Types that MessagePack itself carries exactly. (An int beyond 64 bits becomes an extension.)"""

PLAIN_CLASSES = frozenset(
    {bool, int, float, complex, str, bytes, bytearray, list, tuple, set, frozenset, dict, object, type, slice, range}
)
"""Built-in classes that travel by name, as do the built-in exceptions."""
