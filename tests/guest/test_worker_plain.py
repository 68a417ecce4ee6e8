"""How the worker calls a library's function."""

from __future__ import annotations

import sys

from snakebridge_guest.worker._plain import call


def test_keywords_are_the_ones_of_their_kind_when_they_were_read_from_a_frame():
    read = b"keyword_of_orjson".decode()  # a text of its own, as each that is read
    known = sys.intern("keyword_of_orjson")
    assert read is not known
    (got,) = call(lambda **named: named, (), {read: 1})
    assert got is known


def test_a_call_without_keywords_is_one():
    assert call(lambda *given: given, (1, 2), {}) == (1, 2)
