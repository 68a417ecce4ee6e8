"""What docstrings say: types of parameters and results, deprecations, and how something is called."""

from snakebridge.introspect.docstrings._documented import Documented, read
from snakebridge.introspect.docstrings._lines import doc_signatures
from snakebridge.introspect.docstrings._prototypes import prototypes

__all__ = ["Documented", "doc_signatures", "prototypes", "read"]
