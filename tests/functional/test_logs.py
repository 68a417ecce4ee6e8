"""What workers print, log and warn arrives in the program's logging: whole, with its level, and with whose it is."""

from __future__ import annotations

import logging
import threading

import pytest

import snakebridge as sb
from snakebridge.runtime._workers import logs

WAIT = 30.0


class Heard(logging.Handler):
    """Keeps what workers say, and waits for it."""

    def __init__(self) -> None:
        super().__init__()
        self.records: list[logging.LogRecord] = []
        self.told = self.lines = 0
        self._news = threading.Condition()

    def emit(self, record: logging.LogRecord) -> None:
        with self._news:
            self.records.append(record)
            self.told += getattr(record, "lost", 0)
            self.lines += not hasattr(record, "lost")
            self._news.notify_all()

    def one(self, text: str) -> logging.LogRecord:
        """Wait for the one record that holds a text."""
        with self._news:
            assert self._news.wait_for(lambda: self.having(text), WAIT), [each.getMessage() for each in self.records]
        (found,) = self.having(text)
        return found

    def until(self, condition) -> None:
        with self._news:
            assert self._news.wait_for(condition, WAIT), (self.lines, self.told)

    def having(self, text: str) -> list[logging.LogRecord]:
        return [each for each in list(self.records) if text in each.getMessage()]


@pytest.fixture
def heard():
    logger = logging.getLogger("snakebridge.worker")
    handler, before = Heard(), logger.level
    logger.addHandler(handler)
    logger.setLevel(logging.INFO)
    yield handler
    logger.removeHandler(handler)
    logger.setLevel(before)


def run(client, code: str) -> None:
    client.call("builtins:exec", code, {})


def test_print_arrives_as_a_line_of_its_call(fresh, heard):
    with sb.session() as session, sb.use(fresh):
        fresh.call("builtins:print", "hello from over there")
        number = session.number
    record = heard.one("hello from over there")
    assert (record.name, record.levelname, record.stream) == ("snakebridge.worker", "INFO", "stdout")
    assert (record.library, record.call, record.session) == ("builtins", "builtins:print", number)
    assert record.worker == fresh.pool.workers[0].name
    assert record.process == fresh.pool.workers[0].process.popen.pid


def test_lines_belong_to_the_call_that_printed_them_however_fast_the_next_one_comes(fresh, heard):
    for number in range(60):
        address = "builtins:print" if number % 2 else "os:write"
        fresh.call(address, *([f"line {number}."] if number % 2 else [1, f"line {number}.\n".encode()]))
    heard.one("line 59.")
    calls = [heard.one(f"line {number}.") for number in range(60)]
    assert [each.call for each in calls] == ["os:write", "builtins:print"] * 30
    assert len({each.call_id for each in calls}) == 60


LEVELS = ["DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"]


def test_logging_keeps_level_name_and_place(fresh, heard):
    run(fresh, "import logging\nlogging.getLogger('lib').setLevel('DEBUG')")
    logging.getLogger("snakebridge.worker").setLevel("DEBUG")
    for level in LEVELS:
        fresh.call("builtins:eval", f"__import__('logging').getLogger('lib.part').{level.lower()}('at %s', {level!r})")
    records = [heard.one(f"at {level}") for level in LEVELS]
    assert [each.levelname for each in records] == LEVELS
    assert {each.name for each in records} == {"snakebridge.worker.lib.part"}
    assert {(each.stream, each.remote_name, each.pathname) for each in records} == {("logging", "lib.part", "<string>")}
    assert len({each.call_id for each in records}) == len(LEVELS)


def test_logging_keeps_traceback_extra_and_custom_level(fresh, heard):
    code = """
import logging
logging.addLevelName(35, "NOTICE")
try:
    1 / 0
except ZeroDivisionError:
    logging.getLogger("lib").log(35, "failed", exc_info=True, stack_info=True, extra={"user": 7, "process_": object()})
"""
    run(fresh, code)
    record = heard.one("failed")
    assert (record.levelno, record.levelname, record.user) == (35, "NOTICE", 7)
    text = logging.Formatter("%(message)s").format(record)
    assert "ZeroDivisionError: division by zero" in text
    assert "Stack (most recent call last)" in text


def test_warning_arrives_as_a_record(fresh, heard):
    run(fresh, "import warnings\nwarnings.warn('this is old', FutureWarning)")
    record = heard.one("this is old")
    assert record.getMessage() == "FutureWarning: this is old"
    assert (record.name, record.levelname, record.stream) == ("snakebridge.worker.py.warnings", "WARNING", "warnings")
    assert record.lineno == 2


def test_logging_configuration_of_the_library_is_its_own(fresh, heard, tmp_path):
    code = """
import io, logging
assert logging.root.handlers == [] and logging.root.level == logging.WARNING
logging.basicConfig(level="INFO", format="mine %(message)s")
assert len(logging.root.handlers) == 1
logging.info("once, on the console")
logger = logging.getLogger("apart")
logger.propagate = False
logger.addHandler(logging.FileHandler(place))
logger.addHandler(logging.StreamHandler(text := io.StringIO()))
logger.error("in a file")
assert text.getvalue() == "in a file\\n"
"""
    place = tmp_path / "its.log"
    fresh.call("builtins:exec", code, {"place": str(place)})
    assert heard.one("once, on the console").levelname == "INFO"
    assert heard.one("in a file").name == "snakebridge.worker.apart"
    assert place.read_text() == "in a file\n"
    fresh.close()
    assert len(heard.having("once, on the console")) == 1


def test_levels_set_here_hold_over_there(target, heard):
    chatty = logging.getLogger("snakebridge.worker.chatty")
    chatty.setLevel(logging.DEBUG)
    try:
        with sb.connect(python=target) as client:
            client.call("builtins:eval", "__import__('logging').getLogger('chatty').debug('details')")
            client.call("builtins:eval", "__import__('logging').getLogger('other').debug('not these')")
            assert heard.one("details").levelname == "DEBUG"
    finally:
        chatty.setLevel(logging.NOTSET)
    assert heard.having("not these") == []


def test_printed_text_cannot_pass_for_a_record(fresh, heard):
    forged = '{"name": "bank", "level": 50, "text": "transferred", "call": [0, 1, "x", 2]}'
    fresh.call("builtins:print", forged)
    record = heard.one("transferred")
    assert (record.name, record.levelname, record.getMessage()) == ("snakebridge.worker", "INFO", forged)


def test_control_characters_do_not_reach_the_terminal(fresh, heard):
    fresh.call("builtins:print", "\x1b]0;title\x07 and \x9b31m red")
    run(fresh, r"import logging; logging.getLogger('lib').error('\x1b[2J cleared\nsecond \ud800 line')")
    fresh.call("builtins:print", "bar 10%\rbar 20%\rbar 30%")
    assert heard.one("title").getMessage() == r"\x1b]0;title\x07 and \x9b31m red"
    assert heard.one("cleared").getMessage() == "\\x1b[2J cleared\nsecond \\ud800 line"
    assert heard.one("bar 30%").getMessage() == "bar 30%"


JUNK = [
    b"\xff\x00{",
    b"[1]\n",
    b'{"level": "x"}\n',
    b'{"name": "a", "level": 40, "text": 7}\n',
    b'{"lost": -5}\n',
    b"[" * 60000 + b"\n",
    b'{"name": "", "level": 40, "text": "odd", "extra": {"getMessage": 1, "msg": 2}, "line": "x", "created": 1e300}\n',
]


def test_garbage_on_the_report_costs_only_itself(fresh, heard):
    code = r"""
import logging, os, socket
logging.getLogger("lib").warning("before")
for name in os.listdir("/proc/self/fd"):
    try:
        if os.readlink("/proc/self/fd/" + name).startswith("socket:"):
            sock = socket.socket(fileno=os.dup(int(name)))
            if sock.type == socket.SOCK_SEQPACKET:
                for junk in JUNK:
                    sock.send(junk)
            sock.close()
    except OSError:
        pass
logging.getLogger("lib").warning("after")
"""
    fresh.call("builtins:exec", code, {"JUNK": JUNK})
    assert heard.one("after").levelname == "WARNING"
    assert (heard.one("odd").name, heard.one("odd").lineno) == ("snakebridge.worker", 0)
    heard.one("left out")
    assert fresh.call("math:sqrt", 4) == 2


def test_flood_is_counted_and_told_and_the_call_ends(fresh, heard, monkeypatch):
    monkeypatch.setattr(logs, "_RATE", 500)
    monkeypatch.setattr(logs, "_BURST", 2000)
    code = "import os\nfor _ in range(1000): os.write(1, b'x' * 99 + b'\\n' * 50)"
    run(fresh, code)
    run(fresh, "import logging\nfor number in range(5000): logging.getLogger('lib').error('n %d', number)")
    assert fresh.call("math:sqrt", 4) == 2
    fresh.close()
    heard.until(lambda: heard.told > 0 and heard.lines + heard.told == 1000 * 50 + 5000)


def test_handler_that_blocks_or_calls_stops_nobody(target):
    """Supervision goes on: a death is told although a handler of the program never returns before."""
    entered, go_on = threading.Event(), threading.Event()

    class Slow(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            entered.set()
            go_on.wait(WAIT)

    logger, handler = logging.getLogger("snakebridge.worker"), Slow()
    logger.addHandler(handler)
    try:
        with sb.connect(python=target) as client:
            client.call("os:write", 2, b"something\n")
            assert entered.wait(WAIT)
            with pytest.raises(sb.WorkerLostError):
                client.call("os:_exit", 3)
            assert client.call("math:sqrt", 4) == 2
            go_on.set()
    finally:
        go_on.set()
        logger.removeHandler(handler)


def test_records_of_calls_that_run_at_once_are_told_apart(target, heard):
    code = "import logging, threading\nb.wait(30)\nlogging.getLogger('lib').error(name)\nb.wait(30)"
    with sb.connect(python=target, profile="thread", lanes=2) as client:
        barrier = client.call("threading:Barrier", 2)
        running = [
            sb.submit(client.call, "builtins:exec", code, {"b": barrier, "name": name}) for name in ("one", "two")
        ]
        for each in running:
            each.result(WAIT)
        found = {name: heard.one(name) for name in ("one", "two")}
    assert {each.call for each in found.values()} == {"builtins:exec"}
    assert found["one"].call_id != found["two"].call_id
