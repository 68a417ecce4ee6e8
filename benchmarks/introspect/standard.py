"""The whole standard library of a Python: no crash, and every module accounted for.

Every public module and package is introspected, tests aside. Each is described, or refused with a sentence that says
why; each public module file below a package is a module of its manifest, or named by a finding. `standard.py MODULE...`
with a target is the program that does it: one process for all of them, as a user of the library would.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
import traceback
from pathlib import Path

import measured
from bench import Bench, Result, Row, say

from snakebridge.errors import SnakebridgeError
from snakebridge.introspect import Options, introspect

LEFT_OUT = ("test", "__main__")
BELOW = ("test", "tests", "conftest", "setup", "__main__")
QUICK = ("json", "email", "asyncio", "antigravity")
_LIST = """
import json, os, pkgutil, sys, sysconfig
place = sysconfig.get_path("stdlib")
folders = [place, os.path.join(place, "lib-dynload")]
top = {one.name for one in pkgutil.iter_modules(folders)} | set(sys.builtin_module_names)
top |= set(getattr(sys, "stdlib_module_names", ()))
print(json.dumps({name: os.path.join(place, name) for name in sorted(top) if not name.startswith("_")}))
"""


def measure(bench: Bench) -> Result:
    """Introspect the standard library of each version that is asked for."""
    result = Result()
    for version in bench.places.corpus["standard"]["versions"]:
        figure = f"the whole standard library of Python {version}"
        python = bench.places.bare(version)
        if python is None:
            ours = f"there is no Python {version} here; give one with --python"
            result.rows.append(Row(figure=figure, peer="-", bar="no crash", ours=ours, reached=None))
            continue
        begin = time.monotonic()
        listed = subprocess.run(
            [str(python), "-I", "-c", _LIST], capture_output=True, text=True, check=True, timeout=60
        )
        folders: dict[str, str] = json.loads(listed.stdout)
        wanted = [one for one in folders if one not in LEFT_OUT and (not bench.quick or one in QUICK)]
        halves = [" ".join(wanted[start::2]) for start in range(2)]
        answers: dict[str, dict[str, object]] = {}
        for _, part in bench.at_once(halves, lambda names, python=python: _asked(bench, python, names)):  # type: ignore[misc]
            answers |= part
        crashed = sorted(name for name in wanted if "crash" in answers.get(name, {"crash": ""}))
        refused = sorted(name for name in wanted if "refused" in answers.get(name, {}))
        lost = {
            name: _lost(name, Path(folders[name]), answers[name])
            for name in wanted
            if "modules" in answers.get(name, {})
        }
        unaccounted = sorted(one for found in lost.values() for one in found)
        modules = sum(len(one["modules"]) for one in answers.values() if "modules" in one)  # type: ignore[arg-type]
        say(f"standard library of {version}: {time.monotonic() - begin:.0f} s")
        result.rows.append(
            Row(
                figure=f"{figure} ({len(wanted)} modules and packages)",
                peer="-",
                bar="no crash, every module accounted for",
                ours=f"{len(crashed)} crashes, {modules} modules described, {len(refused)} refused with a reason, "
                f"{len(unaccounted)} unaccounted for",
                reached=False if crashed or unaccounted else None if bench.quick else True,
            )
        )
        result.causes += [f"{version} {name} crashed: {answers.get(name)}" for name in crashed]
        result.causes += [f"{version} {name} refused: {answers[name]['refused']}" for name in refused]
        result.causes += [f"{version} {name} is not accounted for" for name in unaccounted]
    return result


def _asked(bench: Bench, python: Path, names: str) -> dict[str, dict[str, object]]:
    out = bench.folder / f"standard-{names.partition(' ')[0]}.json"
    command = [sys.executable, __file__, str(python), str(out), *names.split()]
    run = measured.run(command, environment={"SNAKEBRIDGE_CACHE": str(bench.folder / "cache")})
    if not out.exists():
        say(f"the standard library could not be introspected: {run.said}")
        return {}
    found: dict[str, dict[str, object]] = json.loads(out.read_text(encoding="utf-8"))
    return found


def _lost(name: str, folder: Path, answer: dict[str, object]) -> list[str]:
    told = json.dumps(answer["told"])
    known = set(answer["modules"])  # type: ignore[call-overload]
    return [one for one in _below(name, folder) if one not in known and f'"{one}' not in told]


def _below(name: str, folder: Path) -> list[str]:
    found = []
    for file in sorted(folder.glob("*")):
        word = file.name.partition(".")[0]
        if word.startswith("_") or word in BELOW or not word.isidentifier():
            continue
        if file.is_dir() and (file / "__init__.py").exists():
            found += [f"{name}.{word}", *_below(f"{name}.{word}", file)]
        elif file.suffix in (".py", ".so"):
            found.append(f"{name}.{word}")
    return found


def main(python: str, out: str, *modules: str) -> None:
    answers: dict[str, dict[str, object]] = {}
    for name in modules:
        try:
            made = introspect(name, Path(python), options=Options(refresh=True))
        except SnakebridgeError as error:
            answers[name] = {"refused": str(error)}
        except Exception:  # noqa: BLE001 - whatever else comes out is a crash, which is what is counted
            answers[name] = {"crash": traceback.format_exc()}
        else:
            told = [[finding.path, finding.message] for finding in made.findings]
            answers[name] = {"modules": [one.name for one in made.modules], "told": told}
        Path(out).write_text(json.dumps(answers), encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
