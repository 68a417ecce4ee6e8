"""Libraries that print, and that close, replace or redirect the standard streams."""

from __future__ import annotations

import pytest

CASES = {
    "close 0": ("close", 0),
    "close 1": ("close", 1),
    "close 2": ("close", 2),
    "close all three": ("close", 0, 1, 2),
    "close the objects": ("close_objects",),
    "take them away": ("take_away",),
    "replace them by broken ones": ("replace",),
    "redirect them": ("redirect",),
    "write what is no text": ("halves",),
}


@pytest.mark.parametrize("case", CASES)
def test_worker_goes_on_when_a_library_does_this_to_its_streams(on_lane, sound, case):
    pid = on_lane.call("os:getpid")
    name, *arguments = CASES[case]
    on_lane.call(f"ill_stdio:{name}", *arguments)
    sound(on_lane, pid)


def test_descriptors_of_ours_are_not_among_those_that_a_library_finds_free(hostile, sound):
    """What is opened after the standard streams were closed gets their numbers, and prints go there, as anywhere."""
    pid = hostile.call("os:getpid")
    hostile.call("ill_stdio:close", 0, 1, 2)
    opened = [hostile.call("builtins:open", "/dev/null", "w") for _ in range(3)]
    assert sorted(each.fileno() for each in opened) == [0, 1, 2]
    hostile.call("builtins:print", "goes to the file")
    sound(hostile, pid)


def test_closed_stream_is_an_error_of_the_library_that_prints(on_lane):
    on_lane.call("ill_stdio:close_objects")
    with pytest.raises(ValueError, match="closed file"):
        on_lane.call("builtins:print", "nobody hears")
    assert on_lane.call("math:sqrt", 4) == 2


def test_flood_of_prints_neither_blocks_the_worker_nor_loses_the_answer(hostile, sound):
    pid = hostile.call("os:getpid")
    hostile.call("ill_stdio:flood", 5000)
    sound(hostile, pid)


def test_stdin_is_at_its_end(on_lane):
    assert on_lane.call("ill_stdio:read") == ("", b"")
