"""Which file describes a module, and what happens to files that cannot be read."""

from __future__ import annotations

import zipfile

import pytest
from source_trees import sources, target, write
from zoo.spelled import signature

from snakebridge.introspect.sources import Sources


def says(found, place):
    stated = found.callable([place])
    return signature(stated.signatures[0]).replace(" @stub", "") if stated else None


def opened(*path, **more):
    return Sources(target(*path, **more), known=lambda _address: None)


RECORD = {
    "lib_stubs-2.5.dist-info/RECORD": "lib-stubs/__init__.pyi,,\nlib_stubs-2.5.dist-info/RECORD,,\n",
    "other-1.0.dist-info/RECORD": "other/__init__.py,,\n",
}


def test_a_stub_package_replaces_the_stub_beside_the_code(tmp_path):
    found = sources(
        tmp_path,
        {
            **RECORD,
            "lib/__init__.pyi": "def f(bundled): ...",
            "lib/more.pyi": "def g(bundled): ...",
            "lib-stubs/__init__.pyi": "def f(separate): ...",
        },
    )
    assert says(found, "lib:f") == "(separate)"
    assert says(found, "lib.more:g") == "(bundled)"
    assert found.stubs == {"lib-stubs": "2.5"}


def test_folders_that_are_named_come_first(tmp_path):
    site = write(tmp_path / "site", {"lib-stubs/__init__.pyi": "def f(separate): ...", "lib/__init__.py": ""})
    mine = write(tmp_path / "mine", {"lib/__init__.pyi": "def f(mine): ...", "math.pyi": "def gcd(mine): ..."})
    found = opened(site, extra=(mine,))
    assert says(found, "lib:f") == "(mine)"
    assert says(found, "math:gcd") == "(mine)"
    assert found.stubs == {}


def test_a_stub_package_among_the_folders_that_are_named(tmp_path):
    mine = write(tmp_path / "mine", {"lib-stubs/sub/__init__.pyi": "def f(mine): ..."})
    assert says(opened(extra=(mine,)), "lib.sub:f") == "(mine)"


def test_the_first_folder_of_the_path_wins(tmp_path):
    one = write(tmp_path / "one", {"lib.pyi": "def f(one): ..."})
    two = write(tmp_path / "two", {"lib.pyi": "def f(two): ...", "only.pyi": "def f(two): ..."})
    found = opened(one, two, tmp_path / "missing")
    assert (says(found, "lib:f"), says(found, "only:f")) == ("(one)", "(two)")


def test_typeshed_is_named_when_it_was_read(tmp_path):
    found = sources(tmp_path, {"lib.pyi": "def f(x: int): ..."})
    assert found.has_stubs("lib")
    assert found.stubs == {}
    assert found.has_stubs("json")
    assert list(found.stubs) == ["typeshed"]


def test_a_zipped_library_is_read(tmp_path):
    archive = tmp_path / "lib.zip"
    with zipfile.ZipFile(archive, "w") as made:
        made.writestr("lib/__init__.pyi", "from lib.deep.inner import f as f")
        made.writestr("lib/deep/inner.pyi", "def f(zipped: int) -> str: ...")
        made.writestr("lib/plain.py", "from lib.deep.inner import f")
    found = opened(archive)
    assert says(found, "lib:f") == "(zipped: int) -> str"
    assert found.resolve("lib.plain", "f") == "lib.deep.inner:f"


def test_what_is_no_archive_is_passed_over(tmp_path):
    write(tmp_path, {"noise.zip": b"no archive", "site/lib.pyi": "def f(): ..."})
    assert says(opened(tmp_path / "noise.zip", tmp_path / "site"), "lib:f") == "()"


@pytest.mark.parametrize(
    "content",
    [
        pytest.param('# -*- coding: latin-1 -*-\nfrom lib.a import X  # "é"\n'.encode("latin-1"), id="coding cookie"),
        pytest.param(b"\xef\xbb\xbffrom lib.a import X\n", id="byte order mark"),
        pytest.param(b"from lib.a import X\r\nY = 1\r\n", id="line ends of Windows"),
    ],
)
def test_sources_in_any_encoding_are_read(tmp_path, content):
    found = sources(tmp_path, {"lib/__init__.py": "", "lib/a.py": "class X: ...", "lib/b.py": content})
    assert found.resolve("lib.b", "X") == "lib.a:X"
    assert found.unreadable == {}


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        pytest.param(b"def f(:\n", "it is no Python that can be read here", id="no Python"),
        pytest.param(b"x = '\xff\xfe'\n", "it is no Python that can be read here", id="no text"),
        pytest.param(b"\0", "it is no Python that can be read here", id="zeros"),
        pytest.param(b"x = 1\n" * 1_500_000, "it is larger than 8 MB", id="a mountain of data"),
    ],
)
@pytest.mark.parametrize("suffix", ["py", "pyi"])
def test_a_file_that_cannot_be_read_is_recorded_and_passed_over(tmp_path, content, reason, suffix):
    found = sources(tmp_path, {f"broken.{suffix}": content, "lib.py": "from broken import X\nfrom math import tau"})
    assert found.resolve("lib", "X") == "broken:X"
    assert found.resolve("broken", "X") is None
    assert found.callable(["broken:f"]) is None
    assert found.unreadable == {"broken": reason}


@pytest.mark.parametrize(
    "source",
    [
        pytest.param('def f():\n    x = """\ntext\n"""\nclass X: ...\n', id="a string that ends at the margin"),
        pytest.param('"""\ndef f():\n    no code\n    """\nclass X: ...\n', id="a definition in a string"),
        pytest.param("def f(x='(', y=1):\n    return 1\nclass X: ...\n", id="a bracket in a default"),
        pytest.param(
            "def f(\n    x: int = 1,  # a (\n) -> None:\n    pass\nclass X: ...\n", id="a bracket in a comment"
        ),
        pytest.param("if True:\n    def f(): return 1\n    class Y: ...\nclass X: ...\n", id="a body on the same line"),
        pytest.param("def f(x='#'):\n    if x:\n        pass\nclass X: ...\n", id="a hash in a default"),
        pytest.param("def f():\n\treturn 1\nclass X: ...\n", id="tabs"),
        pytest.param("async def f(\n):\n    def g():\n        pass\n\nclass X: ...\n", id="a definition in another"),
    ],
)
def test_bodies_of_functions_are_left_out_and_nothing_else(tmp_path, source):
    found = sources(tmp_path, {"lib.py": source})
    assert found.resolve("lib", "X") == "lib:X"
    assert found.resolve("lib", "g") is None
