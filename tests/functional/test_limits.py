"""Messages have a largest size: what is larger is refused with a sentence, on the side that made it, and nothing dies."""

from __future__ import annotations

import pytest

import snakebridge as sb
from snakebridge.errors import ConfigurationError, NotTransferableError

LIMIT_MB = 0.1
TOO_LARGE = b"x" * 200_000


@pytest.fixture(scope="module")
def small(link, target):
    with sb.connect(python=target, link=link, resources=sb.Resources(message_mb=LIMIT_MB), timeout=60) as connected:
        yield connected


def test_arguments_that_are_too_large_are_refused_here(small):
    pid = small.call("os:getpid")
    with pytest.raises(
        NotTransferableError, match=r"builtins:len cannot be asked: a message of 200,\d+ bytes .* 100,000"
    ):
        small.call("builtins:len", TOO_LARGE)
    assert small.call("os:getpid") == pid
    assert small.call("builtins:len", TOO_LARGE[:90_000]) == 90_000


def test_result_that_is_too_large_is_refused_over_there(small):
    pid = small.call("os:getpid")
    with pytest.raises(NotTransferableError, match=r"a message of 200,\d+ bytes is larger than the limit of 100,000"):
        small.call("operator:mul", b"x", 200_000)
    assert small.call("os:getpid") == pid


def test_items_of_a_stream_that_are_too_large_are_refused(small):
    pid = small.call("os:getpid")
    stream = small.call("builtins:eval", "(b'x' * size for size in (10, 200_000))")
    assert next(stream) == b"x" * 10
    with pytest.raises(NotTransferableError):
        next(stream)
    assert small.call("os:getpid") == pid


def test_callback_with_too_much_is_refused_over_there_and_its_result_here(small):
    def fetch(size: int) -> bytes:
        return b"x" * size

    pid = small.call("os:getpid")
    assert small.call("builtins:len", small.call("builtins:list", small.call("builtins:map", fetch, [10]))) == 1
    with pytest.raises(Exception, match="larger than the limit"):
        small.call("builtins:list", small.call("builtins:map", fetch, [200_000]))
    with pytest.raises(Exception, match="larger than the limit"):
        small.call("builtins:eval", "send(b'x' * 200_000)", {"send": len})
    assert small.call("os:getpid") == pid


def test_exception_that_is_too_large_is_refused_over_there(small):
    pid = small.call("os:getpid")
    with pytest.raises(sb.SnakebridgeError):
        small.call("builtins:exec", "raise ValueError('x' * 200_000)")
    assert small.call("os:getpid") == pid


@pytest.mark.parametrize("size", [0, -1, 3000])
def test_limit_that_makes_no_sense_is_refused(size):
    with pytest.raises(ConfigurationError, match="message_mb"):
        sb.Resources(message_mb=size)
