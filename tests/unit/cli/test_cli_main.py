"""What holds for every command: exit codes, one sentence on stderr, nothing in a pipe that a script cannot read."""

from __future__ import annotations

import json
import os
import pty
import re
import select
import signal
import subprocess
from pathlib import Path

import pytest
from interpreters import find_interpreter, interpreter

from snakebridge import __version__

from .conftest import COMMAND


def test_version_is_one_line(snakebridge):
    assert snakebridge("--version").stdout == f"snakebridge {__version__}\n"


@pytest.mark.parametrize("arguments", [["--help"], ["generate", "--help"], ["call", "--help"]], ids=" ".join)
def test_help_is_plain_when_piped(snakebridge, arguments):
    done = snakebridge(*arguments)
    assert done.stdout.startswith("Usage: snakebridge")
    assert done.stdout.isascii(), "boxes in a pipe"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        pytest.param([], "missing command; see `snakebridge --help`", id="nothing"),
        pytest.param(["generat"], "Did you mean 'generate'? See `snakebridge --help`", id="unknown-command"),
        pytest.param(["doctor", "--pyton", "x"], "no such option: --pyton", id="unknown-option"),
        pytest.param(["introspect"], "missing argument 'LIB'; see `snakebridge introspect --help`", id="no-argument"),
        pytest.param(["doctor", "--format", "xml"], "invalid value for '--format': 'xml' is not", id="unknown-format"),
        pytest.param(["call", "math:sqrt", "4", "--timeout", "soon"], "invalid value for '--timeout'", id="no-number"),
    ],
)
def test_usage_error_is_one_sentence(snakebridge, arguments, said):
    assert said in snakebridge.refuses(*arguments)


def bad(name, *arguments, said):
    return pytest.param(arguments, said, id=name)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        bad("no-library", "generate", "--python", "{python}", said="no library was named"),
        bad("no-interpreter", "generate", "json", said="nothing says which interpreter has json: give --python"),
        bad(
            "missing",
            "generate",
            "json",
            "--python",
            "/absent/python",
            said="there is no /absent/python; give the path",
        ),
        bad("no-venv", "generate", "json", "--python", "{folder}", said="is no venv or conda folder; make one with"),
        bad("no-python", "generate", "json", "--python", "/dev/null", said="/dev/null is not executable"),
        bad("too-old", "generate", "json", "--python", "2.7", said="2.7 is too old: snakebridge needs Python 3.8 or"),
        bad("no-command", "generate", "json", "--python", "pythong", said="there is no pythong in this folder or on"),
        bad("unknown", "generate", "nolib", "--python", "{python}", said="no module named nolib"),
        bad("one-of-two-unknown", "generate", "json", "nolib", "--python", "{python}", said="no module named nolib"),
        bad("no-name", "generate", "../json", "--python", "{python}", said="'../json' is not the name of a module"),
        bad("file-in-the-way", "generate", "json", "--python", "{python}", "--out", "file", said="is a file; move it"),
        bad("file-above", "generate", "json", "--python", "{python}", "--manifests", "file/m", said="file is a file"),
        bad(
            "read-only",
            "generate",
            "json",
            "--python",
            "{python}",
            "--out",
            "/proc/o",
            said="cannot write into /proc/o",
        ),
        bad(
            "foreign-file",
            "generate",
            "json",
            "--python",
            "{python}",
            "--out",
            "mine",
            said="was not generated; move it",
        ),
        bad("two-places", "generate", "a", "--python", "p", "--requirements", "a", said="exclude each other"),
        bad(
            "version-alone",
            "generate",
            "a",
            "--python-version",
            "3.9",
            said="--python-version goes with --requirements",
        ),
        bad(
            "introspect-unknown",
            "introspect",
            "nolib",
            "--python",
            "{python}",
            "--out",
            "m.json",
            said="no module named",
        ),
        bad(
            "introspect-read-only",
            "introspect",
            "json",
            "--python",
            "{python}",
            "--out",
            "file/m",
            said="cannot write file/m",
        ),
        bad("call-unknown", "call", "nolib:f", "--python", "{python}", said="cannot import nolib"),
        bad("call-no-address", "call", "math.sqrt", "4", "--python", "{python}", said="module:name, such as math:sqrt"),
        bad(
            "call-no-json", "call", "len:len", "abc", "--python", "{python}", said="no JSON: abc; a text needs its own"
        ),
        bad(
            "call-no-keyword", "call", "m:f", "--keyword", "x", "--python", "{python}", said="not of the form name=JSON"
        ),
        bad("no-config", "--config", "absent.toml", "generate", "json", said="cannot read absent.toml: No such file"),
    ],
)
def test_bad_input_is_one_sentence_and_writes_nothing(snakebridge, python, arguments, said):
    (snakebridge.folder / "file").write_text("mine")
    (snakebridge.folder / "mine" / "json").mkdir(parents=True)
    (snakebridge.folder / "mine" / "json" / "__init__.py").write_text("mine = True")
    filled = [argument.format(python=python, folder=snakebridge.folder) for argument in arguments]
    assert said in snakebridge.refuses(*filled)


def test_old_interpreter_is_refused_with_one_sentence(snakebridge):
    said = snakebridge.refuses("generate", "json", "--python", interpreter("3.7"))
    assert "needs Python 3.8 or newer" in said


@pytest.mark.parametrize(
    ("text", "said"),
    [
        pytest.param(
            "[tool.snakebridge]\noutptu = 'b'", "unknown key 'outptu'; did you mean 'output'?", id="unknown-key"
        ),
        pytest.param("[tool.snakebridge", "pyproject.toml is not valid TOML", id="no-toml"),
        pytest.param("[tool.snakebridge.libraries.json]\npython = 'absent'", "(chosen by ", id="missing-interpreter"),
    ],
)
def test_bad_configuration_is_one_sentence_and_writes_nothing(snakebridge, text, said):
    (snakebridge.folder / "pyproject.toml").write_text(text)
    assert said in snakebridge.refuses("generate", "json")


def test_verbose_shows_the_traceback_of_a_refusal(snakebridge):
    done = snakebridge("--verbose", "doctor", "--python", "/absent", code=2)
    assert "Traceback" in done.stderr
    assert done.stderr.splitlines()[-1].startswith("error: there is no /absent")


def test_defect_of_ours_is_one_sentence_that_asks_for_a_report(snakebridge):
    code = "import snakebridge.config as c; c.load = None; from snakebridge.cli import main; main(['generate', 'json'])"
    done = subprocess.run(
        [COMMAND[0], "-c", code], cwd=snakebridge.folder, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 2
    assert done.stderr == (
        "error: snakebridge itself failed (TypeError: 'NoneType' object is not callable); please report it "
        "with what `--verbose` shows\n"
    )


def test_interrupt_is_quiet(snakebridge, python, tmp_path):
    subprocess.run([python, "-m", "venv", "--without-pip", tmp_path / "venv"], check=True)
    site = next((tmp_path / "venv" / "lib").iterdir()) / "site-packages"
    started = tmp_path / "started"
    os.mkfifo(started)
    (site / "slow.py").write_text(f"import time\nopen({str(started)!r}, 'w').close()\ntime.sleep(60)\n")
    with subprocess.Popen(
        [*COMMAND, "introspect", "slow", "--python", tmp_path / "venv", "--out", "m.json"],
        cwd=snakebridge.folder,
        env=snakebridge.environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    ) as process:
        started.read_text()
        process.send_signal(signal.SIGINT)
        output, errors = process.communicate(timeout=60)
    assert process.returncode == 130
    assert output == ""
    assert "Traceback" not in errors
    assert "error" not in errors
    assert snakebridge.contents() == {}


def test_reader_that_left_is_no_error(snakebridge):
    read, write = os.pipe()
    os.close(read)
    done = subprocess.run(
        [*COMMAND, "--help"], stdout=write, stderr=subprocess.PIPE, text=True, timeout=60, check=False
    )
    os.close(write)
    assert done.stderr == ""


def test_text_that_the_terminal_cannot_show_is_escaped(snakebridge, python):
    done = snakebridge("call", "builtins:chr", "8364", "--python", python, PYTHONIOENCODING="ascii")
    assert done.stdout == '"\\u20ac"\n'


@pytest.mark.parametrize("text", ["é", "€", "\N{GRINNING FACE}"])
def test_json_is_json_when_the_terminal_cannot_show_its_letters(snakebridge, python, text):
    done = snakebridge("call", "builtins:str", json.dumps(text), "--python", python, PYTHONIOENCODING="ascii")
    assert json.loads(done.stdout) == text


def on_terminal(snakebridge, *arguments, columns: int = 120) -> str:
    """Run a command on a terminal of its own and return what is on it."""
    ours, theirs = pty.openpty()
    environment = {**snakebridge.environment, "TERM": "xterm-256color", "COLUMNS": str(columns)}
    environment.pop("NO_COLOR", None)
    with subprocess.Popen(
        [*COMMAND, *map(str, arguments)],
        cwd=snakebridge.folder,
        env=environment,
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
    ) as process:
        os.close(theirs)
        output = b""
        while select.select([ours], [], [], 60)[0]:
            try:
                output += os.read(ours, 65536)
            except OSError:  # How Linux says that the other side is closed.
                break
        process.wait(timeout=60)
    os.close(ours)
    assert process.returncode in {0, 2}
    return output.decode()


def test_terminal_gets_a_table_colours_and_times(snakebridge, python):
    output = on_terminal(snakebridge, "generate", "json", "--python", python)
    assert "files changed" in output
    assert "introspecting json" in output
    assert "\x1b[" in output
    assert re.search(r"│ \d+\.\d │", output)


def test_terminal_that_is_too_narrow_for_the_table_gets_lines(snakebridge, python):
    output = on_terminal(snakebridge, "generate", "json", "--python", python, columns=40)
    assert "│" not in output
    assert re.search(r"json: \d+ files changed", output)


def test_terminal_gets_a_refusal_in_one_unwrapped_sentence(snakebridge):
    long = "/absent/" + "x" * 300
    assert long in on_terminal(snakebridge, "doctor", "--python", long).replace("\r\n", "")


def test_cross_version_interpreter_is_named_by_its_version_alone(snakebridge):
    if find_interpreter("3.9") is None:
        pytest.skip("needs a Python 3.9 interpreter")
    assert "CPython 3.9" in snakebridge("introspect", "json", "--python", "3.9", "--out", "m.json").stderr


REFERENCE = Path(__file__).parents[3] / "docs" / "reference" / "cli.md"


def test_reference_and_help_name_the_same_commands_and_options(snakebridge):
    whole, *sections = re.split(r"^## (?=\w+$)", REFERENCE.read_text(), flags=re.MULTILINE)
    documented = {section.split()[0]: section for section in sections if "Usage: snakebridge" in section}
    listed = snakebridge("--help", COLUMNS="80").stdout.partition("Commands:")[2]
    commands = set(re.findall(r"^  (\w+)  ", listed, re.MULTILINE))
    assert (
        commands
        == set(documented)
        == set(re.findall(r"^  (\w+)  +[A-Z]", whole.partition("Commands:")[2], re.MULTILINE))
    )
    for command, section in documented.items():
        shown = snakebridge(command, "--help", COLUMNS="80").stdout
        usage = section.partition("```text")[2].partition("```")[0]
        assert options(shown) == options(usage), command


def options(text: str) -> list[str]:
    return re.findall(r"^  (--[a-z-]+)", text, re.MULTILINE)
