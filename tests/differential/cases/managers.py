"""Context managers of the library and of the caller."""

import contextlib

from differential.registry import case, raising


@case
def managed(lib):
    log = lib("circus.flows").Log()
    with log.managed("value") as value:
        log.lines.append("lost")
        inside = list(log.lines)
    return [value, [line for line in inside if line != "lost"], [line for line in log.lines if line != "lost"]]


@case
def managed_sees_the_exception(lib):
    log = lib("circus.flows").Log()
    with raising(KeyError) as noted, log.managed("value"):
        raise KeyError("mine", 2)
    return [noted, log.lines]


@case
def managed_swallows(lib):
    log = lib("circus.flows").Log()
    with log.managed("value", (LookupError,)):
        raise KeyError("mine")
    return log.lines


@case
def managed_by_a_class_of_its_own(lib):
    log = lib("circus.flows").Log()

    class Mine(ValueError):
        pass

    with raising(Mine) as noted, log.managed(1):
        raise Mine("text")
    return [type(noted["error"]).__name__, log.lines]


@case
def managed_sees_the_librarys_exception(lib):
    log, errors = lib("circus.flows").Log(), lib("circus.errors")
    with raising() as noted, log.managed(1):
        errors.fail("Fall")
    return [noted, log.lines]


@case
def swallows(lib):
    manager = lib("circus.flows").Swallows(KeyError)
    with manager as entered:
        raise KeyError("k", 1)
    return [entered is manager, manager.seen]


@case
def swallows_something_else(lib):
    manager = lib("circus.flows").Swallows(KeyError)
    with raising(ValueError) as noted, manager:
        raise ValueError("v", [1])
    return [noted, manager.seen]


@case
def swallows_a_class_of_the_library(lib):
    errors = lib("circus.errors")
    manager = lib("circus.flows").Swallows(errors.CircusError)
    with manager:
        errors.fail("Fall")
    return manager.seen


@case
def leaves_without_exception(lib):
    manager = lib("circus.flows").Swallows(KeyError)
    with manager:
        pass
    return manager.seen


@case
def fails_on_the_way_in(lib):
    with lib("circus.flows").FailsInside("enter"):
        return "inside"


@case
def fails_on_the_way_out(lib):
    with lib("circus.flows").FailsInside("exit"):
        pass


@case
def raises_it_again_on_the_way_out(lib):
    with lib("circus.flows").FailsInside("again"):
        raise KeyError("mine")


@case
def no_context_manager(lib):
    with lib("circus.magic").Bare():
        pass


@case
def nested_managers(lib):
    log = lib("circus.flows").Log()
    with log.managed(1) as one, log.managed(2) as two:
        pass
    return [one, two, log.lines]


@case
def told_context(lib):
    told = lib("circus.magic").Told()
    with told as entered:
        pass
    with told:
        raise KeyError("swallowed")
    with raising(ValueError), told:
        raise ValueError("seen")
    return [entered, told.log]


@case
def exit_stack_of_the_library(lib):
    log = lib("circus.flows").Log()
    with lib("contextlib").ExitStack() as stack:
        found = stack.enter_context(log.managed("in the stack"))
        stack.callback(lambda: None)
    return [found, log.lines]


@case
def exit_stack_of_the_host(lib):

    log = lib("circus.flows").Log()
    with contextlib.ExitStack() as stack:
        found = stack.enter_context(log.managed("mine"))
    return [found, log.lines]


@case
def suppress(lib):
    with lib("contextlib").suppress(ZeroDivisionError):
        1 / 0
    return "went on"


@case
def suppress_another(lib):
    with lib("contextlib").suppress(KeyError):
        1 / 0


@case
def closing(lib):
    stream = lib("io").StringIO("text")
    with lib("contextlib").closing(stream) as same:
        text = same.read()
    return [text, stream.closed]


@case
def lock(lib):
    lock = lib("threading").Lock()
    with lock:
        inside = lock.locked()
    return [inside, lock.locked()]


@case
def manager_of_the_host(lib):

    log = []

    @contextlib.contextmanager
    def mine():
        log.append("enter")
        try:
            yield "value"
        finally:
            log.append("exit")

    return [lib("circus.acts").enter(mine()), log]


@case
def manager_of_the_host_swallows(lib):
    class Mine:
        def __enter__(self):
            return self

        def __exit__(self, kind, error, trace):
            self.seen = [kind.__name__, str(error)]
            return True

    manager = Mine()
    return [lib("circus.acts").enter_and_fail(manager), manager.seen]
