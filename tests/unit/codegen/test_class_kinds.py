"""Every kind of class is generated as what it is: records, enums and exceptions with methods, remote classes."""

from __future__ import annotations

import collections.abc

import pytest
from hypothesis import HealthCheck, given, settings

from snakebridge.codegen import coverage, render
from snakebridge.manifest import (
    Binding,
    Default,
    EnumMember,
    Field,
    Kind,
    Parameter,
    ParameterKind,
    Shape,
    Signature,
    Symbol,
)

from .conftest import build
from .test_hostile_manifests import manifests


def record(*fields: Field, shape: Shape = Shape.NAMED_TUPLE, **more: object) -> Symbol:
    base = "builtins:tuple" if shape is Shape.NAMED_TUPLE else "builtins:dict"
    return Symbol(path="lib:R", kind=Kind.CLASS, shape=shape, bases=(base,), fields=fields, **more)


def method(path: str, binding: Binding = Binding.INSTANCE, kind: Kind = Kind.FUNCTION) -> Symbol:
    return Symbol(path=path, kind=kind, binding=binding, signature=Signature())


WHEN = Field(name="when", default=Default(opaque="lib:Now"), required=False)


@pytest.mark.parametrize(
    ("symbols", "base"),
    [
        pytest.param([record(Field(name="x"))], "NamedTuple", id="fields"),
        pytest.param([record(Field(name="x")), method("lib:R.__repr__")], "NamedTuple", id="what-all-define"),
        pytest.param([record(Field(name="x")), method("lib:R.m")], "RemoteObject", id="method"),
        pytest.param([record(Field(name="x")), method("lib:R.__add__")], "RemoteObject", id="operator"),
        pytest.param([record(WHEN)], "RemoteObject", id="default-without-literal"),
        pytest.param([record(Field(name="class"))], "RemoteObject", id="keyword"),
        pytest.param([record(Field(name="_1"))], "RemoteObject", id="private-field"),
        pytest.param([record(Field(name="k"), shape=Shape.TYPED_DICT)], "TypedDict", id="keys"),
        pytest.param([record(Field(name="_k"), shape=Shape.TYPED_DICT)], "TypedDict", id="private-key"),
        pytest.param([record(Field(name="class"), shape=Shape.TYPED_DICT)], "RemoteObject", id="key-that-is-a-keyword"),
        pytest.param([record(shape=Shape.TYPED_DICT)], "RemoteObject", id="unknown-keys"),
    ],
)
def test_class_is_a_record_when_it_has_nothing_but_fields(load, symbols, base):
    made = load(build(*symbols)).R
    found = "TypedDict" if type(made).__name__ == "_TypedDictMeta" else made.__mro__[1].__name__
    assert found == {"NamedTuple": "tuple"}.get(base, base)


def test_record_has_its_fields_in_order_with_their_defaults(load):
    made = load(build(record(Field(name="b"), Field(name="a", default=Default(literal="[1]"), required=False)))).R
    assert made._fields == ("b", "a")
    assert made(2) == (2, [1])
    assert coverage(build(record(Field(name="b")))).omitted == ()


def test_typed_dictionary_knows_what_may_be_missing(load):
    partial = (Field(name="a", required=False), Field(name="b", required=False))
    assert load(build(record(*partial, shape=Shape.TYPED_DICT))).R.__total__ is False
    made = load(build(record(Field(name="a"), partial[1], shape=Shape.TYPED_DICT))).R
    assert made.__annotations__["b"].__forward_arg__ == "_t.NotRequired[_t.Any]"


def test_named_tuple_is_named_to_the_worker_under_each_of_its_addresses():
    text = render(build(record(Field(name="x"), defined="lib._m:R")))["lib/_adapter.py"]
    assert 'NAMED = frozenset(\n    {\n        "lib._m:R",\n        "lib:R",\n    }\n)' in text


def test_heir_of_a_record_is_a_remote_class_that_is_taken_where_the_record_is(load):
    heir = Symbol(path="lib:H", kind=Kind.CLASS, bases=("lib:R",))
    parameter = Parameter(name="x", type="lib:R")
    taking = Symbol(path="lib:take", kind=Kind.FUNCTION, signature=Signature(parameters=(parameter,)))
    module = load(build(record(Field(name="x")), heir, taking))
    assert not issubclass(module.H, tuple)
    assert module.take.__annotations__["x"] == "R | H"


COLOUR = Symbol(path="lib:C", kind=Kind.ENUM, bases=("enum:Enum",), members=(EnumMember(name="RED", value="1"),))


def test_method_of_an_enum_is_called_with_the_value(load):
    module = load(build(COLOUR, method("lib:C.mix"), method("lib:C.warm", kind=Kind.PROPERTY), method("lib:C.__str__")))
    red = module.C.RED
    red.mix()
    _ = red.warm
    red.__str__()  # `str()` would want a string, and a recorder returns nothing
    assert module.recorder.sent == [
        ("member_call", red, "lib:C.mix"),
        ("member_get", red, "lib:C.warm"),
        ("member_call", red, "lib:C.__str__"),
    ]


def test_worker_may_run_what_an_enum_calls():
    symbols = (COLOUR, method("lib:C.mix"), method("lib:C.warm", kind=Kind.PROPERTY))
    text = render(build(*symbols))["lib/_adapter.py"]
    assert "    lib:C\n    lib:C.mix\n    lib:C.warm.__get__\n" in text


@pytest.mark.parametrize("name", ["name", "value", "mro", "RED", "_missing_", "__hash__", "__init__"])
def test_enum_keeps_what_makes_it_an_enum(load, name):
    manifest = build(COLOUR, method(f"lib:C.{name}"))
    assert load(manifest).C.RED.value == 1
    assert [finding.path for finding in coverage(manifest).omitted] == [f"lib:C.{name}"]


def test_class_method_is_called_on_the_class_it_is_called_on(load):
    heir = Symbol(path="lib:H", kind=Kind.CLASS, bases=("lib:K",))
    module = load(build(Symbol(path="lib:K", kind=Kind.CLASS), heir, method("lib:K.make", Binding.CLASS)))
    module.H.make()
    assert module.recorder.sent == [("class_call", module.H, "lib:K.make")]


@pytest.mark.parametrize(
    ("parameters", "members", "made"),
    [
        pytest.param((), (), False, id="nothing"),
        pytest.param((Parameter(name="args", kind=ParameterKind.VARIADIC),), (), False, id="any-arguments"),
        pytest.param((Parameter(name="what"),), (), True, id="arguments-of-its-own"),
        pytest.param((), (method("lib:E.explain"),), True, id="methods"),
        pytest.param((), (method("lib:E.level", kind=Kind.PROPERTY),), False, id="attributes"),
    ],
)
def test_exception_is_made_over_there_when_arguments_alone_do_not_make_it(load, parameters, members, made):
    error = Symbol(path="lib:E", kind=Kind.EXCEPTION, signature=Signature(parameters=parameters))
    module = load(build(error, *members))
    caught = module.E(*(() if not parameters else ("a",)))
    assert isinstance(caught, Exception)
    assert [sent[0] for sent in module.recorder.sent] == (["construct_error"] if made else [])


def test_class_without_a_hash_says_so_and_its_heir_may_have_one(load):
    plain = Symbol(path="lib:P", kind=Kind.CLASS, protocols=("__eq__",))
    heir = Symbol(path="lib:H", kind=Kind.CLASS, bases=("lib:P",), protocols=("__eq__", "__hash__"))
    module = load(build(plain, heir))
    assert not issubclass(module.P, collections.abc.Hashable)
    assert issubclass(module.H, collections.abc.Hashable)


def test_data_class_is_matched_by_its_positional_fields(load):
    fields = (Field(name="a"), Field(name="b", keyword_only=True), Field(name="c", init=False), Field(name="d"))
    module = load(build(Symbol(path="lib:D", kind=Kind.CLASS, shape=Shape.DATACLASS, fields=fields)))
    assert module.D.__match_args__ == ("a", "d")


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(manifests())
def test_any_manifest_gives_classes_that_python_creates(load, manifest):
    module = load(manifest)
    for name in vars(module)["__all__"]:
        getattr(module, name)
