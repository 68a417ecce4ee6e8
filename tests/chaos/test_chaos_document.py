"""The page about chaos names a test for each of the 24 scenarios, and each of these tests is there."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
ROWS = re.findall(
    r"^\| (\d+) \|.*\| (.+) \|$", (ROOT / "docs/explanation/chaos.md").read_text(encoding="utf-8"), re.MULTILINE
)


def test_every_scenario_has_a_row():
    assert [int(number) for number, _ in ROWS] == [*range(1, 25)]


def test_every_test_that_a_row_names_is_there():
    missing = []
    for _, named in ROWS:
        for name in re.findall(r"`([^`]+)`", named):
            path, _, function = name.partition("::")
            text = (ROOT / path).read_text(encoding="utf-8") if (ROOT / path).exists() else ""
            if not text or f"def {function}" not in text:
                missing.append(name)
    assert missing == []
