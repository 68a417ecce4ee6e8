# The offline check: what is on disk against what the committed manifests generate.
#
# Guarantees: touches no interpreter and writes nothing; each library is compared with its own manifest, and a generated
# package without a manifest is a finding too.

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from snakebridge.codegen import compare, generated_libraries, render
from snakebridge.errors import ConfigurationError
from snakebridge.manifest import Finding, Level, read, read_verified

if TYPE_CHECKING:
    from pathlib import Path

    from snakebridge.manifest import Manifest

__all__ = ["Report", "check"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What a check found."""

    libraries: tuple[str, ...]
    """The libraries that were checked, sorted."""
    findings: tuple[Finding, ...]
    """Sorted by library, then path; paths are relative to the output folder."""

    @property
    def clean(self) -> bool:
        """Whether there is nothing to mend."""
        return not self.findings


def check(out: Path, manifests: Path) -> Report:
    """Compare generated packages with the manifests they were generated from.

    Args:
        out: The output folder.
        manifests: The folder of the manifests, one `.json` file per library.

    Raises:
        ConfigurationError: There is nothing to check, two manifests are of one library, or one is damaged.
    """
    known = _manifests(manifests)
    unknown = [library for library in generated_libraries(out) if library not in known]
    if not known and not unknown:
        raise ConfigurationError(
            f"there is no manifest in {manifests} and no generated package in {out}, so there is nothing to check; "
            "run `snakebridge generate` first or name other folders"
        )
    verified = read_verified(manifests)
    findings = [
        finding
        for library, manifest in known.items()
        for finding in compare(render(manifest, verified.get(library)), out, library=library)
    ]
    findings += [_manifest_missing(library, manifests) for library in unknown]
    return Report(libraries=tuple(sorted({*known, *unknown})), findings=tuple(findings))


def _manifests(folder: Path) -> dict[str, Manifest]:
    found: dict[str, Manifest] = {}
    for path in sorted(folder.glob("*.json")):
        manifest = read(path)
        library = manifest.library.name
        if library in found:
            raise ConfigurationError(f"two manifests in {folder} describe {library}, {path.name} is one; remove one")
        found[library] = manifest
    return dict(sorted(found.items()))


def _manifest_missing(library: str, folder: Path) -> Finding:
    return Finding(
        rule="manifest-missing",
        level=Level.ERROR,
        path=library.replace(".", "/"),
        message=f"the generated package of {library} has no manifest",
        hint=f"generate {library} with `--manifests {folder.name}`, or delete the package",
    )
