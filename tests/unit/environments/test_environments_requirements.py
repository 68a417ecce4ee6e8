"""One wish, one spelling."""

from __future__ import annotations

import os

import pytest

from snakebridge.environments._requirements import canonical, fingerprint, is_path
from snakebridge.errors import ProvisionError

SPELLINGS = {
    "name": ("NumPy", "numpy"),
    "separators": ("Foo._-Bar", "foo-bar"),
    "versions-sorted": ("numpy >= 1.26 , <2", "numpy<2,>=1.26"),
    "compatible": ("a ~= 1.4.2", "a~=1.4.2"),
    "excluded": ("a != 1.*", "a!=1.*"),
    "exact": ("a===1.0+local", "a===1.0+local"),
    "epoch": ("a==1!2.0", "a==1!2.0"),
    "extras-sorted": ("a[Two, one]>1", "a[one,two]>1"),
    "no-extras": ("a[]", "a"),
    "marker": ("a ==1;  python_version < '3.9'", "a==1 ;  python_version < '3.9'"),
    "url": ("a@https://example.org/a.whl", "a @https://example.org/a.whl"),
    "version-control": ("git+https://example.org/A@Main", "git+https://example.org/A@Main"),
    "unreadable": ("a==1.0 --pre", "a==1.0 --pre"),
}


@pytest.mark.parametrize(("written", "expected"), SPELLINGS.values(), ids=SPELLINGS.keys())
def test_requirement_has_one_spelling(written, expected):
    assert canonical([f" {written} "]) == (expected,)
    assert canonical([expected]) == (expected,), "the spelling must be stable"


def test_order_and_repetition_do_not_matter():
    assert canonical(["b", "a>1", "A > 1"]) == canonical(["a>1", "b"]) == ("a>1", "b")


@pytest.mark.parametrize("requirement", ["-r file", "--index-url=x", "", "  "])
def test_option_is_refused(requirement):
    with pytest.raises(ProvisionError, match="is no requirement; write a name with versions such as"):
        canonical(["numpy", requirement])


def test_path_is_made_absolute(tmp_path, monkeypatch):
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "a.whl").touch()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))
    expected = (str(tmp_path / "folder" / "a.whl"),)
    for written in ("./folder/a.whl", "folder/a.whl", "~/folder/a.whl", str(tmp_path / "folder" / "a.whl")):
        assert canonical([written]) == expected


def test_name_with_a_slash_is_no_path_unless_it_is_there():
    assert not is_path("https://example.org/a.whl")
    assert not is_path("a @ file:///a.whl")


def test_fingerprint_changes_with_the_files_behind_a_project(tmp_path):
    source = tmp_path / "module.py"
    source.write_text("1")
    first = fingerprint(str(tmp_path))
    assert first == fingerprint(str(tmp_path))
    source.write_text("22")
    second = fingerprint(str(tmp_path))
    os.utime(source, ns=(1, 1))
    assert len({first, second, fingerprint(str(tmp_path))}) == 3


@pytest.mark.parametrize("folder", [".git", "__pycache__", "build", "dist", "tiny.egg-info"])
def test_fingerprint_ignores_what_tools_leave_in_a_project(folder, tmp_path):
    (tmp_path / "module.py").touch()
    before = fingerprint(str(tmp_path))
    (tmp_path / folder).mkdir()
    (tmp_path / folder / "file").touch()
    assert fingerprint(str(tmp_path)) == before


def test_name_has_no_fingerprint():
    assert fingerprint("numpy>=2") == ""
