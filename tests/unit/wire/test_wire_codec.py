"""Values cross exactly; what is no tree of values goes by reference; bytes that are no value are refused."""

from __future__ import annotations

import contextlib
import datetime as dt
import enum
import math
import pathlib
import struct
import threading
import zoneinfo
from collections import OrderedDict
from typing import NamedTuple

import msgpack
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from snakebridge_guest.wire import _leaves, _msgpack, _packing, arrays, codec, frames
from snakebridge_guest.wire.codec import Codec, MalformedError, pack_frame, unpack_frame

MODULES = {"compiled": msgpack, "pure": _msgpack}


def use(module, monkeypatch):
    """Make one of the two MessagePacks the one in use."""
    monkeypatch.setattr(_packing, "msgpack", module)
    monkeypatch.setattr(_packing, "ExtType", module.ExtType)
    thread = _packing.PerThread()
    monkeypatch.setattr(_packing, "per_thread", thread)
    for place in (codec, _leaves, arrays):
        for name, value in {"ExtType": module.ExtType, "per_thread": thread}.items():
            monkeypatch.setattr(place, name, value, raising=False)


@pytest.fixture(params=MODULES)
def packing(request, monkeypatch):
    """Run with either MessagePack, as a target with or without the compiled one does."""
    module = MODULES[request.param]
    use(module, monkeypatch)
    return request.param


class Table:
    """Both sides of a conversation: what is referred to here is found again there."""

    def __init__(self) -> None:
        self.referred: list[object] = []
        self.codec = Codec(self._refer, self._resolve)

    def _refer(self, value: object) -> tuple[int, object]:
        self.referred.append(value)
        return frames.REFERENCE, [len(self.referred) - 1]

    def _resolve(self, code: int, payload: list[int]) -> object:
        if code != frames.REFERENCE:
            raise LookupError(f"no {code}")
        return self.referred[payload[0]]

    def crossed(self, value: object) -> object:
        return self.codec.loads(self.codec.dumps(value))


def shown(value: object) -> str:
    """Return a text that tells equal values of different types, and different zeros, apart."""
    if type(value) in (set, frozenset):
        return f"{type(value).__name__}{sorted(map(shown, value))}"
    if type(value) in (list, tuple):
        return f"{type(value).__name__}({', '.join(map(shown, value))})"
    if type(value) is dict:
        return f"dict({', '.join(f'{shown(k)}: {shown(v)}' for k, v in value.items())})"
    if type(value) is slice:
        return f"slice({shown(value.start)}, {shown(value.stop)}, {shown(value.step)})"
    if type(value) in (dt.datetime, dt.time):
        return f"{value!r} fold {value.fold}"
    return f"{type(value).__module__}.{type(value).__name__} {value!r}"


PARIS = zoneinfo.ZoneInfo("Europe/Paris")
WITHIN_A_DAY = st.timedeltas(dt.timedelta(hours=-23), dt.timedelta(hours=23))
ZONES = (
    st.none()
    | st.just(PARIS)
    | st.builds(dt.timezone, WITHIN_A_DAY)
    | st.builds(dt.timezone, WITHIN_A_DAY, st.text(max_size=5))
)
FOLDS = st.integers(0, 1)
TEXTS = st.text(st.characters(exclude_categories=[]), max_size=10)


def reads_back(path: pathlib.PurePath) -> bool:
    """Whether pathlib reads a path's own text as that path; some odd UNC paths become others."""
    return type(path)(str(path)) == path


PATHS = st.sampled_from([pathlib.PurePosixPath, pathlib.PureWindowsPath, pathlib.Path])
LEAVES = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.complex_numbers(), TEXTS, st.binary(max_size=10),
    st.dates(), st.timedeltas(), st.decimals().filter(lambda number: not number.is_snan()), st.fractions(), st.uuids(),
    st.builds(lambda time, zone, fold: time.replace(tzinfo=zone, fold=fold), st.times(), ZONES, FOLDS),
    st.builds(lambda time, zone, fold: time.replace(tzinfo=zone, fold=fold), st.datetimes(), ZONES, FOLDS),
    ZONES, st.builds(lambda kind, text: kind(text), PATHS, st.text("ab/.\\é", max_size=8)).filter(reads_back),
    st.builds(range, st.integers(-9, 9), st.integers(), st.integers(1)), st.sampled_from([..., NotImplemented]),
)  # fmt: skip
KEYS = st.recursive(
    LEAVES, lambda inner: st.lists(inner, max_size=3).map(tuple) | st.frozensets(inner, max_size=3), max_leaves=4
)
TREES = st.recursive(
    KEYS | st.decimals() | st.builds(bytearray, st.binary(max_size=9)) | st.sets(KEYS, max_size=3),
    lambda inner: st.one_of(
        st.lists(inner, max_size=4),
        st.lists(inner, max_size=4).map(tuple),
        st.dictionaries(KEYS, inner, max_size=4),
        st.builds(slice, inner, inner, inner),
    ),
    max_leaves=12,
)


@settings(max_examples=100, deadline=None)
@given(TREES)
def test_every_tree_of_values_crosses_exactly(value):
    table = Table()
    body = table.codec.dumps(value)
    if table.referred:  # hypothesis may reuse one list twice, which is no tree
        assert table.codec.loads(body) is value
    else:
        assert shown(table.codec.loads(body)) == shown(value)


EVERY_KIND = [
    None, True, -(2**70), 2**64 - 1, -0.0, 1 - 0j, "\udc80 é", b"\xff", bytearray(b"x"), [(), {}], (1, [2]), {3, (4,)},
    frozenset({"5"}), {(6, None): {b"7"}}, dt.date.min, dt.time(1, 2, 3, 4, PARIS, fold=1), dt.datetime.max,
    dt.datetime(2024, 10, 27, 2, 30, tzinfo=PARIS, fold=1), dt.timedelta.min, dt.timezone(dt.timedelta(seconds=-1), "odd"),
    dt.UTC, PARIS, range(2**70, 0, -(2**65)), slice([], (1,), None), ..., NotImplemented, pathlib.Path("/a/b"),
    pathlib.PureWindowsPath("c:\\d"), math.inf,
]  # fmt: skip


def test_both_packings_write_the_same_body_and_read_each_others(monkeypatch):
    bodies = {}
    for name, module in MODULES.items():
        with monkeypatch.context() as patch:
            use(module, patch)
            bodies[name] = Table().codec.dumps(EVERY_KIND)
            assert shown(Table().codec.loads(bodies[name])) == shown(EVERY_KIND)
    assert bodies["pure"] == bodies["compiled"]


# --- references ------------------------------------------------------------------------------------------------------


class Text(str):
    __slots__ = ()


class Point(NamedTuple):
    x: int
    y: int


class Colour(enum.IntEnum):
    RED = 1


NO_VALUES = {
    "object": object(),
    "subclass of str": Text("x"),
    "enum member that is an int": Colour.RED,
    "named tuple": Point(1, 2),
    "ordered dict": OrderedDict(a=1),
    "function": len,
    "class": int,
    "generator": (number for number in ()),
    "memory view": memoryview(b"x"),
    "zone of its own": type("Zone", (dt.tzinfo,), {"utcoffset": lambda *_: None})(),
    "extension of the user": msgpack.ExtType(frames.TUPLE, b"\x90"),
    "time stamp of msgpack": msgpack.Timestamp(1),
}


@pytest.mark.parametrize("kind", NO_VALUES)
def test_what_is_no_value_is_referred_to_where_it_stands(kind):
    value, table = NO_VALUES[kind], Table()
    assert table.crossed(value) is value
    inside = table.crossed([1, (value, {"k": value})])
    assert inside[0] == 1
    assert inside[1][0] is value
    assert inside[1][1]["k"] is value


def test_time_in_a_zone_that_cannot_travel_is_referred_to_as_a_whole():
    moment = dt.datetime(2024, 1, 1, tzinfo=NO_VALUES["zone of its own"])
    assert Table().crossed([moment])[0] is moment


def test_values_that_look_like_our_encoding_stay_what_they_are(packing):
    body = Table().codec.dumps((1,))
    for value in (
        {"code": frames.TUPLE, "data": b"\x90"},
        [frames.REFERENCE, [0]],
        body,
        {3: body},
        [frames.REPLY, 1, body],
    ):
        table = Table()
        assert table.crossed(value) == value
        assert table.referred == []


def cyclic() -> list[object]:
    value: list[object] = [1]
    value.append((value,))
    return value


def shared() -> list[object]:
    inner = {"k": 1}
    return [inner, (inner,)]


def deep() -> list[object]:
    value: list[object] = []
    for _ in range(150):
        value = [value]
    return value


NO_TREES = {"cyclic": cyclic, "shared": shared, "deep": deep}


@pytest.mark.parametrize("kind", NO_TREES)
def test_container_that_is_no_tree_is_one_reference(kind):
    value, table = NO_TREES[kind](), Table()
    assert table.crossed(value) is value
    assert table.referred == [value]


@pytest.mark.parametrize("kind", NO_TREES)
def test_nothing_is_referred_to_in_vain_when_the_whole_goes_by_reference(kind):
    """A reference is counted, and its type described, once and for all: none may be made and then thrown away."""
    first, table = object(), Table()
    for value in (
        [first, NO_TREES[kind]()],
        [first, (first, {1: NO_TREES[kind]()})],
        {first: {2}, 3: NO_TREES[kind]()},
    ):
        table.referred.clear()
        assert table.crossed(value) is value
        assert len(table.referred) == 1


def test_immutable_value_held_twice_is_still_a_value():
    pair = (1, 2)
    table = Table()
    assert table.crossed([pair, pair, {pair: "x"}]) == [pair, pair, {pair: "x"}]
    assert table.referred == []


def test_each_argument_is_a_value_of_its_own():
    """`f(x, x)` passes a copy twice, as `f(x.copy(), x.copy())` would; identity holds within one argument."""
    inner, table = [1], Table()
    body = table.codec.dumps_call((inner, inner), {"again": inner})
    assert table.codec.loads(body) == [[[1], [1]], {"again": [1]}]
    assert table.referred == []


def nested_tuple(depth: int) -> object:
    value: object = dt.datetime(2024, 1, 1, tzinfo=PARIS)
    for _ in range(depth):
        value = (value,)
    return value


def test_the_deepest_value_that_travels_can_be_read(packing):
    value = nested_tuple(100)
    table = Table()
    assert table.crossed(value) == value
    assert table.referred == []
    assert table.crossed(nested_tuple(101)) == nested_tuple(101)
    assert len(table.referred) == 1


# --- bytes that are no value -----------------------------------------------------------------------------------------


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=50))
def test_random_bytes_are_read_or_refused(data):
    for read in (Table().codec.loads, unpack_frame):
        with contextlib.suppress(MalformedError):
            read(data)


EXTENSIONS = sorted(
    value for name, value in vars(frames).items() if name.isupper() and type(value) is int and value <= 25
)


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(EXTENSIONS), st.binary(max_size=30) | TREES.map(Table().codec.dumps))
def test_extension_with_a_strange_payload_is_read_or_refused(code, payload):
    with contextlib.suppress(MalformedError):
        Table().codec.loads(msgpack.packb(msgpack.ExtType(code, payload)))


BAD_PAYLOADS = {
    "zone that is a folder": (frames.ZONE, b"Europe"),
    "zone that leaves its folder": (frames.ZONE, b"../../etc/passwd"),
    "zone that is nowhere": (frames.ZONE, b"Nowhere/Land"),
    "fraction of zero": (frames.FRACTION, msgpack.packb([1, 0])),
    "day that is none": (frames.DATE, msgpack.packb([2024, 2, 30])),
    "hour of a text": (frames.TIME, msgpack.packb(["x", 0, 0, 0, 0, None])),
    "too few fields": (frames.DATETIME, msgpack.packb([2024])),
    "delta beyond a lifetime": (frames.TIMEDELTA, msgpack.packb([10**12, 0, 0])),
    "decimal that is none": (frames.DECIMAL, b"one"),
    "short uuid": (frames.UUID, b"x"),
    "short complex": (frames.COMPLEX, b"x"),
    "path class that is none": (frames.PATH, msgpack.packb(["Popen", "x"])),
    "unhashable member": (frames.SET_VALUE, msgpack.packb([[1]])),
    "singleton that is none": (frames.SINGLETON, b"Popen"),
    "extension of nobody": (99, b"\xc0"),
    "object of another side": (frames.OWNED, msgpack.packb([1])),
}


@pytest.mark.parametrize("kind", BAD_PAYLOADS)
def test_payload_that_is_no_value_is_malformed(packing, kind):
    code, payload = BAD_PAYLOADS[kind]
    with pytest.raises(MalformedError, match="cannot be read here"):
        Table().codec.loads(msgpack.packb([msgpack.ExtType(code, payload)]))


def nest(depth: int) -> bytes:
    body = b"\x90"
    for _ in range(depth):
        body = b"\x91" + struct.pack(">BIb", 0xC9, len(body), frames.TUPLE) + body
    return body


def test_bytes_that_nest_without_end_are_malformed_and_end_nobody(packing):
    """The compiled msgpack keeps 40 kB of the C stack for each level: a thousand of them killed the process."""
    for depth in (150, 900, 5000):
        with pytest.raises(MalformedError):
            Table().codec.loads(nest(depth))
    assert Table().crossed((1,)) == (1,)
    for data in (b"\x91" * 5000 + b"\xc0", b"\x81" * 5000 + b"\xc0"):
        for read in (Table().codec.loads, unpack_frame):
            with pytest.raises(MalformedError):
                read(data)


def test_depth_is_counted_for_each_message_alone():
    body = Table().codec.dumps(nested_tuple(60))
    inner: list[object] = []
    # A value whose reading reads another: a proxy's hash asks its worker while a dict is built.
    outer = Codec(lambda _: (frames.REFERENCE, [0]), lambda *_: inner.append(Table().codec.loads(body)))
    outer.loads(outer.dumps([object(), object()]))
    assert inner == [nested_tuple(60)] * 2


NO_FRAMES = {
    "no array": msgpack.packb({}),
    "too short": msgpack.packb([1]),
    "no kind": msgpack.packb(["1", 2]),
    "a kind that is a truth": msgpack.packb([True, 2]),
    "two frames": pack_frame([1, 2]) * 2,
    "half a frame": pack_frame([9, 1, b"abc"])[:-1],
    "empty": b"",
}


@pytest.mark.parametrize("kind", NO_FRAMES)
def test_bytes_that_are_no_frame_are_malformed(packing, kind):
    with pytest.raises(MalformedError, match="malformed frame"):
        unpack_frame(NO_FRAMES[kind])


def test_bodies_in_a_frame_are_left_alone(packing):
    """A relay needs no codec: extensions in a frame stay data."""
    frame = [frames.REPLY, 7, Table().codec.dumps([(1,), object()])]
    assert unpack_frame(pack_frame(frame)) == frame


def test_codecs_of_many_threads_do_not_disturb_each_other():
    wrong: list[object] = []

    def work(seed: int) -> None:
        value = [(seed, {"k": [seed] * 50})] * 1 + [str(seed) * 50]
        wrong.extend(found for _ in range(200) if (found := Table().crossed(value)) != value)

    threads = [threading.Thread(target=work, args=(seed,)) for seed in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert wrong == []


def test_path_that_its_own_text_does_not_name_goes_by_reference():
    odd = pathlib.PureWindowsPath("//./")
    table = Table()
    crossed = table.crossed(odd)
    assert crossed == odd
    assert bool(table.referred) is not reads_back(odd)
