"""What an import does to the process is noted with the module that did it, and does not reach the next one."""

from __future__ import annotations

import shutil

import pytest
from interpreters import interpreter
from zoo import make_target

from snakebridge.introspect import introspect
from snakebridge.manifest import Level

MODULES = {
    "__init__": "import os\nos.environ['EFFECTS_ROOT'] = '1'\n",
    "a_environment": "import os\nos.environ['EFFECTS_B'] = os.environ['EFFECTS_A'] = '1'\ndel os.environ['EFFECTS_ROOT']\n",
    "b_environment": "import os\nSEEN = sorted(one for one in os.environ if one.startswith('EFFECTS'))\n",
    "c_folder": "import os\nos.chdir('/')\n",
    "d_folder": "import os\nHAS_MOVED = os.getcwd() == '/'\n",
    "e_prints": "print('hello')\n",
    "f_writes": "import os\nos.write(2, b'hello')\n",
    "g_child": "import subprocess\nsubprocess.run(['echo', 'hello'], check=True)\n",
    "h_thread": "import threading\nend = threading.Event()\nthreading.Thread(target=end.wait, daemon=True).start()\n",
    "h_thread_ended": "import threading\ntimer = threading.Timer(60, print)\ntimer.start()\ntimer.cancel()\n",
    "i_signal": "import signal\nsignal.signal(signal.SIGUSR1, signal.SIG_IGN)\n",
    "j_locale": "import locale\nlocale.setlocale(locale.LC_ALL, 'C.UTF-8' if locale.setlocale(locale.LC_ALL) == 'C' else 'C')\n",
    "k_warns": "import warnings\nwarnings.warn('hello')\n",
    "m_several": "import os, warnings\nwarnings.warn('hello')\nos.environ['EFFECTS_C'] = '1'\nprint('hello')\n",
}


@pytest.fixture(scope="module", params=["3.8", "3.13"])
def manifest(tmp_path_factory, request):
    folder = tmp_path_factory.mktemp("effects") / "target"
    python = make_target(interpreter(request.param), folder)
    (packages,) = folder.glob("lib/python*/site-packages")
    (packages / "effects").mkdir()
    for name, text in MODULES.items():
        (packages / "effects" / f"{name}.py").write_text(text, encoding="utf-8")
    yield introspect("effects", python)
    shutil.rmtree(folder)


def test_each_effect_is_a_note_at_the_module_that_has_it(manifest):
    assert {one.path: one.message for one in manifest.findings} == {
        "effects": "importing effects changed environment variables (EFFECTS_ROOT)",
        "effects.a_environment": (
            "importing effects.a_environment changed environment variables (EFFECTS_A, EFFECTS_B, EFFECTS_ROOT)"
        ),
        "effects.c_folder": "importing effects.c_folder changed the working folder",
        "effects.e_prints": "importing effects.e_prints printed something",
        "effects.f_writes": "importing effects.f_writes printed something",
        "effects.g_child": "importing effects.g_child printed something",
        "effects.h_thread": "importing effects.h_thread started threads",
        "effects.i_signal": "importing effects.i_signal changed how signals are handled",
        "effects.j_locale": "importing effects.j_locale changed the locale",
        "effects.m_several": (
            "importing effects.m_several printed something, warned and changed environment variables (EFFECTS_C)"
        ),
    }
    assert {(one.rule, one.level) for one in manifest.findings} == {("import-side-effect", Level.NOTE)}


@pytest.mark.parametrize(
    ("path", "value"),
    [
        pytest.param("effects.b_environment:SEEN", "['EFFECTS_ROOT']", id="variables of the root alone"),
        pytest.param("effects.d_folder:HAS_MOVED", "False", id="working folder"),
    ],
)
def test_an_effect_does_not_reach_the_next_module(manifest, path, value):
    (symbol,) = [one for one in manifest.symbols if one.path == path]
    assert symbol.value == value


def test_what_watches_threads_is_not_described(zoo_python):
    manifest = introspect("threading", zoo_python("3.13"))
    (symbol,) = [one for one in manifest.symbols if one.path == "threading:Thread.start"]
    assert symbol.signature.parameters == ()
    assert symbol.doc.startswith("Start the thread's activity.")
