"""Say when manifests and generated code no longer agree, so that CI says it first."""

from snakebridge.checks._offline import Report, check
from snakebridge.checks._report import as_json, as_text

__all__ = ["Report", "as_json", "as_text", "check"]
