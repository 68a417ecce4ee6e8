"""Overloads that checkers cannot tell apart become one signature that accepts what each of them accepts."""

from __future__ import annotations

import pytest

from snakebridge.codegen import render
from snakebridge.codegen._functions.overloads import settled
from snakebridge.manifest import Kind, Parameter, ParameterKind, Signature, Symbol, Tier

from .conftest import build


def taken(*overloads, **parameters):
    """Return how the parameters of a function with these overloads, as names → types, are typed; `None` is anything."""

    def signature(words):
        kinds = {"*": ParameterKind.VARIADIC, "/": ParameterKind.POSITIONAL_ONLY, "!": ParameterKind.KEYWORD}
        return Signature(
            parameters=tuple(
                Parameter(
                    name=name.lstrip("*/!"),
                    kind=ParameterKind.VARIADIC_KEYWORD
                    if name.startswith("**")
                    else kinds.get(name[0], ParameterKind.POSITIONAL),
                    type=stated,
                    tier=Tier.STUB,
                )
                for name, stated in words.items()
            ),
            returns="int",
        )

    found = settled(signature(parameters), tuple(map(signature, overloads)))
    return [one.type for one in found.parameters]


@pytest.mark.parametrize(
    ("parameters", "overloads", "spelled"),
    [
        pytest.param({"a": "int"}, [{"a": "int"}, {"a": "int", "b": "int"}], ["int"], id="agreeing"),
        pytest.param({"*a": "int"}, [{"a": "str"}, {"*a": "int"}], [None], id="one-for-all-places"),
        pytest.param({"a": "int", "*b": "int"}, [{"a": "int"}, {"a": "int", "*b": "int"}], ["int", "int"], id="behind"),
        pytest.param({"a": "int"}, [{"b": "str"}, {"a": "int"}], [None], id="another-at-its-place"),
        pytest.param({"/a": "int"}, [{"/x": "int"}, {"/a": "int"}], ["int"], id="positional-only"),
        pytest.param({"a": "int"}, [{"*b": "str"}, {"a": "int"}], [None], id="variadic-at-its-place"),
        pytest.param({"!a": "int"}, [{"**b": "str"}, {"!a": "int"}], [None], id="keywords"),
        pytest.param({"!a": "int"}, [{}, {"!a": "int"}], ["int"], id="missing-keyword"),
        pytest.param({"**a": "int"}, [{"!b": "str"}, {"**a": "int"}], [None], id="one-of-the-keywords"),
    ],
)
def test_type_of_a_parameter_is_that_of_all_overloads_or_any(parameters, overloads, spelled):
    assert taken(*overloads, **parameters) == spelled


@pytest.mark.parametrize(("results", "spelled"), [(("int", "int"), "int"), (("int", "str"), "_t.Any")])
def test_result_that_depends_on_the_overload_is_anything(results, spelled):
    overloads = tuple(Signature(returns=one) for one in results)
    made = Symbol(
        path="lib:f",
        kind=Kind.FUNCTION,
        signature=Signature(returns=" | ".join(dict.fromkeys(results))),
        overloads=overloads,
    )
    assert f"def f() -> {spelled}:" in render(build(made))["lib/__init__.py"]
