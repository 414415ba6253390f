"""What a browser must load before one can type, and how long that takes: headless Chromium, an empty cache, loopback.

`python bench/page.py [--visits 10]`: the page of a new chat, signed in; from the moment the browser is sent there to
the one at which a typed letter stands in the field. Which Chromium: see `tests/e2e/browser.py`.
"""

import argparse
import gzip
import statistics
import time
from dataclasses import dataclass
from runpy import run_path
from uuid import uuid4

from playwright.sync_api import Browser, Response, sync_playwright

from database import a_database
from figures import Section
from stage import ROOT, Server, server, vendor

MOST_BYTES = 300_000
_CODE = ("script", "stylesheet")


@dataclass(frozen=True)
class Visit:
    """Seconds until the field was there and until a letter stood in it; bytes of code before the first, gzip -9."""

    visible: float
    typed: float
    sizes: dict[str, int]
    requests: int


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--visits", type=int, default=10)
    measured(parser.parse_args().visits).show()


def measured(visits: int) -> Section:
    section = Section("Page", f"A new chat in headless Chromium on the same machine, empty cache, {visits} visits.")
    options = run_path(str(ROOT / "tests/e2e/browser.py"))["launch_options"]()
    with (
        a_database() as url,
        vendor(chunks=1, pace_ms=0) as vendor_url,
        server(url, vendor_url) as running,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(**options)
        made = [_visit(browser, running) for _ in range(visits + 1)][1:]  # the first one warms Chromium itself
        section.told += f" Chromium {browser.version}."
        browser.close()
    visible, typed = ([getattr(each, name) for each in made] for name in ("visible", "typed"))
    script, style = (statistics.median(each.sizes.get(kind, 0) for each in made) for kind in _CODE)
    section.add("field visible", "s", statistics.median(visible), note=f"{min(visible):.2f} to {max(visible):.2f}")
    section.add("letter typed", "s", statistics.median(typed), note=f"{min(typed):.2f} to {max(typed):.2f}")
    section.add("JS before typing", "kB gzip", script / 1000)
    section.add("JS and CSS before typing", "kB gzip", (script + style) / 1000, MOST_BYTES / 1000)
    section.add("requests before typing", "", statistics.median(each.requests for each in made))
    return section


def _visit(browser: Browser, running: Server) -> Visit:
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    account = {"email": f"{uuid4().hex[:12]}@example.com", "password": "correct horse battery"}
    assert context.request.post(f"{running.address}/api/auth/register", data=account).ok
    page = context.new_page()
    heard: list[Response] = []

    def hear(response: Response) -> None:
        heard.append(response)

    page.on("response", hear)
    start = time.perf_counter()
    page.goto(running.address, wait_until="commit")
    field = page.get_by_role("textbox", name="Your message")
    field.wait_for()
    visible, before = time.perf_counter() - start, list(heard)
    field.press_sequentially("x")
    page.wait_for_function("document.activeElement.value === 'x'")
    typed = time.perf_counter() - start
    sizes: dict[str, int] = {}
    for response in before:
        kind = response.request.resource_type
        if kind in _CODE:
            sizes[kind] = sizes.get(kind, 0) + len(gzip.compress(response.body()))
    context.close()
    return Visit(visible, typed, sizes, len(before))


if __name__ == "__main__":
    main()
