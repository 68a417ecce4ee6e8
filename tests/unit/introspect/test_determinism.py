"""The same library gives the same bytes, whoever asks, wherever, and however often."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from interpreters import interpreter

STANDARD = ["asyncio", "enum", "json", "typing"]
INSTALLED = ["attr", "packaging"]
"""Libraries of the environment that runs the tests."""

# What people's machines differ in. Each name is of one way to ask.
WAYS = {
    "plain": {"PYTHONHASHSEED": "0", "TZ": "UTC", "LC_ALL": "C.UTF-8", "USER": "ann"},
    "elsewhere": {"PYTHONHASHSEED": "4711", "TZ": "Pacific/Kiritimati", "LC_ALL": "C", "USER": "zoë", "COLUMNS": "40"},
    "turkish": {
        "PYTHONHASHSEED": "99",
        "TZ": "America/St_Johns",
        "LC_ALL": "tr_TR.UTF-8",
        "USER": "x",
        "LANG": "tr_TR",
    },
}

PROGRAM = """
import sys
from pathlib import Path
from snakebridge.introspect import Options, introspect
from snakebridge.manifest import dumps
python, out, overrides, *libraries = sys.argv[1:]
for library in libraries:
    options = Options(overrides=(Path(overrides),) if overrides else ())
    Path(out, library + ".json").write_text(dumps(introspect(library, Path(python), options=options)), encoding="utf-8")
"""


@pytest.fixture
def ask(tmp_path):
    """Return what libraries of an interpreter become, by name, when a process of its own asks in one of the ways."""

    def run(way, python, libraries, *, cache, overrides=""):
        home = tmp_path / way
        out = home / f"out {len(list(tmp_path.rglob('out *')))}"
        out.mkdir(parents=True)
        where = {"HOME": str(home), "XDG_CACHE_HOME": str(home), "SNAKEBRIDGE_CACHE": str(tmp_path / cache)}
        done = subprocess.run(
            [sys.executable, "-c", PROGRAM, str(python), str(out), str(overrides), *libraries],
            cwd=home,
            env={**os.environ, **WAYS[way], **where},
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return {file.stem: file.read_text(encoding="utf-8") for file in sorted(out.iterdir())}

    return run


def files(cache):
    return {file.name: file.read_bytes() for file in (cache / "observations").iterdir()}


def require_equal(first, other, python):
    assert first.keys() == other.keys()
    for library, text in first.items():
        pairs = zip(text.splitlines(), other[library].splitlines(), strict=False)
        assert [pair for pair in pairs if pair[0] != pair[1]] == [], library
        assert text == other[library]
        told = re.sub(r'"doc":"(?:[^"\\]|\\.)*"', "", text)  # what a docstring shows is the library's own text
        for hidden in (str(Path.home()), str(Path(python).parents[1]), " at 0x"):
            assert hidden not in told, f"{library} holds {hidden}"


@pytest.mark.parametrize("version", ["3.9", "3.13"])
def test_standard_library_is_the_same_whoever_asks(ask, version):
    python = interpreter(version)
    first = ask("plain", python, STANDARD, cache="one")
    require_equal(first, ask("elsewhere", python, STANDARD, cache="two"), python)


def test_installed_libraries_are_the_same_whoever_asks(ask):
    first = ask("plain", sys.executable, INSTALLED, cache="one")
    for way in ("elsewhere", "turkish"):
        require_equal(first, ask(way, sys.executable, INSTALLED, cache=way), sys.executable)


def test_a_kept_answer_and_overrides_give_the_same_bytes(ask, tmp_path):
    python = tmp_path / "venv" / "bin" / "python"
    subprocess.run([interpreter("3.11"), "-m", "venv", "--without-pip", tmp_path / "venv"], check=True, timeout=120)
    overrides = tmp_path / "asyncio.toml"
    overrides.write_text(
        'library = "asyncio"\n[symbols."asyncio:*"]\ntimeout = 5\n[symbols."asyncio:sleeep"]\npure = true\n'
        '[symbols."asyncio:gather"]\nreturns = "Future | Task"\nmutates = ["coros_or_futures"]\n',
        encoding="utf-8",
    )
    first = ask("plain", python, ["asyncio"], cache="shared", overrides=overrides)
    before = files(tmp_path / "shared")
    assert len(before) == 2  # the answer and the manifest
    again = ask("elsewhere", python, ["asyncio"], cache="shared", overrides=overrides)
    fresh = ask("turkish", python, ["asyncio"], cache="other", overrides=overrides)
    require_equal(first, again, python)
    require_equal(first, fresh, python)
    assert '"rule":"override-unused"' in first["asyncio"]
    assert '"timeout":5.0' in first["asyncio"]
    assert files(tmp_path / "shared") == before == files(tmp_path / "other")


@pytest.mark.network
@pytest.mark.slow
@pytest.mark.timeout(600)
def test_third_party_libraries_are_the_same_whoever_asks(ask):
    from snakebridge import environments

    python = environments.provision(["networkx==3.4.*", "numpy"])
    libraries = ["networkx", "numpy"]
    first = ask("plain", python, libraries, cache="one")
    require_equal(first, ask("elsewhere", python, libraries, cache="two"), python)
    require_equal(first, ask("turkish", python, libraries, cache="one"), python)
