"""Functions and objects of the caller, called by the library."""

import functools

from differential.registry import case, expressions

expressions(
    "callbacks",
    """
A.apply(lambda: 3)
A.apply(lambda *args, **kwargs: [args, kwargs], 1, [2], a=3)
A.apply(print) if False else A.apply(str, 5)
A.apply(len, [1, 2])
A.apply(max, 1, 5)
A.apply([].append, 1)
A.apply("text".upper)
A.apply(dict, a=1)
A.apply(functools.partial(pow, 2), 3)
A.apply(A.juggle, 1, only=2)
A.apply(A.adder(2), 3)
A.apply(type, 3)
A.apply(5)
A.apply(None)
A.apply(lambda: None)
A.apply(lambda value: value, object)
A.apply_each(lambda value: value * 2, [1, "a", [3]])
A.apply_each(str.upper, ["a"])
list(A.lazily(lambda value: value + 1, [1, 2]))
A.compose(lambda value: value + 1, lambda value: value * 10)(5)
A.compose(A.adder(1), str.strip)("  ")
A.compose(len, str)(12345)
A.counting(lambda value: value)(3)
A.sort_by([3, 1, 2], lambda value: -value)
A.sort_by(["b", "A"], str.lower)
A.sort_by([[2], [1]], lambda value: value[0])
A.describe(lambda: None)
A.describe(5)
A.type_name([])
A.juggle(1)
A.juggle()
A.juggle(1, 2, 3, 4, only=5, rest=6)
A.juggle(first=1, second=3)
A.juggle(1, first=2)
A.positional(1, 2, 3)
A.positional(1, 2, c=3)
A.positional(a=1, b=2, c=3)
A.nothing()
A.defaults(1)
A.doubled(5)
A.doubled.keywords
A.remembered(3)
A.remembered.cache_info()[1]
A.remembered([])
A.juggle.__name__
A.juggle.__doc__
A.juggle.__module__
callable(A.juggle)
A.juggle == A.juggle
A.juggle is A.juggle
A.adder(1)(2)
A.adder(1).__name__
A.in_thread(len, [1])
lib("circus").alias(1)
lib("circus").alias.__name__
lib("circus").Kitty("k").name
lib("circus").PLACES
lib("circus").TOUR
lib("circus").PRICES
lib("circus").LIVE.name
lib("circus").LIVE is lib("circus").LIVE
lib("circus").acts.juggle(1)
lib("circus").animals.Cat("c").lives
lib("circus").__version__
lib("circus").__name__
lib("circus").__doc__
lib("circus").no_such
hasattr(lib("circus"), "acts")
hasattr(lib("circus"), "no_such")
getattr(lib("circus"), "no_such", 7)
sorted(name for name in dir(lib("circus")) if not name.startswith("_"))
lib("circus.no_such")
lib("no_such_library")
lib("circus.shared").NOTHING
""".replace("A.", 'lib("circus.acts").')
    .strip()
    .splitlines(),
    functools=functools,
)


@case(alters=True)
def module_values_are_set(lib):
    shared = lib("circus.shared")
    shared.counter = 5
    return [shared.read(), shared.bump(), shared.counter]


@case(alters=True)
def module_values_are_read_each_time(lib):
    shared = lib("circus.shared")
    return [shared.counter, shared.bump(), shared.counter, shared.bump(3), shared.read()]


@case(alters=True)
def function_of_a_module_is_replaced(lib):
    errors = lib("circus.errors")
    errors.fail = lambda name: "not failed " + name
    return lib("circus.errors").cause()


@case(alters=True)
def mutable_default_is_kept(lib):
    acts = lib("circus.acts")
    return [acts.overloaded("a"), acts.overloaded("a"), acts.overloaded("b")]


@case
def callback_is_called_later(lib):
    bus = lib("circus.acts").Bus()
    heard = []
    bus.on("event", heard.append)
    bus.on("event", lambda value: value * 2)
    return [bus.fire("event", 4), heard, bus.count("event"), bus.fire("nothing")]


@case
def callback_is_taken_off(lib):
    bus = lib("circus.acts").Bus()

    def mine(value):
        return value

    bus.on("event", mine)
    bus.off("event", mine)
    return bus.count("event")


@case
def callback_comes_back_as_itself(lib):
    def mine():
        return 1

    bus = lib("circus.acts").Bus()
    return [bus.on("event", mine) is mine, lib("circus.acts").same(mine) is mine, bus.callbacks["event"][0] is mine]


@case
def decorator(lib):
    bus = lib("circus.acts").Bus()

    @bus.on("event")
    def mine(value, more=1):
        return [value, more]

    return [bus.fire("event", 2, more=3), mine(5)]


@case
def counting_decorator(lib):
    counting = lib("circus.acts").counting

    @counting
    def mine(value):
        """Mine."""
        return value + 1

    return [mine(1), mine(2), mine.calls, mine.__name__, mine.__doc__]


@case
def lru_cache_decorator(lib):
    calls = []

    remembered = lib("functools").lru_cache(maxsize=None)

    @remembered
    def mine(value):
        calls.append(value)
        return value * 2

    return [mine(2), mine(2), mine(3), calls, mine.cache_info().hits]


@case
def single_dispatch(lib):
    dispatched = lib("functools").singledispatch

    @dispatched
    def mine(value):
        return "any"

    mine.register(int, lambda value: "int")
    return [mine(1), mine("a")]


@case
def nested_calls(lib):
    acts = lib("circus.acts")
    depths = []

    def bounce(depth):
        depths.append(depth)
        return acts.ping(bounce, depth)

    return [acts.ping(bounce, 20), len(depths)]


@case
def callback_uses_the_library(lib):
    acts, animals = lib("circus.acts"), lib("circus.animals")
    return acts.apply_each(lambda name: animals.Cat(name).speak(), ["a", "b"])


@case
def callback_gets_objects(lib):
    cat = lib("circus.animals").Cat("c")
    seen = []
    lib("circus.acts").apply(seen.append, cat)
    return [seen[0] is cat, seen[0].name]


@case
def callback_gives_objects(lib):
    cat = lib("circus.animals").Cat("c")
    return lib("circus.acts").apply(lambda: cat) is cat


@case
def method_override_by_assignment(lib):
    hook = lib("circus.acts").Hook()
    before = hook.run(1)
    hook.handle = lambda value: ["mine", value]
    return [before, hook.run(2)]


@case
def what_a_callback_lets_go_of_is_gone_when_it_returns(lib):
    acts = lib("circus.acts")
    kept = []
    return [
        acts.slide(lambda window: window.start * 2, 4),
        acts.slide(lambda window: window.wider(), 3),
        acts.slide(lambda window: window, 2),
        acts.slide(kept.append, 2),
        [window.start for window in kept],
    ]
