"""Private."""


def sheltered():
    """Public at the root."""


def inner():
    """Public nowhere."""
