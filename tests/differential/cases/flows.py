"""Iterators, generators, coroutines and context managers."""

from differential.registry import case, expressions, raising

expressions(
    "flows",
    """
list(F.count(3))
list(F.count(0))
list(F.count(3000))[-1]
next(F.count(1))
next(F.count(0))
next(F.count(0), "default")
tuple(F.count(2))
[*F.count(2), *F.count(1)]
sum(F.count(100))
max(F.count(5))
2 in F.count(5)
9 in F.count(5)
dict(zip("ab", F.count(2)))
list(enumerate(F.count(2)))
list(map(str, F.count(2)))
sorted(F.count(3), reverse=True)
list(F.failing())
next(F.failing(0))
list(F.returning())
[cat.name for cat in F.objects(3)]
[list(inner) for inner in F.nested(3)]
[list(each) for each in list(F.nested(3))]
iter(F.count(2)).__next__()
len(F.count(2))
F.count(2)[0]
F.count("a")
F.count(2).gi_running
F.count(2).__name__
callable(F.count(2))
type(F.count(2)).__name__
hasattr(F.count(2), "send")
F.count(2) == F.count(2)
list(reversed(list(F.count(2))))
list(M.Countdown(3))
next(M.Countdown(1))
next(M.Countdown(0))
[list(c) for c in [M.Countdown(2)] * 2]
list(M.OldSequence())
10 in M.OldSequence()
list(reversed(M.OldSequence()))
list(iter(M.Told()))
first, *rest
L.echo().send(None)
L.echo().send("early")
""".replace("first, *rest\n", "")
    .replace("F.", 'lib("circus.flows").')
    .replace("M.", 'lib("circus.magic").')
    .replace("L.", 'lib("circus.flows").Log().')
    .strip()
    .splitlines(),
)


@case
def unpacked(lib):
    first, *rest = lib("circus.flows").count(4)
    one, two = lib("circus.flows").count(2)
    with raising(ValueError) as noted:
        one, two = lib("circus.flows").count(3)
    return [first, rest, one, two, noted]


@case
def items_before_an_error_arrive(lib):
    found = []
    with raising(LookupError) as noted:
        for item in lib("circus.flows").failing(3):
            found.append(item)
    return [found, noted]


@case
def ended_generator_stays_ended(lib):
    made = lib("circus.flows").count(1)
    return [list(made), list(made), next(made, "none")]


@case
def return_value(lib):
    made = lib("circus.flows").returning()
    next(made)
    with raising(StopIteration) as noted:
        next(made)
    return noted["error"].value


@case
def yield_from_gives_the_return_value(lib):
    def outer():
        got = yield from lib("circus.flows").returning()
        yield ["inner gave", got]

    return list(outer())


@case
def send(lib):
    echo = lib("circus.flows").Log().echo()
    return [next(echo), echo.send("a"), echo.send([1]), next(echo)]


@case
def send_to_a_sum(lib):
    made = lib("circus.flows").accumulate()
    found = [next(made), made.send(5), made.send(7)]
    with raising(StopIteration) as noted:
        made.send(None)
    return [found, noted["error"].value]


@case
def throw_is_caught(lib):
    echo = lib("circus.flows").Log().echo()
    next(echo)
    return [echo.throw(ValueError("thrown")), echo.send("after")]


@case
def throw_is_not_caught(lib):
    log = lib("circus.flows").Log()
    noisy = log.noisy()
    next(noisy)
    with raising(KeyError) as noted:
        noisy.throw(KeyError("thrown"))
    return [noted, log.lines, next(noisy, "ended")]


@case
def close(lib):
    log = lib("circus.flows").Log()
    noisy = log.noisy()
    first = next(noisy)
    noisy.close()
    noisy.close()
    return [first, log.lines, next(noisy, "ended")]


@case
def close_before_the_start(lib):
    log = lib("circus.flows").Log()
    noisy = log.noisy()
    noisy.close()
    return [log.lines, list(noisy)]


@case
def close_refused(lib):
    stubborn = lib("circus.flows").Log().stubborn()
    next(stubborn)
    stubborn.close()


@case
def delegation(lib):
    made = lib("circus.flows").Log().delegating()
    return [next(made), made.send("sent")]


@case
def dropped_generator_is_closed(lib):
    import gc

    log = lib("circus.flows").Log()
    noisy = log.noisy()
    next(noisy)
    del noisy
    gc.collect()
    return log.lines


@case
def side_effects_happen_when_asked_for(lib):
    log = lib("circus.flows").Log()
    noisy = log.noisy(5)
    before = log.lines
    next(noisy)
    next(noisy)
    return [before, log.lines]


@case
def two_generators_interleave(lib):
    one, two = lib("circus.flows").count(3), lib("circus.flows").count(6, 3)
    return [next(one), next(two), next(one), next(two), list(zip(one, two))]


@case
def generator_passed_back(lib):
    return lib("circus.acts").consume(lib("circus.flows").count(5), 2)


@case
def generator_passed_back_when_begun(lib):
    made = lib("circus.flows").count(6)
    begun = [next(made), next(made), next(made)]
    return [begun, lib("circus.acts").consume(made, 2), list(made)]


@case
def iterator_shared_with_another(lib):
    itertools = lib("itertools")
    source = itertools.count()
    doubled = lib("builtins").map(lambda number: number * 2, source)
    return [next(doubled), next(doubled), next(source), next(doubled)]


@case
def generator_of_the_host(lib):
    def mine():
        yield 1
        yield [2]

    return [lib("circus.acts").consume(mine()), lib("builtins").list(mine()), lib("builtins").sum(n for n in (1, 2))]


@case
def generator_of_the_host_is_pulled_as_needed(lib):
    pulled = []

    def mine():
        for number in range(10):
            pulled.append(number)
            yield number

    return [lib("circus.acts").consume(mine(), 3), pulled]


@case
def generator_of_the_host_fails(lib):
    def mine():
        yield 1
        raise KeyError("mine")

    lib("circus.acts").consume(mine())


@case
def endless_generator_of_the_host(lib):
    import itertools

    return list(lib("itertools").islice(itertools.count(), 3))


@case
def chained_generators_of_both_sides(lib):
    squares = (number * number for number in lib("circus.flows").count(4))
    return list(lib("circus.acts").lazily(lambda value: value + 1, squares))


@case
def iterators_are_divided(lib):
    import itertools

    found = []
    flows = lib("circus.flows")
    for made in (lib("itertools").accumulate([1, 2, 3]), flows.count(3), iter(lib("circus.magic").Countdown(3))):
        ahead, behind = itertools.tee(made)
        next(ahead)
        found.append(list(zip(behind, ahead)))
    return found
