# What a generator's code does with a `yield`: whether it uses what it is sent, and whether it could catch what is
# thrown. If neither, nobody can tell who resumes it, and it may be pulled ahead.
#
# Read from the bytecode, as Pythons 3.8 to 3.14 compile it. What it does not know counts as caring.
from __future__ import annotations

import dis
import functools
from types import CodeType
from typing import Any, Iterator

_NOTHING = frozenset({"CACHE", "EXTENDED_ARG", "NOP", "NOT_TAKEN", "RESUME"})
_DELEGATING = frozenset({"JUMP_ABSOLUTE", "JUMP_BACKWARD", "JUMP_BACKWARD_NO_INTERRUPT"})  # `yield from`, `await`
_RAISING_AGAIN = (
    ["PUSH_EXC_INFO", "WITH_EXCEPT_START"],
    ["COPY", "POP_EXCEPT"],
)  # of a `with`, and of a handler itself
_HAS_TABLE = hasattr(CodeType, "co_exceptiontable")  # since 3.11
_STEP = 2  # bytes of an instruction


@functools.lru_cache(maxsize=1024)
def waits_for_nothing(code: CodeType) -> bool:
    """Return whether code throws away what its `yield`s give, and has no `try` around any; a `with` is none."""
    steps = [step for step in dis.get_instructions(code) if step.opname not in _NOTHING]
    yields = []
    for place, step in enumerate(steps):
        if step.opname == "YIELD_VALUE":
            after = steps[place + 1].opname if place + 1 < len(steps) else ""
            if after == "POP_TOP":
                yields.append(step.offset)
            elif after not in _DELEGATING or not _HAS_TABLE:
                return False
    if _HAS_TABLE:
        return not any(_may_catch(code, steps, offset) for offset in yields)
    return not any(_is_inside(steps, offset) for offset in yields)


def _is_inside(steps: list[dis.Instruction], offset: int) -> bool:
    # Before 3.11 a `try` sets up a block whose handler comes after its body.
    ends = {step.offset: step.opname for step in steps}
    return any(
        step.offset < offset < step.argval and ends.get(step.argval) != "END_ASYNC_FOR"
        for step in steps
        if step.opname == "SETUP_FINALLY"
    )


def _may_catch(code: Any, steps: list[dis.Instruction], offset: int) -> bool:
    # Since 3.11 there is a table of the innermost handler of each range; a handler that raises again has one itself.
    table = list(_handlers(code.co_exceptiontable))
    places = {step.offset: place for place, step in enumerate(steps)}
    seen = set()
    while offset not in seen:
        seen.add(offset)
        target = next((target for start, end, target in table if start <= offset < end), None)
        if target is None:
            return False
        place = places.get(target)
        first = [] if place is None else [step.opname for step in steps[place : place + 2]]
        if first[:1] == ["CALL_INTRINSIC_1"]:  # turns StopIteration into RuntimeError, around the whole body
            return False
        if first not in _RAISING_AGAIN and (place is None or not _is_end_of_another(steps, place)):
            return True
        offset = target
    return False


def _is_end_of_another(steps: list[dis.Instruction], place: int) -> bool:
    # `except StopIteration` alone: how a generator that asks another iterator with `next` learns of its end.
    names = [step.opname for step in steps[place : place + 4]]
    if names[:3] != ["PUSH_EXC_INFO", "LOAD_GLOBAL", "CHECK_EXC_MATCH"] or "IF_FALSE" not in names[-1]:
        return False
    other = next((step for step in steps if step.offset == steps[place + 3].argval), None)
    return steps[place + 1].argval == "StopIteration" and other is not None and other.opname == "RERAISE"


def _handlers(table: bytes) -> Iterator[tuple[int, int, int]]:
    # Numbers in groups of six bits, as in Objects/exception_handling_notes.txt.
    numbers: list[int] = []
    left = iter(table)
    for byte in left:
        number = byte & 63
        while byte & 64:
            byte = next(left)  # noqa: PLW2901 - the same number
            number = number << 6 | byte & 63
        numbers.append(number)
        if len(numbers) == 4:
            start, length, target, _ = numbers
            yield start * _STEP, (start + length) * _STEP, target * _STEP
            numbers.clear()
