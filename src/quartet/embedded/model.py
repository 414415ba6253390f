"""The local model: one process per data folder, supervised by one of those who use it, read by all."""

import asyncio
import signal
from contextlib import suppress
from pathlib import Path

from quartet.embedded import locks, runtime
from quartet.embedded.errors import EmbeddedFailed
from quartet.embedded.model_process import ModelProcess, model_process
from quartet.embedded.serving import Board, State, Status, Wish

_LOOK_EVERY = 0.5  # seconds between two looks at what other processes want and say
_PAUSES = (0.5, 1.0, 2.0, 4.0)  # seconds before each new try of a process that died; then it has failed
_SOUND = 60.0  # seconds of service after which an earlier death is forgotten


class LocalModel:
    """One user of the model server of `home`: starts it, or reads of the one that another process started.

    Lives in the event loop that `start` was called in. `base_url` changes when the process is started anew, so
    read it and `api_key` for each request.
    """

    def __init__(self, home: Path) -> None:
        self._board = Board(home)
        self._status = Status("off")
        self._settled = asyncio.Event()
        self._settled.set()
        self._nudge = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._gguf = Path()

    @property
    def state(self) -> State:
        return self._status.state

    @property
    def name(self) -> str:
        """The file's name without `.gguf`; empty when off."""
        return Path(self._status.gguf).stem

    @property
    def base_url(self) -> str | None:
        """OpenAI's, with /v1 at its end; Anthropic's is without. None unless ready."""
        return self._status.base_url

    @property
    def api_key(self) -> str | None:
        return self._status.api_key

    @property
    def context_window(self) -> int | None:
        """Tokens of one conversation, prompt and answer together. None unless ready."""
        return self._status.context_window

    @property
    def reason(self) -> str | None:
        """Why it failed, as a sentence for a person."""
        return self._status.reason

    async def start(self, gguf: Path) -> None:
        """Serve `gguf` (or join those who serve already). Returns at once: see `wait_ready`."""
        self._gguf = gguf
        if self._task is None or self._task.done():
            self._set(Status("starting", str(gguf)))
            self._task = asyncio.create_task(self._run(), name="local model")

    async def switch(self, gguf: Path) -> None:
        """Serve `gguf` instead, for every process that shares `home`. Answers in progress are cut off."""
        if self._task is None or self._task.done():
            await self.start(gguf)
        else:
            self._set(Status("starting", str(gguf)))
            self._board.wish(gguf)
            self._nudge.set()

    async def wait_ready(self) -> None:
        """Raises `EmbeddedFailed` with the reason where it cannot be."""
        while self.state == "starting":
            await self._settled.wait()
        if self.state != "ready":
            raise EmbeddedFailed(self.reason or "The local model is off.")

    async def stop(self) -> None:
        task, self._task = self._task, None
        if task:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task
        self._set(Status("off"))

    def _set(self, status: Status) -> None:
        self._status = status
        if status.state == "starting":
            self._settled.clear()
        else:
            self._settled.set()

    async def _run(self) -> None:
        try:
            self._board.open()
            while True:
                if lock := locks.exclusive_if_free(self._board.lock):
                    with lock:
                        await self._serve(lock)
                else:
                    self._follow()
                    await self._pause(_LOOK_EVERY)
        except EmbeddedFailed as failed:
            self._set(Status("failed", str(self._gguf), reason=str(failed)))
        except OSError as refused:
            self._set(Status("failed", str(self._gguf), reason=_unwritable(refused)))

    def _follow(self) -> None:
        self._set(self._board.told())
        if wish := self._board.wished():
            self._gguf = Path(wish.gguf)  # what to go on with, should the one who serves it end

    async def _serve(self, lock: locks.Lock) -> None:
        """Until cancelled. A wish ends the process of the one before it."""
        wish = self._board.wish(self._gguf)
        try:
            while True:
                serving = asyncio.create_task(self._try_to_serve(wish, lock))
                try:
                    wish = await self._next_wish(wish)
                    self._gguf = Path(wish.gguf)
                finally:
                    serving.cancel()
                    with suppress(asyncio.CancelledError):
                        await serving
        finally:
            self._board.clear()

    async def _next_wish(self, heard: Wish) -> Wish:
        while True:
            await self._pause(_LOOK_EVERY)
            wish = self._board.wished()
            if wish and wish != heard:
                return wish

    async def _pause(self, seconds: float) -> None:
        with suppress(TimeoutError):
            await asyncio.wait_for(self._nudge.wait(), seconds)
        self._nudge.clear()

    def _tell(self, status: Status) -> None:
        self._set(status)
        self._board.tell(status)

    async def _try_to_serve(self, wish: Wish, lock: locks.Lock) -> None:
        try:
            await self._keep_serving(wish, lock)
        except OSError as refused:
            self._set(Status("failed", wish.gguf, wish.token, reason=_unwritable(refused)))

    async def _keep_serving(self, wish: Wish, lock: locks.Lock) -> None:
        """One model, through the deaths of its process; returns when there is no hope."""
        loop = asyncio.get_running_loop()
        reason = runtime.missing()
        deaths = 0
        while reason is None:
            self._tell(Status("starting", wish.gguf, wish.token))
            since = loop.time()
            async with model_process(wish.gguf, lock.fd, self._board.log) as child:
                reason = await self._serve_once(child, wish)
            deaths = 1 if loop.time() - since > _SOUND else deaths + 1
            if reason is None and deaths > len(_PAUSES):
                reason = f"The process of the local model died {deaths} times; its log is {self._board.log}."
            if reason is None:
                await asyncio.sleep(_PAUSES[deaths - 1])
        self._tell(Status("failed", wish.gguf, wish.token, reason=reason))

    async def _serve_once(self, child: ModelProcess, wish: Wish) -> str | None:
        """Until the process dies. Returns why another would die too, where that is known."""
        answer = await child.answer()
        if "failed" in answer:
            return (
                f"{wish.gguf} cannot be loaded as a model: it is damaged, of a kind that the runtime does not know, "
                f"or needs more memory than there is. The log is {self._board.log}."
            )
        if "url" in answer:
            base_url, window = f"{answer['url']}/v1", answer["context_window"]
            self._tell(Status("ready", wish.gguf, wish.token, base_url, child.api_key, window))
        if await child.process.wait() == -signal.SIGILL:
            return "This machine's processor lacks an instruction that the model runtime needs."
        return None


def _unwritable(refused: OSError) -> str:
    return f"The local model's files in the data folder cannot be kept ({refused}): see that Quartet may write there."
