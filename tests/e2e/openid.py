"""npm's OpenID provider in a process of its own, and a person who fills in its forms."""

import asyncio
import re
import socket
import sys
from asyncio.subprocess import DEVNULL, PIPE
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from urllib.parse import urljoin

import httpx2

_FOLDER = Path(__file__).parent / "clients"
_NODE = Path(sys.executable).parent / "node"
_PATIENCE = 30

CLIENT_ID, CLIENT_SECRET = "quartet", "of quartet alone"


def a_free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return taken.getsockname()[1]


@asynccontextmanager
async def an_openid_provider(port: int, redirect_uri: str) -> AsyncIterator[None]:
    """Run it; stderr is its advice for production."""
    node = await asyncio.create_subprocess_exec(
        *(_NODE, "openid_provider.mjs", str(port), redirect_uri), cwd=_FOLDER, stdin=PIPE, stdout=PIPE, stderr=DEVNULL
    )
    assert node.stdin
    assert node.stdout
    try:
        assert await asyncio.wait_for(node.stdout.readline(), _PATIENCE) == b"listening\n"
        yield
    finally:
        node.stdin.close()
        await asyncio.wait_for(node.wait(), _PATIENCE)


async def sign_in_there(browser: httpx2.AsyncClient, url: str, name: str, back: str) -> str:
    """Go to the provider, sign in and agree; return the address of `back` that it sends the browser to."""
    answer = await browser.get(url)
    for _ in range(10):
        if answer.is_redirect:
            url = urljoin(url, answer.headers["location"])
            if url.startswith(back):
                return url
            answer = await browser.get(url)
            continue
        assert answer.status_code == 200, answer.text
        action = re.search(r'action="([^"]+)" method="post"', answer.text)
        prompt = re.search(r'name="prompt" value="(\w+)"', answer.text)
        assert action, answer.text
        assert prompt, answer.text
        url = urljoin(url, action[1])
        answer = await browser.post(url, data={"prompt": prompt[1], "login": name, "password": "any"})
    raise AssertionError(f"it never came back: {url}")
