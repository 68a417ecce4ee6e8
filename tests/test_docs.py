"""The documents: links lead somewhere, Python compiles, and what is marked to run really runs.

A fenced block runs when its info string says so: ```` ```python run ````, ```` ```console run ````. Console blocks hold `$ command`
lines, each followed by the output it must give (`...` stands for anything).
"""

from __future__ import annotations

import fnmatch
import os
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from snakebridge import errors

ROOT = Path(__file__).parent.parent
DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "examples").rglob("*.md")])
FENCE = re.compile(r"^(?P<indent> *)```(?P<info>[^\n`]*)\n(?P<code>.*?)^(?P=indent)```", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\[[^\]]*\]\((?P<target>[^)\s]+)(?:\s+\"[^\"]*\")?\)")


@dataclass(frozen=True)
class Block:
    document: Path
    line: int
    language: str
    marks: tuple[str, ...]
    code: str

    def __str__(self) -> str:
        return f"{self.document.relative_to(ROOT)}:{self.line}"


def blocks(document: Path) -> list[Block]:
    text = document.read_text(encoding="utf-8")
    found = []
    for match in FENCE.finditer(text):
        language, *marks = match["info"].split() or [""]
        indent = len(match["indent"])
        code = "".join(line[indent:] if line.strip() else "\n" for line in match["code"].splitlines(keepends=True))
        found.append(Block(document, text.count("\n", 0, match.start()) + 1, language, tuple(marks), code))
    return found


BLOCKS = [block for document in DOCUMENTS for block in blocks(document)]


def anchors(document: Path) -> set[str]:
    text = FENCE.sub("", document.read_text(encoding="utf-8"))
    titles = re.findall(r"^#+ +(.+?) *#*$", text, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


def links(document: Path) -> list[str]:
    text = re.sub(r"`[^`\n]*`", "", FENCE.sub("", document.read_text(encoding="utf-8")))
    return [match["target"] for match in LINK.finditer(text)]


def test_there_is_a_readme():
    assert ROOT / "README.md" in DOCUMENTS


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_internal_links_lead_somewhere(document):
    broken = []
    for target in links(document):
        if re.match(r"[a-z]+:", target):
            continue
        name, _, anchor = target.partition("#")
        destination = (document.parent / name).resolve() if name else document
        if not destination.exists() or (anchor and destination.suffix == ".md" and anchor not in anchors(destination)):
            broken.append(target)
    assert not broken


@pytest.mark.parametrize("block", [block for block in BLOCKS if block.language == "python"], ids=str)
def test_python_block_compiles(block):
    compile(block.code, str(block), "exec")


@pytest.mark.slow
@pytest.mark.parametrize("block", [block for block in BLOCKS if "run" in block.marks], ids=str)
def test_marked_block_runs(block, tmp_path):
    if block.language == "python":
        run([sys.executable, "-c", block.code], tmp_path)
        return
    assert block.language == "console", f"{block}: only python and console blocks run"
    for command, expected in sessions(block.code):
        output = run(["bash", "-c", command], tmp_path)
        pattern = re.sub(r"\.\.\.", "*", re.sub(r"([\[\]?*])", r"[\1]", expected))
        assert fnmatch.fnmatchcase(output.strip(), pattern.strip()), f"{block}: {command} printed:\n{output}"


def sessions(code: str) -> list[tuple[str, str]]:
    parts = re.split(r"^\$ ", code, flags=re.MULTILINE)[1:]
    return [(command, expected) for command, _, expected in (part.partition("\n") for part in parts)]


def run(command: list[str], folder: Path) -> str:
    # The console script that stands beside this interpreter, whether or not the environment is activated.
    environment = {**os.environ, "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"}
    done = subprocess.run(
        command,
        cwd=folder,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=150,
        check=False,
    )
    assert done.returncode == 0, done.stdout
    return done.stdout


def test_errors_are_listed_once_each_below_their_parent():
    text = (ROOT / "docs" / "reference" / "errors.md").read_text(encoding="utf-8")
    listed = []
    parents: list[tuple[int, str]] = []
    for line in text.partition("```text\n")[2].partition("```")[0].splitlines():
        match = re.match(r"[│├└─ ]*(\w+Error)", line)
        if match is None:
            continue
        while parents and parents[-1][0] >= match.start(1):
            parents.pop()
        listed.append((match[1], parents[-1][1] if parents else "Exception"))
        parents.append((match.start(1), match[1]))
    classes = [
        one for one in vars(errors).values() if isinstance(one, type) and issubclass(one, errors.SnakebridgeError)
    ]
    assert sorted(listed) == sorted((one.__name__, one.__bases__[0].__name__) for one in classes)
