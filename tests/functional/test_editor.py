"""Generated packages in an editor: what pyright's language server shows is the library's own signature and docstring."""

from __future__ import annotations

import json
import os
import queue
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from interpreters import interpreter

from snakebridge.codegen import render, write
from snakebridge.introspect import introspect

ROOT = Path(__file__).parents[2]
SERVER = [sys.executable, "-c", "from pyright.langserver import entrypoint; entrypoint()", "--stdio"]
DEADLINE = 120

PROGRAM = """\
from bridges import statistics
from bridges.statistics import NormalDist, quantiles

statistics.mean([1, 2])
quantiles([1.0, 2.0], n=4)
NormalDist(0.0, 1.0).cdf(0.5)
statistics.q
"""


class Editor:
    """A language server, spoken to as an editor speaks to it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.answers: queue.Queue[dict] = queue.Queue()
        self.numbers = iter(range(1, 1000))
        self.process = subprocess.Popen(
            SERVER, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, cwd=folder
        )
        self.reader = threading.Thread(target=self._read)
        self.reader.start()

    def _read(self) -> None:
        while line := self.process.stdout.readline():
            length = int(line.partition(b":")[2])
            while self.process.stdout.readline().strip():
                pass
            message = json.loads(self.process.stdout.read(length))
            if "id" in message and "method" in message:
                self._answer(message)
            elif "id" in message:
                self.answers.put(message)

    def _answer(self, request: dict) -> None:
        """Answer what the server asks an editor for: it has no settings of its own."""
        items = request.get("params", {}).get("items", ()) if request["method"] == "workspace/configuration" else ()
        self._send({"id": request["id"], "result": [{} for _ in items] or None})

    def _send(self, message: dict) -> None:
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        self.process.stdin.write(b"Content-Length: %d\r\n\r\n%b" % (len(body), body))
        self.process.stdin.flush()

    def tell(self, method: str, **params: object) -> None:
        self._send({"method": method, "params": params})

    def ask(self, method: str, **params: object) -> object:
        number = next(self.numbers)
        self._send({"id": number, "method": method, "params": params})
        answer = self.answers.get(timeout=DEADLINE)
        assert answer["id"] == number
        assert "error" not in answer, answer
        return answer["result"]

    def open(self, name: str, text: str) -> str:
        path = self.folder / name
        path.write_text(text, encoding="utf-8")
        self.ask(
            "initialize",
            processId=os.getpid(),
            rootUri=self.folder.as_uri(),
            workspaceFolders=[{"uri": self.folder.as_uri(), "name": "work"}],
            capabilities={
                "workspace": {"configuration": True},
                "textDocument": {
                    "hover": {"contentFormat": ["markdown", "plaintext"]},
                    "signatureHelp": {"signatureInformation": {"documentationFormat": ["markdown", "plaintext"]}},
                },
            },
        )
        self.tell("initialized")
        document = {"uri": path.as_uri(), "languageId": "python", "version": 1, "text": text}
        self.tell("textDocument/didOpen", textDocument=document)
        return path.as_uri()

    def close(self) -> None:
        try:
            self.ask("shutdown")
            self._send({"method": "exit"})
            self.process.wait(DEADLINE)
        finally:
            self.process.kill()
            self.process.wait()
            self.reader.join(DEADLINE)
            self.process.stdin.close()
            self.process.stdout.close()


@pytest.fixture(scope="module")
def at(tmp_path_factory):
    """Return a function that asks the server about a place in the program, named by the text that ends there."""
    folder = tmp_path_factory.mktemp("editor")
    write(render(introspect("statistics", interpreter("3.11"))), folder / "bridges", library="statistics")
    settings = {"extraPaths": [str(ROOT / "src")], "pythonPath": sys.executable, "typeCheckingMode": "strict"}
    (folder / "pyrightconfig.json").write_text(json.dumps(settings | {"include": ["."]}))
    editor = Editor(folder)
    try:
        uri = editor.open("program.py", PROGRAM)

        def ask(method, text):
            before = PROGRAM[: PROGRAM.index(text) + len(text)]
            position = {"line": before.count("\n"), "character": len(before) - before.rfind("\n") - 1}
            return editor.ask(f"textDocument/{method}", textDocument={"uri": uri}, position=position)

        yield ask
    finally:
        editor.close()


@pytest.mark.slow
def test_hover_shows_the_signature_and_the_docstring(at):
    shown = at("hover", "statistics.me")["contents"]["value"]
    assert "def mean(data:" in shown
    assert "Return the sample arithmetic mean of data." in shown
    assert "mean([1, 2, 3, 4, 4])" in shown
    assert "Source: statistics.mean" in shown


@pytest.mark.slow
def test_hover_shows_a_method_of_a_remote_class(at):
    shown = at("hover", ".cd")["contents"]["value"]
    assert "def cdf(x: float) -> float" in shown
    assert "Cumulative distribution function." in shown


@pytest.mark.slow
def test_signature_help_shows_the_parameters_and_their_defaults(at):
    found = at("signatureHelp", "quantiles([1.0, 2.0], ")
    (one,) = found["signatures"]
    assert "n: int = 4" in one["label"]
    assert "method:" in one["label"]
    assert "Divide *data* into" in json.dumps(one["documentation"]).replace("\\", "")


@pytest.mark.slow
def test_completion_offers_the_public_names_of_a_module(at):
    found = at("completion", "cdf(0.5)\nstatistics.")
    items = sorted(found["items"] if isinstance(found, dict) else found, key=lambda item: item["sortText"])
    labels = [item["label"] for item in items]
    assert {"NormalDist", "StatisticsError", "mean", "quantiles"} <= set(labels)
    private = [label for label in labels if label.startswith("_")]
    assert labels[-len(private) :] == private, "what is ours stands behind what is the library's"
