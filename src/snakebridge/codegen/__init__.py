"""From a manifest to a typed client package: render to memory, then write or compare."""

from snakebridge.codegen._texts.coverage import Coverage, ModuleCoverage, Typed, coverage
from snakebridge.codegen._tree.output import Written, compare, generated_libraries, write
from snakebridge.codegen._tree.render import Tree, render, render_counted

__all__ = [
    "Coverage",
    "ModuleCoverage",
    "Tree",
    "Typed",
    "Written",
    "compare",
    "coverage",
    "generated_libraries",
    "render",
    "render_counted",
    "write",
]
