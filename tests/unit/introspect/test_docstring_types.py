"""What prose says of a type, and what it does not."""

from __future__ import annotations

import time

import pytest

from snakebridge.introspect.docstrings import read
from snakebridge.manifest import Default, types

_NUMPY = {
    "array_like": "numpy.typing:ArrayLike",
    "dtype_like": "numpy.typing:DTypeLike",
    "ndarray": "numpy:ndarray",
    "np.ndarray": "numpy:ndarray",
    "numpy.ndarray": "numpy:ndarray",
    "numpy.generic": "numpy:generic",
    "numpy.dtype": "numpy:dtype",
    "RandomState": "numpy.random:RandomState",
    "scipy.sparse.spmatrix": "scipy.sparse:spmatrix",
    "scipy.sparse.sparray": "scipy.sparse:sparray",
    "networkx.Graph": "networkx:Graph",
    "Graph": "networkx:Graph",
    "DataFrame": "pandas:DataFrame",
    "Series": "pandas:Series",
    "x.Yes": "x:Yes",
}


def _resolve(name: str) -> str | None:
    return _NUMPY.get(name.replace("-", "_")) or _NUMPY.get(name)


def _accepted(text: str, default: Default | None = None, resolve=_resolve, name: str = "a") -> str | None:
    doc = f"Do it.\n\nParameters\n----------\n{name} : {text}\n    What it is.\n"
    first = name.partition(",")[0].strip().lstrip("*")
    told = read(doc, resolve=resolve, defaults={first: default} if default else {})
    found = told.parameters.get(first)
    if found is not None:
        assert types.parse(str(found)) == found
    return None if found is None else str(found)


def _returned(text: str) -> str | None:
    found = read(f"Do it.\n\nReturns\n-------\n{text}\n", resolve=_resolve).returns
    return None if found is None else str(found)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("int", "int"),
        ("int, optional", "int"),
        ("int (optional)", "int"),
        ("integer, default 3", "int"),
        ("bool, default=True", "bool"),
        ("boolean (default: False)", "bool"),
        ("string", "str"),
        ("float or None", "float | None"),
        ("None or float", "float | None"),
        ("int or str, default None", "int | str | None"),
        ("str, list of str, or None", "str | list[str] | None"),
        ("string | list", "str | list"),
        ("{'a', 'b'}", "typing:Literal['a', 'b']"),
        ("{'a', 'b', or 'c'}, default: 'a'", "typing:Literal['a', 'b', 'c']"),
        ('{"a", None}', "typing:Literal['a'] | None"),
        ("{0 or 'index', 1 or 'columns'}", "typing:Literal[0, 'index', 1, 'columns']"),
        ("{index (0), columns (1)}", "typing:Literal['index', 0, 'columns', 1]"),
        ("{True, False}", "bool"),
        ("{'first', 'last', False}", "typing:Literal['first', 'last', False]"),
        ("{'auto', 'a/b'} or float", "float | typing:Literal['auto', 'a/b']"),
        ("'auto' or bool", "bool | typing:Literal['auto']"),
        ("str {'full', 'same'}", "str"),
        ("{'warn', 0.0, np.nan}", "float | typing:Literal['warn']"),
        ("array_like", "numpy.typing:ArrayLike"),
        ("array-like of shape (n_samples, n_features)", "numpy.typing:ArrayLike"),
        ("array-like of shape (n,) or (n, m), default=None", "numpy.typing:ArrayLike | None"),
        ("(M,) or (M, K) array_like", "numpy.typing:ArrayLike"),
        ("array_like, int", "numpy.typing:ArrayLike"),
        ("array_like, with ``bytes_`` or ``str_`` dtype", "numpy.typing:ArrayLike"),
        ("float or array_like of floats", "float | numpy.typing:ArrayLike"),
        ("(n,) ndarray", "numpy:ndarray"),
        ("ndarray, shape (n,)", "numpy:ndarray"),
        ("1-D int array", "numpy.typing:ArrayLike"),
        ("ndarray[bool]", "numpy:ndarray"),
        (
            "{array-like, sparse matrix} of shape (n, m)",
            "numpy.typing:ArrayLike | scipy.sparse:spmatrix | scipy.sparse:sparray",
        ),
        ("scalar", "complex | str | bytes | numpy:generic"),
        ("number", "complex"),
        ("dtype", "numpy.typing:DTypeLike"),
        ("data-type, optional", "numpy.typing:DTypeLike"),
        ("sequence of ints", "collections.abc:Sequence[int]"),
        ("int or tuple of ints", "int | tuple[int, ...]"),
        ("tuple of int or None", "tuple[int, ...] | None"),
        ("tuple of (int, float)", "tuple[int, float]"),
        ("(float, float) tuple", "tuple[float, float]"),
        ("pair of floats", "tuple[float, float]"),
        ("2-tuple of floats", "tuple[float, float]"),
        ("tuple (rows, columns)", "tuple"),
        ("list of (name, estimator) tuples", "list"),
        ("list of whatever fits", "list"),
        ("list of nodes", "list"),
        ("dict of str to int", "dict[str, int]"),
        ("dict of {str: str}", "dict[str, str]"),
        ("dict of str -> object", "dict"),
        ("iterable", "collections.abc:Iterable"),
        ("container of edges", "collections.abc:Iterable"),
        ("list-like", "collections.abc:Iterable"),
        ("callable", "typing:Callable"),
        ("callable ``f(x, *args)``", "typing:Callable"),
        ("function(x) -> f", "typing:Callable"),
        ("one-parameter function", "typing:Callable"),
        ("file-like object", "typing:IO[Any]"),
        ("path-like", "str | os:PathLike[str]"),
        ("any", "object"),
        ("Ignored", "object"),
        ("estimator object", "object"),
        ("int, cross-validation generator or an iterable, default=None", "object"),
        ("positive int", "int"),
        ("int > 1 or float between 0 and 1", "int | float"),
        ("float, greater than 0", "float"),
        ("int, RandomState instance or None", "int | numpy.random:RandomState | None"),
        ("instance of Graph", "networkx:Graph"),
        ("NetworkX graph", "networkx:Graph"),
        ("Graph constructor, optional (default=nx.Graph)", "networkx:Graph | type[networkx:Graph]"),
        ("node", "collections.abc:Hashable"),
        (":class:`~x.Yes`", "x:Yes"),
        (":obj:`int`", "int"),
        ("`np.ndarray` or ``None``", "numpy:ndarray | None"),
        ("Series/DataFrame", "pandas:Series | pandas:DataFrame"),
        ("List[int]", "list[int]"),
        ("Optional[Dict[str, int]]", "dict[str, int] | None"),
        ("Callable[[int], str]", "typing:Callable"),
        ("Literal['a', 1]", "typing:Literal['a', 1]"),
        ("list[int | None]", "list"),
        ("“quoted” or int", "int | typing:Literal['quoted']"),
        ("int (cast to 0 or 1)", "int"),
        ("datetime or str", "datetime:datetime | str"),
    ],
)
def test_prose_of_a_parameter_is_a_type_when_it_is_clear(text, expected):
    assert _accepted(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "foo",
        "ints",
        "graphs",
        "list of int or str",
        "list of str, int",
        "Nothing in particular",
        "See below",
        "float and array_like",
        "shape",
        "(min, max)",
        "None",
        "optional",
        "str or Offsetish",
        "NaT",
        "matplotlib axes",
        "1",
        "[[[[[[[[[[",
        "{'a', 'b'",
        "int)",
        "dict of",
        "list of list of list of list of list of list of list of list of list of " * 3 + "x or y",
    ],
)
def test_unclear_prose_says_nothing(text):
    assert _accepted(text) is None


@pytest.mark.parametrize(
    "text", ["array_like", "dtype", "ndarray", "graph", "node", "scalar", "sparse matrix", "Graph"]
)
def test_words_of_other_libraries_say_nothing_when_they_are_not_used(text):
    assert _accepted(text, resolve=lambda _: None) is None


def test_plural_is_one_of_each_when_it_is_about_several_parameters():
    assert _accepted("ints", name="a, b") == "int"
    assert _accepted("array_likes", name="*a") == "numpy.typing:ArrayLike"


@pytest.mark.parametrize("text", ["tuple", "list of int", "sequence", "dict"])
def test_collection_of_all_arguments_is_not_the_type_of_one(text):
    assert _accepted(text, name="*a") is None


def test_a_library_s_own_class_wins_over_the_noun():
    assert _accepted("Tuple", resolve={"Tuple": "sympy:Tuple"}.get) == "sympy:Tuple"
    assert _accepted("Tuple", resolve={"Tuple": "typing:Tuple"}.get) == "tuple"


@pytest.mark.parametrize(
    ("text", "default", "expected"),
    [
        ("int", Default(literal="None"), "int | None"),
        ("int", Default(literal="3"), "int"),
        ("float", Default(literal="3"), "float"),
        ("int", Default(literal="1.5"), None),
        ("int", Default(literal="'auto'"), "int | typing:Literal['auto']"),
        ("{'a', 'b'}", Default(literal="'c'"), "typing:Literal['a', 'b', 'c']"),
        ("{'a', 'b'}", Default(literal="False"), "bool | typing:Literal['a', 'b']"),
        ("str", Default(literal="False"), "str | bool"),
        ("bool", Default(literal="0"), "bool | int"),
        ("str", Default(literal="0"), None),
        ("list of str", Default(literal="()"), "list[str] | tuple"),
        ("float", Default(literal="nan"), "float"),
        ("int", Default(literal="inf"), None),
        ("str", Default(opaque="builtins:type"), "str | type"),
        ("dtype", Default(opaque="builtins:type"), "numpy.typing:DTypeLike"),
        ("int", Default(opaque="builtins:function"), None),
        ("int", Default(opaque="numpy._globals:_NoValueType"), "int"),
        ("object", Default(literal="'x'"), "object"),
        ("array_like", Default(literal="(0, 1)"), "numpy.typing:ArrayLike"),
    ],
)
def test_default_widens_or_contradicts_what_is_documented(text, default, expected):
    assert _accepted(text, default) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("int", "int"),
        ("out : ndarray of shape (n,)", "numpy:ndarray"),
        ("array", "numpy:ndarray"),
        ("out : array_like", None),
        ("object", None),
        ("scalar or ndarray", None),
        ("a : int\n    First.\nb : str\n    Second.", "tuple[int, str]"),
        ("a, b : float", "tuple[float, float]"),
        ("a : int\n    First.\nb : str\n    Only returned if asked for.", None),
        ("A list of the names, sorted by age.", None),
        ("ndarray, float", None),
        ("generator of ndarray", "collections.abc:Iterator[numpy:ndarray]"),
        ("None", "None"),
        ("bool or ndarray of bools", "bool | numpy:ndarray"),
    ],
)
def test_prose_of_a_result_is_read_narrowly(text, expected):
    assert _returned(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "{" * 400,
        "list of " * 60 + "int",
        "((((((((((int))))))))))",
        "[" * 200 + "]" * 200,
        "'" * 499,
        "a" * 100_000,
        "int\0",
        "\ud800 or int",
        "or " * 150,
        "," * 480,
        "x[" * 120,
        "optional " * 50,
        " > 0" * 100,
        "Union[" * 50 + "int" + "]" * 50,
    ],
    ids=range(14),
)
def test_hostile_prose_is_read_in_bounded_time(text):
    before = time.monotonic()
    _accepted(text)
    _returned(text)
    assert time.monotonic() - before < 5
