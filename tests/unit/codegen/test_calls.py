"""A wrapper accepts exactly what the library's signature accepts, and sends what reaches the same parameters there."""

from __future__ import annotations

import inspect
import random

import pytest

from snakebridge import support
from snakebridge.manifest import Default, Field, Flag, Kind, Parameter, ParameterKind, Shape, Signature, Symbol

from .conftest import build

KINDS = {
    inspect.Parameter.POSITIONAL_ONLY: ParameterKind.POSITIONAL_ONLY,
    inspect.Parameter.POSITIONAL_OR_KEYWORD: ParameterKind.POSITIONAL,
    inspect.Parameter.VAR_POSITIONAL: ParameterKind.VARIADIC,
    inspect.Parameter.KEYWORD_ONLY: ParameterKind.KEYWORD,
    inspect.Parameter.VAR_KEYWORD: ParameterKind.VARIADIC_KEYWORD,
}
OPAQUE = object()
HEADS = [
    "a",
    "a, b=1",
    "a=1, b=None, c='x'",
    "a, /, b",
    "a, b=1, /, c=2",
    "a=1, b=2, /",
    "a, b=OPAQUE",
    "",
]
TAILS = ["", "*args", "*, k", "*, k=1", "*args, k=3", "**kw", "*args, **kw", "*args, k, **kw", "*, k=OPAQUE, **kw"]
DECLARATIONS = [", ".join(part for part in (head, tail) if part) for head in HEADS for tail in TAILS]


def declared(declaration):
    scope = {}
    exec(f"def f({declaration}): return locals()", {"OPAQUE": OPAQUE}, scope)
    return scope["f"]


def described(real):
    def default(parameter):
        if parameter.default is inspect.Parameter.empty:
            return None
        return Default(opaque="m:C") if parameter.default is OPAQUE else Default(literal=repr(parameter.default))

    return Signature(
        parameters=tuple(
            Parameter(name=p.name, kind=KINDS[p.kind], default=default(p))
            for p in inspect.signature(real).parameters.values()
        )
    )


def function(signature, name="f", **more):
    return Symbol(path=f"lib:{name}", kind=Kind.FUNCTION, signature=signature, **more)


def shapes(seed):
    """Twenty ways to call something, most of them wrong for most functions."""
    rng = random.Random(seed)
    names = ["a", "b", "c", "k", "z"]
    for _ in range(20):
        positional = tuple(f"p{n}" for n in range(rng.randint(0, 4)))
        yield positional, {name: f"k-{name}" for name in rng.sample(names, rng.randint(0, 3))}


def bound(real, positional, keywords):
    try:
        return real(*positional, **keywords)
    except TypeError:
        return None


@pytest.fixture(scope="module")
def wrappers(tmp_path_factory):
    """All declarations as one generated module, since making a module takes longer than calling it."""
    import importlib
    import sys

    from snakebridge.codegen import render, write

    from .conftest import Recorder

    root = tmp_path_factory.mktemp("calls")
    symbols = [function(described(declared(one)), f"f{n}") for n, one in enumerate(DECLARATIONS)]
    write(render(build(*symbols)), root / "generated_calls", library="lib")
    sys.path.insert(0, str(root))
    try:
        found = importlib.import_module("generated_calls.lib")
    finally:
        sys.path.remove(str(root))
    found._lib = found.__dict__["recorder"] = Recorder()
    yield found
    for name in [name for name in sys.modules if name.partition(".")[0] == "generated_calls"]:
        del sys.modules[name]


@pytest.mark.parametrize("number", range(len(DECLARATIONS)), ids=[f"f({one})" for one in DECLARATIONS])
def test_wrapper_binds_what_the_library_binds(wrappers, number):
    real = declared(DECLARATIONS[number])
    for positional, keywords in shapes(number):
        expected = bound(real, positional, keywords)
        wrappers.recorder.sent.clear()
        if expected is None:
            with pytest.raises(TypeError):
                getattr(wrappers, f"f{number}")(*positional, **keywords)
            continue
        try:
            getattr(wrappers, f"f{number}")(*positional, **keywords)
        except TypeError as error:
            pytest.fail(f"f{positional}{keywords} is refused: {error}")
        _, _, *rest = wrappers.recorder.sent[0]
        sent_positional, sent_keywords = (*rest, *((), {})[len(rest) :])
        assert bound(real, sent_positional, sent_keywords) == expected


def test_untouched_defaults_are_not_sent(load):
    module = load(build(function(described(declared("a, b=1, *, c='x', d=OPAQUE")))))
    module.f(1)
    module.f(1, 1, c="x", d=support.DEFAULT)
    module.f(1, 2, d=None)
    assert module.recorder.sent == [
        ("call", "lib:f", (1,), {}),
        ("call", "lib:f", (1,), {}),
        ("call", "lib:f", (1,), {"b": 2, "d": None}),
    ]


@pytest.mark.parametrize(
    ("default", "same", "other"),
    [
        ("(1, 2)", (1, 2), (1, 2.0)),
        ("(1, ('a', None))", (1, ("a", None)), (1, ["a", None])),
        ("()", (), []),
        ("nan", float("nan"), 0.0),
        ("0.0", 0.0, -0.0),
        ("1", 1, True),
        ("'a'", "a", b"a"),
        ("None", None, False),
    ],
)
def test_a_value_equal_to_the_default_is_not_sent(load, default, same, other):
    parameter = Parameter(name="a", default=Default(literal=default))
    module = load(build(function(Signature(parameters=(parameter,)))))
    module.f()
    module.f(same)
    module.f(other)
    assert module.recorder.sent == [("call", "lib:f", (), {})] * 2 + [("call", "lib:f", (), {"a": other})]
    assert type(module.recorder.sent[-1][3]["a"]) is type(other)


def test_methods_take_any_keyword_that_the_library_takes(load):
    method = Symbol(path="lib:C.f", kind=Kind.FUNCTION, signature=described(declared("a=1, **kw")))
    module = load(build(Symbol(path="lib:C", kind=Kind.CLASS), method))
    instance = object.__new__(module.C)
    module.C.f(instance, self=2, cls=3)
    assert module.recorder.sent[0][2:] == ("f", (), {"self": 2, "cls": 3})


@pytest.mark.parametrize(
    ("fields", "before", "spelled"),
    [
        pytest.param({"a": "int", "b": "str"}, "x", "_t.Unpack[Options]", id="stated"),
        pytest.param({"a": "int", "b": "str"}, "a", "_t.Any", id="also-a-parameter"),
        pytest.param({"a": "list[float]"}, "x", "_t.Any", id="wider-when-given"),
        pytest.param({}, "x", "_t.Any", id="without-fields"),
    ],
)
def test_keywords_are_those_of_a_typed_dictionary(load, fields, before, spelled):
    options = Symbol(
        path="lib:Options",
        kind=Kind.CLASS,
        shape=Shape.TYPED_DICT,
        bases=("builtins:dict",),
        fields=tuple(Field(name=name, type=kind) for name, kind in fields.items()),
    )
    rest = Parameter(name="kw", kind=ParameterKind.VARIADIC_KEYWORD, type="typing:Unpack[lib:Options]")
    module = load(build(options, function(Signature(parameters=(Parameter(name=before), rest)))))
    assert inspect.signature(module.f).parameters["kw"].annotation == spelled
    module.f(1, b="2")
    assert module.recorder.sent == [("call", "lib:f", (1,), {"b": "2"})]


def test_awkward_names_are_sent_as_the_library_spells_them(load):
    names = ("class", "self", "_lib", "__private", "print")
    parameters = tuple(Parameter(name=name, kind=ParameterKind.KEYWORD) for name in names)
    module = load(build(function(Signature(parameters=parameters))))
    assert list(inspect.signature(module.f).parameters) == ["class_", "self", "_lib_", "__private", "print"]
    module.f(class_=1, self=2, _lib_=3, __private=4, print=5)
    assert module.recorder.sent == [("call", "lib:f", (), dict(zip(names, range(1, 6), strict=True)))]


def test_methods_send_their_own_name_and_instance(load):
    method = Symbol(
        path="lib:C.f",
        kind=Kind.FUNCTION,
        signature=Signature(parameters=(Parameter(name="self"), Parameter(name="x"))),
    )
    module = load(build(Symbol(path="lib:C", kind=Kind.CLASS), method))
    instance = object.__new__(module.C)
    module.C.f(instance, 1, 2)
    ((called, receiver, *rest),) = module.recorder.sent
    assert (called, rest) == ("method", ["f", (1, 2)])
    assert receiver is instance
    assert list(inspect.signature(module.C.f).parameters) == ["self", "self_", "x"]


def test_coroutine_functions_are_coroutine_functions(load):
    module = load(build(function(described(declared("a")), flags=(Flag.COROUTINE,))))
    assert inspect.iscoroutinefunction(module.f)


def test_signature_shown_to_people_is_the_librarys(load):
    module = load(build(function(described(declared("a, /, b=1, *args, c=None, **kw")))))
    shown = str(inspect.signature(module.f)).replace("_t.Any", "Any").replace("Any | None", "Any")
    assert shown == "(a: 'Any', /, b: 'Any' = 1, *args: 'Any', c: 'Any' = None, **kw: 'Any') -> 'Any'"


@pytest.mark.parametrize(
    ("declaration", "returns", "names"),
    [
        ("a, _t", None, ["a", "_t"]),
        ("a, _t", "int", ["a", "_t_"]),
        ("__a, __b", None, ["__a", "__b"]),
        ("a, __b, *, __c=1", None, ["a", "b", "__c"]),
        ("__a, b", None, ["__a", "b"]),
    ],
    ids=["typing-unused", "typing-used", "positional-by-name", "after-another", "before-another"],
)
def test_parameter_is_called_as_in_the_library_where_it_can_be(load, declaration, returns, names):
    signature = described(declared(declaration)).model_copy(update={"returns": returns})
    assert list(inspect.signature(load(build(function(signature))).f).parameters) == names


def test_parameter_of_a_method_has_no_name_that_python_would_mangle(load):
    method = Symbol(path="lib:C.go", kind=Kind.FUNCTION, signature=described(declared("__a")))
    module = load(build(Symbol(path="lib:C", kind=Kind.CLASS), method))
    assert list(inspect.signature(module.C.go).parameters) == ["self", "a"]
