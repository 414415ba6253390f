"""What a server process that is to end still owes to those who are connected to it."""

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

OPEN_FOR_SECONDS = 0.8
"""So long a connection stays open after the port has closed. It must be less than uvicorn's grace, at whose end it
cancels what still runs, with an error and a traceback in the log."""


class Connection(HttpToolsProtocol):
    """uvicorn's connection, which does not close on somebody who is just asking.

    uvicorn closes at once where it has read no question. With several processes on one socket the kernel may have given
    this one somebody whose question is still on its way, while the others go on answering. On uvloop, who was accepted
    is a connection by the time that the port closes.
    """

    _is_leaving = False

    @property
    def _asked(self) -> RequestResponseCycle | None:
        """The latest question; uvicorn's own type leaves out that there is none at first."""
        return self.cycle

    def shutdown(self) -> None:
        """Answer what is being asked, and one more question of those who ask soon."""
        self._is_leaving = True
        self.app_state["leave"]()
        if self._asked is not None and not self._asked.response_started:
            self._asked.keep_alive = False
        self.loop.call_later(OPEN_FOR_SECONDS, self._end)

    def on_headers_complete(self) -> None:
        """Begin to answer, and let this answer be the last one where the process is to end."""
        super().on_headers_complete()
        if self._is_leaving and self._asked is not None:
            self._asked.keep_alive = False

    def _end(self) -> None:
        """Close, unless somebody who has asked waits for an answer to begin: uvicorn's grace is longer.

        A stream that has not ended, since another process speaks, is broken off: who follows it does so elsewhere.
        """
        if self._asked is None or self._asked.response_started or self._asked.more_body:
            self.transport.abort()
