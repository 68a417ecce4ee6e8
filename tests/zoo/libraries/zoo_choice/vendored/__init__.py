"""A copy of something else."""


def copied():
    """Copied."""
