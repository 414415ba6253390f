"""How a check speaks at the terminal: a line each, or JSON for other programs."""

import json
import sys
from collections.abc import Iterable, Mapping
from typing import Any

import typer

from quartet.cli.terminal import say
from quartet.migrations.findings import Finding


def tell(findings: Iterable[Finding], *, as_json: bool, more: Mapping[str, Any]) -> None:
    """Say what was found; what is the matter ends the command with exit code 1."""
    found = list(findings)
    trouble = any(each.is_trouble for each in found)
    if as_json:
        written = [
            {"what": each.what, "remedy": each.remedy, "isTrouble": each.is_trouble, "canFix": each.fix is not None}
            for each in found
        ]
        typer.echo(json.dumps({"ok": not trouble, **more, "findings": written}, indent=2, ensure_ascii=False))
    else:
        for each in found:
            if each.is_trouble:
                typer.secho(str(each), fg="red", err=True)
            else:
                say(f"Note: {each}")
    if trouble:
        sys.exit(1)
