"""Several server processes on one socket, started and kept alive by the one that `quartet serve` is."""

import logging
import multiprocessing
import os
import signal
import socket
import threading
import time
from dataclasses import dataclass
from multiprocessing.connection import wait
from pathlib import Path

import typer
import uvicorn
from fastapi import FastAPI
from uvicorn.supervisors import Multiprocess
from uvicorn.supervisors.multiprocess import Process

from quartet.app import create_app
from quartet.cli.terminal import Failed
from quartet.core.logging import configure
from quartet.settings import Settings

_log = logging.getLogger(__name__)

ANSWERS_WITHIN_SECONDS = 30
"""A process that says nothing for so long hangs: it is ended, and another one is started."""
_ENDS_WITHIN_SECONDS = 20
"""A process that should end has so long, and `QUARTET_DRAIN` before: some of it to keep answers while its database is
away. Less than systemd and its like wait for all of us."""


@dataclass(frozen=True, slots=True)
class Make:
    """Makes the application in a process of its own. It gets there through a pipe: `ps` shows no secret."""

    settings: Settings
    weights: Path | None

    def __call__(self) -> FastAPI:
        configure(as_json=self.settings.server.log == "json")
        threading.Thread(target=_end_with_the_parent, daemon=True).start()
        return create_app(self.settings, self.weights)


class Workers(Multiprocess):
    """uvicorn's supervisor, which also says when all of them answer, and then never gives up.

    SIGHUP replaces the processes one after the other.
    """

    def __init__(self, config: uvicorn.Config, listening: socket.socket, welcome: str, drain: float) -> None:
        super().__init__(config, [listening])
        self._welcome = welcome
        self._ends_within = drain + _ENDS_WITHIN_SECONDS
        self._have_served = False
        self._failed = False

    def run(self) -> None:
        """Serve until a signal. Raises `Failed` where one of the processes cannot start at first."""
        super().run()
        if self._failed:
            raise Failed("The server processes did not start: the lines above say why.")

    def init_processes(self) -> None:
        self.processes = [self._started() for _ in range(self.processes_num)]

    def _started(self) -> Process:
        """Start one that ignores Ctrl-C until it serves: in the middle of its imports it would print a traceback."""
        process = Process(self.config, self.sockets)
        handler = signal.signal(signal.SIGINT, signal.SIG_IGN)
        try:
            process.start()
        finally:
            signal.signal(signal.SIGINT, handler)
        return process

    def join_all(self) -> None:
        """Wait for those that were told to end; the library would wait for one that hangs."""
        until = time.monotonic() + self._ends_within
        for process in self.processes:
            self._see_off(process, until - time.monotonic())

    def restart_all(self) -> None:
        """Put another process in the place of each, the next one when the last one has gone; not when all shall end."""
        for place, old in enumerate(self.processes):
            if {signal.SIGINT, signal.SIGTERM} & {*self.signal_queue}:
                return
            new = self._started()
            if not new.wait_until_ready(self.config.timeout_worker_healthcheck):
                new.kill()
                new.join()
                _log.error("server process %s did not start: %s goes on in its place", new.pid, old.pid)
                return
            old.terminate()
            self._see_off(old, self._ends_within)
            self.processes[place] = new

    def _see_off(self, process: Process, seconds: float) -> None:
        process.process.join(max(seconds, 0))
        if process.process.is_alive():
            _log.error("server process %s does not end: it is killed", process.pid)
            process.kill()
        process.join()

    def keep_subprocess_alive(self) -> None:
        """Start another process for each that ended, and say so."""
        if self.should_exit.is_set():
            return
        answers = [self._answer(process) for process in self.processes]
        if self.signal_queue:
            return  # Ctrl-C is told to all of us: they end because they shall
        if not self._have_served and all(answers):
            self._have_served = True
            typer.echo(self._welcome)
        for place, process in enumerate(self.processes):
            if answers[place] is not None:
                continue
            process.kill()
            process.join()
            if not self._have_served:
                self._failed = True
                self.should_exit.set()
                return
            # The library ends them all when one cannot start again: its database may be away just now.
            _log.error("server process %s ended (%s): another one is started", process.pid, process.exitcode)
            self.processes[place] = self._started()

    def _answer(self, process: Process) -> bool | None:
        """Ask whether it serves already; None when it ended, or hangs. The library would wait for one that ended."""
        try:
            process.parent_conn.send(b"ping")
            for _ in range(self.config.timeout_worker_healthcheck):
                ready = wait([process.parent_conn, process.process.sentinel], timeout=1)
                if process.process.sentinel in ready:
                    return None
                if ready:
                    return bool(process.parent_conn.recv())
                if self.signal_queue:
                    return False
        except (OSError, EOFError):
            pass
        return None


def _end_with_the_parent() -> None:
    """However the parent ends, `kill -9` too: then there is nobody to stop us, and its database goes with it."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os.kill(os.getpid(), signal.SIGTERM)
