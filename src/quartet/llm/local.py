"""The model on this machine: llama.cpp in a child process, which starts late and may be switched."""

from collections.abc import AsyncGenerator, Callable

from openai import AsyncOpenAI

from quartet.llm.failures import Vendor
from quartet.llm.openai import complete, sdk_client
from quartet.llm.types import Delta, FailureKind, LocalModel, ModelRequest, ProviderFailed, ProviderName
from quartet.llm.wire import Patience

_VENDOR = Vendor("local", "The local model", address="It may be restarting: try again in a moment.")
# It is silent while it reads the prompt (37 tokens/s at worst: 4 minutes for 8192) and while it serves others.
_PATIENCE = Patience(connect=2.0, first_byte=600.0, idle=60.0)


class LocalProvider:
    """Asks `running` before each answer; it returns None while no model is ready."""

    name: ProviderName = "local"

    def __init__(self, running: Callable[[], LocalModel | None], *, patience: Patience = _PATIENCE) -> None:
        self._running = running
        self._patience = patience
        # Loopback is no business of a proxy's. All models share the connections of this client.
        self._client = sdk_client(None, "http://127.0.0.1", patience, proxies=False)
        self._addressed: LocalModel | None = None

    def stream(self, request: ModelRequest) -> AsyncGenerator[Delta, None]:
        return complete(self._current, _VENDOR, request, self._patience)

    async def close(self) -> None:
        await self._client.close()

    def _current(self) -> AsyncOpenAI:
        model = self._running()
        if model is None:
            raise ProviderFailed(FailureKind.UNAVAILABLE, "The local model is not ready yet. Try again in a moment.")
        if model != self._addressed:
            self._client = self._client.with_options(base_url=model.base_url, api_key=model.api_key)
            self._addressed = model
        return self._client
