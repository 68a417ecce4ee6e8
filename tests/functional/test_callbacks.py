"""Host functions and objects can be passed; nested calls ride the link of the call that waits."""

from __future__ import annotations

import pytest


def test_function_is_called_back(client):
    assert client.call("functools:reduce", lambda left, right: left * 10 + right, [1, 2, 3]) == 123
    assert client.call("builtins:sorted", ["bb", "a", "ccc"], key=lambda text: -len(text)) == ["ccc", "bb", "a"]


def test_callback_may_call_the_same_worker(client):
    def deeper(number: int) -> int:
        if number == 0:
            return 0
        return 1 + next(client.call("builtins:map", deeper, [number - 1]))

    assert deeper(12) == 12


def test_exception_of_a_callback_crosses_both_borders(client):
    def fail(_left: int, _right: int) -> int:
        raise KeyError("mine")

    with pytest.raises(KeyError, match="mine"):
        client.call("functools:reduce", fail, [1, 2])


def test_host_object_is_passed_by_reference(client):
    class Basket:
        def __init__(self) -> None:
            self.items = ["apple"]

        def __len__(self) -> int:
            return len(self.items)

    basket = Basket()
    assert client.call("builtins:len", basket) == 1
    assert client.call("builtins:getattr", basket, "items") == ["apple"]
    client.call("builtins:setattr", basket, "items", [])
    assert basket.items == []
    assert client.call("copy:copy", [basket])[0] is basket


def test_private_names_of_host_objects_are_refused(client):
    with pytest.raises(AttributeError, match="private"):
        client.call("builtins:getattr", lambda: None, "_secret")


def test_library_copies_an_object_of_the_host_where_it_lives(client):
    class Basket:
        def __init__(self):
            self.eggs = [1]

    basket = Basket()
    shallow, deep = client.call("copy:copy", basket), client.call("copy:deepcopy", {"held": basket})["held"]
    assert (type(shallow), type(deep)) == (Basket, Basket)
    assert shallow is not basket
    assert shallow.eggs is basket.eggs
    assert deep.eggs is not basket.eggs
    with pytest.raises(TypeError, match="cannot be pickled: it lives in another process"):
        client.call("pickle:dumps", basket)
