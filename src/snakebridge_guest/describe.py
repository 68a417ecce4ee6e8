"""Facts about the interpreter this runs in, written as JSON to a file; stdout and stderr belong to the target.

Where it runs: in the target, on the standard library alone. What is installed is looked up and never imported. One
distribution with broken metadata costs that distribution, not the run.
"""

from __future__ import annotations

import contextlib
import importlib.machinery
import importlib.metadata
import importlib.util
import json
import re
import sys
import sysconfig


def _gil_disabled() -> bool:
    # A free-threaded build may run with the GIL on (an old extension switches it on), so the build flag proves nothing.
    is_enabled = getattr(sys, "_is_gil_enabled", None)
    return is_enabled is not None and not is_enabled()


def _normalised(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def _name_and_version(distribution: importlib.metadata.Distribution) -> tuple[str, str] | None:
    name = version = None
    # A folder without METADATA (pip's interrupted uninstalls leave them) or with undecodable text raises many things.
    with contextlib.suppress(Exception):
        name, version = distribution.metadata["Name"], distribution.version
    if not name or not version:
        # The folder's own name says both: `typing_extensions-4.12.2.dist-info`.
        stem = str(getattr(getattr(distribution, "_path", None), "name", "")).rpartition(".")[0]
        name, version, *_ = [*stem.split("-"), "", ""]
    return (str(name), str(version)) if name and version else None


def _distributions() -> dict[str, str]:
    found: dict[str, str] = {}
    distributions = iter(importlib.metadata.distributions())
    while True:
        try:
            distribution = next(distributions, None)
        except Exception:  # a finder of the target's own ends the search; what was found before it still counts
            return found
        if distribution is None:
            return found
        pair = _name_and_version(distribution)
        if pair is not None:
            # The first on the path is the one that an import finds.
            found.setdefault(_normalised(pair[0]), pair[1])


def _findable(name: str) -> bool:
    # `find_spec("a.b")` would import `a`, so each level is searched in the folders of the one above it.
    outer, _, inner = name.partition(".")
    try:
        spec = importlib.util.find_spec(outer)
        if spec is None or not inner:
            return spec is not None
        return importlib.machinery.PathFinder.find_spec(name, spec.submodule_search_locations) is not None
    except Exception:  # finders belong to the target: those of editable installs and `.pth` tricks raise anything
        return False


def describe() -> dict[str, object]:
    """Return the facts, all of them plain JSON values."""
    return {
        "executable": sys.executable,
        "implementation": sys.implementation.name,
        "version": list(sys.version_info[:3]),
        "cache_tag": sys.implementation.cache_tag or "",
        "abi": sysconfig.get_config_var("SOABI") or "",
        "platform": sysconfig.get_platform(),
        "prefix": sys.prefix,
        "base_prefix": sys.base_prefix,
        "path": list(map(str, sys.path)),
        "gil_disabled": _gil_disabled(),
        "distributions": _distributions(),
        "has_grpc": _findable("grpc"),
        "has_protobuf": _findable("google.protobuf"),
        "has_msgpack": _findable("msgpack"),
    }


def main(argv: list[str]) -> int:
    """Write the facts to the file named by the only argument."""
    (path,) = argv
    with open(path, "w", encoding="ascii") as file:
        json.dump(describe(), file)
    return 0
