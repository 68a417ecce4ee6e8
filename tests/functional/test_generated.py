"""Generated packages run: the whole path from a target environment to a typed call."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest
from interpreters import interpreter

PROGRAM = """
import snakebridge as sb
from o import json, statistics
from o.json import decoder

assert statistics.median([3, 1, 2]) == 2
assert json.dumps({"a": [1, None]}, indent=None) == '{"a": [1, null]}'
assert json.loads("[1, 2.5, null]") == [1, 2.5, None]
try:
    json.loads("{")
except decoder.JSONDecodeError as error:
    assert type(error).__module__ == "o.json.decoder", type(error)
    assert (error.lineno, error.colno) == (1, 2)
    assert isinstance(error, ValueError) and isinstance(error, sb.RemoteError)
    assert "json/decoder.py" in error.remote_traceback
else:
    raise AssertionError
spread = statistics.NormalDist(100, 15)
assert isinstance(spread, statistics.NormalDist)
assert (spread.mean, spread.stdev) == (100.0, 15.0)
moved = spread + 5
assert type(moved) is statistics.NormalDist and moved.mean == 105.0
assert moved == statistics.NormalDist(105, 15) and moved != spread
assert isinstance(json.JSONDecoder(), json.decoder.JSONDecoder)
assert json.JSONDecoder(parse_int=float).decode("[1]") == [1.0]
assert json.dumps(object, default=lambda value: "called back") == '"called back"'
assert json.loads("[1]", cls=json.JSONDecoder) == [1]
with sb.session():
    inside = statistics.NormalDist()
try:
    inside.mean
except sb.StaleReferenceError:
    pass
else:
    raise AssertionError
try:
    sb.options(timeout=5)(statistics.mean)([])
except statistics.StatisticsError as error:
    assert "data point" in str(error)
try:
    inside_out = statistics._ss
except AttributeError:
    pass
else:
    raise AssertionError
print("ran")
"""


def generate(folder: Path, python: Path, *libraries: str) -> str:
    command = [sys.executable, "-m", "snakebridge", "generate", *libraries, "--python", str(python)]
    done = subprocess.run(
        [*command, "--out", "o", "--manifests", "m"],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def run(folder: Path, program: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-W", "error", "-c", textwrap.dedent(program)],
        cwd=folder,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def fingerprint(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else "-"
        for path in sorted(folder.rglob("*"))
    }


@pytest.mark.parametrize("version", ["3.8", "3.9", "3.11", "3.13"])
def test_generated_packages_run_with_nothing_else_set_up(tmp_path, version):
    generate(tmp_path, interpreter(version), "json", "statistics")
    done = run(tmp_path, PROGRAM)
    assert (done.stdout, done.stderr) == ("ran\n", "")


def test_the_same_program_runs_over_grpc(tmp_path, target):
    generate(tmp_path, target, "json", "statistics")
    (tmp_path / "snakebridge.toml").write_text(
        'output = "o"\nlibraries.json = { pool = "p" }\nlibraries.statistics = { pool = "p" }\npools.p = { link = "grpc" }\n'
    )
    done = run(tmp_path, PROGRAM)
    assert (done.stdout, done.stderr) == ("ran\n", "")


def test_generated_packages_are_imported_by_the_zygote_of_their_pool(tmp_path, target):
    generate(tmp_path, target, "json", "statistics")
    (tmp_path / "snakebridge.toml").write_text(
        'output = "o"\nlibraries.json = { pool = "p" }\nlibraries.statistics = { pool = "p" }\n'
        'pools.p = { start = "zygote", preload = ["colorsys"] }\n'
    )
    program = """
        import os, psutil
        from snakebridge.runtime._pool.defaults import open_pools
        from o import json, statistics
        assert statistics.median([3, 1, 2]) == 2
        [pool] = open_pools()
        assert pool.preload == ("colorsys", "statistics")
        assert psutil.Process(pool.stats().workers[0].pid).ppid() != os.getpid()
        assert json.loads("[1]") == [1]
        assert pool.preload == ("colorsys", "statistics", "json")
        print("ran")
    """
    done = run(tmp_path, program)
    assert (done.stdout, done.stderr) == ("ran\n", "")


def test_use_of_a_client_wins_over_the_configured_interpreter(tmp_path, target):
    generate(tmp_path, interpreter("3.9"), "platform")
    program = """
        import sys, snakebridge as sb
        from o import platform
        assert platform.python_version_tuple()[:2] == ("3", "9"), platform.python_version()
        with sb.connect(python=sys.argv[1] if len(sys.argv) > 1 else sys.executable) as client, sb.use(client):
            assert platform.python_version() == sys.version.split()[0]
        assert platform.python_version_tuple()[:2] == ("3", "9")
        print("ran")
    """
    done = run(tmp_path, program)
    assert (done.stdout, done.stderr) == ("ran\n", "")


def test_variable_wins_over_the_local_file(tmp_path, target):
    generate(tmp_path, interpreter("3.9"), "platform")
    program = "from o import platform; print(platform.python_version_tuple()[1])"
    assert run(tmp_path, program).stdout == "9\n"
    assert run(tmp_path, program, SNAKEBRIDGE_PYTHON=str(target)).stdout == f"{sys.version_info.minor}\n"


def test_two_runs_give_identical_bytes(tmp_path, target):
    first, second = tmp_path / "first", tmp_path / "second"
    for folder in (first, second):
        folder.mkdir()
        generate(folder, target, "json", "statistics", "asyncio")
    assert fingerprint(first) == fingerprint(second)


def test_adapter_refuses_what_the_manifest_does_not_name(tmp_path, target):
    generate(tmp_path, target, "json")
    program = """
        from o import json
        from o.json._snakebridge import library
        from snakebridge.errors import AdapterRefusedError
        json.dumps(1)
        for address in ("os:getpid", "json:detect_encoding", "builtins:eval", "json.decoder:scanner"):
            try:
                library.call(address)
            except AdapterRefusedError as error:
                assert address in str(error)
            else:
                raise AssertionError(address)
        decoder = json.JSONDecoder()
        for name in ("__class__", "_private", "__globals__"):
            try:
                library.get(decoder, name)
            except (AdapterRefusedError, AttributeError):
                pass
            else:
                raise AssertionError(name)
        print("ran")
    """
    done = run(tmp_path, program)
    assert (done.stdout, done.stderr) == ("ran\n", "")


def test_missing_interpreter_is_one_sentence_with_the_mend(tmp_path, target):
    generate(tmp_path, target, "json")
    (tmp_path / "o" / ".snakebridge.local.toml").unlink()
    done = run(tmp_path, "from o import json; json.dumps(1)")
    assert "nothing says which interpreter has json" in done.stderr
    assert "--python" in done.stderr


@pytest.mark.network
@pytest.mark.slow
def test_third_party_library_is_untouched_and_can_be_dropped_in(tmp_path, target):
    """The output folder on sys.path makes `import networkx` the bridge; the target's files stay as they were."""
    from snakebridge import environments

    python = environments.provision(["networkx==3.4.*", "numpy"])
    before = fingerprint(python.parent.parent)
    generate(tmp_path, python, "networkx")
    program = """
        import sys
        sys.path.insert(0, "o")
        import networkx as nx
        assert "o/networkx" in nx.__file__ and nx.Graph.__mro__[-2].__module__.startswith("snakebridge")
        graph = nx.path_graph(5)
        assert isinstance(graph, nx.Graph) and len(graph) == 5 and 3 in graph
        assert nx.shortest_path(graph, 0, 4) == [0, 1, 2, 3, 4]
        assert list(nx.bfs_edges(graph, 0)) == [(0, 1), (1, 2), (2, 3), (3, 4)]
        assert list(graph.nodes)[:2] == [0, 1]
        matrix = nx.to_numpy_array(graph)
        assert matrix.shape == (5, 5)
        assert nx.from_numpy_array(matrix).number_of_edges() == 4
        try:
            nx.shortest_path(nx.empty_graph(2), 0, 1)
        except nx.NetworkXNoPath as error:
            assert isinstance(error, nx.NetworkXException)
        else:
            raise AssertionError
        print("ran")
    """
    done = run(tmp_path, program)
    assert (done.stdout, done.stderr) == ("ran\n", "")
    assert fingerprint(python.parent.parent) == before


def test_function_that_no_address_allows_is_called_by_reference(tmp_path, target):
    generate(tmp_path, target, "codecs")
    program = """
        from o import codecs
        found = codecs.lookup("utf-8")
        assert found.encode("é") == (b"\\xc3\\xa9", 1)
        print("ran")
    """
    done = run(tmp_path, program)
    assert (done.stdout, done.stderr) == ("ran\n", "")
