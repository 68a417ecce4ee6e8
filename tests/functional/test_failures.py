"""Workers that die again and again, stand still, or are killed by one and the same call: what callers hear."""

from __future__ import annotations

import asyncio
import os
import signal
import threading
import time

import pytest

import snakebridge as sb
from snakebridge.errors import (
    ConfigurationError,
    PoisonCallError,
    PoolClosedError,
    PoolUnavailableError,
    WorkerStartError,
)

DEADLINE = 60
_PAUSE = threading.Event()


@pytest.fixture
def start(link, target):
    clients = []

    def connect(guard: sb.Guard | None = None, **options: object) -> sb.Client:
        clients.append(sb.connect(python=target, link=link, timeout=DEADLINE, guard=guard, **options))
        return clients[-1]

    yield connect
    for client in clients:
        client.close()


def until(holds) -> bool:
    """Wait for something that nobody tells; each look goes through the pool's own numbers."""
    end = time.monotonic() + DEADLINE
    while not holds():
        if time.monotonic() > end:
            return False
        _PAUSE.wait(0.01)  # another process's turn
    return True


def die(client, status: int) -> None:
    with pytest.raises(sb.WorkerLostError, match=f"status {status}"):
        client.call("os:_exit", status)


# --- the breaker -----------------------------------------------------------------------------------------------------


def test_pool_whose_workers_die_in_a_row_refuses_calls_at_once(start):
    client = start(sb.Guard(deaths=3, pause=50))
    for status in (1, 2, 3):
        die(client, status)
    with pytest.raises(PoolUnavailableError, match=r"3 workers died in a row .* status 3 during os:_exit") as caught:
        client.call("math:sqrt", 4)
    assert 0 < caught.value.retry_after <= 50
    assert caught.value.report.exit_code == 3
    stats = client.stats()
    assert (stats.breaker, stats.refused, stats.workers) == ("open", 1, ())
    assert stats.lost == 3


def test_those_who_wait_are_refused_when_it_opens(start):
    client = start(sb.Guard(deaths=1, pause=50))
    heard = []

    def wait() -> None:
        with pytest.raises(PoolUnavailableError):
            client.call("math:sqrt", 4)
        heard.append(True)

    def die_with_a_waiter(_first: object, _second: object) -> None:
        thread.start()
        assert until(lambda: client.stats().waiting == 1)
        os.kill(client.stats().workers[0].pid, signal.SIGKILL)

    thread = threading.Thread(target=wait)
    with pytest.raises(sb.WorkerLostError):
        client.call("functools:reduce", die_with_a_waiter, [1, 2])
    thread.join()
    assert heard == [True]


def test_call_that_ends_well_after_the_pause_closes_it(start):
    client = start(sb.Guard(deaths=1, pause=0.01))
    die(client, 1)
    assert until(lambda: client.stats().breaker == "half-open")
    assert client.call("math:sqrt", 4) == 2
    assert client.stats().breaker == "closed"
    assert client.wait_ready(timeout=DEADLINE)


def test_trial_that_dies_opens_it_again(start):
    client = start(sb.Guard(deaths=1, pause=0.05, longest_pause=50))
    die(client, 1)
    for status in range(2, 7):
        assert until(lambda: client.stats().breaker == "half-open")
        die(client, status)
    assert client.stats().breaker == "open"  # the pause doubled each time
    assert client.forgive() == 0
    assert client.call("math:sqrt", 4) == 2


def test_only_one_call_is_tried_at_a_time(start):
    client = start(sb.Guard(deaths=1, pause=0.01), workers=2)
    die(client, 1)
    assert until(lambda: client.stats().breaker == "half-open")

    def meanwhile(_first: object, _second: object) -> str:
        caught: list[PoolUnavailableError] = []

        def other() -> None:
            with pytest.raises(PoolUnavailableError, match="waits for the outcome") as error:
                client.call("math:sqrt", 4)
            caught.append(error.value)

        thread = threading.Thread(target=other)
        thread.start()
        thread.join()
        return str(len(caught))

    assert client.call("functools:reduce", meanwhile, [1, 2]) == "1"
    assert client.call("math:sqrt", 4) == 2


def test_call_for_an_object_of_a_living_worker_is_taken_while_it_is_open(start):
    client = start(sb.Guard(deaths=1, pause=50), workers=2)
    client.wait_ready()
    kept, lengths, heard = client.call("collections:deque", [1, 2]), [], []

    def refused() -> None:
        die(client, 1)  # the other worker is the only free one
        with pytest.raises(PoolUnavailableError) as caught:
            client.call("math:sqrt", 4)
        heard.append(caught.value)

    def meanwhile(_first: object, _second: object) -> None:
        thread = threading.Thread(target=refused)
        thread.start()
        thread.join()
        taken.start()
        assert until(lambda: client.stats().waiting == 1)  # for the worker that is busy here

    taken = threading.Thread(target=lambda: lengths.append(len(kept)))
    client.call("functools:reduce", meanwhile, kept)
    taken.join()
    assert (len(heard), lengths) == (1, [2])


def test_opening_and_closing_are_logged(start, caplog):
    client = start(sb.Guard(deaths=1, pause=0.01))
    with caplog.at_level("WARNING", logger="snakebridge"):
        die(client, 1)
        assert until(lambda: client.stats().breaker == "half-open")
        client.call("math:sqrt", 4)
        client.close()
    assert "takes no calls for 0.0 s: 1 workers died in a row" in caplog.text
    assert "takes calls again" in caplog.text


def test_deaths_of_idle_workers_do_not_open_it(start):
    client = start(sb.Guard(deaths=1, pause=50))
    worker = client.pool.workers[0]
    os.kill(worker.process.popen.pid, signal.SIGKILL)
    assert worker.ended.wait(DEADLINE)
    assert client.stats().breaker == "closed"
    assert client.call("math:sqrt", 4) == 2


def test_calls_that_were_ended_by_their_deadline_do_not_open_it(start):
    client = start(sb.Guard(deaths=1, pause=50))
    endless = client.call("itertools:repeat", 1)
    with pytest.raises(sb.CallTimeoutError):
        sb.options(timeout=0.2)(client.call)("builtins:sum", endless)
    assert client.call("math:sqrt", 4) == 2
    assert client.stats().breaker == "closed"


def test_one_sick_pool_leaves_another_alone(start, target):
    sick = start(sb.Guard(deaths=2, pause=50))
    sound = start()
    for status in (1, 2):
        die(sick, status)
    assert sound.call("math:sqrt", 4) == 2
    assert sound.stats().lost == 0


def test_interpreter_that_starts_no_worker_is_told_and_tried_again(target, tmp_path):
    python = tmp_path / "bin" / "python3"
    python.parent.mkdir()
    python.write_text(f'#!/bin/sh\n[ "$SICK" ] && {{ echo "no such luck" >&2; exit 9; }}\nexec {target} "$@"\n')
    python.chmod(0o755)
    with pytest.raises(WorkerStartError, match=r"(?s)no worker starts on .*status 9.*no such luck"):
        sb.connect(python=python, env={"SICK": "yes"})
    with sb.connect(python=python, guard=sb.Guard(pause=0.01)) as client:
        client.pool.environment["SICK"] = "yes"
        die(client, 1)
        with pytest.raises((WorkerStartError, PoolUnavailableError), match=r"status 9|\[Errno"):
            client.call("math:sqrt", 4)
        del client.pool.environment["SICK"]
        assert until(lambda: client.stats().breaker == "closed")  # by itself, without a call
        assert client.call("math:sqrt", 4) == 2


def test_worker_that_lives_serves_calls_while_no_other_starts(target, tmp_path):
    python = tmp_path / "bin" / "python3"
    python.parent.mkdir()
    python.write_text(f'#!/bin/sh\n[ "$SICK" ] && exit 9\nexec {target} "$@"\n')
    python.chmod(0o755)
    with sb.connect(python=python, guard=sb.Guard(pause=0.01)) as client:
        client.pool.environment["SICK"] = "yes"
        client.resize(2)
        assert until(lambda: client.stats().breaker != "closed")
        for _ in range(10):
            assert client.call("math:sqrt", 4) == 2
        assert client.stats().breaker != "closed"
        assert client.stats().refused == 0
        del client.pool.environment["SICK"]
        assert client.wait_ready(2, timeout=DEADLINE)
        assert client.stats().breaker == "closed"


# --- poison ----------------------------------------------------------------------------------------------------------


def test_call_that_crashed_workers_in_a_row_is_refused_and_named(start):
    client = start(sb.Guard(poison=2))
    for _ in range(2):
        die(client, 3)
    with pytest.raises(PoisonCallError, match=r"os:_exit was refused: .*forgive\('os:_exit'\)") as caught:
        client.call("os:_exit", 3)
    assert (caught.value.deaths, caught.value.report.exit_code) == (2, 3)
    lost = client.stats().lost
    die(client, 4)  # other arguments
    assert client.stats().lost == lost + 1
    assert client.stats().poisonous == ("os:_exit",)
    assert client.forgive("os:_exit") == 1
    die(client, 3)


REFUSED = {
    "awaited": lambda client: asyncio.run(sb.aio(client.call)("os:_exit", 3)),
    "submitted": lambda client: sb.submit(client.call, "os:_exit", 3).result(DEADLINE),
}


@pytest.mark.parametrize("made", REFUSED)
def test_refused_call_is_told_however_it_was_made(start, made):
    client = start(sb.Guard(poison=1))
    die(client, 3)
    with pytest.raises(PoisonCallError):
        REFUSED[made](client)


def test_innocent_call_beside_a_crash_is_cleared_by_ending_well(start):
    client = start(sb.Guard(poison=1), profile="thread", lanes=2)
    running, answers = threading.Event(), []

    def innocent() -> None:
        with pytest.raises(sb.WorkerLostError):
            client.call("builtins:list", client_side())
        answers.append(True)

    def client_side():
        running.set()
        yield 1
        crashed.wait(DEADLINE)
        yield 2

    crashed = threading.Event()
    thread = threading.Thread(target=innocent)
    thread.start()
    assert running.wait(DEADLINE)
    die(client, 3)
    crashed.set()
    thread.join()
    assert answers == [True]
    assert client.call("math:sqrt", 4) == 2


# --- busy is not dead --------------------------------------------------------------------------------------------------


def test_stopped_worker_is_found_and_replaced(start):
    client = start(sb.Guard(stopped=0.5))
    pid = client.call("os:getpid")
    with pytest.raises(sb.WorkerLostError, match=r"it was stopped \(SIGSTOP\)") as caught:
        client.call("os:kill", pid, signal.SIGSTOP)
    assert caught.value.report.stacks == ""
    assert client.call("os:getpid") != pid


def test_death_report_has_the_memory_that_was_seen(start):
    client = start()
    worker = client.pool.workers[0]
    assert until(lambda: len(worker.vitals.memory) > 1)
    os.kill(worker.process.popen.pid, signal.SIGKILL)
    assert worker.ended.wait(DEADLINE)
    assert all(1 < size < 1000 for _, size in worker.report.memory)
    assert [seconds for seconds, _ in worker.report.memory] == sorted(
        (s for s, _ in worker.report.memory), reverse=True
    )
    assert "its memory was" in str(worker.report)
    assert not worker.report.out_of_memory


def test_worker_that_only_stops_for_a_moment_goes_on(start):
    client = start(sb.Guard(stopped=60))
    pid = client.call("os:getpid")
    os.kill(pid, signal.SIGSTOP)
    assert until(lambda: client.stats().workers[0].is_stopped)
    os.kill(pid, signal.SIGCONT)
    assert client.call("os:getpid") == pid


def test_worker_that_holds_the_gil_is_seen_to_work(start):
    client = start(sb.Guard(stopped=0.1))
    pid = client.call("os:getpid")
    before = client.stats().workers[0].cpu or 0.0
    future = sb.submit(client.call, "builtins:sum", client.call("builtins:range", 150_000_000))
    assert until(lambda: (client.stats().workers[0].cpu or 0.0) > before)
    assert future.result(DEADLINE)
    assert client.call("os:getpid") == pid


# --- the supervisor ----------------------------------------------------------------------------------------------------


def test_supervisor_survives_a_step_that_fails(start, caplog):
    client = start()
    done = threading.Event()
    with caplog.at_level("ERROR", logger="snakebridge"):
        client.pool.later(0, lambda: 1 / 0)
        client.pool._supervisor._tell(lambda: 1 / 0)
        client.pool.later(0, done.set)
        assert done.wait(DEADLINE)
        die(client, 1)
        assert client.call("math:sqrt", 4) == 2
        client.close()
    assert caplog.text.count("ZeroDivisionError: division by zero") == 2


# --- readiness ---------------------------------------------------------------------------------------------------------


def test_all_workers_are_waited_for(start):
    client = start(workers=3)
    assert client.wait_ready(timeout=DEADLINE)
    assert [worker.state for worker in client.stats().workers] == ["ready"] * 3
    assert client.wait_ready(1, timeout=0)
    client.resize(1)
    assert client.wait_ready(5, timeout=DEADLINE)  # more than the pool has


def test_task_waits_while_others_go_on(start):
    async def main(client: sb.Client) -> bool:
        async with asyncio.timeout(DEADLINE):
            client.resize(2)
            await client.await_ready()
        return len(client.pool.workers) == 2

    assert asyncio.run(main(start()))


def test_waiting_says_when_it_is_over(start):
    client = start(sb.Guard(deaths=1, pause=50))
    die(client, 1)
    assert not client.wait_ready(timeout=0.01)  # the breaker is open
    waiting = threading.Timer(0.05, client.close)
    waiting.start()
    with pytest.raises(PoolClosedError, match="closed while"):
        client.wait_ready(timeout=DEADLINE)
    waiting.join()


def test_settings_reach_the_pool(link, target, tmp_path, monkeypatch):
    from snakebridge import config
    from snakebridge.runtime import options_of

    (tmp_path / "snakebridge.toml").write_text("[pools.sci]\nguard = { deaths = 0, poison = 5, longest-pause = 9 }\n")
    options = options_of(config.load(tmp_path), "sci")
    assert options["guard"] == sb.Guard(deaths=None, poison=5, longest_pause=9)
    (tmp_path / "snakebridge.toml").write_text("[pools.sci]\nguard = { pause = 0 }\n")
    with pytest.raises(ConfigurationError, match="pause"):
        config.load(tmp_path)
