"""The documentation as a site: `make docs`. The pages read as well where the repository is browsed.

Reference pages are made here, before each build, from the command line, `.env.example` and the OpenAPI description
(`_generate/`), and the project's own pages from the files of the repository's root.
"""

import os
import re
import sys
from pathlib import Path

from sphinx.application import Sphinx
from sphinx.util import logging

DOCS = Path(__file__).parent
ROOT = DOCS.parent
sys.path.insert(0, str(DOCS))

from _generate import cli, http_api, settings  # noqa: E402 - found by the line above

from quartet import __version__  # noqa: E402

project = "Quartet"
author = "The Quartet contributors"
project_copyright = f"{author}, Apache License 2.0"
version = release = __version__

extensions = ["myst_parser"]
exclude_patterns = ["_generate"]
myst_heading_anchors = 4
myst_links_external_new_tab = False
nitpicky = True
# Blocks that do not name a language are commands and files of several.
highlight_language = "text"

html_theme = "furo"
html_title = "Quartet"
html_favicon = html_logo = "../web/public/favicon.svg"
html_static_path = ["_static"]
html_css_files = ["quartet.css"]
html_show_sphinx = False
html_copy_source = False
html_theme_options = {
    "light_css_variables": {
        "color-brand-primary": "#0f6d65",
        "color-brand-content": "#0b5b54",
        "color-background-primary": "#fcfbf8",
        "color-background-secondary": "#f3f0e9",
        "color-background-border": "#e3dfd6",
        "color-code-background": "#f3f0e9",
    },
    "dark_css_variables": {
        "color-brand-primary": "#76bab1",
        "color-brand-content": "#76bab1",
        "color-background-primary": "#181a1d",
        "color-background-secondary": "#121416",
        "color-background-border": "#2d3136",
    },
}

LEADS_OUT = {
    ".env.example": "reference/settings.md",
    "CHANGELOG.md": "project/changelog.md",
    "CONTRIBUTING.md": "project/contributing.md",
    "README.md": "index.md",
    "SECURITY.md": "project/reporting.md",
    "web/openapi.json": "reference/http/index.md",
}
"""Files outside of this folder that pages link to, and the page that stands for each here."""

BELOW = {
    "decisions/README": "0*",
    "benchmarks": "benchmarks/*",
    "security": "security-asvs",
    "chat-sdk": "chat-sdk-client",
}
"""Pages that have others below them, which their own text links to: the menu must know it too."""

_LINK = re.compile(r"(?<=\]\()(?![a-z]+:|#)([^)\s#]+)")


def relink(text: str, source: Path, page: Path) -> str:
    """Make the links of `source` right for `page`, which shows its text on the site."""

    def moved(found: re.Match[str]) -> str:
        aim = Path(os.path.normpath(source.parent / found[1]))
        name = aim.relative_to(ROOT).as_posix() if aim.is_relative_to(ROOT) else ""
        if name in LEADS_OUT:
            aim = DOCS / LEADS_OUT[name]
        elif source == page:
            return found[1]
        return os.path.relpath(aim, page.parent)

    return _LINK.sub(moved, text)


def make_pages(_: Sphinx) -> None:
    example = ROOT / ".env.example"
    if differing := settings.differences(example):
        logging.getLogger(__name__).warning("settings.py and .env.example differ: %s", ", ".join(sorted(differing)))
    made = {"cli": cli.page(), "settings": settings.page(example)}
    made |= {f"http/{name}": text for name, text in http_api.pages(ROOT / "web/openapi.json").items()}
    texts = {DOCS / f"reference/{name}.md": text for name, text in made.items()}
    for name in ("CHANGELOG.md", "CONTRIBUTING.md", "SECURITY.md"):
        page = DOCS / LEADS_OUT[name]
        texts[page] = relink((ROOT / name).read_text(), ROOT / name, page)
    for folder in (DOCS / "reference", DOCS / "project"):
        for left in set(folder.rglob("*.md")) - texts.keys():
            left.unlink()
    for page, text in texts.items():
        # Untouched when it is the same: a second build reads only what has changed.
        if not page.exists() or page.read_text() != text:
            page.parent.mkdir(parents=True, exist_ok=True)
            page.write_text(text)


def read(_: Sphinx, name: str, source: list[str]) -> None:
    page = DOCS / f"{name}.md"
    text = relink(source[0], page, page)
    if below := BELOW.get(name):
        text += f"\n\n```{{toctree}}\n:hidden:\n:glob:\n\n{below}\n```\n"
    source[0] = text


def setup(app: Sphinx) -> None:
    app.connect("builder-inited", make_pages)
    app.connect("source-read", read)
