"""Plain named tuples are values: real tuples here, of the library's class over there."""

from __future__ import annotations

import collections
import copy

import pytest

Mine = collections.namedtuple("Mine", "a")  # noqa: PYI024 - as a program of Python 2 times has it


@pytest.fixture
def difflib(client):
    return client.module("difflib")


def test_result_is_a_tuple_of_the_class(difflib):
    match = difflib.SequenceMatcher(None, "abxcd", "abcd").find_longest_match(0, 5, 0, 4)
    assert isinstance(match, tuple)
    assert type(match) is difflib.Match
    assert (match, hash(match), match.size) == ((0, 0, 2), hash((0, 0, 2)), 2)
    assert repr(match) == "Match(a=0, b=0, size=2)"
    first, *_ = match
    assert first == 0


def test_class_makes_and_matches(difflib):
    made = difflib.Match(1, 2, size=3)
    assert made == difflib.Match._make([1, 2, 3])
    assert difflib.Match._fields == ("a", "b", "size")
    assert type(made._replace(a=5)) is difflib.Match
    assert copy.deepcopy(made) == made
    match made:
        case difflib.Match(1, second, size=3):
            assert second == 2
        case _:
            pytest.fail("it is no instance of its class")


def test_argument_arrives_as_the_class_of_the_library(client, difflib):
    made = difflib.Match([1], {"k": (2,)}, None)
    assert client.call("builtins:type", made) is difflib.Match
    assert client.call("builtins:repr", [made]) == "[Match(a=[1], b={'k': (2,)}, size=None)]"


def test_item_that_is_no_value_is_a_reference(client, difflib):
    matcher = difflib.SequenceMatcher(None, "a", "a")
    assert difflib.Match(matcher, 0, 0).a is matcher
    assert client.call("operator:itemgetter", 0)(difflib.Match(matcher, 0, 0)) is matcher


def test_one_list_twice_inside_stays_one(client, difflib):
    both = client.call("builtins:eval", "Match(one, one, 0)", {"Match": difflib.Match, "one": [1]})
    assert not isinstance(both, tuple)
    assert client.call("builtins:eval", "both.a is both.b", {"both": both})


def test_deep_nesting_goes_by_reference(client, difflib):
    code = "__import__('functools').reduce(lambda inside, _: Match(inside, 0, 0), range(300), None)"
    outer = client.call("builtins:eval", code, {"Match": difflib.Match})
    assert outer.a.b == 0


def test_class_of_more_than_items_is_not_flattened(client):
    url = client.call("urllib.parse:urlparse", "http://host/path")
    assert not isinstance(url, tuple)
    assert (url.netloc, url[0], url.geturl()) == ("host", "http", "http://host/path")


def test_heir_and_class_of_the_host_are_lent(client, difflib):
    class Heir(difflib.Match):
        pass

    for mine in (Mine(1), tuple.__new__(Heir, (1, 2, 3))):
        assert client.call("copy:copy", [mine])[0] is mine


def test_replayed_session_has_them_again(client, difflib):
    with client.session(replay=True) as session:
        matcher = client.module("difflib").SequenceMatcher(None, "a", "a")
        kept = client.call("collections:deque", [difflib.Match(matcher, 1, [2])])
        assert session is not None
        assert kept[0] == (matcher, 1, [2])
