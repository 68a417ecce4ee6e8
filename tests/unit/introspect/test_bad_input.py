"""Libraries that come in odd ways, or not at all: each is described, or refused in one sentence with the mend."""

from __future__ import annotations

import compileall
import shutil
import subprocess
import zipfile

import pytest
from interpreters import interpreter
from zoo import make_target

from snakebridge.errors import IntrospectionError
from snakebridge.introspect import Options, introspect
from snakebridge.manifest import Level

SOURCE = 'def answer(x: int = 1) -> str:\n    """Give an answer."""\n'


@pytest.fixture(scope="module", params=["3.8", "3.13"])
def version(request):
    return request.param


@pytest.fixture(scope="module")
def target(tmp_path_factory, version):
    """Return the interpreter of a target of this module's own, and the folder of its packages."""
    folder = tmp_path_factory.mktemp("bad") / "target"
    python = make_target(interpreter(version), folder)
    (packages,) = folder.glob("lib/python*/site-packages")
    yield python, packages
    shutil.rmtree(folder)


def write(folder, files):
    for name, text in files.items():
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(text if isinstance(text, bytes) else text.encode())


def paths(manifest):
    return [symbol.path for symbol in manifest.symbols]


def test_a_package_whose_init_fails_is_refused_with_its_reason_and_the_mend(target):
    python, packages = target
    write(packages, {"bad_init/__init__.py": "raise ValueError('no licence')", "bad_init/fine.py": SOURCE})
    with pytest.raises(IntrospectionError) as caught:
        introspect("bad_init", python)
    assert str(caught.value) == (
        f"importing bad_init with {python} raised ValueError: no licence; mend the library, or choose another target"
    )


def test_a_package_that_needs_another_says_what_to_install(target):
    python, packages = target
    write(packages, {"bad_needs/__init__.py": "import bad_dependency.part"})
    with pytest.raises(IntrospectionError, match=r"install what provides bad_dependency there$"):
        introspect("bad_needs", python)


def test_both_portions_of_a_namespace_package_are_described(target, tmp_path):
    python, packages = target
    write(packages, {"bad_space/near.py": SOURCE, "bad_space.pth": f"{tmp_path}\n"})
    write(tmp_path, {"bad_space/far.py": SOURCE})
    manifest = introspect("bad_space", python)
    assert paths(manifest) == ["bad_space.far:answer", "bad_space.near:answer"]
    assert manifest.modules[0].package
    assert manifest.findings == ()


def test_a_library_in_an_archive_is_described(target, tmp_path):
    python, packages = target
    with zipfile.ZipFile(tmp_path / "libraries.zip", "w") as archive:
        archive.writestr("bad_zipped/__init__.py", SOURCE)
        archive.writestr("bad_zipped/inner.py", "def inside(): pass\n")
    write(packages, {"bad_zipped.pth": f"{tmp_path / 'libraries.zip'}\n"})
    manifest = introspect("bad_zipped", python)
    assert paths(manifest) == ["bad_zipped.inner:inside", "bad_zipped:answer"]
    assert manifest.findings == ()


def test_a_library_without_sources_is_described(target):
    python, packages = target
    write(packages, {"bad_compiled/__init__.py": SOURCE, "bad_compiled/inner.py": "def inside(): pass\n"})
    subprocess.run([python, "-m", "compileall", "-q", "-b", packages / "bad_compiled"], check=True)
    for file in (packages / "bad_compiled").glob("*.py"):
        file.unlink()
    manifest = introspect("bad_compiled", python)
    assert paths(manifest) == ["bad_compiled.inner:inside", "bad_compiled:answer"]
    assert manifest.findings == ()


def test_a_library_compiled_for_another_python_is_refused(target, version):
    python, packages = target
    source = packages / "bad_foreign.py"
    source.write_text(SOURCE, encoding="utf-8")
    # By the Python that this test runs on, which is none of those under test.
    compileall.compile_file(source, quiet=1, legacy=True)
    source.unlink()
    with pytest.raises(IntrospectionError, match="raised ImportError: bad magic number in 'bad_foreign'"):
        introspect("bad_foreign", python)


def test_an_extension_module_alone_is_described(target):
    python, _ = target
    manifest = introspect("math", python)
    assert "math:hypot" in paths(manifest)
    assert manifest.modules[0].name == "math"


def test_a_file_in_the_working_folder_does_not_shadow_the_library(target, tmp_path, monkeypatch):
    python, packages = target
    write(packages, {"bad_shadowed/__init__.py": SOURCE})
    write(tmp_path, {"bad_shadowed.py": "def wrong(): pass\n", "json.py": "raise SystemExit\n"})
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    assert paths(introspect("bad_shadowed", python)) == ["bad_shadowed:answer"]


def test_a_source_that_is_not_utf_8_is_a_finding_and_costs_itself(target):
    python, packages = target
    write(packages, {"bad_text/__init__.py": SOURCE, "bad_text/latin.py": b"NAME = '\xe9'\n"})
    manifest = introspect("bad_text", python)
    assert "bad_text:answer" in paths(manifest)
    failed = {one.path: one.message for one in manifest.findings if one.rule == "module-failed"}
    assert failed.keys() == {"bad_text.latin"}
    assert failed["bad_text.latin"].startswith("importing bad_text.latin raised SyntaxError: ")
    assert str(packages) not in failed["bad_text.latin"]


def test_a_file_that_no_import_can_name_is_a_finding(target):
    python, packages = target
    write(packages, {"bad_names/__init__.py": SOURCE, "bad_names/two-words.py": "", "bad_names/3d.py": ""})
    manifest = introspect("bad_names", python)
    assert paths(manifest) == ["bad_names:answer"]
    assert [(one.rule, one.level, one.path) for one in manifest.findings] == [
        ("module-unusable", Level.NOTE, "bad_names.3d"),
        ("module-unusable", Level.NOTE, "bad_names.two-words"),
    ]
    assert all(one.hint for one in manifest.findings)


def test_many_modules_that_hang_end_in_bounded_time(tmp_path):
    python = make_target(interpreter("3.13"), tmp_path / "target")
    (packages,) = (tmp_path / "target").glob("lib/python*/site-packages")
    write(packages, {"bad_hangs/__init__.py": SOURCE})
    write(packages, {f"bad_hangs/m{number}.py": "import time\ntime.sleep(99)\n" for number in range(7)})
    manifest = introspect("bad_hangs", python, options=Options(module_deadline=2.0))
    said = [one.message.rpartition(" within ")[2] for one in manifest.findings if one.rule == "module-failed"]
    assert said == ["2 s"] * 5 + ["0.2 s"] * 2
    assert "bad_hangs:answer" in paths(manifest)


LIAR = '''
class _Lies:
    """Raises or lies wherever it is asked."""

    def __getattr__(self, name):
        raise SystemExit(name)

    def __dir__(self):
        raise KeyboardInterrupt

    @property
    def __class__(self):
        return int

    @property
    def __doc__(self):
        raise RuntimeError

    @property
    def __signature__(self):
        raise RuntimeError

    def __call__(self, x, *, y=1):
        raise SystemExit

    __eq__ = __hash__ = __bool__ = __repr__ = __len__ = __call__


class _Fabricates:
    def __getattribute__(self, name):
        return _Fabricates()

    def __call__(self, *args, **kwargs):
        return _Fabricates()

    __eq__ = __bool__ = __iter__ = __call__
    __hash__ = None


class _Meta(type):
    def __getattribute__(cls, name):
        raise SystemExit(name)

    def __eq__(cls, other):
        raise SystemExit

    __hash__ = None

    def __instancecheck__(cls, other):
        raise SystemExit

    __subclasscheck__ = __instancecheck__


class Built(metaclass=_Meta):
    def method(self, x: int) -> str: ...


def takes(one=_Lies(), two=_Fabricates(), three=Built): ...


liar, fabricated = _Lies(), _Fabricates()
takes_wrong = lambda x: x
takes_wrong.__signature__ = _Lies()
takes_wrong.__wrapped__ = _Fabricates()
takes_wrong.__annotations__ = {"x": _Lies(), "return": _Fabricates()}
takes_wrong.__deprecated__ = _Lies()
takes_wrong.registry = takes_wrong.dispatch = _Fabricates()
'''


def test_objects_that_lie_or_raise_are_what_their_classes_are(target):
    python, packages = target
    write(packages, {"bad_liars.py": LIAR})
    manifest = introspect("bad_liars", python)
    symbols = {symbol.path: symbol for symbol in manifest.symbols}
    assert manifest.findings == ()
    assert symbols["bad_liars:liar"].type == "bad_liars:_Lies"
    assert symbols["bad_liars:fabricated"].type == "bad_liars:_Fabricates"
    method = symbols["bad_liars:Built.method"].signature
    assert [(one.name, one.type) for one in method.parameters] == [("x", "int")]
    defaults = [one.default.opaque for one in symbols["bad_liars:takes"].signature.parameters]
    assert defaults == ["bad_liars:_Lies", "bad_liars:_Fabricates", "bad_liars:_Meta"]
    assert symbols["bad_liars:takes_wrong"].kind == "function"
