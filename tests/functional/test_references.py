"""What is no value is a reference that behaves like the object it stands for."""

from __future__ import annotations

import gc
import pickle
import threading

import pytest

import snakebridge as sb


@pytest.fixture
def ordered(client):
    return client.module("collections").OrderedDict([("a", 1), ("b", [2])])


def test_operators_work_as_on_the_object(ordered):
    assert len(ordered) == 2
    assert ordered["a"] == 1
    assert "b" in ordered
    assert "c" not in ordered
    assert list(ordered) == ["a", "b"]
    assert list(reversed(ordered)) == ["b", "a"]
    ordered["c"] = 3
    del ordered["a"]
    assert dict(ordered.items()) == {"b": [2], "c": 3}
    assert repr(ordered).startswith("OrderedDict(")
    assert bool(ordered)


def test_arithmetic_reflects(client):
    counter = client.module("collections").Counter("aab")
    delta = client.module("array").array("i", [1, 2])
    assert dict((counter + counter).items()) == {"a": 4, "b": 2}
    assert list(delta * 2) == [1, 2, 1, 2]
    assert list(2 * delta) == [1, 2, 1, 2]
    delta += client.module("array").array("i", [3])
    assert list(delta) == [1, 2, 3]


def test_missing_operator_is_a_type_error_as_locally(client):
    plain = client.call("builtins:object")
    with pytest.raises(TypeError):
        len(plain)
    with pytest.raises(TypeError):
        plain[0]
    with pytest.raises(TypeError):
        iter(plain)
    assert not callable(plain)


def test_equality_and_hash_are_the_objects_own(client):
    left, right = (client.call("collections:OrderedDict", {"a": 1}) for _ in range(2))
    assert left == right
    assert left != client.call("collections:OrderedDict")
    assert left == {"a": 1}
    with pytest.raises(TypeError):
        hash(left)
    plain = client.call("builtins:object")
    assert hash(plain) == hash(plain)
    assert {plain: 1}[plain] == 1


def test_the_same_object_is_the_same_proxy(client):
    holder = client.call("types:SimpleNamespace")
    holder.item = client.call("builtins:object")
    assert holder.item is holder.item


def test_attributes_are_read_and_written(client):
    space = client.call("types:SimpleNamespace", value=1)
    space.value = [1, 2]
    space.other = "x"
    assert space.value == [1, 2]
    assert {"other", "value"} <= set(dir(space))
    with pytest.raises(AttributeError):
        space.missing  # noqa: B018


def test_with_block_enters_and_leaves(client, tmp_path):
    file = tmp_path / "text"
    file.write_text("one\ntwo\n")
    with client.call("builtins:open", str(file)) as opened:
        assert opened.readline() == "one\n"
        assert opened.tell() == 4
        assert list(opened) == ["two\n"]
    assert opened.closed


def test_with_block_sees_the_exception_and_may_swallow_it(client):
    with client.call("contextlib:suppress", client.call("builtins:eval", "ZeroDivisionError")):
        client.call("operator:truediv", 1, 0)


def test_reference_is_passed_back_as_the_object(client):
    ordered = client.call("collections:OrderedDict", a=1)
    assert client.call("builtins:id", ordered) == client.call("builtins:id", ordered)
    assert client.call("builtins:isinstance", ordered, client.module("collections").OrderedDict)
    assert client.call("operator:itemgetter", 0)([ordered]) is ordered


def test_pickling_is_refused_with_a_reason(ordered):
    with pytest.raises(TypeError, match="lives in a worker"):
        pickle.dumps(ordered)


def test_dropped_proxies_free_their_objects(client):
    def references() -> int:
        client.call("math:sqrt", 1)  # carries the releases
        return client.health()[0]["references"]

    gc.collect()
    before = references()
    kept = [client.call("builtins:object") for _ in range(50)]
    assert references() >= before + 50
    del kept
    gc.collect()
    assert references() <= before


def test_many_threads_share_one_worker(client):
    failures = []

    def work(seed: int) -> None:
        for number in range(40):
            value = seed * 1000 + number
            if client.call("operator:add", value, 1) != value + 1:
                failures.append(value)

    threads = [threading.Thread(target=work, args=(seed,)) for seed in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []


def test_references_of_two_workers_in_one_call_are_refused(target, link):
    with sb.connect(python=target, workers=2, link=link) as two:
        # A callback keeps its worker leased, so the nested session's pin must be the other one.
        made = []

        def nested(_value: object) -> int:
            thread = threading.Thread(target=lambda: made.append(two.call("builtins:object")))
            thread.start()
            thread.join()
            return 0

        inside = two.call("builtins:sorted", [two.call("builtins:object")], key=nested)[0]
        with pytest.raises(sb.SnakebridgeError, match="one session"):
            two.call("operator:is_", inside, made[0])


def test_code_that_is_executed_over_there_keeps_its_own_features(client):
    namespace = client.call("collections:OrderedDict")
    client.call("builtins:exec", "def function(x: int): ...\nnote = function.__annotations__['x']", namespace)
    assert namespace["note"].__name__ == "int"  # and not the text
