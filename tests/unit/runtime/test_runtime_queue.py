"""Whoever waits for a channel: sessions take turns."""

from __future__ import annotations

from dataclasses import dataclass

from snakebridge.runtime._pool.queue import FairQueue


@dataclass(frozen=True)
class Waiter:
    """Of a session."""

    turn: int
    number: int


def served(queue: FairQueue[Waiter]) -> list[tuple[int, int]]:
    order = []
    while (waiter := queue.first(lambda _: True)) is not None:
        queue.serve(waiter)
        order.append((waiter.turn, waiter.number))
    return order


def filled(*turns: int) -> FairQueue[Waiter]:
    queue: FairQueue[Waiter] = FairQueue()
    for number, turn in enumerate(turns):
        queue.add(Waiter(turn, number))
    return queue


def test_one_session_is_served_in_order():
    assert served(filled(1, 1, 1)) == [(1, 0), (1, 1), (1, 2)]


def test_sessions_take_turns_however_many_calls_one_has():
    assert served(filled(1, 1, 1, 2, 3, 3)) == [(1, 0), (2, 3), (3, 4), (1, 1), (3, 5), (1, 2)]


def test_whom_nothing_suits_keeps_his_turn():
    queue = filled(1, 2, 2)
    first = queue.first(lambda each: each.turn == 2)
    assert first == Waiter(2, 1)
    queue.serve(first)
    assert queue.size == 2
    assert served(queue) == [(1, 0), (2, 2)]


def test_whoever_gives_up_is_forgotten():
    queue = filled(1, 1)
    queue.discard(Waiter(1, 0))
    queue.discard(Waiter(5, 9))
    assert list(queue.everyone()) == [Waiter(1, 1)]
    queue.discard(Waiter(1, 1))
    assert not queue
