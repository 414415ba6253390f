"""`python -m quartet.embedded.model_child GGUF`: serves one model on loopback until stdin ends.

A process of its own, because a crash in native code must not take the app down. One JSON line on stdin says
how (`api_key`, `slots`, `context_window`, `threads`); one on stdout answers `{"url", "context_window"}` when
requests are served, or `{"failed"}`.
"""

import fcntl
import http.client
import json
import os
import sys
from typing import Any
from urllib.parse import urlsplit

import xllamacpp

_ANSWER = 1024  # tokens, where a request names no limit
_CACHE_MIB = 256  # of old prompts; llama.cpp's own limit is 8 GiB
_WARNINGS = 2  # llama.cpp's verbosity: a line per request is nobody's log


def main(gguf: str) -> None:
    channel = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # whatever native code prints goes to the log, not between our lines
    how = json.loads(sys.stdin.buffer.readline())
    _end_with_stdin()
    try:
        server = xllamacpp.Server(_parameters(gguf, how))
    except RuntimeError as refused:
        print(json.dumps({"failed": str(refused)}), file=channel, flush=True)
        return
    url = server.listening_address
    told = {"url": url, "context_window": _context_window(url, how["api_key"])}
    print(json.dumps(told), file=channel, flush=True)
    sys.stdin.buffer.read()
    os._exit(0)  # native threads may be in the middle of an answer that nobody reads any more


def _end_with_stdin() -> None:
    """Let the end of our parent end us while the model is loading too, which holds Python's lock for seconds.

    The kernel then sends SIGIO, which on Linux ends a process that does not handle it; elsewhere it is ignored.
    """
    fcntl.fcntl(0, fcntl.F_SETOWN, os.getpid())
    fcntl.fcntl(0, fcntl.F_SETFL, fcntl.fcntl(0, fcntl.F_GETFL) | os.O_ASYNC)


def _parameters(gguf: str, how: dict[str, Any]) -> Any:
    parameters = xllamacpp.CommonParams()
    parameters.model.path = gguf
    parameters.model_alias = {"local"}
    parameters.hostnames = ["127.0.0.1"]
    parameters.port = 0
    parameters.ui = False
    parameters.api_keys = [how["api_key"]]
    parameters.n_parallel = how["slots"]
    parameters.n_ctx = how["slots"] * how["context_window"]
    parameters.n_predict = _ANSWER
    parameters.cpuparams.n_threads = parameters.cpuparams_batch.n_threads = how["threads"]
    parameters.no_extra_bufts = True  # measured: a third less memory at the same speed
    parameters.cache_ram_mib = _CACHE_MIB
    parameters.verbosity = _WARNINGS
    parameters.sampling.temp = 0.5
    parameters.sampling.top_p = 0.9
    parameters.sampling.top_k = 20
    parameters.sampling.penalty_repeat = 1.05
    return parameters


def _context_window(url: str, api_key: str) -> int:
    """Of one slot; less than was asked for where the model was trained on less."""
    connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=10)
    connection.request("GET", "/props", headers={"Authorization": f"Bearer {api_key}"})
    window: int = json.load(connection.getresponse())["default_generation_settings"]["n_ctx"]
    connection.close()
    return window


if __name__ == "__main__":
    main(sys.argv[1])
