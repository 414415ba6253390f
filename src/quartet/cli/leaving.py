"""What a server process that is to end still owes to those who are connected to it."""

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

OPEN_FOR_SECONDS = 0.5
"""So long a connection stays open after the port has closed, for a question or for the end of a stream; less than
uvicorn's grace, after which it cancels what still runs, with an error and a traceback in the log."""


class Connection(HttpToolsProtocol):
    """uvicorn's connection, which does not close on somebody who is just asking.

    uvicorn closes at once where it has read no question. With several processes on one socket the kernel may have given
    this one somebody whose question is still on its way, while the others go on answering.
    """

    _is_leaving = False

    @property
    def _asked(self) -> RequestResponseCycle | None:
        """The latest question; uvicorn's own type leaves out that there is none at first."""
        return self.cycle

    def shutdown(self) -> None:
        """Answer what is being asked, and one more question of those who ask soon.

        A stream that does not end, since another process speaks, is broken off: whoever follows it does so elsewhere.
        """
        self._is_leaving = True
        self.app_state["leave"]()
        if self._asked is None or self._asked.response_complete:
            self._unset_keepalive_if_required()
            self.timeout_keep_alive_task = self.loop.call_later(OPEN_FOR_SECONDS, self.timeout_keep_alive_handler)
        else:
            super().shutdown()
            if self._asked.response_started:
                self.loop.call_later(OPEN_FOR_SECONDS, self.transport.close)

    def on_headers_complete(self) -> None:
        """Begin to answer, and let this answer be the last one where the process is to end."""
        super().on_headers_complete()
        if self._is_leaving and self._asked is not None:
            self._asked.keep_alive = False
