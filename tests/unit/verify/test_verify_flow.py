"""What flows from one example to the next."""

from __future__ import annotations

import pytest

from snakebridge.verify import _flow

REACHED = {
    "nothing when nothing differs": (["a = f()", "b = a", "g(b)"], set(), set()),
    "what it binds": (["a = f()", "g(a)"], {0}, {"a"}),
    "what is made of that": (["a = f()", "b = h(a)", "c = 1", "g(b)"], {0}, {"a", "b"}),
    "what a method was called on": (["a.sort()", "a"], {0}, {"a"}),
    "what was passed": (["shuffle(a)", "a"], {0}, {"a"}),
    "what an item was set of": (["a[0].b = 1", "a"], {0}, {"a"}),
    "not the module it calls": (["import m", "m.f(a)", "m.g()"], {1}, {"a"}),
    "imports and definitions": (
        ["import x.y as z; from m import n\ndef d(): pass\nclass C: pass", "d"],
        {0},
        {"z", "n", "d", "C"},
    ),
    "nothing of the example itself": (["a = 1"], {0}, set()),
    "nothing of what cannot be parsed": (["a = (", "a"], {0}, set()),
}


@pytest.mark.parametrize("case", REACHED)
def test_reached_names_are(case):
    sources, suspects, expected = REACHED[case]
    assert _flow.reached(sources, suspects) == expected


COPIES = {
    "an item of an item": (["g[0][1] = 7"], {"g"}),
    "an item of an attribute": (["g.nodes[0]['room'] = 7"], {"g"}),
    "an item that is deleted": (["del g.nodes[0]['room']"], {"g"}),
    "an item of a result": (["g.data()['a'] = 1"], {"g"}),
    "a method that changes what was handed out": (["g.names.append('a')"], {"g"}),
    "what is made of it": (["g[0][1] = 7", "h = g.copy()"], {"g", "h"}),
    "what was given and changes then": (["f(g, x)", "x.append(1)"], {"g"}),
    "what was made of what changes then": (["g = f(x)", "x[0] = 1"], {"g"}),
    "what a method was given that changes then": (["g.add(x=x)", "x.append(1)"], {"g"}),
    "not what changes first": (["x.append(1)", "f(g, x)"], set()),
    "not an item of the thing itself": (["g[0] = 7"], set()),
    "not a method of the thing itself": (["g.append(1)"], set()),
    "not an attribute": (["g.a.b = 7"], set()),
    "not reading": (["g[0][1]"], set()),
}


@pytest.mark.parametrize("case", COPIES)
def test_changed_copies_are(case):
    sources, expected = COPIES[case]
    assert _flow.changed_copies(sources) == expected
