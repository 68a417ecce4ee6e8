"""Why an example differs, told from what it did."""

from __future__ import annotations

import pytest

from snakebridge.verify import KINDS, Kind
from snakebridge.verify._kinds import kind_of
from snakebridge.verify._outcomes import Documented, Outcome

TEST = Documented(
    number=0,
    name="library:f",
    module="library.part",
    text="",
    count=1,
    names={"_g": {"private": "library:_g"}, "np": {"module": "numpy"}, "f": {"address": "library:f"}},
)


def raised(name: str, text: str, *bases: str, module: str = "builtins") -> Outcome:
    return Outcome(outcome="raised", got=f"{name}: {text}", type=f"{module}.{name}", classes=(name, *bases), calls=1)


def shown(want: str, got: str, **more: object) -> Outcome:
    return Outcome(outcome="failed", want=want, got=got, **{"calls": 1, **more})


CASES = {
    "the process was killed": (["f()"], [], Outcome(outcome="hung"), Kind.HUNG),
    "the process ended": (["f()"], [], Outcome(outcome="died"), Kind.DIED),
    "its clock rang": (["f()"], [], Outcome(outcome="late"), Kind.LATE),
    "the call's clock rang": (["f()"], [], raised("CallTimeoutError", "too long", "CallError"), Kind.LATE),
    "the worker died": (["f()"], [], raised("WorkerLostError", "SIGSEGV"), Kind.DIED),
    "the adapter refused": (["f()._x"], [], raised("AdapterRefusedError", "_x is private"), Kind.REFUSED),
    "a value that cannot travel": (["f()"], [], raised("NotTransferableError", "no", "TypeError"), Kind.TRANSFER),
    "certain before anything": (["a = 1", "f(a)"], [0], raised("NotTransferableError", "no"), Kind.TRANSFER),
    "after one that differs": (["a = f()", "g(a)"], [0], raised("NameError", "name 'a' is not defined"), Kind.AFTER),
    "a copy that was changed": (["a = f()", "a.b[0] = 1", "a"], [], shown("[1]", "[0]"), Kind.COPY),
    "a private name": (["_g()"], [], raised("NameError", "name '_g' is not defined"), Kind.PRIVATE),
    "a private import": (
        ["from library import _g"],
        [],
        raised("ImportError", "cannot import name '_g' from 'library'"),
        Kind.PRIVATE,
    ),
    "an import of its own": (
        ["from library import g"],
        [],
        raised("ImportError", "cannot import name 'g'"),
        Kind.MISSING,
    ),
    "a module of its own": (
        ["import library.x"],
        [],
        raised("ModuleNotFoundError", "No module named 'library.x'", "ImportError"),
        Kind.MISSING,
    ),
    "another library": (
        ["import scipy"],
        [],
        raised("ModuleNotFoundError", "No module named 'scipy'", "ImportError"),
        Kind.ELSEWHERE,
    ),
    "a name of another library": (["np.x"], [], raised("NameError", "name 'np' is not defined"), Kind.ELSEWHERE),
    "a name of its own": (["f()"], [], raised("NameError", "name 'f' is not defined"), Kind.MISSING),
    "a name that the example did not make": (["x"], [], raised("NameError", "name 'x' is not defined"), Kind.RAISED),
    "an attribute": (["f().x"], [], raised("AttributeError", "'A' object has no attribute 'x'"), Kind.MISSING),
    "a private attribute": (["f()._x"], [], raised("AttributeError", "'A' object has no attribute '_x'"), Kind.PRIVATE),
    "a special attribute": (["f().__x__"], [], raised("AttributeError", "'A' has no attribute '__x__'"), Kind.MISSING),
    "other parameters": (["f(x=1)"], [], raised("TypeError", "got an unexpected keyword argument 'x'"), Kind.SIGNATURE),
    "a real string": (["''.join([f()])"], [], raised("TypeError", "expected str instance, A found"), Kind.HEIR),
    "the library's own error": (["f()"], [], raised("TypeError", "expected str", "RemoteError"), Kind.RAISED),
    "anything raised": (["f()"], [], raised("ValueError", "no"), Kind.RAISED),
    "another text of an exception": (
        ["f()"],
        [],
        shown("Traceback (most recent call last):\n  ...\nValueError: a", "Traceback (most…):\nlibrary.ValueError: b"),
        Kind.WORDS,
    ),
    "another exception": (
        ["f()"],
        [],
        shown("Traceback (most recent call last):\n  ...\nValueError: a", "Traceback (most…):\nKeyError: b"),
        Kind.RAISED,
    ),
    "what was printed over there": (["f()"], [], shown("hello\n", "", printed="hello\n"), Kind.PRINTED),
    "a set": (["f()"], [], shown("{1, 2}", "{2, 1}"), Kind.ORDER),
    "a list in another order": (["f()"], [], shown("[1, 2]", "[2, 1]"), Kind.SHOWN),
    "what was made before": (["a = f()", "a"], [], shown("1", "2", calls=0), Kind.SHOWN),
    "no call": (["1"], [], shown("1", "2", calls=0), Kind.HOST),
    "anything shown": (["f()"], [], shown("1", "2"), Kind.SHOWN),
}


@pytest.mark.parametrize("case", CASES)
def test_kind_is_told_by(case):
    sources, earlier, outcome, expected = CASES[case]
    assert kind_of(TEST, sources, earlier, outcome, heals=False) is expected


def test_what_passes_with_all_marks_is_a_mutation():
    assert kind_of(TEST, ["f()"], [], shown("[1]", "[0]"), heals=True) is Kind.MUTATION


def test_every_kind_has_a_sentence():
    assert set(KINDS) == set(Kind)
    assert all(sentence[0].islower() and not sentence.endswith(".") for sentence in KINDS.values())
