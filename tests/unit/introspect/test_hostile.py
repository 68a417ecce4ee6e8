"""Libraries that misbehave cost what misbehaves, in bounded time, and leave nothing behind."""

from __future__ import annotations

import os
import subprocess
import sys
import time

import psutil
import pytest
from interpreters import interpreter
from zoo import LIBRARIES, make_target

from snakebridge.errors import EnvironmentNotFoundError, IntrospectionError
from snakebridge.introspect import Options, Progress, introspect
from snakebridge.manifest import Kind, Level, Tier, dumps

VERSIONS = ["3.8", "3.13"]


def failures(manifest):
    return {finding.path: finding.message for finding in manifest.findings}


@pytest.mark.parametrize("version", VERSIONS)
def test_a_library_that_prints_and_rearranges_the_process_is_described(zoo_manifest, version, capfd):
    manifest = zoo_manifest("zoo_noise", version)
    assert [symbol.path for symbol in manifest.symbols] == ["zoo_noise.quiet:QUIET", "zoo_noise:LOUD"]
    assert [(finding.rule, finding.level) for finding in manifest.findings] == [("import-side-effect", Level.NOTE)]
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("version", VERSIONS)
def test_modules_that_refuse_are_findings_and_the_walk_goes_on(zoo_manifest, version):
    manifest = zoo_manifest("zoo_exits", version)
    assert failures(manifest) == {
        "zoo_exits.fails": ("importing zoo_exits.fails raised RuntimeError: no …/fails.py at <object object at 0x…>"),
        "zoo_exits.interrupts": "importing zoo_exits.interrupts raised KeyboardInterrupt",
        "zoo_exits.leaves": "importing zoo_exits.leaves raised SystemExit: 4",
        "zoo_exits.optional": (
            "importing zoo_exits.optional raised ModuleNotFoundError: No module named 'zoo_no_such_thing'"
        ),
        "zoo_exits.strange": "importing zoo_exits.strange raised zoo_exits.strange.Strange",
    }
    assert [module.name for module in manifest.modules if module.tier is Tier.RUNTIME] == [
        "zoo_exits",
        "zoo_exits.works",
    ]
    assert {module.name for module in manifest.modules if module.tier is Tier.STATIC} == set(failures(manifest))
    levels = {finding.path: finding.level for finding in manifest.findings}
    assert levels["zoo_exits.optional"] is Level.NOTE
    assert levels["zoo_exits.leaves"] is Level.WARNING
    assert all(finding.rule == "module-failed" and finding.hint for finding in manifest.findings)


@pytest.mark.parametrize("version", VERSIONS)
def test_modules_that_end_the_interpreter_are_findings_with_their_cause(zoo_manifest, version):
    manifest = zoo_manifest("zoo_crashes", version)
    assert failures(manifest) == {
        "zoo_crashes.quits": "importing zoo_crashes.quits ended the interpreter with status 3",
        "zoo_crashes.quits_politely": "importing zoo_crashes.quits_politely ended the interpreter with status 0",
        "zoo_crashes.segfaults": "importing zoo_crashes.segfaults was killed by SIGSEGV",
    }
    assert "zoo_crashes.works:works" in dumps(manifest)


def test_a_module_that_hangs_costs_one_deadline_even_when_others_import_it(zoo_python):
    begin = time.monotonic()
    manifest = introspect("zoo_hangs", zoo_python("3.13"), options=Options(module_deadline=1.5))
    assert time.monotonic() - begin < 15
    assert failures(manifest) == {
        "zoo_hangs.sleeps": "importing zoo_hangs.sleeps did not finish within 1.5 s",
        "zoo_hangs.uses_sleeper": (
            "importing zoo_hangs.uses_sleeper raised ModuleNotFoundError: "
            "import of zoo_hangs.sleeps halted; None in sys.modules"
        ),
    }
    assert [module.name for module in manifest.modules if module.tier is Tier.RUNTIME] == [
        "zoo_hangs",
        "zoo_hangs.works",
    ]


@pytest.mark.parametrize(
    ("library", "cause"),
    [
        ("zoo_exits_root", "raised SystemExit: 4"),
        ("zoo_fails_root", "raised RuntimeError: this library is broken"),
        ("zoo_needs_root", "raised ModuleNotFoundError: No module named 'zoo_no_such_thing'"),
        ("zoo_crashes_root", "was killed by SIGSEGV"),
        ("zoo_quits_root", "ended the interpreter with status 3"),
        ("zoo_hangs_root", "did not finish within 1.5 s"),
    ],
)
def test_a_library_whose_root_fails_is_one_sentence(zoo_python, library, cause):
    python = zoo_python("3.13")
    with pytest.raises(IntrospectionError) as caught:
        introspect(library, python, options=Options(module_deadline=1.5))
    message = str(caught.value)
    assert message.startswith(f"importing {library} with {python} {cause}")
    assert "\n" not in message
    assert message.partition(cause)[2].startswith((";", ", so"))


@pytest.mark.parametrize("version", VERSIONS)
def test_nothing_is_evaluated_compared_or_printed(zoo_manifest, version):
    manifest = zoo_manifest("zoo_explosive", version)
    symbols = {symbol.path: symbol for symbol in manifest.symbols}
    assert manifest.findings == ()
    mined = symbols["zoo_explosive:Mined"]
    assert (mined.kind, mined.doc) == (Kind.CLASS, "Still described.")
    assert symbols["zoo_explosive:Mined.exploding"].type == "int"
    assert symbols["zoo_explosive:Mined.mine"].kind is Kind.PROPERTY
    assert len(symbols["zoo_explosive:Mined.method"].signature.parameters) == 2
    assert symbols["zoo_explosive:liar"].kind is Kind.CONSTANT
    assert symbols["zoo_explosive:liar"].type == "zoo_explosive:_Liar"
    assert [one.name for one in symbols["zoo_explosive:callable_bomb"].signature.parameters] == ["first", "second"]
    defaults = symbols["zoo_explosive:with_defaults"].signature.parameters
    assert [one.default.opaque for one in defaults] == [
        f"zoo_explosive:{name}" for name in ("_Anything", "_Liar", "Strange")
    ]


@pytest.mark.parametrize("version", VERSIONS)
def test_lazy_names_are_asked_for_and_one_that_crashes_costs_itself(zoo_manifest, version):
    manifest = zoo_manifest("zoo_lazy", version)
    assert [symbol.path for symbol in manifest.symbols] == ["zoo_lazy:made"]
    assert [(finding.rule, finding.path) for finding in manifest.findings] == [
        ("name-unavailable", "zoo_lazy:crashes"),
        ("name-unavailable", "zoo_lazy:missing"),
        ("name-unavailable", "zoo_lazy:refuses"),
        ("name-unusable", "zoo_lazy"),
    ]
    assert manifest.findings[0].message == "reading zoo_lazy:crashes was killed by SIGSEGV"


@pytest.mark.parametrize("version", VERSIONS)
def test_an_object_that_cannot_be_described_costs_itself(zoo_manifest, version):
    manifest = zoo_manifest("zoo_undescribable", version)
    assert [symbol.path for symbol in manifest.symbols] == ["zoo_undescribable:works"]
    assert failures(manifest) == {"zoo_undescribable:deadly": "reading zoo_undescribable:deadly was killed by SIGSEGV"}


def test_processes_that_a_library_starts_are_gone_afterwards(zoo_python):
    python = zoo_python("3.13")
    manifest = introspect("zoo_children", python)
    assert [symbol.path for symbol in manifest.symbols] == ["zoo_children:FORKED"]
    left = [one for one in psutil.process_iter(["cmdline"]) if "zoo_children" in (one.info["cmdline"] or ())]
    # What was killed may not have been reaped by init yet.
    assert [one for one in left if one.status() != psutil.STATUS_ZOMBIE] == []


@pytest.mark.parametrize("version", VERSIONS)
def test_tests_private_modules_and_main_are_never_imported(zoo_manifest, version):
    manifest = zoo_manifest("zoo_tests", version)
    assert [module.name for module in manifest.modules] == ["zoo_tests", "zoo_tests.testing"]
    assert manifest.findings == ()


def test_progress_counts_imports_and_then_descriptions(zoo_python):
    heard = []
    introspect("zoo_shapes", zoo_python("3.13"), options=Options(refresh=True), on_progress=heard.append)
    assert {one.phase for one in heard[6:]} == {"reading stubs"}
    assert heard[:6] == [
        Progress(module="zoo_shapes", done=1, total=None, phase="importing"),
        Progress(module="zoo_shapes.classes", done=2, total=None, phase="importing"),
        Progress(module="zoo_shapes.functions", done=3, total=None, phase="importing"),
        Progress(module="zoo_shapes", done=1, total=3, phase="describing"),
        Progress(module="zoo_shapes.classes", done=2, total=3, phase="describing"),
        Progress(module="zoo_shapes.functions", done=3, total=3, phase="describing"),
    ]


def test_a_callback_that_raises_leaves_no_process(zoo_python):
    def interrupt(_):
        raise KeyboardInterrupt

    before = set(psutil.Process().children(recursive=True))  # of pools that other tests share
    with pytest.raises(KeyboardInterrupt):
        introspect("zoo_shapes", zoo_python("3.13"), on_progress=interrupt)
    assert [one.name() for one in set(psutil.Process().children(recursive=True)) - before] == []


@pytest.mark.parametrize(
    ("library", "says"),
    [
        ("statistic", "has no module named statistic; did you mean statistics?"),
        ("xml.dim", "has no module named xml.dim; install the library there or choose another target"),
        ("zoo-shapes", "'zoo-shapes' is not the name of a module"),
        ("", "'' is not the name of a module"),
        ("a..b", "'a..b' is not the name of a module"),
    ],
)
def test_a_library_that_is_not_there_is_one_sentence_with_the_mend(zoo_python, library, says):
    with pytest.raises(IntrospectionError) as caught:
        introspect(library, zoo_python("3.13"))
    assert says in str(caught.value)


def test_the_name_of_a_distribution_leads_to_its_module(tmp_path):
    python = make_target(interpreter("3.13"), tmp_path / "venv")
    (packages,) = python.parents[1].glob("lib/python*/site-packages")
    metadata = packages / "zoo_kit-1.0.dist-info"
    metadata.mkdir()
    (metadata / "METADATA").write_text("Metadata-Version: 2.1\nName: zoo-kit\nVersion: 1.0\n", encoding="utf-8")
    (metadata / "top_level.txt").write_text("zoo_shapes\n", encoding="utf-8")
    with pytest.raises(IntrospectionError, match="the distribution zoo-kit is imported as zoo_shapes"):
        introspect("zoo_kit", python)
    library = introspect("zoo_shapes", python).library
    assert (library.distribution, library.version) == ("zoo-kit", "1.0")


def test_the_target_and_the_library_are_untouched(tmp_path):
    python = make_target(interpreter("3.13"), tmp_path / "venv")
    folders = [tmp_path / "venv", LIBRARIES]
    before = {file: file.read_bytes() for folder in folders for file in folder.rglob("*") if file.is_file()}
    introspect("zoo_shapes", python)
    introspect("zoo_crashes", python)
    after = {file: file.read_bytes() for folder in folders for file in folder.rglob("*") if file.is_file()}
    assert after == before


def test_an_interpreter_that_is_not_there_is_one_sentence(tmp_path):
    with pytest.raises(EnvironmentNotFoundError, match="give the path of a Python"):
        introspect("json", tmp_path / "python")


def test_an_interpreter_that_is_none_is_refused(tmp_path):
    script = tmp_path / "python"
    script.write_text("#!/bin/sh\necho 'I am no Python' >&2\nexit 9\n", encoding="utf-8")
    script.chmod(0o755)
    with pytest.raises(EnvironmentNotFoundError, match="did not answer as a Python interpreter") as caught:
        introspect("json", script)
    assert "I am no Python" in str(caught.value)


def test_a_module_that_a_busy_machine_starves_is_not_blamed(tmp_path):
    python = make_target(interpreter("3.13"), tmp_path / "target")
    (packages,) = (tmp_path / "target").glob("lib/python*/site-packages")
    (packages / "starved.py").write_text(
        "import time\nend = time.process_time() + 0.5\nwhile time.process_time() < end: pass\n"
    )
    allowed = os.sched_getaffinity(0)
    busy = []
    try:
        os.sched_setaffinity(0, {min(allowed)})  # this thread's alone, and what it starts
        busy = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(7)]
        manifest = introspect("starved", python, options=Options(module_deadline=1.5))
    finally:
        os.sched_setaffinity(0, allowed)
        for each in busy:
            each.kill()
            each.wait()
    assert [symbol.path for symbol in manifest.symbols] == ["starved:end"]
