"""What is being said: deltas in, protocol chunks out, and at any moment the message parts that would be kept."""

from collections.abc import Mapping
from typing import Any, Literal

from quartet.chats import events
from quartet.chats.models import Outcome
from quartet.prompts.models import Receipt

Kind = Literal["text", "reasoning"]


class Answer:
    """An answer while it is written. Its parts are what the client's own message ends up with."""

    def __init__(self, receipt: Receipt) -> None:
        self._closed: list[dict[str, Any]] = [
            {"type": "data-prompt", "data": receipt.model_dump(mode="json", by_alias=True)},
            {"type": "step-start"},
        ]
        self._kind: Kind | None = None
        self._said: list[str] = []
        self._count = 0
        self.is_checkpointed = False

    def opening(self) -> bytes:
        return events.data(self._closed[0]) + events.chunk("start-step")

    def add(self, kind: Kind, text: str) -> bytes:
        """Say a piece; return its chunk, preceded by what ends another kind of part and starts this one."""
        self.is_checkpointed = False
        if "\x00" in text:  # no model means it, and PostgreSQL cannot keep it
            text = text.replace("\x00", "")
        change = b""
        if kind != self._kind:
            change = self._close()
            self._kind = kind
            self._count += 1
            change += events.chunk(f"{kind}-start", id=str(self._count))
        self._said.append(text)
        return change + events.delta(kind, str(self._count), text)

    def end(self, usage: Mapping[str, Any], outcome: Outcome, problem: str | None) -> tuple[bytes, bytes]:
        """Finish the parts; return the chunks that close them, and the last ones, which say how it ended.

        `problem` tells a person why it failed; stopping is no problem.
        """
        tail = self._close()
        tail += self._attach("data-usage", usage)
        if outcome == "complete":
            return tail, events.chunk("finish-step") + events.chunk("finish") + events.DONE
        if problem is None:
            tail += self._attach("data-outcome", {"outcome": outcome})
            return tail, events.chunk("abort") + events.DONE
        tail += self._attach("data-outcome", {"outcome": outcome, "message": problem})
        return tail, events.failure(problem)

    def parts(self) -> list[dict[str, Any]]:
        return [*self._closed, self._part()] if self._kind else list(self._closed)

    def text(self) -> str:
        """Return everything said, reasoning included: what the provider counts as output."""
        return "".join(part["text"] for part in self.parts() if "text" in part)

    def _part(self) -> dict[str, Any]:
        # Kept as one from here on: a thousand pieces take ten times the memory of their text.
        self._said = ["".join(self._said)]
        return {"type": self._kind, "text": self._said[0], "state": "done"}

    def _close(self) -> bytes:
        if self._kind is None:
            return b""
        self._closed.append(self._part())
        ended = events.chunk(f"{self._kind}-end", id=str(self._count))
        self._kind, self._said = None, []
        return ended

    def _attach(self, type_: str, data: Mapping[str, Any]) -> bytes:
        part = {"type": type_, "data": dict(data)}
        self._closed.append(part)
        return events.data(part)


def is_ended(parts: list[dict[str, Any]]) -> bool:
    """Say whether these are the parts of an answer that was ended, if not kept yet."""
    return any(part["type"] == "data-usage" for part in parts)


def interrupted(parts: list[dict[str, Any]], usage: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Finish the checkpoint of an answer whose process is gone."""
    message = "The server stopped in the middle of this answer."
    return [
        *parts,
        {"type": "data-usage", "data": dict(usage)},
        {"type": "data-outcome", "data": {"outcome": "interrupted", "message": message}},
    ]
