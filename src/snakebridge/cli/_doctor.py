# `doctor`: what an interpreter has, which links it can use, what is weaker than it could be, and the mend.

from __future__ import annotations

import os
import platform
import shutil
import sys
import tempfile
from pathlib import Path
from typing import Annotated

import typer

from snakebridge import __version__, config
from snakebridge.cli._doctor_pools import pools
from snakebridge.cli._target import PYTHON, interpreter_of
from snakebridge.cli._terminal import Format, Settings, colour_of, finding_line, note, result, result_json
from snakebridge.environments import Interpreter, cache_root, overlay
from snakebridge.errors import ConfigurationError
from snakebridge.manifest import Finding, Level

__all__ = ["doctor"]

_Facts = dict[str, str]


def doctor(
    context: typer.Context,
    python: PYTHON = None,
    report: Annotated[Format, typer.Option("--format", help="How to write the report.")] = Format.TEXT,
) -> int:
    """Say what this machine and the target interpreters can do, and what would make them better."""
    settings: Settings = context.obj
    findings: list[Finding] = []
    sections = {"host": _host(findings)}
    configuration = settings.load()
    sections["host"]["configuration"] = "none" if configuration.file is None else str(configuration.file)
    for name, target in _targets(configuration, python).items():
        try:
            sections[name] = _target(target, findings)
        except ConfigurationError as error:
            if python is not None:
                raise
            findings.append(Finding(rule="target-broken", level=Level.ERROR, path=name, message=str(error)))
    if python is None:
        sections.update(pools(configuration, findings))
    if report is Format.JSON:
        result_json({**sections, "findings": [one.model_dump(mode="json") for one in findings]})
    else:
        for section, facts in sections.items():
            for fact, value in facts.items():
                result(f"{section}: {fact}: {value}")
        for finding in findings:
            result(finding_line(finding), style=colour_of(finding))
    return int(any(finding.level is not Level.NOTE for finding in findings))


def _host(findings: list[Finding]) -> _Facts:
    # The search path, and beside this interpreter, where `pip install uv` puts it.
    places = os.pathsep.join([os.environ.get("PATH", os.defpath), str(Path(sys.executable).parent)])
    uv = shutil.which("uv", path=places)
    if uv is None:
        findings.append(
            Finding(
                rule="no-uv",
                level=Level.NOTE,
                path="host",
                message="uv is absent, so environments are built with pip, which is slower and cannot fetch a Python",
                hint="install uv",
            )
        )
    cache = cache_root()
    refused = _refusal(cache)
    if refused is not None:
        findings.append(
            Finding(
                rule="cache-read-only",
                level=Level.WARNING,
                path=str(cache),
                message=f"the cache folder cannot be written ({refused}), so nothing can be built or kept",
                hint="make it writable, or set SNAKEBRIDGE_CACHE to a folder that is",
            )
        )
    return {
        "snakebridge": __version__,
        "python": f"{platform.python_implementation()} {platform.python_version()}",
        "platform": f"{platform.system()} {platform.machine()}",
        "uv": uv or "absent",
        "cache": str(cache),
    }


def _refusal(folder: Path) -> str | None:
    while not folder.exists():
        folder = folder.parent
    try:
        with tempfile.TemporaryFile(dir=folder):
            return None
    except OSError as error:
        return error.strerror or str(error)


def _targets(settings: config.Config, python: str | None) -> dict[str, config.Target]:
    if python is not None:
        return {"target": config.Target(python=python)}
    libraries = {*settings.libraries, *config.read_local(settings.output)}
    found = {name: config.interpreter_for(name, output=settings.output, config=settings) for name in sorted(libraries)}
    return {name: target for name, target in found.items() if target is not None}


def _target(target: config.Target, findings: list[Finding]) -> _Facts:
    interpreter = interpreter_of(target)
    has_grpc = interpreter.has_grpc and interpreter.has_protobuf
    own = overlay(interpreter, report=note)
    if own.folder is None and not (has_grpc and interpreter.has_msgpack):
        findings.append(_weaker(interpreter, own.reason or "there is no overlay"))
    links = ["lane", "grpc"] if has_grpc or own.folder is not None else ["lane"]
    return {
        "python": interpreter.label,
        "executable": str(interpreter.executable),
        "environment": str(interpreter.prefix),
        "platform": interpreter.platform,
        "gil": "off" if interpreter.gil_disabled else "on",
        "distributions": str(len(interpreter.distributions)),
        "grpcio": _origin(own.folder, has_grpc),
        "msgpack": _origin(own.folder, interpreter.has_msgpack),
        "overlay": str(own.folder or "absent"),
        "links": ", ".join(links),
    }


def _origin(folder: Path | None, is_its_own: bool) -> str:
    if is_its_own:
        return "its own"
    return "overlay" if folder is not None else "absent"


def _weaker(interpreter: Interpreter, reason: str) -> Finding:
    lost = [] if interpreter.has_grpc and interpreter.has_protobuf else ["there is no grpc link"]
    lost += [] if interpreter.has_msgpack else ["values are coded in pure Python, which is slower"]
    return Finding(
        rule="no-overlay",
        level=Level.WARNING,
        path=str(interpreter.executable),
        message=f"{reason}, so {' and '.join(lost)}",
        hint="let this machine reach a package index once, or install grpcio and msgpack in the target",
    )
