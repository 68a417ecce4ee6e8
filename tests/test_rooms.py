"""The shape of the house: rooms show a face, modules are small and say what they own."""

from __future__ import annotations

import ast
import importlib
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parent.parent
SOURCE = ROOT / "src"
MODULES = sorted(path for path in SOURCE.rglob("*.py") if not path.name.endswith("_pb2.py"))
MAXIMUM_LINES = 400
NAMES_OF_NOTHING = {"base", "common", "helpers", "misc", "util", "utils"}

# The root resolves its names lazily, which test_face.py holds.
HOST = [path for path in MODULES if path.parts[len(SOURCE.parts)] == "snakebridge" and path.parent.parent != SOURCE]


def dotted(path: Path) -> str:
    parts = path.relative_to(SOURCE).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imported(tree: ast.Module) -> list[str]:
    names = [alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names]
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module is not None:
            names += [f"{node.module}.{alias.name}" for alias in node.names]
    return names


def is_private(name: str) -> bool:
    return name.startswith("_") and not name.startswith("__")


def exported(tree: ast.Module) -> list[str] | None:
    for node in tree.body:
        target = node.targets[0] if isinstance(node, ast.Assign) else getattr(node, "target", None)
        if isinstance(target, ast.Name) and target.id == "__all__":
            return ast.literal_eval(node.value)
    return None


def test_there_are_modules_to_look_at():
    assert len(MODULES) > 20


def parsed(paths: list[Path]) -> Iterator[tuple[str, Path, ast.Module]]:
    for path in paths:
        yield dotted(path), path, ast.parse(path.read_bytes())


def private_imports(own: str, tree: ast.Module) -> Iterator[str]:
    """Yield what a module imports from the private part of a room that it is not in."""
    for name in imported(tree):
        parts = name.split(".")
        private = next((index for index, part in enumerate(parts) if is_private(part)), None)
        if parts[0] in {"snakebridge", "snakebridge_guest"} and private is not None:
            room = ".".join(parts[:private])
            if not f"{own}.".startswith(f"{room}."):
                yield name


def test_modules_enter_other_rooms_by_their_face_only():
    assert not [(own, name) for own, _, tree in parsed(MODULES) for name in private_imports(own, tree)]


def test_modules_are_small():
    lengths = {dotted(path): len(path.read_text(encoding="utf-8").splitlines()) for path in MODULES}
    too_long = {name: lines for name, lines in lengths.items() if lines > MAXIMUM_LINES}
    assert not too_long, "find the second thing each of them owns and move it out"


def test_modules_are_named_after_what_they_own():
    words = {part.strip("_") for path in MODULES for part in path.relative_to(SOURCE).with_suffix("").parts}
    assert not words & NAMES_OF_NOTHING


def test_all_is_sorted_and_without_duplicates():
    for own, _, tree in parsed(MODULES):
        names = exported(tree)
        if names is not None:
            # As ruff sorts: constants, then classes, then the rest.
            assert names == sorted(set(names), key=lambda name: (not name.isupper(), not name[0].isupper(), name)), own


def test_faces_have_a_docstring_and_no_logic():
    faces = [path for path in HOST if path.name == "__init__.py"]
    assert len(faces) > 5
    for own, _, tree in parsed(faces):
        assert ast.get_docstring(tree), f"{own} does not say what its room is for"
        allowed = (ast.Import, ast.ImportFrom, ast.Assign, ast.AnnAssign)
        logic = [node for node in tree.body[1:] if not isinstance(node, allowed) and not is_of_a_lazy_face(node)]
        assert not logic, f"{own} does something in line {logic[0].lineno}"


def is_of_a_lazy_face(node: ast.stmt) -> bool:
    """Say whether it is what a face needs to load its names when they are first used (PEP 562)."""
    match node:
        case ast.FunctionDef(name=name):
            return name in {"__dir__", "__getattr__"}
        case ast.If(test=ast.Name(id="TYPE_CHECKING"), body=body):
            return all(isinstance(one, ast.ImportFrom) for one in body)
    return False


def test_lazy_faces_resolve_every_name_they_export():
    lazy = [
        own for own, path, tree in parsed(HOST) if path.name == "__init__.py" and any(map(is_of_a_lazy_face, tree.body))
    ]
    assert lazy
    for own in lazy:
        face = importlib.import_module(own)
        assert all(getattr(face, name) is not None for name in face.__all__)
        assert set(face._HOMES) == set(face.__all__)


def test_private_modules_open_with_a_comment_block():
    private = [path for path in HOST if path.name != "__init__.py" and any(map(is_private, dotted(path).split(".")))]
    silent = [dotted(path) for path in private if not path.read_text(encoding="utf-8").startswith("#")]
    assert not silent, "say what each is for, what it guarantees and what it assumes"


def test_only_the_command_line_prints():
    for own, path, tree in parsed(MODULES):
        if path.parent.name != "cli":
            calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
            printing = [node.lineno for node in calls if isinstance(node.func, ast.Name) and node.func.id == "print"]
            assert not printing, f"{own} prints in lines {printing}"


def test_test_files_have_unique_names():
    names = [path.name for path in (ROOT / "tests").rglob("test_*.py") if "golden" not in path.parts]
    assert len(names) == len(set(names)), sorted(name for name in names if names.count(name) > 1)
