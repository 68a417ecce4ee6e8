"""What `[tool.snakebridge]` may say, where it is found, and what is said about mistakes in it."""

from __future__ import annotations

from pathlib import Path

import pytest

from snakebridge.config import Config, Target, interpreter_for, load, target_of_pool, write_local
from snakebridge.errors import ConfigurationError

EVERYTHING = """
output = "bridges"
manifests = "contracts"
[libraries.numpy]
python = ".venv-sci"
pool = "sci"
[libraries.networkx]
requirements = ["networkx==3.*", "numpy==1.26.*"]
python-version = "3.10"
[pools.sci]
workers = { min = 1, max = 4 }
queue = { size = 1000, timeout = 10 }
timeout = 2.5
link = "grpc"
env = { OMP_NUM_THREADS = "2" }
start = "zygote"
preload = ["numpy", "numpy.linalg"]
"""


@pytest.fixture(autouse=True)
def no_variable(monkeypatch):
    monkeypatch.delenv("SNAKEBRIDGE_PYTHON", raising=False)


def configured(folder: Path, text: str, name: str = "snakebridge.toml") -> Config:
    (folder / name).write_text(text)
    return load(folder)


def test_load_reads_every_key(tmp_path):
    config = configured(tmp_path, EVERYTHING)
    assert config.file == tmp_path / "snakebridge.toml"
    assert (config.output, config.manifests) == (tmp_path / "bridges", tmp_path / "contracts")
    assert config.libraries["numpy"].python == str(tmp_path / ".venv-sci")
    assert config.libraries["networkx"].requirements == ("networkx==3.*", "numpy==1.26.*")
    assert config.libraries["networkx"].python_version == "3.10"
    pool = config.pools["sci"]
    assert (pool.workers.min, pool.workers.max, pool.queue.size, pool.queue.timeout) == (1, 4, 1000, 10)
    assert (pool.timeout, pool.link, pool.env) == (2.5, "grpc", {"OMP_NUM_THREADS": "2"})
    assert (pool.start, pool.preload) == ("zygote", ("numpy", "numpy.linalg"))


def test_load_takes_defaults_when_there_is_no_file(tmp_path):
    config = load(tmp_path)
    assert (config.output, config.manifests, config.file) == (tmp_path / "bridges", tmp_path / "manifests", None)
    assert config.libraries == config.pools == {}


def test_load_finds_the_project_when_started_below_it(tmp_path):
    (tmp_path / "pyproject.toml").write_text('[tool.snakebridge]\noutput = "here"\n')
    below = tmp_path / "src" / "deep"
    below.mkdir(parents=True)
    (tmp_path / "src" / "pyproject.toml").write_text("[tool.other]\n")
    assert load(below).output == tmp_path / "here"


def test_load_prefers_its_own_file_when_both_are_there(tmp_path):
    (tmp_path / "pyproject.toml").write_text('[tool.snakebridge]\noutput = "no"\n')
    assert configured(tmp_path, 'output = "yes"').output == tmp_path / "yes"


def test_load_accepts_the_section_when_it_stands_in_the_own_file(tmp_path):
    assert configured(tmp_path, '[tool.snakebridge]\noutput = "o"').output == tmp_path / "o"


def test_load_reads_exactly_the_file_when_one_is_named(tmp_path):
    (tmp_path / "other.toml").write_text('output = "o"\n')
    assert load(file=tmp_path / "other.toml").output == tmp_path / "o"


@pytest.mark.parametrize(("text", "size"), [("3", (3, 3)), ("{ max = 2 }", (1, 2)), ("{ min = 2, max = 2 }", (2, 2))])
def test_workers_accept_a_number_or_a_range(tmp_path, text, size):
    workers = configured(tmp_path, f"[pools.a]\nworkers = {text}").pools["a"].workers
    assert (workers.min, workers.max) == size


@pytest.mark.parametrize(
    ("text", "said"),
    [
        pytest.param('outptu = "b"', "unknown key 'outptu'; did you mean 'output'?", id="typo"),
        pytest.param(
            "zzz = 1", "unknown key 'zzz'; known here: output, manifests, defaults, libraries, pools", id="nothing-near"
        ),
        pytest.param(
            '[libraries.numpy]\npython_version = "3.10"',
            "unknown key 'libraries.numpy.python_version'; did you mean 'python-version'?",
            id="snake-case",
        ),
        pytest.param("[pools.a]\nworker = 1", "unknown key 'pools.a.worker'; did you mean 'workers'?", id="pool"),
        pytest.param(
            "[pools.a]\nworkers = { mim = 1 }",
            "unknown key 'pools.a.workers.mim'; did you mean 'min'?",
            id="workers",
        ),
        pytest.param(
            "[pools.a]\nqueue = { siz = 1 }", "unknown key 'pools.a.queue.siz'; did you mean 'size'?", id="queue"
        ),
        pytest.param(
            "[pools.a]\nworkers = 0", "pools.a.workers.min: input should be greater than or equal to 1", id="none"
        ),
        pytest.param(
            "[pools.a]\nguard = { poisn = 1 }", "unknown key 'pools.a.guard.poisn'; did you mean 'poison'?", id="guard"
        ),
        pytest.param("[pools.a]\nworkers = 'many'", "workers: write a section or a table of keys", id="many"),
        pytest.param("[libraries]\njson = '3.11'", "libraries.json: write a section or a table", id="no-section"),
        pytest.param("[libraries.json]\ninclude = 'x'", "libraries.json.include: write a list, such as", id="no-list"),
        pytest.param("[pools.a]\nworkers = { min = 3 }", "pools.a.workers: min (3) is more than max (1)", id="range"),
        pytest.param(
            '[pools.a]\nwarm-up = ["a-b"]',
            "pools.a.warm-up.0: 'a-b' is neither a module, such as numpy, nor a function of one, such as models:load",
            id="warm-up",
        ),
        pytest.param(
            '[pools.a]\npython = "/a"\n[libraries.b]\npython = "/b"\npool = "a"',
            "libraries.b and pools.a both say where b lives; say it in one of them",
            id="two-places",
        ),
        pytest.param(
            '[pools.a]\npython-version = "3.10"', "pools.a: python-version goes with requirements", id="pool-version"
        ),
        pytest.param(
            "[pools.a]\ntimeout = inf", "pools.a.timeout: input should be a finite number (it is inf)", id="inf"
        ),
        pytest.param('[pools.a]\npreload = ["no name"]', "'no name' is no module, such as numpy", id="preload"),
        pytest.param(
            '[pools.a]\nlink = "ray"', "pools.a.link: input should be 'lane' or 'grpc' (it is 'ray')", id="link"
        ),
        pytest.param(
            '[libraries.a]\nrequirements = ["a"]\npython-version = 3.10',
            "libraries.a.python-version: write a text in quotes (it is 3.1)",
            id="version-as-number",
        ),
        pytest.param(
            '[libraries.a]\npython = "p"\nrequirements = ["a"]',
            "libraries.a: python and requirements exclude each other",
            id="two-places",
        ),
        pytest.param(
            '[libraries.a]\npython-version = "3.10"',
            "libraries.a: python-version goes with requirements",
            id="version-alone",
        ),
        pytest.param(
            '[libraries.a]\npool = "gpu"', "libraries.a.pool is 'gpu' and there is no section", id="unknown-pool"
        ),
        pytest.param('[libraries."../a"]', "libraries: '../a' is no import name", id="no-import-name"),
        pytest.param("output = [", "is not valid TOML", id="not-toml"),
        pytest.param("tool.snakebridge = 1", "tool.snakebridge is not a section", id="not-a-section"),
        pytest.param("output = 1", "output: input is not a valid path", id="not-a-path"),
    ],
)
def test_load_says_one_sentence_when_a_setting_is_wrong(tmp_path, text, said):
    with pytest.raises(ConfigurationError) as caught:
        configured(tmp_path, text)
    message = str(caught.value)
    assert said in message
    assert str(tmp_path / "snakebridge.toml") in message
    assert "\n" not in message


@pytest.mark.parametrize("title", ["tool.snakebrige", "tool.snake-bridge", "tool.Snakebridge", "snakebridge"])
def test_load_says_so_when_the_section_is_misspelt(tmp_path, title):
    (tmp_path / "pyproject.toml").write_text(f"[{title}.libraries.json]\npython = '3.11'\n")
    with pytest.raises(ConfigurationError, match=rf"\[{title}\] is no section .* write \[tool.snakebridge\]"):
        load(tmp_path)


def test_load_leaves_sections_of_other_tools_alone(tmp_path):
    (tmp_path / "pyproject.toml").write_text(
        "tool.snakebite.a = 1\ntool.snake.b = 1\n[project]\nname = 'snakebridge'\n"
    )
    assert load(tmp_path).file is None


def test_load_reads_what_windows_editors_write(tmp_path):
    (tmp_path / "snakebridge.toml").write_bytes(b'\xef\xbb\xbfoutput = "there"\r\n')
    assert load(tmp_path).output == tmp_path / "there"


def test_load_says_so_when_the_current_folder_was_deleted(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "gone").mkdir()
    monkeypatch.chdir(tmp_path / "gone")
    (tmp_path / "gone").rmdir()
    with pytest.raises(ConfigurationError, match="the current folder was deleted"):
        load()


def test_load_refuses_a_named_file_without_the_section(tmp_path):
    (tmp_path / "pyproject.toml").write_text("[project]\n")
    with pytest.raises(ConfigurationError, match=r"has no \[tool.snakebridge\] section"):
        load(file=tmp_path / "pyproject.toml")


def test_load_refuses_a_named_file_that_is_missing(tmp_path):
    with pytest.raises(ConfigurationError, match=r"cannot read .*: No such file"):
        load(file=tmp_path / "absent.toml")


def test_load_refuses_bytes_that_are_no_text(tmp_path):
    (tmp_path / "snakebridge.toml").write_bytes(b"\xff\xfe")
    with pytest.raises(ConfigurationError, match="is not valid TOML"):
        load(tmp_path)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        pytest.param("pythonish", "pythonish", id="command"),
        pytest.param("3.9", "3.9", id="version"),
        pytest.param("python3.9", "python3.9", id="absent-command"),
        pytest.param("absent", "{folder}/absent", id="no-command"),
        pytest.param("/opt/python", "/opt/python", id="absolute"),
        pytest.param("envs/a", "{folder}/envs/a", id="relative"),
        pytest.param("here", "{folder}/here", id="folder-that-exists"),
        pytest.param("~/a", "{home}/a", id="home"),
    ],
)
def test_python_is_relative_to_the_file_unless_it_is_a_command(tmp_path, monkeypatch, written, meant):
    monkeypatch.setenv("HOME", "/home/somebody")
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "pythonish").touch(mode=0o755)
    (tmp_path / "here").mkdir()
    config = configured(tmp_path, f'[libraries.a]\npython = "{written}"')
    assert config.libraries["a"].python == meant.format(folder=tmp_path, home="/home/somebody")


def test_config_is_frozen(tmp_path):
    with pytest.raises(ValueError, match="frozen"):
        load(tmp_path).output = Path()


def test_interpreter_for_goes_from_variable_to_configuration_to_local_file(tmp_path, monkeypatch):
    out = tmp_path / "bridges"
    out.mkdir()
    write_local(out, "json", "/local/python")
    config = configured(tmp_path, '[pools.p]\n[libraries.json]\npython = "/configured/python"\npool = "p"\n')

    def resolve(config: Config | None, out: Path | None) -> Target | None:
        return interpreter_for("json", output=out, config=config)

    found = resolve(config, out)
    assert found == Target(python="/configured/python", pool="p", source=str(tmp_path / "snakebridge.toml"))
    written = f"{out / '.snakebridge.local.toml'}, which `snakebridge generate` wrote"
    assert resolve(None, out) == Target(python="/local/python", source=written)
    assert resolve(None, None) is None
    monkeypatch.setenv("SNAKEBRIDGE_PYTHON", "/variable/python")
    assert resolve(config, out) == Target(python="/variable/python", pool="p", source="SNAKEBRIDGE_PYTHON")


def test_interpreter_for_takes_the_local_file_when_the_configuration_only_names_a_pool(tmp_path):
    write_local(tmp_path, "json", "/local/python")
    config = configured(tmp_path, '[pools.p]\n[libraries.json]\npool = "p"\n')
    found = interpreter_for("json", output=tmp_path, config=config)
    assert found is not None
    assert (found.python, found.pool) == ("/local/python", "p")


def test_interpreter_for_hands_on_requirements(tmp_path):
    config = configured(tmp_path, '[libraries.a]\nrequirements = ["a==1"]\npython-version = "3.9"\n')
    found = interpreter_for("a", output=None, config=config)
    assert found is not None
    assert (found.requirements, found.python_version, found.python) == (("a==1",), "3.9", None)


SELECTION = """
[defaults]
surface = "exports"
exclude = ["*.testing"]
max-members = 50
[libraries.numpy]
surface = "public"
include = ["linalg.*", "numpy:array"]
depth = 1
inventory = "docs/objects.inv"
stubs = ["stubs", "scipy-stubs==1.17.*"]
overrides = ["numpy.toml"]
[libraries.scipy]
inventory = "https://docs.example.org/objects.inv"
exclude = []
"""


def test_selection_is_that_of_the_library_and_then_the_defaults(tmp_path):
    (tmp_path / "stubs").mkdir()
    config = configured(tmp_path, SELECTION)
    numpy = config.selection("numpy")
    assert (numpy.surface, numpy.include, numpy.depth) == ("public", ("linalg.*", "numpy:array"), 1)
    assert (numpy.exclude, numpy.members) == (("*.testing",), 50)
    assert config.selection("scipy").exclude == ()
    assert config.selection("anything").surface == "exports"
    assert load(tmp_path.parent).selection("anything").surface == "public"


def test_files_of_a_library_are_relative_to_the_configuration(tmp_path):
    (tmp_path / "stubs").mkdir()
    config = configured(tmp_path, SELECTION)
    numpy = config.libraries["numpy"]
    assert numpy.inventory == str(tmp_path / "docs" / "objects.inv")
    assert numpy.stubs == (str(tmp_path / "stubs"), "scipy-stubs==1.17.*")
    assert numpy.overrides == (tmp_path / "numpy.toml",)
    assert config.libraries["scipy"].inventory == "https://docs.example.org/objects.inv"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        pytest.param(
            '[libraries.a]\nsurface = "most"',
            "libraries.a.surface: 'most' is no surface; write one of exports, public, explicit, docs, all",
            id="surface",
        ),
        pytest.param(
            '[libraries.a]\ninclude = ["a b"]',
            "libraries.a.include.0: 'a b' is no pattern of addresses; write one such as 'linalg.*'",
            id="pattern",
        ),
        pytest.param(
            "[defaults]\ndepth = -1", "defaults.depth: input should be greater than or equal to 0", id="depth"
        ),
        pytest.param("[libraries.a]\nmax-members = true", "libraries.a.max-members: ", id="members"),
        pytest.param('[libraries.a]\nstubs = [""]', "libraries.a.stubs.0: an empty entry names no stubs", id="stubs"),
        pytest.param(
            "[defaults]\nmax-member = 1", "unknown key 'defaults.max-member'; did you mean 'max-members'?", id="typo"
        ),
    ],
)
def test_load_says_one_sentence_when_a_selection_is_wrong(tmp_path, text, said):
    with pytest.raises(ConfigurationError) as caught:
        configured(tmp_path, text)
    assert said in str(caught.value)


POOLED = """
[libraries.json]
pool = "own"
[libraries.numpy]
pool = "none"
python = "/sci/python"
[libraries.scipy]
pool = "none"
[pools.own]
requirements = ["a==1"]
python-version = "3.10"
[pools.none]
"""


def test_library_lives_where_its_pool_says(tmp_path):
    config = configured(tmp_path, POOLED)
    source = str(tmp_path / "snakebridge.toml")
    expected = Target(requirements=("a==1",), python_version="3.10", pool="own", source=source)
    assert interpreter_for("json", output=None, config=config) == expected
    assert target_of_pool("own", config=config) == expected


def test_pool_lives_where_its_libraries_say(tmp_path):
    config = configured(tmp_path, POOLED)
    source = str(tmp_path / "snakebridge.toml")
    assert target_of_pool("none", config=config) == Target(python="/sci/python", pool="none", source=source)


def test_variable_wins_over_what_a_pool_says(tmp_path, monkeypatch):
    config = configured(tmp_path, POOLED)
    monkeypatch.setenv("SNAKEBRIDGE_PYTHON", "/else/python")
    expected = Target(python="/else/python", pool="own", source="SNAKEBRIDGE_PYTHON")
    assert target_of_pool("own", config=config) == expected
    assert interpreter_for("json", output=None, config=config) == expected


def test_pool_lives_where_its_library_was_generated(tmp_path):
    config = configured(tmp_path, '[libraries.json]\npool = "p"\n[pools.p]')
    config.output.mkdir()
    write_local(config.output, "json", "/local/python")
    assert target_of_pool("p", config=config).python == "/local/python"
