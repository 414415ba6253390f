"""The turns that run in this process: started, followed, stopped, checkpointed, and those of dead ones settled."""

import asyncio
import logging
from collections.abc import AsyncIterator, Coroutine
from contextlib import suppress
from dataclasses import dataclass
from math import ceil
from typing import TYPE_CHECKING, Any
from uuid import UUID

from psycopg import Error as DatabaseError
from psycopg import OperationalError
from psycopg.errors import UndefinedColumn

from quartet.billing import usage
from quartet.chats import events, titles, turns
from quartet.chats.accounting import app_usage, estimate
from quartet.chats.answers import interrupted, is_ended
from quartet.chats.models import Outcome
from quartet.chats.streams import Frames, Stream
from quartet.chats.turns import LEASE, Turn
from quartet.chats.watching import Watch
from quartet.core.database import Database, DatabaseOffline
from quartet.core.metrics import BACKGROUND_FAILURES, TURNS
from quartet.llm.catalogue import Catalogue, Model, UnknownModel
from quartet.llm.types import ProviderFailed, Usage

if TYPE_CHECKING:
    from quartet.chats.relay import Relay

# A killed process loses at most what was said since the last checkpoint.
_CHECKPOINT_SECONDS = 0.9
_SWEEP_EVERY = 3
_OTHERS_STOP_SECONDS = 15
_LOOK_AGAIN_SECONDS = 0.1
_KEEP_PAUSES = (0.2, 1.0, 3.0, 10.0)
_CANCEL_SECONDS = 1
_UNSAVED = events.failure("The answer could not be saved. Copy it before you leave this page.")

_log = logging.getLogger(__name__)


@dataclass(eq=False)
class RunningTurn:
    turn: Turn
    stream: Stream
    speaking: asyncio.Task[Usage | None]
    watch: Watch
    outcome_if_cancelled: Outcome = "stopped"


class RunningTurns:
    """Generations belong to the server: a closed tab does not end one, `stop` does.

    `relay` lets readers on other processes follow; `names_chats`: a model makes the titles.
    """

    def __init__(
        self,
        database: Database,
        catalogue: Catalogue,
        *,
        has_last_context: bool,
        relay: "Relay | None" = None,
        names_chats: bool = True,
    ) -> None:
        self._database = database
        self._catalogue = catalogue
        self._has_last_context = has_last_context
        self._relay = relay
        self._names_chats = names_chats
        self._frames = Frames()
        self._running: dict[UUID, RunningTurn] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._namings: set[asyncio.Task[None]] = set()
        self._is_going_down = False
        self._heartbeat = asyncio.create_task(self._beat())

    def start(self, turn: Turn) -> Stream:
        """Begin to speak; return what readers follow."""
        stream, watch = Stream(self._frames), Watch(turn)
        speech = turns.speak(turn, self._catalogue.provider(turn.model), stream)
        running = RunningTurn(turn, stream, watch.context.run(asyncio.create_task, speech), watch)
        self._running[turn.holder.message_id] = running
        if self._relay:
            self._relay.copy(turn.holder.message_id, stream)
        watch.context.run(_begin, self._run(running), self._tasks)
        if self._is_going_down:  # once it has said how it begins
            asyncio.get_running_loop().call_soon(_cancel, running, "interrupted")
        return running.stream

    async def follow(self, message_id: UUID) -> AsyncIterator[bytes] | None:
        """Follow a running answer from its first chunk; None when it can be heard neither here nor through Redis."""
        if running := self._running.get(message_id):
            return running.stream.follow()

        async def is_held() -> bool:
            async with self._database.system() as tx:
                return await usage.is_held(tx, message_id)

        return await self._relay.follow(message_id, is_held) if self._relay else None

    async def stop(self, chat_id: UUID) -> None:
        """End a chat's answers, wherever they are written, and wait until they are kept."""
        here = [each for each in self._running.values() if each.turn.holder.chat_id == chat_id]
        await asyncio.gather(*(_stopped(each) for each in here))
        async with self._database.system() as tx:
            elsewhere = await usage.ask_to_stop(tx, chat_id)
        with suppress(TimeoutError):  # a process that died: its answer is settled soon, and nothing is spoken any more
            async with asyncio.timeout(_OTHERS_STOP_SECONDS if elsewhere else None):
                while elsewhere:
                    await asyncio.sleep(_LOOK_AGAIN_SECONDS)
                    async with self._database.system() as tx:
                        elsewhere = bool(await usage.held(tx, chat_id))

    def interrupt(self) -> None:
        """End what is spoken, and what will be: the server is going down. Readers hear so; what was said is kept."""
        if self._is_going_down:
            return
        self._is_going_down = True
        for running in self._running.values():
            _cancel(running, "interrupted")

    async def close(self) -> None:
        """End everything, and wait until it is kept."""
        self._heartbeat.cancel()
        self.interrupt()
        for naming in self._namings:
            naming.cancel()
        if ending := self._tasks | self._namings:
            await asyncio.wait(ending, timeout=sum(_KEEP_PAUSES))
        for message_id in self._running:
            _log.error("answer %s could not be kept before the server ended", message_id)
        await _give_up(self._tasks | self._namings)
        if self._relay:
            await self._relay.close()

    async def _run(self, running: RunningTurn) -> None:
        """Speak, then keep; whatever happens, the stream ends with one clear last chunk."""
        turn, answer, stream = running.turn, running.turn.answer, running.stream
        try:
            outcome, problem, counted = await _listen(running)
            counted = counted or estimate(turn.input_estimate, answer.text(), turn.model)
            used = app_usage(counted, turn.model.id, turn.model)
            running.watch.said(outcome, used)
            closing, last = answer.end(used, outcome, problem)
            if not await self._keep(turn, answer.parts(), used):
                last = _UNSAVED
            stream.push(closing + last)
        except asyncio.CancelledError:
            stream.push(_UNSAVED)
            raise
        finally:
            del self._running[turn.holder.message_id]
            stream.end()
            running.watch.close()
        if outcome == "complete" and self._names_chats and not self._is_going_down:
            provider = self._catalogue.provider(turn.model)
            _begin(titles.improve(self._database, provider, turn), self._namings)

    async def _keep(self, turn: Turn, parts: list[dict[str, Any]], used: dict[str, Any]) -> bool:
        for pause in (*_KEEP_PAUSES, None):
            try:
                async with self._database.transaction(turn.holder.user_id, pipelined=True) as tx:
                    await turns.keep(tx, turn.holder, parts, used, has_last_context=self._has_last_context)
            except UndefinedColumn:
                # A Chat SDK's migration dropped "lastContext" under us.
                self._has_last_context = False
            except (DatabaseError, DatabaseOffline) as error:
                _log.warning("answer %s not kept yet: %s", turn.holder.message_id, type(error).__name__)
                if pause is not None:
                    await asyncio.sleep(pause)
            else:
                return True
        BACKGROUND_FAILURES.labels("keep").inc()
        _log.error("answer %s could not be kept", turn.holder.message_id)
        return False

    async def _beat(self) -> None:
        beats = 0
        while True:
            await asyncio.sleep(_CHECKPOINT_SECONDS)
            beats += 1
            await self._try(self._checkpoint(everything=beats % _SWEEP_EVERY == 0))
            await self._try(self._heed())
            if beats % _SWEEP_EVERY == 0:
                await self._try(self.sweep())

    async def _try(self, work: Coroutine[Any, Any, object]) -> None:
        try:
            await work
        except Exception as error:  # noqa: BLE001 - every lease of this process hangs on the heartbeat: nothing may end it
            BACKGROUND_FAILURES.labels("heartbeat").inc()
            is_away = isinstance(error, (OperationalError, DatabaseOffline))
            tell, trace = (_log.warning, None) if is_away else (_log.error, error)
            tell("a heartbeat failed: %s; the next one tries again", type(error).__name__, exc_info=trace)

    async def _checkpoint(self, *, everything: bool) -> None:
        """Write down what was said since the last time; now and then also a mere sign of life."""
        fresh = [each.turn for each in self._running.values() if everything or not each.turn.answer.is_checkpointed]
        if not fresh:
            return
        for turn in fresh:
            turn.answer.is_checkpointed = True
        try:
            async with self._database.system() as tx:
                await usage.renew(tx, {turn.holder.message_id: turn.answer.parts() for turn in fresh}, LEASE)
        except BaseException:
            for turn in fresh:
                turn.answer.is_checkpointed = False
            raise

    async def _heed(self) -> None:
        """End what somebody asked another process to stop."""
        if not self._running:
            return
        async with self._database.system() as tx:
            unwanted = await usage.asked_to_stop(tx, list(self._running))
        for message_id in unwanted & self._running.keys():
            _cancel(self._running[message_id], "stopped")

    async def sweep(self) -> int:
        """Keep and settle the answers of processes that died; return how many there were."""
        settled = 0
        while True:
            async with self._database.system() as tx:
                left = await usage.abandoned(tx)
                if left is None:
                    return settled
                said = "".join(part.get("text", "") for part in left.parts)
                model = self._model(left.holder.model)
                used = app_usage(estimate(left.input_tokens, said, model), left.holder.model, model)
                await turns.keep(
                    tx,
                    left.holder,
                    left.parts if is_ended(left.parts) else interrupted(left.parts, used),
                    used,
                    has_last_context=self._has_last_context,
                )
            settled += 1
            TURNS.labels("interrupted").inc()
            _log.warning("answer %s was interrupted: its process had died", left.holder.message_id)

    def _model(self, model_id: str) -> Model | None:
        with suppress(UnknownModel):
            return self._catalogue.find(model_id)
        return None


def _begin(work: Coroutine[Any, Any, None], tasks: set[asyncio.Task[None]]) -> None:
    task = asyncio.create_task(work)
    tasks.add(task)
    task.add_done_callback(tasks.discard)


async def _give_up(tasks: set[asyncio.Task[None]]) -> None:
    """Cancel tasks that would outlive their database, and once more what waits for it to take note.

    psycopg asks a server that does not answer to cancel the query, for ten seconds; at the second cancel it hangs up.
    """
    for _ in range(2):
        for task in tasks:
            task.cancel()
        if tasks:
            _, tasks = await asyncio.wait(tasks, timeout=_CANCEL_SECONDS)


async def _stopped(running: RunningTurn) -> None:
    _cancel(running, "stopped")
    async for _ in running.stream.follow():
        pass


def _cancel(running: RunningTurn, outcome: Outcome) -> None:
    """End what is spoken. Whoever came first says why; a second cancel would break off its tidying up."""
    if not running.speaking.cancelling():
        running.outcome_if_cancelled = outcome
        running.speaking.cancel()


async def _listen(running: RunningTurn) -> tuple[Outcome, str | None, Usage | None]:
    """Wait until it is said; return how it ended, what to tell about it, and the provider's own count."""
    speaking = running.speaking
    await asyncio.wait({speaking})
    message_id = running.turn.holder.message_id
    if speaking.cancelled():
        if running.outcome_if_cancelled == "stopped":
            return "stopped", None, None
        _log.warning("answer %s is interrupted: the server stops", message_id)
        return running.outcome_if_cancelled, "The server was stopped.", None
    error = speaking.exception()
    if error is None:
        return "complete", None, speaking.result()
    if isinstance(error, ProviderFailed):
        _log.warning("answer %s by %s failed: %s", message_id, running.turn.model.id, error.kind)
        wait = f" It asked us to wait {ceil(error.retry_after)} s." if error.retry_after else ""
        return "failed", error.message + wait, error.usage
    _log.error("answer %s broke", message_id, exc_info=error)
    return "failed", "Something went wrong on our side. Ask again.", None
