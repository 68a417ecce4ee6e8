# What the library says through `logging` and `warnings`, as records for the host's `logging`: on a descriptor of their
# own, so that nothing that is printed can pass for one.
#
# Guarantees: the library's configuration of `logging` is neither read nor changed: handlers, levels, `basicConfig` and
# `propagate` do what they did. Nothing here raises, and nothing waits longer than a moment: what does not go through is
# counted, and told with the next record that does. Records of a forked copy of the worker are whole too (a message of
# the socket is).
# Assumes: a handler that writes to the worker's own stdout or stderr says nothing that the record does not.
from __future__ import annotations

import json
import logging
import os
import select
import sys
import threading
import time
import warnings
from typing import Any, Mapping

from snakebridge_guest.worker._asking import IDLE, this_thread

_LONGEST = 1 << 14  # characters of a text
_LARGEST = 1 << 17  # bytes of a record; a message of a socket must fit into its buffer
_MOST_EXTRAS = 32
_PAUSE = 20  # milliseconds that the host has to read something, once until it does
_SCALARS = frozenset({str, int, float, bool, type(None)})
_OWN = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime"}
_write = os.write  # before a library replaces it


class _Thread(threading.local):
    """The record that this thread's handlers get, when the host has it already."""

    record: Any = None


class Output:
    """Sends records.

    Args:
        descriptor: A socket or pipe; the worker's report.
    """

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._lost = 0
        self._stuck = False
        self._torn = False
        self._thread = _Thread()
        os.set_blocking(descriptor, False)

    def report(self, answer: dict[str, Any]) -> None:
        """Say that the worker is ready, before anything else."""
        os.set_blocking(self._descriptor, True)
        _write(self._descriptor, json.dumps(answer).encode() + b"\n")
        os.set_blocking(self._descriptor, False)

    def listen(self, levels: Mapping[str, int]) -> None:
        """Send what is logged and warned from now on.

        Args:
            levels: What the host wants to hear of, by logger; of `""`: of all of them. Nothing is made quieter.
        """
        for name, level in levels.items():
            logger = logging.getLogger(name or None)
            if level < logger.getEffectiveLevel():
                logger.setLevel(level)
        # Of no handler, but of the one place that every record of every logger comes through.
        handle, emit = logging.Logger.callHandlers, logging.StreamHandler.emit
        thread = self._thread

        def call_handlers(logger: logging.Logger, record: logging.LogRecord) -> None:
            outer = thread.record
            thread.record = record if self.send(_described(record)) else None
            try:
                handle(logger, record)
            finally:
                thread.record = outer

        def emit_unless_sent(handler: Any, record: logging.LogRecord) -> None:
            if record is not thread.record or handler.stream not in (sys.__stdout__, sys.__stderr__):
                emit(handler, record)

        for owner, name, method in (
            (logging.Logger, "callHandlers", call_handlers),
            (logging.StreamHandler, "emit", emit_unless_sent),
        ):
            setattr(owner, name, method)
        show = warnings.showwarning

        def show_warning(
            message: Any, category: Any, filename: str, lineno: int, file: Any = None, line: str | None = None
        ) -> None:
            text = getattr(category, "__name__", "Warning") + ": " + str(message)
            where = {"path": filename, "line": lineno, "created": time.time(), "thread": _thread_name()}
            told = {"name": "py.warnings", "level": logging.WARNING, "text": text[:_LONGEST], **where}
            if file is not None or not self.send(told):
                show(message, category, filename, lineno, file, line)

        warnings.showwarning = show_warning

    def send(self, record: dict[str, Any]) -> bool:
        """Send a record, or count it; return whether the host is told in either case."""
        try:
            executor: Any = this_thread.executor
            if executor is not None and executor._session != IDLE:
                record["call"] = [executor._lane, executor.request, executor._interrupts.call, executor._session]
            if self._lost:
                record["lost"] = self._lost
            data = _packed(record)
            self._lost = 0 if self._sent(b"\n" + data if self._torn else data) else self._lost + 1
        except BlockingIOError:  # another thread took the room
            self._lost += 1
        except OSError:  # somebody closed the descriptor
            return False
        except Exception:  # what a library put into a record may do anything when it is looked at
            self._lost += 1
        return True

    def tell(self, text: str) -> None:
        """Say something of the worker's own."""
        self.send({"name": "snakebridge.control", "level": logging.WARNING, "text": text, "created": time.time()})

    def finish(self) -> None:
        """Tell what was lost and not told; the worker leaves."""
        if self._lost:
            self._stuck = False
            self.send({})

    def _sent(self, data: bytes) -> bool:
        try:
            sent = _write(self._descriptor, data)
        except BlockingIOError:
            if self._stuck:
                return False
            poll = select.poll()
            poll.register(self._descriptor, select.POLLOUT)
            self._stuck = not poll.poll(_PAUSE)
            if self._stuck:
                return False
            sent = _write(self._descriptor, data)
        self._stuck = False
        self._torn = sent < len(data)  # of a stream alone
        return True


def _packed(record: dict[str, Any]) -> bytes:
    for left_out in ((), ("extra", "trace", "stack")):
        kept = {name: value for name, value in record.items() if name not in left_out}
        data = json.dumps(kept).encode() + b"\n"
        if len(data) <= _LARGEST:
            return data
    kept["text"] = kept["text"][: _LONGEST // 8]
    return json.dumps(kept).encode() + b"\n"


def _described(record: logging.LogRecord) -> dict[str, Any]:
    found: dict[str, Any] = {
        "name": record.name,
        "level": record.levelno,
        "level_name": str(record.levelname),
        "text": _text(record)[:_LONGEST],
        "created": record.created,
        "path": record.pathname,
        "line": record.lineno,
        "function": record.funcName,
        "thread": record.threadName,
    }
    try:
        if record.exc_info and record.exc_info[0] is not None:
            found["trace"] = logging.Formatter().formatException(record.exc_info)[-_LONGEST:]
        elif record.exc_text:
            found["trace"] = record.exc_text[-_LONGEST:]
        if record.stack_info:
            found["stack"] = str(record.stack_info)[-_LONGEST:]
        extra = {
            name: value[:_LONGEST] if type(value) is str else value
            for name, value in list(vars(record).items())
            if name not in _OWN and type(value) in _SCALARS
        }
        if extra:
            found["extra"] = dict(list(extra.items())[:_MOST_EXTRAS])
    except Exception:  # a traceback of code whose source cannot be read: the record goes without
        found.pop("extra", None)
    return found


def _text(record: logging.LogRecord) -> str:
    try:
        return record.getMessage()
    except Exception:  # arguments that do not fit, which `logging` itself tells on stderr
        return str(record.msg)


def _thread_name() -> str:
    return threading.current_thread().name
