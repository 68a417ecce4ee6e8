"""The libraries that generated code is checked for, and the environments of `benchmarks/introspect` they are in."""

from __future__ import annotations

import sys
from pathlib import Path

HERE = Path(__file__).parent
INTROSPECT = HERE.parent / "introspect"
"""Folder of the programs that build environments, make manifests and walk libraries."""

LIBRARIES: dict[str, str] = {
    **dict.fromkeys(("json", "re", "pathlib", "statistics", "decimal", "asyncio", "sqlite3"), "stubs"),
    **dict.fromkeys(("numpy", "pandas", "scipy", "sklearn", "networkx", "sympy", "requests", "pydantic"), "stubs"),
    **dict.fromkeys(("PIL", "polars", "more_itertools"), "stubs"),
    **dict.fromkeys(("httpx", "sqlalchemy", "attr", "attrs"), "extra"),
}
"""Import name → environment. The distribution attrs has two import names."""

BASELINE: frozenset[str] = frozenset(
    [
        "PIL",
        "more_itertools",
        "networkx",
        "numpy",
        "pandas",
        "polars",
        "pydantic",
        "requests",
        "scipy",
        "sklearn",
        "sympy",
    ]
)
"""The libraries whose shares of `Any` have a bar."""

# The programs of that folder import each other by name, as they do when they are run.
sys.path.append(str(INTROSPECT))
