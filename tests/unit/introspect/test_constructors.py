"""Constructors that a class does not state itself: inherited, passed on, made of keys; and names that nobody has."""

from __future__ import annotations

import pytest
from interpreters import interpreter
from source_trees import sources, write
from zoo import make_target
from zoo.spelled import signature

from snakebridge.introspect import introspect
from snakebridge.introspect.docstrings import prototypes
from snakebridge.manifest import Kind, Note, Tier

LIBRARY = {
    "made/__init__.py": '''
        """Numbers.

        - :py:func:`math.pow`::

                double power(double, double)
                float power(float, float)
        """
        from typing import TYPE_CHECKING, TypedDict

        from made import _hidden
        from made.bases import Base

        if TYPE_CHECKING:
            from made.nowhere import Missing


        class Amount(int):
            """A number."""


        class Table(dict):
            """A dictionary, whose key and value types are open."""


        class Options(TypedDict, total=False):
            size: int
            name: str


        class Passing:
            def __new__(cls, *args, **kwargs):
                return super().__new__(cls)

            def __init__(self, width, height=1):
                self.width = width


        class Ring:
            def __call__(self, x): ...


        ALL = Ring()


        class Derived(_hidden._Private):
            shared = ALL


        class Namesake(_hidden._Named):
            """Its private base has a base of the same name."""


        class Twice(_hidden._Private, Base):
            """Has `Base` through a private class and by itself."""


        def spelled(n):
            """Spell numbers.

            Yields
            ------
            str
                A word.
            """
            yield str(n)


        def counted(n):
            """Count.

            Returns
            -------
            int
                The next number.
            """
            yield n


        def lost(value: "Missing", size: "int") -> "list[Missing]":
            return [value]
    ''',
    "made/_hidden.py": """
        from made.bases import Base


        class _Private(Base):
            def inherited(self): ...

        class _Named(Base): ...

        class _Named(_Named): ...
    """,
    "made/bases.py": """
        class Base:
            def method(self, x): ...
    """,
}


@pytest.fixture(scope="module", params=["3.8", "3.13"])
def symbols(request, tmp_path_factory):
    folder = tmp_path_factory.mktemp("made")
    python = make_target(interpreter(request.param), folder)
    (packages,) = folder.glob("lib/python*/site-packages")
    write(packages, LIBRARY)
    return {one.path: one for one in introspect("made", python).symbols}


def test_heir_of_a_builtin_is_called_as_it_is(symbols):
    amount = symbols["made:Amount"]
    assert amount.tier is Tier.STUB
    assert [len(one.parameters) for one in amount.overloads] == [1, 2]
    assert amount.overloads[1].parameters[1].type == "typing:SupportsIndex"


def test_heir_of_a_generic_class_has_its_parameters_without_their_types(symbols):
    table = symbols["made:Table"]
    assert table.tier is not Tier.VARIADIC
    assert len(table.overloads) > 3
    assert {parameter.type for one in table.overloads for parameter in one.parameters} == {None}


def test_typed_dictionary_is_made_of_its_keys(symbols):
    assert (
        signature(symbols["made:Options"].signature)
        == "(*, size: int = <types:EllipsisType>, name: str = <types:EllipsisType>)"
    )
    assert symbols["made:Options"].tier is Tier.RUNTIME


def test_constructor_that_passes_everything_on_is_that_of_the_other_and_says_so(symbols):
    assert signature(symbols["made:Passing"].signature) == "(width, height = 1)"
    assert Note.RUNTIME_VARIADIC in symbols["made:Passing"].notes


def test_private_base_of_its_heirs_name_costs_nothing(symbols):
    assert set(symbols["made:Namesake"].bases) <= {"made.bases:Base"}


@pytest.mark.parametrize("name", ["Derived", "Twice"])
def test_private_base_gives_way_to_its_own_bases(symbols, name):
    assert symbols[f"made:{name}"].bases == ("made.bases:Base",)
    assert f"made:{name}.inherited" in symbols
    assert f"made:{name}.method" not in symbols


def test_callable_that_a_class_only_refers_to_is_a_constant(symbols):
    assert symbols["made:Derived.shared"].kind is Kind.CONSTANT


def test_what_a_stub_package_leaves_open_the_stub_beside_compiled_code_says(tmp_path):
    files = {
        "made/__init__.pyi": "",
        "made/core.pyi": "class A:\n    def __init__(self, x: int) -> None: ...\nMode = int | str\n",
        "made-stubs/__init__.pyi": "",
        "made-stubs/core.pyi": "class A: ...\n",
    }
    found = sources(tmp_path, files)
    assert [signature(one) for one in found.constructor(["made.core:A"]).signatures] == ["(x: int @stub)"]
    assert [one.type for one in found.definitions(["made.core:Mode"])] == ["int | str"]


def test_name_that_no_module_has_is_unknown_where_it_stands(symbols):
    assert signature(symbols["made:lost"].signature) == "(value: ?'Missing', size: int) -> list[?'Missing']"


@pytest.mark.parametrize(
    ("name", "shown"), [("spelled", "(n) -> collections.abc:Iterator[str] @docstring"), ("counted", "(n)")]
)
def test_docstring_of_a_generator_tells_what_it_yields(symbols, name, shown):
    assert signature(symbols[f"made:{name}"].signature) == shown


def test_prototypes_give_numbers_of_arguments():
    found = prototypes(
        """Title

        double one(double)
        double complex two(double complex, long)
        int none()
        void through_a_pointer(double, double *)
        double one(float)
        a sentence (in brackets)
        """
    )
    assert {name: [len(one.parameters) for one in signatures] for name, signatures in found.items()} == {
        "one": [1],
        "two": [2],
        "none": [0],
    }
