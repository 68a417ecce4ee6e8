"""Calls: links, codec hooks, workers, supervision, pools, sessions, references, streams, outcomes."""

from snakebridge.runtime._context import Context, current, scope
from snakebridge.runtime._defaults import close_all, executable_of, options_of, remember
from snakebridge.runtime._library import API, Library
from snakebridge.runtime._pool import LinkName, Pool, ProfileName
from snakebridge.runtime._proxies import RemoteMethod, RemoteModule, RemoteObject, RemoteSymbol
from snakebridge.runtime._session import Session
from snakebridge.runtime._streams import RemoteIterator

__all__ = [
    "API",
    "Context",
    "Library",
    "LinkName",
    "Pool",
    "ProfileName",
    "RemoteIterator",
    "RemoteMethod",
    "RemoteModule",
    "RemoteObject",
    "RemoteSymbol",
    "Session",
    "close_all",
    "current",
    "executable_of",
    "options_of",
    "remember",
    "scope",
]
