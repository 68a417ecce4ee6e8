"""A worker of a pool that is not dynamic runs what its adapter names, and nothing else."""

from __future__ import annotations

import sys
from functools import partial
from pathlib import Path

import pytest

from snakebridge import environments
from snakebridge.errors import AdapterRefusedError, RemoteError
from snakebridge.runtime import Pool, RemoteModule, RemoteSymbol, pipeline

ADAPTER = """
LIBRARY = "statistics"
API = 2
CALLABLES = frozenset({"collections:OrderedDict", "sys:getsizeof", "statistics:median", "functools:reduce", "builtins:iter"})
READABLE = frozenset({"math:pi", "sys:modules"})
MODULES = frozenset({"math"})
"""
HOOKS = """
from snakebridge_guest.adapter import Adapter


class Hooks(Adapter):
    def setup(self):
        self.ready = True

    def warm_up(self):
        assert self.ready

    def teardown(self):
        print("torn down")
"""


@pytest.fixture(scope="module")
def pool(tmp_path_factory):
    path = tmp_path_factory.mktemp("adapter") / "_adapter.py"
    path.write_text(ADAPTER)
    python = Path(sys.base_prefix) / "bin" / "python{}.{}".format(*sys.version_info[:2])
    started = Pool(environments.describe(python), dynamic=False, timeout=60)
    started.adapters[str(path)] = None
    yield started
    started.close()


def call(pool, address: str, *args: object, **kwargs: object):
    return pool.call(address, args, kwargs)


def imported(pool, module: str) -> bool:
    return module in pool.read("sys:modules")


def test_what_is_listed_runs(pool):
    assert call(pool, "statistics:median", [3, 1, 2]) == 2
    assert pool.read("math:pi") > 3
    assert repr(pool.read("math")) == "<remote module math>"
    assert call(pool, "functools:reduce", lambda left, right: left * right, [2, 3, 4]) == 24


@pytest.mark.parametrize(
    "address", ["this:d", "statistics:mean", "builtins:eval", "sys:getsizeof.__self__", "nowhere:f"]
)
def test_call_of_what_is_not_listed_is_refused(pool, address):
    with pytest.raises(AdapterRefusedError, match="generate the library again"):
        call(pool, address, "1")
    with pytest.raises(AdapterRefusedError):
        pool.read(address)
    assert not imported(pool, "this")
    assert not imported(pool, "nowhere")


@pytest.mark.parametrize("place", [0, 1, 2])
def test_pipeline_with_a_step_that_is_not_listed_runs_nothing(pool, place):
    told = []

    def tell(*items):
        told.append(items)
        return [1]

    reduce = RemoteSymbol(pool, "function", "functools:reduce")
    median, foreign = (RemoteSymbol(pool, "function", address) for address in ("statistics:median", "this:d"))
    steps = [partial(reduce, tell), median]
    assert pipeline(*steps)([1, 2]) == 1
    told.clear()
    steps.insert(place, foreign)
    with pytest.raises(AdapterRefusedError, match="this:d is not in the adapter's list"):
        pipeline(*steps)([1, 2])
    assert told == []
    assert not imported(pool, "this")


WAYS = {
    "an operator": lambda pool: pool.operate("this:d", "__len__", (), library=None),
    "an attribute": lambda pool: pool.about("this:d", "__doc__"),
    "an attribute that is set": lambda pool: pool.set_at("this", "d", 1),
    "an attribute of what is listed": lambda pool: pool.set_at("statistics:median", "d", 1),
    "an attribute that is deleted": lambda pool: pool.delete("this", "d"),
    "a module as an argument": lambda pool: call(pool, "statistics:median", RemoteModule(pool, "this")),
    "a function as an argument": lambda pool: call(pool, "statistics:median", RemoteSymbol(pool, "function", "this:d")),
    "a method as an address": lambda pool: call(pool, "collections:OrderedDict.__init_subclass__"),
}


@pytest.mark.parametrize("way", WAYS)
def test_every_other_way_to_what_is_not_listed_is_refused(pool, way):
    with pytest.raises(AdapterRefusedError):
        WAYS[way](pool)
    assert not imported(pool, "this")


def test_module_that_is_not_listed_is_neither_read_nor_imported(pool):
    with pytest.raises(AdapterRefusedError):
        pool.read("this")
    assert not imported(pool, "this")


PRIVATE = [
    "__class__",
    "__globals__",
    "__dict__",
    "__init_subclass__",
    "_OrderedDict__map",
    "__reduce_ex__",
    "__getattribute__",
]


@pytest.mark.parametrize("name", PRIVATE)
def test_private_names_of_a_reference_are_refused(pool, name):
    reference = call(pool, "collections:OrderedDict")._snakebridge
    with pytest.raises(AdapterRefusedError, match="private"):
        pool.get(reference, name)
    with pytest.raises(AdapterRefusedError, match="private"):
        pool.set(reference, name, 1)
    with pytest.raises(AdapterRefusedError, match="private"):
        pool.method(reference, name, (), None)


def test_public_names_and_operators_of_a_reference_work(pool):
    ordered = call(pool, "collections:OrderedDict", a=1)
    ordered["b"] = 2
    assert ordered.popitem() == ("b", 2)
    ordered.colour = "red"
    assert ordered.colour == "red"
    assert len(ordered) == 1
    assert "a" in ordered
    with pytest.raises(AttributeError):
        ordered.nothing  # noqa: B018


def test_builtin_classes_are_named_in_arguments_and_functions_are_not(pool):
    assert call(pool, "sys:getsizeof", int) > 100
    with pytest.raises(RemoteError) as caught:  # it arrives as an object of the host, not as their `eval`
        call(pool, "statistics:median", eval)
    assert "eval" not in caught.value.remote_type


def test_refusal_costs_the_worker_nothing(pool):
    pool.wait_ready()
    before = [worker.process.popen.pid for worker in pool.workers]
    assert before
    with pytest.raises(AdapterRefusedError):
        call(pool, "os:_exit", 1)
    assert call(pool, "statistics:median", [1]) == 1
    assert [worker.process.popen.pid for worker in pool.workers] == before


@pytest.fixture
def fresh(tmp_path):
    python = Path(sys.base_prefix) / "bin" / "python{}.{}".format(*sys.version_info[:2])
    pool = Pool(environments.describe(python), dynamic=False, timeout=60)
    yield pool, tmp_path / "adapter.py"
    pool.close()


def test_adapter_of_another_version_and_one_that_fails_are_told_and_nothing_runs(fresh):
    pool, path = fresh
    pool.adapters[str(path)] = None
    with pytest.raises(FileNotFoundError):
        call(pool, "statistics:median", [1])
    path.write_text(ADAPTER.replace("API = 2", "API = 99"))
    with pytest.raises(AdapterRefusedError, match="another version"):
        call(pool, "statistics:median", [1])
    path.write_text(ADAPTER)
    hooks = path.with_name("_adapter_hooks.py")
    hooks.write_text(HOOKS.replace("self.ready = True", "raise ConnectionError('no licence')"))
    with pytest.raises(ConnectionError, match="no licence"):
        call(pool, "statistics:median", [1])
    hooks.write_text(HOOKS)
    assert call(pool, "statistics:median", [1]) == 1


def test_teardown_runs_when_the_pool_closes(fresh, caplog):
    pool, path = fresh
    path.write_text(ADAPTER)
    path.with_name("_adapter_hooks.py").write_text(HOOKS)
    pool.adapters[str(path)] = None
    with caplog.at_level("INFO", logger="snakebridge.worker"):
        assert call(pool, "statistics:median", [1]) == 1
        pool.close()
    assert "torn down" in caplog.text
