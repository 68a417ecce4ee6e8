"""A call that is marked as changing its arguments changes the caller's own objects, as it would locally."""

from __future__ import annotations

import asyncio
import collections
import heapq
import random
import subprocess
import sys
import textwrap

import pytest
from interpreters import interpreter
from remote_source import make_module

import snakebridge as sb
from snakebridge.errors import ConfigurationError, NotTransferableError

SOURCE = """
kept = []

def reverse(x): x.reverse()
def append(x, item): x.append(item)
def append_returning(x, item):
    x.append(item)
    return x
def nothing(x): return len(x)
def itself(x): return x
def inside(x): return {"it": x, "first": (x[0], 1)}
def twice(x): return x, x
def update(x, **more): x.update(more)
def clear(x): x.clear()
def reorder(x): x["a"] = x.pop("a")
def swap(x): x[0], x[1] = x[1], x[0]
def change_inside(x): x[0]["n"].append(1)
def move_inside(x): x.append(x[0].pop())
def hold_itself(x): x.append(x)
def add_shared(x):
    new = [1]
    x.append(new); x.append(new); x.append({"new": new, "deep": ([new], {3})})
def drop_and_return(x): return x.pop()
def sort_by(x, key): x.sort(key=key)
def fill(x, value):
    for place in range(len(x)): x[place] = value
def both(a, b):
    a.append(len(b)); b.append(len(a))
    return b
def by_keyword(*, out): out.append(1)
def many(*lists):
    for each in lists: each.append(1)
def options(**named):
    for each in named.values(): each.append(1)
def fail(x):
    x.append("before")
    raise ValueError("after", x)
def fail_untouched(x): raise KeyError("x")
def keep(x):
    kept.append(x)
    x.append(1)
def in_tuple(pair): pair[0].append(pair[1])
def change_inside_after(x, call):
    call(0)
    x[0]["n"].append(2)
def anything(*args, **kwargs): args[0].reverse()
class Remote:
    items = [3, 4]
def remote(): return Remote()
async def later(x): x.append(1)
class Sorter:
    def __init__(self, sign): self.sign = sign
    def sort(self, x): x.sort(key=lambda each: each * self.sign)
    @classmethod
    def reverse(cls, x): x.reverse()
    def __call__(self, x): x.append(self.sign)
class Plain(list): pass
def new_kinds(x): x[:] = [Plain([1]), frozenset({2}), (1, [2]), bytearray(b"3"), slice([1], None)]
"""

CASES = {
    "list reversed": ("reverse", "[1, 2, 3]"),
    "list appended": ("append", "[1]", "2.5"),
    "list of lists moved": ("reverse", "[[1], [2], [3]]"),
    "a container appended": ("append", "[]", "{'a': [1]}"),
    "result is the argument": ("append_returning", "[1]", "2"),
    "nothing changed": ("nothing", "[[1], 2]"),
    "unchanged result is the argument": ("itself", "[[1]]"),
    "unchanged set is the result": ("itself", "{1, 2}"),
    "result holds the argument": ("inside", "[[1], 2]"),
    "result holds it twice": ("twice", "[1]"),
    "dict cleared": ("clear", "{'a': 1}"),
    "dict in another order": ("reorder", "{'a': 1, 'b': 2}"),
    "dict with odd keys": ("clear", "{(1, 2): [1], None: 2, 1.5: {3}}"),
    "set cleared": ("clear", "{1, 2}"),
    "bytearray longer": ("append", "bytearray(b'abc')", "100"),
    "bytearray in place": ("swap", "bytearray(b'abc')"),
    "inner ones swapped": ("swap", "[[1], {'a': 2}, 3]"),
    "only an inner one changed": ("change_inside", "[{'n': [0]}, [5]]"),
    "inner one moved out": ("move_inside", "[[[1], [2]], 4]"),
    "it holds itself then": ("hold_itself", "[1]"),
    "new ones shared": ("add_shared", "[[0]]"),
    "dropped one is the result": ("drop_and_return", "[[1], [2]]"),
    "many equal values": ("fill", "[0] * 1000", "'x' * 30"),
    "list in a tuple": ("in_tuple", "([], 3)"),
    "kinds of things": ("new_kinds", "[1]"),
    "it raised afterwards": ("fail", "[[1]]"),
    "it raised before": ("fail_untouched", "[[1]]"),
    "a tuple refuses": ("reverse", "(1, 2)"),
    "None refuses": ("append", "None", "1"),
    "deep": ("append", "eval('[' * 60 + ']' * 60)", "1"),
}


class Drawing:
    """What arguments and a result hold, with the identity of every container that was there before or comes again."""

    def __init__(self, arguments):
        self.names = {}
        self.kept = []
        for argument in arguments:
            self.name(argument)

    def name(self, value):
        if isinstance(value, (list, dict, set, bytearray)) and id(value) not in self.names:
            self.names[id(value)] = f"own {len(self.names)}"
            self.kept.append(value)
        if isinstance(value, (list, tuple, dict)):
            for each in value.values() if isinstance(value, dict) else value:
                self.name(each)

    def draw(self, value, drawn=None):
        drawn = set() if drawn is None else drawn
        if not isinstance(value, (list, dict, set, bytearray, tuple)):
            text = repr(value)
            return type(value).__name__, text if type(value).__module__ == "builtins" else list(value)
        if not isinstance(value, tuple):
            name = self.names.setdefault(id(value), f"new {len(self.names)}")
            self.kept.append(value)
            if name in drawn:
                return name
            drawn.add(name)
        items = value.items() if isinstance(value, dict) else sorted(value) if isinstance(value, set) else value
        return (
            name if type(value) is not tuple else "tuple",
            type(value).__name__,
            [self.draw(each, drawn) for each in items],
        )


def outcome(function, texts):
    arguments = [eval(text) for text in texts]
    drawing = Drawing(arguments)
    try:
        result = drawing.draw(function(*arguments))
    except Exception as error:  # noqa: BLE001 - whatever it raises is compared
        builtin = next(each for each in type(error).__mro__ if each.__module__ == "builtins")
        result = builtin.__name__, str(error)
    return result, [drawing.draw(each) for each in arguments]


@pytest.fixture(scope="module")
def made(client):
    return make_module(client, SOURCE)


@pytest.fixture(scope="module")
def local():
    names = {}
    exec(SOURCE, names)
    return names


@pytest.mark.parametrize(("name", "arguments"), [(case[0], case[1:]) for case in CASES.values()], ids=CASES)
def test_marked_call_changes_what_a_local_one_would(made, local, name, arguments):
    if name == "new_kinds":
        own = [1]
        sb.options(mutates=0)(made.new_kinds)(own)
        assert list(own[0]) == [1]
        assert own[1:4] == [frozenset({2}), (1, [2]), bytearray(b"3")]
        return
    remote = outcome(sb.options(mutates=(0,))(getattr(made, name)), arguments)
    assert remote == outcome(local[name], arguments)


def test_unmarked_call_changes_only_its_copy(made):
    own = [1, 2]
    made.reverse(own)
    assert own == [1, 2]


def test_shared_argument_is_changed_by_reference_when_nothing_is_marked(made):
    own = [1, 2]
    made.reverse(sb.share(own))
    assert own == [2, 1]


@pytest.mark.parametrize("mark", ["out", ("out",)], ids=["text", "tuple"])
def test_mark_by_name_finds_a_keyword(made, mark):
    own = []
    sb.options(mutates=mark)(made.by_keyword)(out=own)
    assert own == [1]


def test_mark_by_name_finds_a_position_and_a_keyword(made):
    marked = sb.options(mutates=("x", "item"))(made.append)
    one, two = [], [1]
    marked(one, two)
    assert one == [[1]]
    assert one[0] is two
    marked(item=3, x=one)
    assert one == [[1], 3]


def test_star_parameters_are_marked_as_a_whole(made):
    one, two = [], []
    sb.options(mutates=("lists",))(made.many)(one, two)
    sb.options(mutates=("named",))(made.options)(a=one, b=two)
    assert (one, two) == ([1, 1], [1, 1])


def test_two_marked_arguments_change_and_the_second_is_the_result(made):
    one, two = [], [0]
    assert sb.options(mutates=("a", "b"))(made.both)(one, two) is two
    assert (one, two) == ([1], [0, 1])


def test_one_object_passed_twice_is_refused_when_both_copies_change(made):
    own = [0]
    with pytest.raises(NotTransferableError, match="passed twice"):
        sb.options(mutates=("a", "b"))(made.both)(own, own)
    assert own == [0]


def test_elements_of_the_host_come_back_as_themselves(made):
    class Thing:
        pass

    thing, function = Thing(), lambda: 1
    own = [thing, [function], made.Sorter(1)]
    sorter = own[2]
    sb.options(mutates=0)(made.reverse)(own)
    assert own[0] is sorter
    assert own[1] == [function]
    assert own[2] is thing


def test_remote_list_inside_stays_a_remote_one(made):
    remote = made.remote()
    own = [remote.items, 1]
    sb.options(mutates=0)(made.reverse)(own)
    assert own == [1, [3, 4]]
    own = [remote, 1]
    sb.options(mutates=0)(made.reverse)(own)
    assert own[1] is remote


def test_unmarked_argument_that_ends_up_inside_is_the_very_object(client, made):
    heap, item = [], [2, {"key": "value"}]
    client.module("heapq").heappush(heap, item)
    assert heap[0] is item
    own, other = [], [1]
    sb.options(mutates="a")(made.both)(own, other)
    assert own == [1]
    assert other == [1]


def test_object_of_the_host_is_changed_directly(made):
    own = collections.deque([1, 2, 3])
    sb.options(mutates=0)(made.reverse)(own)
    assert list(own) == [3, 2, 1]


def test_callback_sees_the_copy_and_the_call_wins(made):
    own, seen = [3, 1, 2], []

    def key(value):
        seen.append(list(own))
        return value

    sb.options(mutates="x")(made.sort_by)(own, key)
    assert own == [1, 2, 3]
    assert seen == [[3, 1, 2]] * 3


def test_what_a_callback_calls_is_not_marked(made):
    inner = [1, 2]

    def key(value):
        made.reverse(inner)
        return value

    own = [2, 1]
    sb.options(mutates="x")(made.sort_by)(own, key)
    assert (own, inner) == ([1, 2], [1, 2])


def test_argument_that_was_changed_meanwhile_is_left_alone(made):
    own = [{"n": [1]}, 2]
    nested = own[0]["n"]

    def spoil(_):
        own[0] = None
        return 0

    with pytest.raises(NotTransferableError, match="changed meanwhile"):
        sb.options(mutates="x")(made.change_inside_after)(own, spoil)
    assert own == [None, 2]
    assert nested == [1]


@pytest.mark.parametrize(
    ("mark", "says"),
    [("y", "no parameter y that it could change; it has: x"), (("x", "z"), "no parameter z")],
)
def test_mark_that_names_no_parameter_is_refused_before_the_call(made, mark, says):
    own = [1, 2]
    with pytest.raises(ConfigurationError, match=says):
        sb.options(mutates=mark)(made.reverse)(own)
    assert own == [1, 2]


@pytest.mark.parametrize("address", ["builtins:max", "made:anything"])
def test_mark_by_name_is_refused_when_the_function_does_not_tell(client, made, address):
    own = [1, 2]
    with pytest.raises(ConfigurationError, match=r"say its place, such as `mutates=\(0,\)`"):
        sb.options(mutates="x")(client.call)(address, own)
    sb.options(mutates=0)(made.anything)(own)
    assert own == [2, 1]


def test_methods_and_callable_objects_are_marked_like_functions(made):
    sorter = made.Sorter(-1)
    own = [1, 3, 2]
    sb.options(mutates="x")(sorter.sort)(own)
    assert own == [3, 2, 1]
    sb.options(mutates="x")(made.Sorter.reverse)(own)
    sb.options(mutates=0)(sorter)(own)
    assert own == [1, 2, 3, -1]


def test_coroutine_function_changes_its_argument(made):
    own = []
    asyncio.run(sb.aio(sb.options(mutates="x")(made.later))(own))
    sb.options(mutates="x")(made.later)(own)
    asyncio.run(sb.options(mutates=0)(sb.aio(made.append))(own, 2))
    assert own == [1, 1, 2]


def test_exception_carries_the_change_and_its_own_arguments(made):
    own = [1]
    with pytest.raises(ValueError, match="after") as caught:
        sb.options(mutates="x")(made.fail)(own)
    assert own == [1, "before"]
    assert caught.value.args[0] == "after"


def test_library_that_keeps_the_argument_keeps_a_copy(made):
    own = []
    sb.options(mutates="x")(made.keep)(own)
    made.kept[-1].append(2)
    assert own == [1]


def test_standard_library_is_marked_without_anybody_saying_so(client):
    own, here = list(range(20)), list(range(20))
    client.call("random:seed", 5)
    client.module("random").shuffle(own)
    random.seed(5)
    random.shuffle(here)
    assert own == here
    remote = client.module("heapq")
    remote.heapify(own)
    heapq.heapify(here)
    remote.heappush(own, 1.5)
    heapq.heappush(here, 1.5)
    assert remote.heappop(own) == heapq.heappop(here)
    assert own == here
    generator = client.module("random").Random(7)
    generator.shuffle(own)
    random.Random(7).shuffle(here)
    assert own == here
    client.call("builtins:list.sort", own)
    assert own == sorted(here)
    assert client.module("operator").iadd(own, [1]) is own
    client.module("bisect").insort(own, 1.25)
    assert 1.25 in own
    buffer = bytearray(4)
    client.call("struct:pack_into", "<i", buffer, 0, 7)
    assert buffer == b"\x07\0\0\0"
    stream = client.call("io:BytesIO", b"abcdef")
    assert stream.readinto(buffer) == 4
    assert buffer == b"abcd"


def test_elements_that_cannot_be_compared_leave_what_the_library_left(client):
    own, here = [3, "a", 1, 2], [3, "a", 1, 2]
    with pytest.raises(TypeError):
        client.module("heapq").heapify(own)
    with pytest.raises(TypeError):
        heapq.heapify(here)
    assert own == here


@pytest.mark.parametrize("version", ["3.8", "3.9", "3.13"])
def test_other_guests_change_arguments_too(version):
    with sb.connect(python=interpreter(version), timeout=60) as client:
        made = make_module(client, SOURCE)
        own = [[1], [2]]
        first = own[0]
        sb.options(mutates="x")(made.reverse)(own)
        assert own[1] is first
        client.call("heapq:heapify", own)
        assert own[0] is first


# --- arrays -------------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def numpy():
    return pytest.importorskip("numpy")


@pytest.fixture(scope="module")
def remote_numpy(numpy, link):
    with sb.connect(python=sys.executable, link=link, timeout=60) as client:
        make_module(client, ARRAYS)
        yield client


ARRAYS = """
import numpy
def grow(x): x.shape = (2, 2)
def first(pair): pair[0][0] = 9
def widen(x): x.resize((3,), refcheck=False)
def frame(x): return None
"""


def test_out_array_is_filled_and_is_the_result(numpy, remote_numpy):
    own = numpy.zeros((2, 3), dtype="float32")
    view = own[:, 1]
    add = remote_numpy.module("numpy").add
    assert sb.options(mutates=("out",))(remote_numpy.call)("numpy:add", 1, 2, out=own) is own
    assert own.tolist() == [[3.0] * 3] * 2
    assert view.tolist() == [3.0, 3.0]
    assert add is not None
    column = numpy.zeros((4, 4))[::2, 1]
    sb.options(mutates=2)(remote_numpy.call)("numpy:multiply", 2, 4, column)
    assert column.tolist() == [8.0, 8.0]


def test_array_in_a_tuple_and_sorted_in_place_is_changed(numpy, remote_numpy):
    own = numpy.array([3, 1, 2])
    sb.options(mutates=0)(remote_numpy.call)("made:first", (own, 1))
    assert own.tolist() == [9, 1, 2]
    sb.options(mutates=0)(remote_numpy.call)("numpy:ndarray.sort", own)
    assert own.tolist() == [1, 2, 9]


def test_read_only_array_is_refused_by_the_library_as_locally(numpy, remote_numpy):
    own = numpy.zeros(2)
    own.flags.writeable = False
    with pytest.raises(ValueError, match="read-only"):
        sb.options(mutates="out")(remote_numpy.call)("numpy:add", 1, 2, out=own)


@pytest.mark.parametrize("name", ["grow", "widen"])
def test_array_of_another_shape_is_refused_and_left_alone(numpy, remote_numpy, name):
    own = numpy.zeros(4)
    with pytest.raises(NotTransferableError, match=r"shape \(4,\), and became float64"):
        sb.options(mutates=0)(remote_numpy.call)(f"made:{name}", own)
    assert own.shape == (4,)


def test_frame_is_refused_before_the_call(numpy, remote_numpy):
    pandas = pytest.importorskip("pandas")
    pytest.importorskip("pyarrow")
    with pytest.raises(NotTransferableError, match="a change of a DataFrame cannot be copied back"):
        sb.options(mutates=0)(remote_numpy.call)("made:frame", pandas.DataFrame({"a": [1]}))


# --- generated ----------------------------------------------------------------------------------------------------------

GENERATED = """
    import random as local
    import snakebridge as sb
    from o import heapq, random, struct

    own = [[1], [2], [3], [4]]
    here = list(own)
    random.seed(5)
    local.seed(5)
    random.shuffle(own)
    local.shuffle(here)
    assert all(one is other for one, other in zip(own, here))
    own, here = list(range(9)), list(range(9))
    random.Random(2).shuffle(own)
    local.Random(2).shuffle(x=here)
    assert own == here
    random.SystemRandom().shuffle(x=own)  # inherited
    heap = [3, 2, 1]
    heapq.heapify(heap)
    heapq.heappush(heap, 0)
    assert heapq.heappop(heap) == 0 and heap == [1, 2, 3]
    buffer = bytearray(8)
    struct.pack_into("<i", buffer, 2, 7)
    struct.Struct("<h").pack_into(buffer, 0, 5)
    assert buffer == bytes([5, 0, 7, 0, 0, 0, 0, 0]), buffer
    print("ran")
"""


def _generate(folder, target, *arguments):
    done = subprocess.run(
        [sys.executable, "-m", "snakebridge", "generate", *arguments, "--python", str(target), "--out", "o"],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr


def _run(folder, program):
    return subprocess.run(
        [sys.executable, "-W", "error", "-c", textwrap.dedent(program)],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_generated_standard_library_changes_its_arguments(tmp_path, target):
    _generate(tmp_path, target, "random", "heapq", "struct", "--manifests", "m")
    assert '"mutates_tier":"built-in"' in (tmp_path / "m" / "heapq.json").read_text()
    assert '"heapq:heapify": ((0, "heap"),),' in (tmp_path / "o" / "heapq" / "_adapter.py").read_text()
    done = _run(tmp_path, GENERATED)
    assert (done.stdout, done.stderr) == ("ran\n", "")


def test_overrides_say_more_and_less_than_the_table(tmp_path, target):
    (tmp_path / "heapq.toml").write_text(
        'library = "heapq"\n[symbols."heapq:heappush"]\nmutates = []\n[symbols."heapq:merge"]\nmutates = ["iterables"]\n'
    )
    _generate(tmp_path, target, "heapq", "--overrides", "heapq.toml", "--manifests", "m")
    adapter = (tmp_path / "o" / "heapq" / "_adapter.py").read_text()
    assert '"heapq:merge": ((0, "*iterables"),),' in adapter
    assert '"heapq:heappush": (' not in adapter
    program = """
        from o import heapq
        heap = [3, 2]
        heapq.heappush(heap, 1)
        assert heap == [3, 2]
        heapq.heapify(heap)
        assert heap == [2, 3]
        print("ran")
    """
    done = _run(tmp_path, program)
    assert (done.stdout, done.stderr) == ("ran\n", "")
