# What words of prose mean as types: the part of the grammar that is a table.
#
# A word stands here only if every library that was read means the same by it. Of what is accepted (`array`, `number`)
# the widest reading is taken, since a type that is too narrow forbids good calls; words so wide that nothing could be
# done with such a result (`object`, `scalar`) say nothing about what is returned.

from __future__ import annotations

from dataclasses import dataclass

from snakebridge.manifest import types

__all__ = ["ARRAYS", "CONTAINERS", "ELEMENTS", "PLURALS", "REJECTED", "TYPING", "WORDS", "Asked", "Meaning", "Word"]


@dataclass(frozen=True, slots=True)
class Asked:
    """The class that the first of some names means, where one has a meaning."""

    names: tuple[str, ...]
    gives: types.Type | None = None
    """What it is instead of that class, where a name has a meaning at all."""
    otherwise: types.Type | None = None
    """What it is where none has."""


Meaning = types.Type | Asked | tuple[types.Type | Asked, ...] | None
"""A tuple is a union, of which every part must have a meaning; `None`: it says nothing."""


@dataclass(frozen=True, slots=True)
class Word:
    """What a word means for something accepted, and for something returned."""

    accepted: Meaning
    returned: Meaning


def _of(address: str, *arguments: types.Type) -> types.Name:
    return types.Name(address if ":" in address else f"builtins:{address}", arguments)


def _same(found: Meaning) -> Word:
    return Word(found, found)


_STR, _BYTES, _FLOAT, _COMPLEX, _OBJECT = map(_of, ("str", "bytes", "float", "complex", "object"))
_PATH = _of("os:PathLike", _STR)
_FILE = _of("typing:IO", types.ANY)
_ARRAY_LIKE = Asked(("array_like",))
_NDARRAY = Asked(("ndarray", "numpy.ndarray"))
_DTYPE = Word(Asked(("dtype_like",)), Asked(("numpy.dtype",)))
_SPARSE = (Asked(("scipy.sparse.spmatrix",)), Asked(("scipy.sparse.sparray",)))
_GRAPH = Asked(("networkx.Graph",))
_ANYTHING = Word(_OBJECT, None)

# The scalars of pandas are dates and spans of time as well.
_TIMES = types.join(_of("datetime:date"), _of("datetime:timedelta"))
_SCALAR = (
    _COMPLEX,
    _STR,
    _BYTES,
    Asked(("numpy.generic",)),
    Asked(("pandas.Series",), gives=_TIMES, otherwise=_COMPLEX),
)

CONTAINERS = {
    "list": "builtins:list",
    "set": "builtins:set",
    "frozenset": "builtins:frozenset",
    "sequence": "collections.abc:Sequence",
    "seq": "collections.abc:Sequence",
    "iterable": "collections.abc:Iterable",
    "iterator": "collections.abc:Iterator",
    "generator": "collections.abc:Iterator",
    "collection": "collections.abc:Collection",
    "container": "collections.abc:Iterable",
    "tuple": "builtins:tuple",
    "pair": "builtins:tuple",
    "dict": "builtins:dict",
    "dictionary": "builtins:dict",
    "mapping": "collections.abc:Mapping",
    "defaultdict": "collections:defaultdict",
    "deque": "collections:deque",
    "list-like": "collections.abc:Iterable",
    "dict-like": "collections.abc:Mapping",
}
"""Nouns that `of` may follow. What is like a list can be iterated, and that is all that is sure."""

ARRAYS = {
    "array_like": Word(_ARRAY_LIKE, None),
    "array": Word(_ARRAY_LIKE, _NDARRAY),
    "ndarray": _same(_NDARRAY),
    "sparse matrix": _same(_SPARSE),
    "sparse array": Word(_SPARSE, Asked(("scipy.sparse.sparray",))),
    "matrix": Word(_ARRAY_LIKE, None),
    "vector": Word(_ARRAY_LIKE, None),
}
"""Nouns that an element type and a shape may surround, none of which the type can say."""

_SPELLINGS = {
    "array_like": (
        *("arraylike", "array like", "array_likes", "array_like object", "array_like or scalar", "arrays_like"),
        *("array_like, compatible object", "indexable"),
    ),
    "array": ("arrays", "numpy array", "numpy arrays", "np.array", "numpy.array"),
    "ndarray": ("numpy.ndarray", "np.ndarray", "ndarrays", "numpy ndarray", "nd-array", "nd array", "ndarray object"),
    "sparse matrix": ("sparse matrices", "sparse-matrix", "scipy sparse matrix", "scipy.sparse matrix"),
    "sparse array": (
        *("sparse arrays", "scipy sparse array", "sparse array or matrix", "sparse container"),
        *("scipy.sparse array",),
    ),
    "matrix": ("matrices", "2-d matrix"),
    "vector": ("vectors",),
}
for _word, _others in _SPELLINGS.items():
    ARRAYS |= dict.fromkeys(_others, ARRAYS[_word])

_PLAIN = {
    "str": ("string", "strings", "strs", "text", "unicode", "unicode string", "file name", "filename"),
    "int": ("integer", "ints", "integers", "python int"),
    "float": ("floats", "double", "floating point number", "floating point", "floating-point number", "python float"),
    "bool": ("boolean", "bools", "booleans", "flag", "bool_like", "python bool"),
    "complex": ("complex number", "complex numbers"),
    "bytes": ("byte string", "bytestring"),
    "bytearray": (),
    "memoryview": (),
    "slice": ("slices", "slice object"),
    "range": (),
    "type": ("python type", "class", "class type"),
}
WORDS: dict[str, Word] = {
    **{name: _same(_of(name)) for name in _PLAIN},
    **{other: _same(_of(name)) for name, others in _PLAIN.items() for other in others},
    "none": _same(types.NONE),
    "nonetype": _same(types.NONE),
    "nan": _same(_FLOAT),
    "np.nan": _same(_FLOAT),
    "inf": _same(_FLOAT),
    "np.inf": _same(_FLOAT),
    "-np.inf": _same(_FLOAT),
    "-inf": _same(_FLOAT),
    "real": Word(_FLOAT, None),
    "real number": Word(_FLOAT, None),
    "number": Word(_COMPLEX, None),
    "numbers": Word(_COMPLEX, None),
    "numeric": Word(_COMPLEX, None),
    "numeric value": Word(_COMPLEX, None),
    "scalar": Word(_SCALAR, None),
    "scalar value": Word(_SCALAR, None),
    "scalars": Word(_SCALAR, None),
    "date": _same(_of("datetime:date")),
    "datetime": _same(_of("datetime:datetime")),
    "datetime.datetime": _same(_of("datetime:datetime")),
    "datetime.date": _same(_of("datetime:date")),
    "datetime.time": _same(_of("datetime:time")),
    "datetime.timedelta": _same(_of("datetime:timedelta")),
    "datetime.tzinfo": _same(_of("datetime:tzinfo")),
    "timedelta": _same(_of("datetime:timedelta")),
    "decimal": _same(_of("decimal:Decimal")),
    "decimal.decimal": _same(_of("decimal:Decimal")),
    "pathlib.path": _same(_of("pathlib:Path")),
    "path": Word(types.join(_STR, _PATH), None),
    "path-like": Word(types.join(_STR, _PATH), None),
    "os.pathlike": _same(_PATH),
    "pathlike": _same(_PATH),
    "path object": Word(_PATH, None),
    "path-like object": Word(_PATH, None),
    "file": Word(_FILE, None),
    "file object": Word(_FILE, None),
    "file handle": Word(_FILE, None),
    "file descriptor": _same(_of("int")),
    "file-like": Word(_FILE, None),
    "file-like object": Word(_FILE, None),
    "bytes-like": Word(types.join(_BYTES, _of("bytearray"), _of("memoryview")), None),
    "bytes-like object": Word(types.join(_BYTES, _of("bytearray"), _of("memoryview")), None),
    "buffer": _ANYTHING,
    "module": Word(_of("types:ModuleType"), _of("types:ModuleType")),
    "exception": Word(_of("BaseException"), _of("BaseException")),
    "hashable": _same(_of("collections.abc:Hashable")),
    "hashable object": _same(_of("collections.abc:Hashable")),
    "labels": Word(_of("collections.abc:Hashable"), None),
    "hashable identifier": _same(_of("collections.abc:Hashable")),
    "column label": Word(_of("collections.abc:Hashable"), None),
    "tzinfo": _same(_of("datetime:tzinfo")),
    "np.matrix": _same(Asked(("numpy.matrix",))),
    "level name": Word(_of("collections.abc:Hashable"), None),
    "column name": Word(_of("collections.abc:Hashable"), None),
    "name": Word(_of("collections.abc:Hashable"), None),
    "key": Word(_of("collections.abc:Hashable"), None),
    "position": Word(_of("int"), None),
    "iterable container": Word(_of("collections.abc:Iterable"), None),
    "label": Word(_of("collections.abc:Hashable"), None),
    "callable": _same(_of("typing:Callable")),
    "callables": _same(_of("typing:Callable")),
    "callable object": _same(_of("typing:Callable")),
    "function": _same(_of("typing:Callable")),
    "functions": _same(_of("typing:Callable")),
    "func": _same(_of("typing:Callable")),
    "map-like callable": Word(_of("typing:Callable"), None),
    "value": _ANYTHING,
    "class instance": _ANYTHING,
    "any": _ANYTHING,
    "object": _ANYTHING,
    "objects": _ANYTHING,
    "python object": _ANYTHING,
    "any object": _ANYTHING,
    "anything": _ANYTHING,
    "any type": _ANYTHING,
    "ignored": _ANYTHING,
    "not used": _ANYTHING,
    "unused": _ANYTHING,
    "estimator": _ANYTHING,
    "estimator object": _ANYTHING,
    "estimators": _ANYTHING,
    "transformer": _ANYTHING,
    "transformer object": _ANYTHING,
    "classifier": _ANYTHING,
    "classifier object": _ANYTHING,
    "regressor": _ANYTHING,
    "regressor object": _ANYTHING,
    "clusterer": _ANYTHING,
    "cross-validation generator": _ANYTHING,
    "cross-validator": _ANYTHING,
    "array_namespace": _ANYTHING,
    "random_state": _ANYTHING,
    "dtype": _DTYPE,
    "dtypes": _DTYPE,
    "dtype-like": _DTYPE,
    "dtype_like": _DTYPE,
    "data-type": _DTYPE,
    "data type": _DTYPE,
    "np.dtype": _DTYPE,
    "numpy.dtype": _DTYPE,
    "numpy dtype": _DTYPE,
    "dtype object": _DTYPE,
    "type specifier": Word(Asked(("dtype_like",)), None),
    "matplotlib axes": _same(Asked(("matplotlib.axes.Axes",))),
    "matplotlib axes object": _same(Asked(("matplotlib.axes.Axes",))),
    "matplotlib axis object": _same(Asked(("matplotlib.axes.Axes",))),
    "ufunc": _same(Asked(("numpy.ufunc",))),
    "linearoperator": _same(Asked(("LinearOperator", "scipy.sparse.linalg.LinearOperator"))),
    "randomstate": _same(Asked(("RandomState", "numpy.random.RandomState"))),
    "np.random.generator": _same(Asked(("numpy.random.Generator",))),
    "dataframe": _same(Asked(("DataFrame", "pandas.DataFrame"))),
    "series": _same(Asked(("Series", "pandas.Series"))),
    "graph": _same(_GRAPH),
    "graphs": _same(_GRAPH),
    "undirected graph": _same(_GRAPH),
    "directed graph": _same(Asked(("networkx.DiGraph",))),
    "digraph": _same(Asked(("networkx.DiGraph",))),
    "multigraph": _same(Asked(("networkx.MultiGraph",))),
    "multidigraph": _same(Asked(("networkx.MultiDiGraph",))),
}
for _word in ("node", "nodes", "node label", "graph node"):
    # A node of networkx is anything that can be hashed; other libraries mean classes of their own.
    WORDS[_word] = Word(Asked(("networkx.Graph",), gives=_of("collections.abc:Hashable")), None)

PLURALS = {
    *("strings", "strs", "ints", "integers", "floats", "bools", "booleans", "complex numbers", "numbers", "slices"),
    *(
        "callables",
        "functions",
        "dtypes",
        "graphs",
        "nodes",
        "arrays",
        "ndarrays",
        "matrices",
        "vectors",
        "array_likes",
    ),
    *("sparse matrices", "sparse arrays", "numpy arrays", "scalars", "labels", "estimators"),
}
"""Words that say what each of several things is."""

REJECTED = {
    *(
        "NaT",
        "NA",
        "The",
        "This",
        "If",
        "Same",
        "See",
        "Default",
        "Optional",
        "Not",
        "Only",
        "When",
        "Depends",
        "Returns",
    ),
}
"""Capitalised words that are no classes, whatever a module may call so."""

ELEMENTS = {
    *("int", "ints", "integer", "integers", "float", "floats", "bool", "bools", "boolean", "booleans", "complex"),
    *(
        "real",
        "double",
        "doubles",
        "string",
        "strings",
        "str",
        "object",
        "objects",
        "uint8",
        "numeric",
        "byte",
        "bytes",
    ),
    *("datetime64", "timedelta64", "unsigned", "number", "numbers", "int64", "float64", "int32", "float32", "scalar"),
    *("complex128", "complex64", "np.intp", "intp", "np.float64", "np.int64", "np.bool", "np.bool_", "np.int32"),
}
"""Words that say what is in an array."""

TYPING = {
    **{name: f"builtins:{name.lower()}" for name in ("List", "Dict", "Set", "FrozenSet", "Tuple", "Type")},
    **{name: f"builtins:{name}" for name in ("list", "dict", "set", "frozenset", "tuple", "type")},
    **{name: f"typing:{name}" for name in ("Literal", "IO")},
    **{
        name: f"collections.abc:{name}"
        for name in (
            *("Iterable", "Iterator", "Sequence", "MutableSequence", "Mapping", "MutableMapping", "Collection"),
            *("Generator", "AsyncGenerator", "AsyncIterator", "AsyncIterable", "Awaitable", "Coroutine", "Container"),
        )
    },
    "Callable": "typing:Callable",
    "Optional": "typing:Optional",
    "Union": "typing:Union",
}
"""Generic types by the name that annotations in docstrings use, with `typing.` left out."""
