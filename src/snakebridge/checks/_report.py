# Reports as text: pure functions, since only the command line prints.
#
# Guarantees: one finding is one line of plain text, in the same order as in JSON; both are stable for scripts.

from __future__ import annotations

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from snakebridge.checks._offline import Report

__all__ = ["as_json", "as_text"]


def as_text(report: Report) -> str:
    """Return one line per finding and a last line that sums up."""
    lines = [
        f"{finding.level} {finding.rule} {finding.path}: {finding.message}"
        + (f"; {finding.hint}" if finding.hint else "")
        for finding in report.findings
    ]
    count = len(report.findings)
    checked = f"{len(report.libraries)} {'library' if len(report.libraries) == 1 else 'libraries'} checked"
    found = "nothing to mend" if report.clean else f"{count} {'finding' if count == 1 else 'findings'}"
    return "\n".join([*lines, f"{checked}: {found}"])


def as_json(report: Report) -> str:
    """Return the report as a JSON object with `clean`, `libraries` and `findings`."""
    findings = [finding.model_dump(mode="json", exclude_none=True) for finding in report.findings]
    data = {"clean": report.clean, "findings": findings, "libraries": list(report.libraries)}
    return json.dumps(data, ensure_ascii=False, indent=2, sort_keys=True)
