"""`reference/cli.md`: every command, read from the command line itself."""

from collections.abc import Iterator
from typing import Any

import typer

from quartet.cli import app

_INTRO = """# Commands

`quartet COMMAND --help` says the same at a terminal, `quartet --version` which version you have. Every command reads
its settings from the environment and from `.env` in the folder that it is started in: [settings](settings.md). What a
person can mend ends as one sentence and exit code 1.
"""


def page() -> str:
    return "\n".join([_INTRO, *_commands(typer.main.get_command(app), "quartet")])


def _commands(group: Any, path: str) -> Iterator[str]:
    for name, command in group.commands.items():
        if hasattr(command, "commands"):
            yield f"## {path} {name}\n\n{_prose(command.help)}\n"
            yield from _described(command.commands, f"{path} {name}", "###")
        else:
            yield from _described({name: command}, path, "##")


def _described(commands: dict[str, Any], path: str, mark: str) -> Iterator[str]:
    for name, command in commands.items():
        arguments = [each for each in command.params if each.param_type_name == "argument"]
        options = [each for each in command.params if each.param_type_name == "option" and not each.hidden]
        words = [path, name, *(each.name.upper() for each in arguments), *(["[OPTIONS]"] if options else [])]
        yield f"{mark} {path} {name}\n\n```text\n{' '.join(words)}\n```\n\n{_prose(command.help)}\n"
        if options:
            yield "| option | | default |\n|---|---|---|"
            yield "\n".join(_row(option) for option in options) + "\n"


def _row(option: Any) -> str:
    kind = "" if option.is_flag else f" {option.type_descriptor.annotation.__name__.upper()}"
    names = ", ".join(f"`{each}{kind}`" for each in [*option.opts, *option.secondary_opts])
    default = "" if option.is_flag or option.default is None else f"`{option.default}`"
    return f"| {names} | {(option.help or '').replace('|', '&#124;')} | {default} |"


def _prose(text: str | None) -> str:
    return (text or "").replace("\n\n", "\0").replace("\n", " ").replace("\0", "\n\n").replace("<", "\\<")
