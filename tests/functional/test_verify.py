"""`snakebridge verify`: what documented examples do directly and through the bridge, and why it differs."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import psutil
import pytest
from interpreters import interpreter
from zoo import make_target

from snakebridge import codegen, environments, introspect, verify
from snakebridge.errors import VerificationError
from snakebridge.verify import Kind

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

LIBRARY = "zoo_documented"
COMMAND = [sys.executable, "-c", "from snakebridge.cli import main; main()", "verify", LIBRARY]


@pytest.fixture(scope="module")
def zoo(tmp_path_factory):
    return make_target(interpreter("3.11"), tmp_path_factory.mktemp("verify") / "venv")


@pytest.fixture(scope="module")
def described(zoo):
    return introspect.introspect(LIBRARY, zoo)


@pytest.fixture(scope="module")
def report(zoo, described, tmp_path_factory):
    folder = tmp_path_factory.mktemp("bridges")
    codegen.write(codegen.render(described), folder, library=LIBRARY)
    return verify.verify(described, folder, environments.describe(zoo), verify.Options(deadline=1.0))


def test_examples_count_when_they_pass_in_the_target(report):
    # `add` states something wrong once, `block`, `loop` and `kill` do not end, `kill` takes the one after it along, `vary` passes once.
    assert (report.examples, report.direct, report.unsteady, report.late) == (32, 26, 1, 3)


def test_examples_of_private_things_are_told_and_not_run(report):
    assert report.private == 1


def test_each_difference_has_its_kind(report):
    found = {(one.name.removeprefix(f"{LIBRARY}:"), one.example): one.kind for one in report.differences}
    assert found == {
        ("Register", 3): Kind.COPY,
        ("add", 3): Kind.PRIVATE,
        ("announce", 1): Kind.PRINTED,
        ("differ", 1): Kind.SHOWN,
        ("elsewhere", 1): Kind.ELSEWHERE,
        ("elsewhere", 2): Kind.AFTER,
        ("leave", 1): Kind.DIED,
        ("linger", 1): Kind.LATE,
        ("linger", 2): Kind.AFTER,
        ("sort", 3): Kind.MUTATION,
    }
    assert report.bridged == report.direct - len(found)
    assert report.hung == 0


def test_unmarked_change_in_place_becomes_a_proposal(report):
    (proposal,) = report.proposals
    assert (proposal.address, proposal.mutates, proposal.examples) == (f"{LIBRARY}:sort", ("items",), 1)


def test_proposal_heals_when_it_is_an_override(report, zoo, tmp_path):
    lines = verify.as_text(report).splitlines()
    start = lines.index("marks that would make examples pass, for a file of overrides:")
    overrides = tmp_path / "overrides.toml"
    overrides.write_text("\n".join(lines[start + 1 :]) + "\n", encoding="utf-8")
    options = introspect.Options(overrides=(overrides,))
    healed = introspect.introspect(LIBRARY, zoo, options=options)
    folder = tmp_path / "bridges"
    codegen.write(codegen.render(healed), folder, library=LIBRARY)
    again = verify.verify(healed, folder, environments.describe(zoo), verify.Options(deadline=1.0))
    assert (again.bridged, again.proposals) == (report.bridged + 1, ())


def test_report_says_the_same_as_text_and_as_json(report):
    data = json.loads(verify.as_json(report))
    text = verify.as_text(report, most=1)
    assert (data["direct"], data["bridged"], data["share"]) == (report.direct, report.bridged, round(report.share, 4))
    assert f"{report.bridged} of those pass through the bridge, {report.share:.1%}" in text
    assert f"1 {Kind.PRINTED}: {verify.KINDS[Kind.PRINTED]}" in text
    assert '    >>> announce("hello")' in text


def test_verification_of_a_bridge_of_the_standard_library_leaves_the_runner_alone(target, tmp_path):
    made = introspect.introspect("difflib", target)
    codegen.write(codegen.render(made), tmp_path, library="difflib")
    found = verify.verify(made, tmp_path, environments.describe(target), verify.Options())
    assert found.direct > 60
    assert found.share >= 0.9


def test_module_that_is_not_there_is_refused(described, zoo, tmp_path):
    options = verify.Options(within=f"{LIBRARY}.ad")
    with pytest.raises(VerificationError, match=f"has no public module {LIBRARY}.ad; did you mean {LIBRARY}"):
        verify.verify(described, tmp_path, environments.describe(zoo), options)


def test_library_without_examples_has_nothing_to_compare(target, tmp_path):
    made = introspect.introspect("colorsys", target)
    codegen.write(codegen.render(made), tmp_path, library="colorsys")
    found = verify.verify(made, tmp_path, environments.describe(target), verify.Options())
    assert (found.direct, found.share) == (0, 1.0)
    assert verify.as_text(found).endswith(
        "so there is nothing to compare; that says neither good nor bad of the bridge"
    )


def test_command_fails_when_too_few_pass(zoo, tmp_path):
    done = subprocess.run(
        [*COMMAND, "--python", zoo, "--deadline", "1", "--show", "0"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 1, done.stderr
    assert f"{LIBRARY}: 32 examples in " in done.stdout
    assert list(tmp_path.iterdir()) == []


def test_package_that_is_there_is_verified_as_it_is(target, tmp_path):
    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        command = [*COMMAND[:3], *arguments]
        return subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=120, check=False)

    assert run("generate", "textwrap", "--python", str(target)).returncode == 0
    found = run("verify", "textwrap")
    assert (found.returncode, "as it is in bridges" in found.stderr) == (0, True)
    assert found.stdout.endswith("textwrap: 2 of those pass through the bridge, 100.0%\n")
    assert "`snakebridge generate` shows them in the README" in found.stderr
    assert run("generate", "textwrap", "--python", str(target)).returncode == 0
    readme = (tmp_path / "bridges" / "textwrap" / "README.md").read_text(encoding="utf-8")
    assert "2 pass through this client (100.0%)" in readme
    assert run("check").returncode == 0
    package = tmp_path / "bridges" / "textwrap" / "__init__.py"
    text = package.read_text(encoding="utf-8")
    package.write_text(
        f"{text}\n\ndef shorten(*_: object, **__: object) -> str:\n    return 'short'\n", encoding="utf-8"
    )
    found = run("verify", "textwrap", "--format", "json")
    assert (found.returncode, json.loads(found.stdout)["kinds"]) == (1, {"host": 2})


def test_nothing_stays_when_the_command_is_killed(zoo, tmp_path):
    process = subprocess.Popen(
        [*COMMAND, "--python", zoo, "--deadline", "60"],
        cwd=tmp_path,
        env={**os.environ, "TMPDIR": str(tmp_path)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        # `loop` is at it by then, and would be for a minute.
        (runner,) = within(30, lambda: [one for one in psutil.Process(process.pid).children() if is_at_loop(tmp_path)])
    finally:
        process.kill()
        process.wait(timeout=20)
    psutil.wait_procs([runner], timeout=20)
    assert not runner.is_running()


def is_at_loop(folder: Path) -> bool:
    journals = [path.read_text(encoding="ascii") for path in folder.glob("snakebridge-*/journal")]
    return any('"event": "begin"' in text.splitlines()[-1] for text in journals if text)


def within(seconds: float, find: Callable[[], list[psutil.Process]]) -> list[psutil.Process]:
    """Ask until there is something."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        found = find()
        if found:
            return found
    raise AssertionError(f"nothing within {seconds} s")
