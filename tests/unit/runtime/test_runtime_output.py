"""What workers say, from descriptors to `logging`: whole lines, bounded memory, and nothing lost without a word."""

from __future__ import annotations

import json
import logging
import os
import threading
from types import SimpleNamespace

import pytest

from snakebridge.runtime._workers import logs, records
from snakebridge.runtime._workers.logs import Journal, Source
from snakebridge.runtime._workers.output import _KEPT, _LONGEST, Output
from snakebridge.runtime._workers.records import _MOST_LOGGERS, NO_CALL, levels, remote_record

WAIT = 20.0
BURST = 2000


class Speaker:
    """A worker's descriptors, and what is said on them."""

    def __init__(self) -> None:
        self.ends = {}
        reading = {}
        for name in ("stdout", "stderr", "report"):
            reading[name], self.ends[name] = os.pipe()
            os.set_blocking(reading[name], False)
        self.reading = reading
        process = SimpleNamespace(popen=SimpleNamespace(pid=77), **reading)
        self.journal = Journal("test")
        self.output = Output(SimpleNamespace(name="w-1", channels=(), process=process), self.journal)

    def say(self, data: bytes, name: str = "stderr") -> bool:
        os.write(self.ends[name], data)
        return self.output.read(self.reading[name])

    def end(self) -> None:
        for each in self.ends.values():
            os.close(each)
        self.ends = {}
        self.output.close()
        self.journal.close()


@pytest.fixture
def speaker():
    made = Speaker()
    yield made
    made.end()
    for each in made.reading.values():
        os.close(each)


def test_lines_are_logged_whole_with_their_worker(speaker, caplog):
    caplog.set_level("WARNING", logger="snakebridge.worker")
    for piece in (b"on", b"e\ntwo\r\n\nthr", "éé".encode()[:3], "éé".encode()[3:] + b"\n"):
        assert speaker.say(piece)
    speaker.end()
    assert [record.getMessage() for record in caplog.records] == ["one", "two", "", "thréé"]
    assert {(record.worker, record.process, record.call) for record in caplog.records} == {("w-1", 77, None)}
    assert speaker.output.last_lines == ("one", "two", "", "thréé")


def test_line_that_was_not_ended_is_told_at_the_end(speaker, caplog):
    caplog.set_level("WARNING", logger="snakebridge.worker")
    speaker.say(b"cut of")
    assert caplog.messages == []
    speaker.end()
    assert caplog.messages == ["cut of"]


def test_end_of_a_stream_is_told_once(speaker):
    os.close(speaker.ends.pop("stderr"))
    assert not speaker.output.read(speaker.reading["stderr"])


def test_nothing_is_read_after_the_end(speaker):
    speaker.end()
    assert speaker.output.read(speaker.reading["stderr"])
    speaker.output.catch_up()


def test_only_the_last_lines_are_kept(speaker):
    speaker.say(b"".join(b"%d\n" % number for number in range(50)))
    assert speaker.output.last_lines == tuple(str(number) for number in range(50 - _KEPT, 50))


def test_line_without_end_is_cut_so_that_memory_is_bounded(speaker):
    for _ in range(20):
        assert speaker.say(b"x" * 30_000)
    assert len(speaker.output._stderr._rest) <= _LONGEST
    assert {len(line) for line in speaker.output.last_lines} == {_LONGEST}


def test_percent_signs_are_no_formats(speaker, caplog):
    caplog.set_level("WARNING", logger="snakebridge.worker")
    speaker.say(b"100 %s %d\n")
    speaker.end()
    assert caplog.messages == ["100 %s %d"]


def test_report_is_taken_once_and_a_second_one_is_none(speaker):
    speaker.say(b'{"protocol": 1, "pid":', "report")
    assert speaker.output.take_report() is None
    speaker.say(b' 2}\n{"protocol": 9}\n', "report")
    assert speaker.output.take_report() == {"protocol": 1, "pid": 2}
    assert speaker.output.take_report() is None


def test_record_comes_with_its_place(speaker, caplog):
    sent = {"name": "lib", "level": 40, "text": "x", "path": "/a/b.py", "line": 3, "created": 5.25, "thread": "T"}
    speaker.say(b'{"protocol": 1}\n' + json.dumps(sent).encode() + b"\n", "report")
    speaker.end()
    (record,) = caplog.records
    assert (record.name, record.pathname, record.filename, record.module, record.lineno) == (
        "snakebridge.worker.lib", "/a/b.py", "b.py", "b", 3,
    )  # fmt: skip
    assert (record.created, record.msecs, record.threadName, record.library) == (5.25, 250.0, "T", "lib")


def test_flood_is_counted_where_it_is_cut(speaker, caplog, monkeypatch):
    monkeypatch.setattr(logs, "_BURST", BURST)
    monkeypatch.setattr(logs, "_RATE", BURST / 4)
    caplog.set_level("WARNING", logger="snakebridge.worker")
    lines = b"".join(b"%d\n" % number for number in range(1000))
    for _ in range(3 * BURST // 1000):
        speaker.say(lines)
    speaker.end()
    speaker.journal._thread.join(WAIT)  # its end waits for a shorter time
    told = sum(record.lost for record in caplog.records if hasattr(record, "lost"))
    kept = [record for record in caplog.records if not hasattr(record, "lost")]
    assert len(kept) + told == 3 * BURST
    assert BURST - 1 <= len(kept) < 3 * BURST


def test_source_whose_records_wait_is_full_and_has_room_when_they_are_taken():
    entered, go_on = threading.Event(), threading.Event()

    class Slow(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            entered.set()
            go_on.wait(WAIT)

    logger, handler = logging.getLogger("snakebridge.worker"), Slow()
    logger.addHandler(handler)
    journal = Journal("test")
    source = Source(journal, lambda count: logging.makeLogRecord({"name": "snakebridge.worker", "msg": str(count)}))
    record = logging.makeLogRecord({"name": "snakebridge.worker", "msg": "x", "levelno": logging.ERROR})
    try:
        source.put(record, 9 << 20)
        assert entered.wait(WAIT)
        assert source.is_full
    finally:
        go_on.set()
        journal.close()
        logger.removeHandler(handler)
    assert source.waiting == 0


def test_journal_takes_nothing_after_its_end():
    journal = Journal("test")
    journal.close()
    journal.tell(logging.ERROR, "too late")
    assert journal._queue.qsize() == 1


def test_supervision_is_logged_under_its_own_name(caplog):
    journal = Journal("test")
    journal.tell(logging.WARNING, "%s is no format", worker="w-1")
    journal.tell(logging.DEBUG, "nobody wants this")
    journal.close()
    (record,) = caplog.records
    assert (record.name, record.getMessage(), record.worker) == ("snakebridge", "%s is no format", "w-1")


def test_loggers_are_not_made_without_end(monkeypatch):
    monkeypatch.setattr(records, "_names", set())
    names = {
        remote_record("w", 1, {"name": f"endless.{number}", "level": 40, "text": ""}, NO_CALL).name
        for number in range(_MOST_LOGGERS + 50)
    }
    assert len(names) <= _MOST_LOGGERS + 1
    assert "snakebridge.worker" in names


def test_levels_that_are_set_are_told_by_the_names_of_the_libraries():
    chosen = {"snakebridge.worker": 20, "snakebridge.worker.lib.part": 10, "snakebridge.workers": 10}
    before = levels()
    try:
        for name, level in chosen.items():
            logging.getLogger(name).setLevel(level)
        assert {name: level for name, level in levels().items() if name not in before or name == ""} == {
            "": 20, "lib.part": 10,
        }  # fmt: skip
    finally:
        for name in chosen:
            logging.getLogger(name).setLevel(logging.NOTSET)
