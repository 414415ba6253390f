"""The browser that the tests drive: `python tests/e2e/browser.py install` sees to it that there is one.

A Chromium of the machine's own comes first: Debian's, where we may install it. Playwright's own build is fetched
from its makers' servers, which not every network lets through.
"""

import os
import shutil
import subprocess
import sys
from typing import Any, NoReturn

from playwright.sync_api import Error, sync_playwright

_NAMES = ("chromium", "chromium-browser", "google-chrome")
_FLAGS = (
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


def launch_options() -> dict[str, Any]:
    """What Playwright's `chromium.launch` is to be given on this machine."""
    # Chromium's sandbox refuses to run as root.
    options: dict[str, Any] = {"args": [*_FLAGS, "--no-sandbox"] if _is_root() else [*_FLAGS]}
    if found := _on_path():
        options["executable_path"] = found
    return options


def install() -> None:
    """Make sure that a browser starts; say so in one sentence and exit where none can be had."""
    if _starts():
        return
    if _on_path() is None and _is_root() and shutil.which("apt-get"):
        _run("apt-get", "update", "-qq")
        # With a font: without one, Chromium draws and measures no text.
        _run("apt-get", "install", "-y", "-qq", "--no-install-recommends", "chromium", "fonts-dejavu-core")
    elif _on_path() is None:
        _run(sys.executable, "-m", "playwright", "install", "chromium")
    if not _starts():
        _give_up()


def _on_path() -> str | None:
    """Return the first that really runs: Ubuntu's `chromium-browser` may only be a sign to its snap."""
    found = (path for name in _NAMES if (path := shutil.which(name)))
    return next((path for path in found if _answers(path)), None)


def _answers(path: str) -> bool:
    return subprocess.run([path, "--version"], capture_output=True, check=False).returncode == 0


def _starts() -> bool:
    try:
        with sync_playwright() as playwright:
            playwright.chromium.launch(**launch_options()).close()
    except Error:
        return False
    return True


def _run(*command: str) -> None:
    if subprocess.run(command, check=False, stdout=subprocess.DEVNULL).returncode != 0:
        _give_up()


def _is_root() -> bool:
    return hasattr(os, "geteuid") and os.geteuid() == 0


def _give_up() -> NoReturn:
    sys.exit("No browser for the tests: install Chromium (Debian: apt install chromium), then run this again.")


if __name__ == "__main__":
    if sys.argv[1:] != ["install"]:
        sys.exit("usage: python tests/e2e/browser.py install")
    install()
