"""Objects, files, threads and coroutines of the caller, used by the library."""

import typing

from differential.registry import case, raising


class Seat(typing.NamedTuple):
    row: int
    letter: str

    def name(self):
        return "%d%s" % self


class Thing:
    def __init__(self):
        self.name = "thing"

    def method(self, value):
        return [self.name, value]

    def __len__(self):
        return 3

    def __getitem__(self, index):
        return "item %d" % index

    def __iter__(self):
        return iter([1, 2])

    def __contains__(self, item):
        return item == "x"


@case
def object_of_the_host_is_used(lib):
    thing = Thing()
    return [lib("circus.acts").use(thing), thing.touched]


@case
def object_of_the_host_comes_back(lib):
    thing = Thing()
    box = lib("types").SimpleNamespace(thing=thing)
    return [lib("circus.acts").same(thing) is thing, box.thing is thing, lib("circus.acts").is_same(thing, thing)]


@case
def object_of_the_host_is_described(lib):
    return [lib("circus.acts").describe(Thing()), lib("builtins").len(Thing()), lib("builtins").list(Thing())]


@case
def object_of_the_host_is_sorted(lib):
    class Ranked:
        def __init__(self, rank):
            self.rank = rank

        def __lt__(self, other):
            return self.rank < other.rank

    return [each.rank for each in lib("builtins").sorted([Ranked(3), Ranked(1), Ranked(2)])]


@case
def object_of_the_host_with_operators(lib):
    class Money:
        def __init__(self, amount):
            self.amount = amount

        def __add__(self, other):
            return Money(self.amount + other.amount)

        def __eq__(self, other):
            return self.amount == other.amount

        def __hash__(self):
            return self.amount

    total = lib("operator").add(Money(1), Money(2))
    return [total.amount, lib("operator").eq(Money(1), Money(1)), lib("builtins").hash(Money(7))]


@case
def type_of_an_object_of_the_host(lib):
    return lib("circus.acts").type_name(Thing())


@case
def isinstance_of_an_object_of_the_host(lib):
    return lib("builtins").isinstance(Thing(), Thing)


@case
def file_of_the_host(lib):
    import io

    text, blob = io.StringIO("one\ntwo\n"), io.BytesIO(b"abc")
    acts = lib("circus.acts")
    written = io.StringIO()
    return [
        acts.read_all(text),
        acts.read_all(blob),
        acts.read_lines(io.StringIO("a\nb")),
        acts.write_to(written, "w"),
        written.getvalue(),
    ]


@case
def json_to_a_file_of_the_host(lib):
    import io

    file = io.StringIO()
    lib("json").dump([1, {"a": None}], file)
    return [file.getvalue(), lib("json").load(io.StringIO("[1]"))]


@case
def csv_with_files_of_the_host(lib):
    import io

    file = io.StringIO()
    writer = lib("csv").writer(file)
    writer.writerow(["a", 1])
    writer.writerows([["b", 2], ["c,d", None]])
    return [file.getvalue(), list(lib("csv").reader(io.StringIO("a,b\n1,2\n")))]


@case
def callback_on_a_thread_of_the_library(lib):
    import threading

    here = threading.current_thread()
    return [lib("circus.acts").in_thread(lambda value: value + 1, 1), here is threading.current_thread()]


@case
def callback_with_async(lib):
    async def mine(value):
        return value + 1

    async def main():
        return await lib("circus.acts").apply(mine, 1)

    import asyncio

    loop = asyncio.new_event_loop()
    try:
        return loop.run_until_complete(main())
    finally:
        loop.close()


@case
def threads_of_the_host_call(lib):
    import threading

    acts, found = lib("circus.acts"), {}

    def work(number):
        found[number] = [acts.apply(lambda value: value + number, step) for step in range(5)]

    threads = [threading.Thread(target=work, args=(number,)) for number in range(6)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    return sorted(found.items())


@case
def race_of_objects(lib):
    import threading

    shared = lib("collections").deque()

    def work(number):
        for step in range(10):
            shared.append((number, step))

    threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    return [len(shared), sorted(shared) == [(number, step) for number in range(4) for step in range(10)]]


@case
def exception_of_a_callback_in_a_generator(lib):
    def fail_on_two(value):
        if value == 2:
            raise KeyError(value)
        return value

    found = []
    with raising(KeyError) as noted:
        for item in lib("circus.acts").lazily(fail_on_two, [0, 1, 2, 3]):
            found.append(item)
    return [found, noted["error"].args]


@case
def object_of_the_host_is_copied(lib):
    thing = Thing()
    copied, deep = lib("copy").copy(thing), lib("copy").deepcopy([thing, thing])
    return [copied is thing, copied.name, deep[0] is deep[1], deep[0] is thing, type(deep[0]).__name__]


@case
def iterator_of_the_host_is_divided(lib):
    import itertools

    ahead, behind = lib("itertools").tee(itertools.accumulate([1, 2, 3]))
    return [next(ahead), *zip(behind, ahead)]


@case
def named_tuple_of_the_host_is_described(lib):
    return dict(lib("operator").methodcaller("_asdict")(Seat(1, "a")))


@case
def members_of_standard_enums(lib):
    import http
    import re
    import socket

    found = lib("re").compile("A", re.IGNORECASE | re.MULTILINE)
    status = lib("http").HTTPStatus(404)
    family = lib("socket").AF_INET
    with lib("socket").socket(socket.AF_INET, socket.SOCK_DGRAM) as made:
        kept = made.family
    return [
        [found.match("a").group(), found.flags, lib("re").IGNORECASE is re.IGNORECASE, lib("re").A | re.VERBOSE],
        [status is http.HTTPStatus.NOT_FOUND, status.phrase, isinstance(status, http.HTTPStatus)],
        [family is socket.AF_INET, kept == socket.AF_INET, {socket.AF_INET: 1}[kept]],
        lib("builtins").isinstance(http.HTTPStatus.OK, int),
        lib("builtins").repr([re.IGNORECASE, http.HTTPStatus.OK]),
    ]


class Money:
    """Has operators, which know only its own kind."""

    def __init__(self, amount):
        self.amount = amount

    def __add__(self, other):
        return Money(self.amount + other.amount) if isinstance(other, Money) else NotImplemented

    def __eq__(self, other):
        return self.amount == other.amount if isinstance(other, Money) else NotImplemented

    def __lt__(self, other):
        return self.amount < other.amount if isinstance(other, Money) else NotImplemented

    def __hash__(self):
        return hash(self.amount)


@case
def operands_that_do_not_know_each_other(lib):
    money, queue = Money(1), lib("collections").deque([Money(1)])
    function = lib("operator").ne
    found = [money == queue, queue == money, money != queue, queue != money, money in queue, function(money, queue)]
    for attempt in ("money + queue", "money < queue", "queue >= money", "money - queue", "divmod(money, queue)"):
        with raising() as noted:
            eval(attempt, {"money": money, "queue": queue})
        found.append(type(noted["error"]).__name__)
    return [*found, (lambda: 1) != queue, lib("builtins").sorted([Money(2), Money(1)])[0].amount]


def priced(amount: int, *rest: str, tax: float = 0.2, **more) -> float:
    """Say the price."""
    return amount * (1 + tax)


@case
def function_of_the_host_is_described(lib):
    inspect = lib("inspect")
    return [
        str(inspect.signature(priced)),
        list(inspect.getfullargspec(priced).args),
        inspect.getdoc(priced),
        str(inspect.signature(Money)),
        str(inspect.signature(Money(1).__add__)),
    ]


@case
def library_notes_on_a_function_of_the_host(lib):
    setter, getter = lib("builtins").setattr, lib("builtins").getattr
    with lib("contextlib").ExitStack() as stack:  # it holds the function meanwhile
        stack.callback(priced, 1)
        setter(priced, "_noted", [1])
        return [getter(priced, "_noted"), lib("builtins").hasattr(priced, "_other")]


@case
def pattern_of_the_host_is_one_over_there(lib):
    import re

    pattern = re.compile(r"(?P<first>A)b", re.IGNORECASE)
    again = lib("re").compile(pattern)
    return [
        lib("re").sub(pattern, lambda found: found.group("first") * 2, "xabX"),
        [again.pattern, again.flags, again == pattern],
        lib("re").fullmatch(re.compile(b"a+"), b"aaa").end(),
    ]


@case
def type_expressions_of_the_host_are_the_same_over_there(lib):
    import decimal

    given = [
        typing.List[int],
        typing.Optional[str],
        typing.Dict[str, typing.List[float]],
        typing.Union[int, decimal.Decimal, None],
        typing.Callable[[int, typing.Any], bool],
        typing.Callable[..., None],
        typing.Tuple[int, ...],
        typing.Literal["a", 1],
        typing.Mapping,
        type(None),
        decimal.Decimal,
    ]
    shown = [lib("builtins").repr(each) for each in given]
    back = [lib("copy").copy(each) == each for each in given if not isinstance(each, type)]
    return [shown, back, lib("typing").get_args(typing.Optional[int]), lib("circus.acts").same(typing.List[Thing])]


@case
def type_expressions_of_the_library_are_the_same_here(lib):
    found = lib("typing").get_type_hints(lib("typing").NamedTuple("Row", [("a", typing.List[int]), ("b", str)]))
    return [found, typing.get_origin(found["a"]), lib("typing").List == typing.List]


@case
def buffers_of_the_host_keep_their_items(lib):
    import array

    numbers, room = array.array("h", [3, 1, 2]), bytearray(8)
    view = memoryview(room).cast("H", [2, 2])
    read = [
        lib("io").BytesIO(b"abcdef").readinto(numbers),
        lib("io").BytesIO(b"abcdefgh").readinto(view),
        lib("io").BytesIO(b"xy").readinto(memoryview(room)[::1][2:4]),
    ]
    return [
        [lib("builtins").repr(array.array("d", [1.5])), lib("copy").copy(array.array("B", b"ab")), array.array("q")],
        [lib("builtins").memoryview(array.array("i", [1])).format, lib("builtins").sum(array.array("f", [0.5, 1]))],
        [
            lib("builtins").memoryview(memoryview(b"abcd").cast("H", [1, 2])).shape,
            lib("builtins").bytes(memoryview(b"")),
        ],
        [lib("struct").unpack_from("<i", memoryview(b"\x05\0\0\0")), lib("builtins").list(memoryview(b"abcd")[::2])],
        [read, numbers, room, view.tolist()],
    ]
