"""Threads of the library's own call back: each is answered by a thread of the host, and nobody waits for another."""

from __future__ import annotations

import gc
import threading

import pytest
from remote_source import make_module

import snakebridge as sb
from snakebridge.errors import CallTimeoutError, StaleReferenceError

SOURCE = """
import concurrent.futures, os, threading

def each(function, items, threads):
    with concurrent.futures.ThreadPoolExecutor(threads) as pool:
        return list(pool.map(function, items))

def in_thread(function, *args):
    box = []
    def work():
        try:
            box.append((function(*args), None))
        except BaseException as error:
            box.append((None, error))
    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    value, error = box[0]
    if error is not None:
        raise error
    return value

def call(function, *args):
    return function(*args)

def catch(function):
    try:
        function()
    except LookupError as error:
        return type(error).__name__, error.args
    return None

def catch_in_thread(function):
    return in_thread(catch, function)

go = threading.Event()
done = threading.Event()
caught = []

def later(function):
    # A thread that outlives the call which started it.
    def work():
        go.wait(30)
        try:
            caught.append(function("late"))
        except Exception as error:
            caught.append((type(error).__name__, str(error)))
        done.set()
    go.clear(); done.clear(); caught.clear()
    threading.Thread(target=work, daemon=True).start()

def release():
    go.set()

def outcome():
    return done.wait(30) and caught[0]

class Dying:
    def __init__(self, function):
        self.function = function
    def __del__(self):
        self.function("dying")

def fork(function):
    read, write = os.pipe()
    child = os.fork()
    if not child:
        try:
            function()
            os.write(write, b"it worked")
        except BaseException as error:
            os.write(write, (type(error).__name__ + ": " + str(error)).encode())
        os._exit(0)
    os.close(write)
    os.waitpid(child, 0)
    with open(read) as file:
        return file.read()
"""


@pytest.fixture
def lib(client):
    return make_module(client, SOURCE)


def test_thread_of_the_library_calls_back(lib):
    seen = []

    def note(number: int) -> int:
        seen.append(threading.current_thread())
        return number * 2

    assert lib.in_thread(note, 4) == 8
    assert seen[0] is not threading.current_thread()
    assert lib.each(note, list(range(200)), 4) == [number * 2 for number in range(200)]


def test_callbacks_of_threads_run_at_once(lib):
    barrier = threading.Barrier(4, timeout=20)
    assert len(set(lib.each(lambda _: barrier.wait(), list(range(4)), 4))) == 4


def test_threads_and_the_calling_thread_call_back_together(lib):
    numbers: list[int] = []
    lock = threading.Lock()

    def note(number: int) -> int:
        with lock:
            numbers.append(number)
        return lib.call(abs, -number) if number % 3 == 0 else number

    for _ in range(3):
        assert lib.each(note, list(range(60)), 8) == list(range(60))
        assert lib.call(note, 60) == 60
    assert len(numbers) == 183


def test_callback_in_a_thread_may_nest(lib):
    def deeper(number: int) -> int:
        return 0 if number == 0 else 1 + lib.call(deeper, number - 1)

    def wider(number: int) -> int:
        return 0 if number == 0 else 1 + lib.in_thread(wider, number - 1)

    assert lib.in_thread(deeper, 10) == 10
    assert lib.in_thread(wider, 10) == 10


def test_exception_of_a_callback_in_a_thread_is_the_same_object(lib):
    mine = LookupError("mine", 3)

    def fail() -> None:
        raise mine

    assert lib.catch_in_thread(fail) == ("LookupError", ("mine", 3))
    with pytest.raises(LookupError) as caught:
        lib.in_thread(fail)
    assert caught.value is mine


def test_thread_works_for_the_call_that_runs(client, lib):
    seen = []
    with client.session() as session:
        lib.in_thread(lambda: seen.append(sb.runtime.current().session))
    assert seen == [session]


def test_references_made_in_a_thread_belong_to_its_session(client, lib):
    made = []
    with client.session():
        lib.in_thread(lambda: made.append(client.call("collections:Counter", "aab")))
        assert made[0]["a"] == 2
    with pytest.raises(StaleReferenceError):
        made[0]["a"]


def test_deadline_holds_for_what_a_thread_calls_back(fresh):
    lib = make_module(fresh, SOURCE)  # the thread cannot be interrupted, so its worker is replaced

    def nested() -> str:
        with pytest.raises(CallTimeoutError):
            lib.outcome()
        raise TimeoutError("nested")

    lib.later(abs)
    with pytest.raises((CallTimeoutError, TimeoutError)):
        sb.options(timeout=0.5)(lib.in_thread)(nested)


def test_thread_that_outlives_its_call_is_answered(lib):
    called = threading.Event()

    def late(word: str) -> str:
        called.set()
        return word.upper()

    lib.later(late)
    lib.release()
    assert called.wait(20)
    assert lib.outcome() == "LATE"


def test_thread_that_outlives_its_session_is_refused(client, lib):
    with client.session():
        lib.later(lambda word: word)
    lib.release()
    name, text = lib.outcome()
    assert name == "StaleReferenceError"
    assert "session which has ended" in text


def test_finalizer_between_calls_is_answered(client, lib):
    said = []
    heard = threading.Event()

    def note(word: str) -> None:
        said.append(word)
        heard.set()

    dying = lib.Dying(note)
    del dying
    gc.collect()
    assert heard.wait(20)
    assert said == ["dying"]
    assert client.call("math:sqrt", 4) == 2


def test_forked_copy_of_the_worker_cannot_call_back(lib):
    assert "RuntimeError: an object of the host cannot be used in a process that was forked" in lib.fork(lambda: 1)
    assert lib.call(lambda: 2) == 2


def test_worker_that_dies_ends_the_callbacks_of_its_threads(fresh):
    library = make_module(fresh, SOURCE)
    running, over = threading.Event(), threading.Event()

    def wait(_word: str) -> None:
        running.set()
        try:
            with pytest.raises(sb.WorkerLostError):
                library.call(killed)
        finally:
            over.set()

    def killed() -> None:
        fresh.pool.workers[0].kill("a test")

    library.later(wait)
    library.release()
    assert running.wait(20)
    assert over.wait(20)


@pytest.mark.parametrize("profile", ["thread"])
def test_threads_call_back_in_the_thread_profile(link, target, profile):
    with sb.connect(python=target, link=link, profile=profile, lanes=3, timeout=60) as client:
        library = make_module(client, SOURCE)
        results: list[list[int]] = []

        def work(base: int) -> None:
            results.append(library.each(lambda number: number + base, list(range(50)), 3))

        threads = [threading.Thread(target=work, args=(base,)) for base in (0, 100, 200)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sorted(results) == [[number + base for number in range(50)] for base in (0, 100, 200)]
