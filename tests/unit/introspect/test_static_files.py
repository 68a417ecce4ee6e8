"""Where the source of a module is, in folders and archives."""

from __future__ import annotations

import zipfile

import pytest

from snakebridge.introspect._static_files import find_source, read_bytes, static_modules

_FILES = ["lib/__init__.py", "lib/a.py", "lib/sub/__init__.py", "lib/sub/b.py", "lib/only.pyi", "lib/data/x.txt"]
_MODULES = ["lib", "lib.a", "lib.only", "lib.sub", "lib.sub.b"]


@pytest.fixture(params=["folder", "archive"])
def root(request, tmp_path):
    """Return a path entry that holds the files."""
    if request.param == "archive":
        with zipfile.ZipFile(tmp_path / "all.zip", "w") as archive:
            for name in _FILES:
                archive.writestr(name, f"# {name}")
        return tmp_path / "all.zip"
    for name in _FILES:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(f"# {name}", encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize(
    ("module", "expected"),
    [
        ("lib", "lib/__init__.py"),
        ("lib.a", "lib/a.py"),
        ("lib.sub.b", "lib/sub/b.py"),
        ("lib.only", "lib/only.pyi"),
        ("lib.data", None),
        ("lib.gone", None),
        ("gone.x", None),
    ],
)
def test_source_is_found(root, module, expected):
    found = find_source(module, ["/nowhere", str(root)])
    assert found == (root / expected if expected else None)
    if found is not None:
        assert read_bytes(found) == f"# {expected}".encode()


def test_all_modules_of_a_package_are_listed(root):
    assert static_modules("lib", [str(root)]) == _MODULES
    assert static_modules("lib.sub", [str(root)]) == ["lib.sub", "lib.sub.b"]
    assert static_modules("gone", [str(root)]) == []


def test_source_wins_over_its_stub_and_the_first_folder_over_the_next(tmp_path):
    for name in ("one/m.pyi", "two/m.py", "three/m.py"):
        (tmp_path / name).parent.mkdir()
        (tmp_path / name).touch()
    path = [str(tmp_path / one) for one in ("one", "two", "three")]
    assert find_source("m", path) == tmp_path / "two/m.py"


def test_single_module_is_its_own_list(tmp_path):
    (tmp_path / "m.py").touch()
    assert static_modules("m", [str(tmp_path)]) == ["m"]


def test_archive_that_is_damaged_holds_nothing(tmp_path):
    (tmp_path / "all.zip").write_bytes(b"PK no")
    assert find_source("m", [str(tmp_path / "all.zip")]) is None
    assert static_modules("m", [str(tmp_path / "all.zip")]) == []


def test_links_in_circles_end(tmp_path):
    (tmp_path / "lib").mkdir()
    (tmp_path / "lib/__init__.py").touch()
    (tmp_path / "lib/again").symlink_to(tmp_path / "lib")
    assert static_modules("lib", [str(tmp_path)]) == ["lib"]
