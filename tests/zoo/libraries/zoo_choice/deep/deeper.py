"""Two levels down."""


def deepest():
    """Stands at the bottom."""
