"""Run a library's own documented examples in the target and through the bridge, and say what differs and why."""

from snakebridge.verify._kinds import KINDS, Kind
from snakebridge.verify._report import Difference, Proposal, Report, as_json, as_text
from snakebridge.verify._surroundings import Surroundings
from snakebridge.verify._verify import Options, verify

__all__ = [
    "KINDS",
    "Difference",
    "Kind",
    "Options",
    "Proposal",
    "Report",
    "Surroundings",
    "as_json",
    "as_text",
    "verify",
]
