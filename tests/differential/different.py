"""What differs for a reason: names of cases, each with a sentence; an asterisk at the end stands for the rest of a name.

A case in `DIFFERENT` that no longer differs fails the suite: take its line out. `docs/explanation/transparency.md` says the
same in prose.
"""

from __future__ import annotations

_COPY = "a list, dict, set or bytearray is a value: what crosses is a copy"
_HEIR = "an heir of a built-in class is a reference, and no instance of that class here"
_AHEAD = "generators and built-in iterators are pulled in batches, so side effects happen earlier"
_ITERATOR = "every remote iterator has one class here"
_CLASS = "a class, function or method of the library is an object of ours here"
_WORDS = "the host's own Python says it: what it asked last, and by the name it knows"
_ENDING = "what would end this program when a library raises it is an ordinary exception here"
_COROUTINE = "a coroutine function is completed over there, unless it is awaited with `sb.aio` or generated code"
_STAND_IN = "a host object is a stand-in over there"
_PICKLE = "a remote object refuses to be pickled"
_TEXT = "an exception whose text cannot be made arrives with a text that says so"
_TRACE = "a traceback of one side is text on the other"

DIFFERENT: dict[str, str] = {
    # values
    "values/shared_list_seen_over_there": _COPY,
    "values/argument_is_a_copy": _COPY,
    "values/result_is_a_copy": _COPY,
    "values/live_result": _COPY,
    "classes/attribute_list_grows": _COPY,
    "classes/state_of_the_class_is_shared": _COPY,
    "kinds/nested_items": _COPY,
    # heirs of built-in classes
    'kinds/isinstance(lib("circus.kinds").Level.HIGH, int)': _HEIR,
    'kinds/{"text": 1}[lib("circus.magic").Text("text")]': _HEIR,
    'kinds/"-".join([lib("circus.magic").Text("a"), "b"])': _HEIR,
    'kinds/str(lib("circus.magic").Blob(b"b"), "ascii")': _HEIR,
    "operators/Text alone": _HEIR,
    "operators/Text mod": _HEIR,
    "operators/Text contains": _HEIR,
    "operators/Pair mod": _HEIR,
    "operators/deque mod": _HEIR,
    # classes, functions, methods
    'callbacks/lib("circus.acts").apply(lambda value: value, object)': _CLASS,
    'callbacks/lib("circus.acts").juggle.__module__': _CLASS,
    'callbacks/lib("circus.acts").juggle is lib("circus.acts").juggle': _CLASS,
    'classes/lib("circus.animals").Animal("a").speak': _CLASS,
    'classes/[kind.__name__ for kind in type(lib("circus.animals").Duck()).__mro__]': _CLASS,
    "classes/method_replaced_on_the_class": "a host function in a class of the library is no method there",
    "objects/a_class_of_the_host_inherits": "a host class that inherits a remote one overrides for the host only",
    "objects/pickles": _PICKLE,
    'kinds/__import__("sys").getsizeof(lib("circus.magic").Told()) > 4000': "the size here is the proxy's",
    'kinds/hash(lib("circus.magic").Hashed)': _CLASS,
    'kinds/hash(lib("circus.magic").HashedChild)': _CLASS,
    'numbers/lib("decimal").Decimal("abc")': _CLASS,
    'numbers/lib("decimal").Context(prec=3).divide(1, 0)': _CLASS,
    'numbers/lib("numbers").Number': _CLASS,
    # exceptions
    'failures/lib("circus.errors").fail("Quit")': _ENDING,
    'failures/lib("circus.errors").fail_builtin("GeneratorExit")': _ENDING,
    'failures/lib("circus.errors").fail_builtin("SystemExit", 3)': _ENDING,
    'failures/lib("circus.errors").fail_builtin("KeyboardInterrupt")': _ENDING,
    'failures/lib("circus.errors").fail_builtin("MemoryError")': "Python makes no class that is also a MemoryError",
    'failures/lib("circus.errors").fail("Textless")': _TEXT,
    "managers/told_context": _TRACE,
    'text/lib("traceback").format_exception_only(ValueError, ValueError("text"))': _TRACE,
    # streams and coroutines
    'flows/len(lib("circus.flows").count(2))': _ITERATOR,
    'flows/lib("circus.flows").count(2)[0]': _ITERATOR,
    'flows/lib("circus.flows").count("a")': _ITERATOR,
    'flows/type(lib("circus.flows").count(2)).__name__': _ITERATOR,
    'collections/lib("collections").Counter("abcab").elements()': _ITERATOR,
    "flows/side_effects_happen_when_asked_for": _AHEAD,
    "coroutines/awaited_coroutine": _COROUTINE,
    "coroutines/coroutine_run_over_there": _COROUTINE,
    "coroutines/gathered": _COROUTINE,
    "coroutines/awaited_object": _COROUTINE,
    "coroutines/async_context": _COROUTINE,
    "coroutines/async_box*": _COROUTINE,
    # objects of the host
    "lent/callback_with_async": "an async function of the host that a library calls runs to its end for it",
    "lent/type_of_an_object_of_the_host": _STAND_IN,
    "lent/isinstance_of_an_object_of_the_host": _STAND_IN,
    'algorithms/lib("functools").wraps(len)(lambda value: 3)([])': _STAND_IN,
    # words
    'words/"a" < lib("circus.magic").Number(2)': _WORDS,
    'words/iadd(lib("circus.magic").Shy(), 1)': _WORDS,
    'words/-lib("collections").deque()': _WORDS,
    'words/lib("collections").deque()()': _WORDS,
    'words/lib("circus.acts").juggle(*lib("circus.magic").Bare())': _WORDS,
    'words/lib("circus.acts").juggle(**lib("circus.magic").Bare())': _WORDS,
}

_OLD = "the host's Python decides it, and this guest's Python decides otherwise"

OLDER: dict[str, str] = {
    'classes/int(lib("circus.animals").Animal("a"))': _OLD,
    "managers/no_context_manager": _OLD,
    "operators/Infinite alone": _OLD,
    "operators/Number alone": _OLD,
    "operators/Level alone": _OLD,
    "operators/Bits alone": _OLD,
    'words/"%d" % lib("circus.magic").Bare()': _OLD,
    'words/isinstance(1, lib("circus.magic").Bare())': _OLD,
}
"""What differs only for guests before Python 3.10."""
