"""Which libraries this process makes data of, when a generated package has the name of one."""

from __future__ import annotations

import os
import subprocess
import sys

CODE = """
from snakebridge.runtime._objects.views import makes_here, stood_in_for
print(sorted(stood_in_for()), "numpy" in makes_here())
"""


def test_generated_package_stands_in_for_its_library(tmp_path):
    package = tmp_path / "numpy"
    package.mkdir()
    (package / "__init__.py").touch()
    (package / "_snakebridge.py").touch()
    environment = {**os.environ, "PYTHONPATH": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "-c", CODE], env=environment, capture_output=True, text=True, timeout=30, check=True
    )
    assert done.stdout == "['numpy'] False\n"


def test_nothing_stands_in_for_a_library_that_is_not_generated(tmp_path):
    package = tmp_path / "numpy"
    package.mkdir()
    (package / "__init__.py").touch()
    environment = {**os.environ, "PYTHONPATH": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "-c", CODE], env=environment, capture_output=True, text=True, timeout=30, check=True
    )
    assert done.stdout == "[] True\n"
