# What a worker says, as records of the host's `logging`.
#
# Guarantees: whatever a worker sends, a record comes of it or nothing: it cannot replace what a record has of its own,
# make loggers without end, or steer a terminal.

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import Any

from snakebridge.runtime._workers.logs import WORKERS

__all__ = ["NO_CALL", "Said", "levels", "line_record", "remote_record"]

_MOST_LOGGERS = 1000
_LONGEST = 1 << 15
_HIGHEST = 1000  # of a level
_LATEST = 1e11  # in the year 5138; what is beyond cannot be shown
_CODES = (*range(0x20), *range(0x7F, 0xA0))
_CONTROLS = {code: f"\\x{code:02x}" for code in _CODES if code != ord("\t")}
_LINES = {code: text for code, text in _CONTROLS.items() if code != ord("\n")}
_TEXTS = {
    "path": "pathname",
    "function": "funcName",
    "thread": "threadName",
    "level_name": "levelname",
}
_PARAGRAPHS = {"trace": "exc_text", "stack": "stack_info"}
_SCALARS = frozenset({int, float, bool, type(None)})
_names: set[str] = set()


@dataclass(frozen=True, slots=True)
class Said:
    """During which call something was said."""

    library: str | None
    session: int | None
    call: str | None
    call_id: str | None


NO_CALL = Said(None, None, None, None)


def levels() -> dict[str, int]:
    """Return the levels that the program has set on the loggers of workers, by the libraries' own names."""
    found = {}
    for name, logger in list(logging.root.manager.loggerDict.items()):
        if isinstance(logger, logging.Logger) and logger.level and (name + ".").startswith(WORKERS + "."):
            found[name[len(WORKERS) + 1 :]] = logger.level
    return found


def line_record(worker: str, pid: int, level: int, stream: str, line: str, said: Said) -> logging.LogRecord | None:
    """Return a printed line as a record; `None` when nobody wants to hear of it."""
    logger = logging.getLogger(WORKERS)
    if not logger.isEnabledFor(level):
        return None
    extra = _extra(worker, stream, said)
    record = logger.makeRecord(WORKERS, level, "", 0, "%s", (line.translate(_CONTROLS),), None, None, extra)
    record.process, record.processName, record.threadName = pid, worker, None
    return record


def remote_record(worker: str, pid: int, sent: dict[str, Any], said: Said) -> logging.LogRecord | None:
    """Return what a library logged or warned as a record; `None` when nobody wants to hear of it.

    Raises:
        ValueError: What was sent is no record.
    """
    level, name, text = sent.get("level"), sent.get("name"), sent.get("text")
    if type(level) is not int or not 0 <= level <= _HIGHEST or type(name) is not str or type(text) is not str:
        raise ValueError("a record without level, name or text")
    logger = logging.getLogger(_logger_name(name))
    if not logger.isEnabledFor(level):
        return None
    extra = {**_extra(worker, "warnings" if name == "py.warnings" else "logging", said), "remote_name": name}
    if said.library is None:
        extra["library"] = name.partition(".")[0]
    record = logger.makeRecord(logger.name, level, "", 0, "%s", (_lines(text[:_LONGEST]),), None, None, extra)
    record.process, record.processName = pid, worker
    for key, attribute in _TEXTS.items():
        if type(sent.get(key)) is str:
            setattr(record, attribute, _plain(sent[key][:_LONGEST]))
    for key, attribute in _PARAGRAPHS.items():
        if type(sent.get(key)) is str:
            setattr(record, attribute, _lines(sent[key]))
    record.filename = record.pathname.rpartition("/")[2]
    record.module = record.filename.partition(".")[0]
    if type(sent.get("line")) is int:
        record.lineno = sent["line"]
    _set_time(record, sent.get("created"))
    _set_more(record, sent.get("extra"))
    return record


def _set_time(record: logging.LogRecord, created: Any) -> None:
    if type(created) is float and 0 < created < _LATEST:
        record.created, record.msecs = created, float(int(created % 1 * 1000))


def _set_more(record: logging.LogRecord, more: Any) -> None:
    for key, value in more.items() if type(more) is dict else ():
        if key.isidentifier() and not hasattr(record, key) and key not in {"message", "asctime"}:
            if type(value) is str:
                setattr(record, key, _lines(value))
            elif type(value) in _SCALARS:
                setattr(record, key, value)


def _extra(worker: str, stream: str, said: Said) -> dict[str, Any]:
    return {
        "worker": worker,
        "stream": stream,
        "library": said.library,
        "session": said.session,
        "call": said.call,
        "call_id": said.call_id,
    }


def _logger_name(name: str) -> str:
    # Loggers are never freed, and a library may have one for each of its connections.
    if not name or name == "root" or (name not in _names and len(_names) >= _MOST_LOGGERS):
        return WORKERS
    _names.add(name)
    return f"{WORKERS}.{name}"


def _plain(text: str) -> str:
    return _whole(text.translate(_CONTROLS))


def _lines(text: str) -> str:
    return _whole(text.translate(_LINES))


def _whole(text: str) -> str:
    # Half a character, which no handler could encode.
    return text.encode("utf-8", "backslashreplace").decode()
