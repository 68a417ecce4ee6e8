"""A session is one worker, and its references live until it ends."""

from __future__ import annotations

import pytest

import snakebridge as sb
from snakebridge.errors import SessionClosedError, SessionLostError


def test_references_live_until_the_session_ends(client):
    with client.session():
        ordered = client.call("collections:OrderedDict", a=1)
        assert ordered["a"] == 1
    with pytest.raises(sb.StaleReferenceError, match="has ended"):
        ordered["a"]
    assert repr(ordered).startswith("<stale remote collections:OrderedDict")


def test_ending_a_session_frees_its_objects(client):
    before = client.health()[0]["references"]
    with client.session():
        kept = [client.call("builtins:object") for _ in range(20)]
        assert client.health()[0]["references"] >= before + 20
    assert client.health()[0]["references"] <= before
    assert len(kept) == 20


def test_session_stays_on_one_worker(target, link):
    with sb.connect(python=target, workers=3, link=link) as three, three.session():
        assert len({three.call("os:getpid") for _ in range(12)}) == 1


def test_calls_of_a_session_share_state(client):
    with client.session():
        client.call("random:seed", 5)
        first = client.call("random:random")
        client.call("random:seed", 5)
        assert client.call("random:random") == first


def test_ended_session_refuses_calls(client):
    session = client.session()
    with session:
        pass
    with pytest.raises(SessionClosedError), session:
        pass


def test_death_of_the_worker_loses_the_session(fresh):
    with fresh.session():
        ordered = fresh.call("collections:OrderedDict")
        with pytest.raises(sb.WorkerLostError):
            fresh.call("os:_exit", 1)
        with pytest.raises(SessionLostError, match="open a new session"):
            fresh.call("math:sqrt", 4)
        with pytest.raises(sb.StaleReferenceError, match="exited with status 1"):
            len(ordered)
    assert fresh.call("math:sqrt", 4) == 2
