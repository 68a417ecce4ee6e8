"""Calls: links, codec hooks, workers, supervision, pools, sessions, references, streams, outcomes."""

from snakebridge.runtime._context import Context, current, scope
from snakebridge.runtime._defaults import close_all, executable_of, options_of, remember
from snakebridge.runtime._exports import Shared
from snakebridge.runtime._library import API, Library
from snakebridge.runtime._pinning import Pinning
from snakebridge.runtime._pool import LinkName, Pool, ProfileName
from snakebridge.runtime._proxies import RemoteMethod, RemoteObject, reference_of
from snakebridge.runtime._references import ReferenceCount
from snakebridge.runtime._session import Session
from snakebridge.runtime._streams import RemoteIterator
from snakebridge.runtime._symbols import RemoteModule, RemoteSymbol
from snakebridge.runtime._views import ArrayView

__all__ = [
    "API",
    "ArrayView",
    "Context",
    "Library",
    "LinkName",
    "Pinning",
    "Pool",
    "ProfileName",
    "ReferenceCount",
    "RemoteIterator",
    "RemoteMethod",
    "RemoteModule",
    "RemoteObject",
    "RemoteSymbol",
    "Session",
    "Shared",
    "close_all",
    "current",
    "executable_of",
    "options_of",
    "reference_of",
    "remember",
    "scope",
]
