"""The leak check, run on test files that leak, and on test files that only look as if they did."""

from __future__ import annotations

import pytest

HEADER = """
import os, socket, subprocess, sys, tempfile, threading, uuid
from pathlib import Path
import pytest

def child(code="input()"):
    return subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE)

KEPT = []
"""

LEAKS = {
    "process": ("KEPT.append(child())", "child process * (*python* -c input())"),
    "zombie": (
        (
            "p = child('pass'); p.stdin.close(); p.stdout.read(); p.stdout.close(); KEPT.append(p)\n"
            "    os.waitid(os.P_PID, p.pid, os.WEXITED | os.WNOWAIT)"
        ),
        "zombie process (ended, never waited for) *",
    ),
    "orphan": (
        (
            'code = \'import subprocess, sys; print(subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"],\'\n'
            "    code += ' stdout=subprocess.DEVNULL).pid)'\n"
            "    KEPT.append(subprocess.run([sys.executable, '-c', code], stdout=subprocess.PIPE, text=True).stdout)"
        ),
        "child process * (*python* -c import time; time.sleep(60))",
    ),
    "file": ("KEPT.append(os.open(__file__, os.O_RDONLY))", "open descriptor /*test_leaking.py"),
    "pipe": ("KEPT.extend(os.pipe())", "open descriptor pipe:* (2 times)"),
    "shared_memory": (
        "p = Path('/dev/shm') / f'leak-{uuid.uuid4().hex}'; p.touch(); KEPT.append(p)",
        "shared memory /dev/shm/leak-*",
    ),
    "folder": ("tempfile.mkdtemp(prefix='snakebridge-')", "temporary entry /*/snakebridge-*"),
    "socket": (
        (
            "p = Path(tempfile.gettempdir(), 'snakebridge-x'); p.mkdir(); s = socket.socket(socket.AF_UNIX)\n"
            "    os.chdir(p); s.bind('s'); s.close()"
        ),
        "socket /*/snakebridge-x/s",
    ),
    "thread": (
        "e = threading.Event(); threading.Thread(target=e.wait, args=(60,), name='busy').start(); KEPT.append(e)",
        "non-daemon thread busy (*)",
    ),
}

# What the leaking tests keep is let go at the very end, so that the run itself leaves nothing.
LET_GO = """
import contextlib, os, signal, subprocess, threading

def pytest_unconfigure():
    import test_leaking
    for thing in test_leaking.KEPT:
        with contextlib.suppress(ProcessLookupError):
            if isinstance(thing, subprocess.Popen):
                thing.kill()
                thing.wait()
            elif isinstance(thing, threading.Event):
                thing.set()
            elif isinstance(thing, str):
                os.kill(int(thing), signal.SIGKILL)
            elif hasattr(thing, "unlink"):
                thing.unlink()
"""


@pytest.fixture
def run(pytester, monkeypatch):
    def run(source: str, *arguments: str, plugins: bool = False) -> pytest.RunResult:
        monkeypatch.setenv("TMPDIR", str(pytester.mkdir("tmp")))
        if not plugins:  # Importing all that is installed takes longer than the test.
            monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
            arguments = ("-p", "snakebridge.testing.plugin", *arguments)
        pytester.makepyfile(test_leaking=HEADER + source)
        return pytester.runpytest_subprocess("-p", "no:cacheprovider", *arguments, timeout=90)

    return run


ON = "--snakebridge-leak-check"


def test_leak_check_fails_a_test_and_names_everything_it_leaves_behind(run, pytester):
    pytester.makeconftest(LET_GO)
    bodies = "".join(f"    {body}\n" for body, _ in LEAKS.values())
    result = run(f"def test_leaks():\n{bodies}\ndef test_after():\n    pass\n", ON)
    result.assert_outcomes(passed=2, errors=1)
    result.stdout.fnmatch_lines(["*test_leaking.py::test_leaks left behind:"])
    for _, said in LEAKS.values():
        result.stdout.fnmatch_lines([f"*{said}*"])


def test_leak_check_is_inert_when_nobody_asked(run):
    result = run("def test_it():\n    tempfile.mkdtemp(prefix='snakebridge-')\n", plugins=True)
    result.assert_outcomes(passed=1)


def test_leak_check_is_switched_on_by_the_ini_option(run, pytester):
    pytester.makeini("[pytest]\nsnakebridge_leak_check = true\n")
    result = run("def test_it():\n    tempfile.mkdtemp(prefix='snakebridge-')\n", plugins=True)
    result.assert_outcomes(passed=1, errors=1)


def test_leak_check_passes_tests_that_tidy_up(run):
    result = run(
        """
def test_process():
    p = child(); p.communicate(b'x')

def test_process_that_is_still_ending(request):
    p = child('import sys; sys.stdin.read()'); p.stdin.close(); p.stdout.close()
    threading.Thread(target=p.wait).start()

def test_fixtures(tmp_path, capfd, monkeypatch):
    assert (tmp_path / 'f').write_text('x')
    print('x')

def test_daemon_thread():
    threading.Thread(target=threading.Event().wait, daemon=True).start()

def test_multiprocessing():
    from multiprocessing.shared_memory import SharedMemory
    block = SharedMemory(create=True, size=10); block.close(); block.unlink()
""",
        ON,
    )
    result.assert_outcomes(passed=5)


BROADER = """
@pytest.fixture(scope='{scope}')
def client():
    workers = []
    def call():
        if not workers:
            workers.append(child())
        return workers[0]
    yield call
    {end}

class TestIt:
    def test_first(self, client):
        assert client().poll() is None

    def test_second(self, client):
        assert client().poll() is None

def test_other():
    pass
"""
ENDED = "workers[0].communicate(b'x')"


@pytest.mark.parametrize("scope", ["class", "module", "package", "session"])
def test_leak_check_leaves_what_a_broader_fixture_owns_to_its_end(run, scope):
    run(BROADER.format(scope=scope, end=ENDED), ON).assert_outcomes(passed=3)


@pytest.mark.parametrize("scope", ["class", "module", "session"])
def test_leak_check_fails_when_a_broader_fixture_ends_and_leaves_something(run, pytester, scope):
    pytester.makeconftest(LET_GO)
    result = run(BROADER.format(scope=scope, end="KEPT.extend(workers)"), ON)
    result.assert_outcomes(passed=3, errors=1)
    result.stdout.fnmatch_lines(["*child process *, first seen after test_leaking.py::TestIt::test_first"])


def test_leak_check_knows_broader_fixtures_that_a_test_asks_for_while_it_runs(run):
    source = BROADER.format(scope="module", end=ENDED)
    result = run(
        source.replace("(self, client)", "(self, request)").replace(
            "assert client()", "assert request.getfixturevalue('client')()"
        ),
        ON,
    )
    result.assert_outcomes(passed=3)


def test_leak_check_counts_nothing_of_a_process_beside_it(run):
    # The other process holds its shared memory open, as a test process running in parallel does.
    result = run(
        """
@pytest.fixture(scope='session')
def beside():
    environment = {name: value for name, value in os.environ.items() if not name.startswith('SNAKEBRIDGE')}
    code = ("import os, sys, uuid; sys.stdin.readline(); p = '/dev/shm/beside-' + uuid.uuid4().hex; f = open(p, 'w')\\n"
            "print(p, flush=True); sys.stdin.readline(); os.unlink(p)")
    launcher = "import os, sys; os.fork() and os._exit(0); os.setsid(); exec(sys.argv[1])"
    with subprocess.Popen([sys.executable, '-c', launcher, code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment) as p:
        p.wait()
        yield p
        p.stdin.write(b'\\n'); p.stdin.flush(); p.stdout.read()

def test_it(beside):
    beside.stdin.write(b'\\n'); beside.stdin.flush()
    KEPT.append(beside.stdout.readline().strip().decode())

def test_last():
    assert os.path.exists(KEPT[0])
""",
        ON,
    )
    result.assert_outcomes(passed=2)
