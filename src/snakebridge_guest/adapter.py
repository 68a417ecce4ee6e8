"""What adapters may use: the code of yours that runs beside the library.

In `_adapter_hooks.py` beside a generated `_adapter.py`:

    from snakebridge_guest.adapter import Adapter

    class Hooks(Adapter):
        def warm_up(self):
            import library

            library.load_model()

A session of the host can carry what belongs together:

    from snakebridge_guest.adapter import current

    def connection(url):
        session = current().session
        if session is None:
            return library.connect(url)
        if url not in session.state:
            session.state[url] = library.connect(url, user=session.metadata["user"])
        return session.state[url]

Here the host said `sb.session(metadata={"user": ...})`, and the connection ends with the session.
"""

from __future__ import annotations

from typing import Optional

from snakebridge_guest.worker import Adapter, Session, Tool, ToolNotFoundError, Tools, current_session

__all__ = ["Adapter", "Call", "Session", "Tool", "ToolNotFoundError", "Tools", "current"]


class Call:
    """The call of the host that runs on this thread."""

    @property
    def session(self) -> Optional[Session]:
        """The session it is in, with its `state` and `metadata`; `None` outside of any."""
        return current_session()

    @property
    def tools(self) -> Tools:
        """The functions that the host offers: `current().tools.name(...)`."""
        return _tools


_call = Call()
_tools = Tools()


def current() -> Call:
    """Return the call of the host that runs here."""
    return _call
