"""Every `lms …` command with its arguments and options, by walking the command line itself."""

from __future__ import annotations

import inspect
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
from flask import Flask

from lms.cli import main


def commands(app: Flask) -> list[dict[str, Any]]:
    """Sorted by name; a group stands among them where it is a command of its own (`lms coverage`)."""
    own = [main.commands[name] for name in main.commands]
    found = {tuple(words): command for top in (*own, *app.cli.commands.values()) for words, command in _leaves(top, [])}
    return [_described(words, found[words]) for words in sorted(found)]


def _leaves(command: click.Command, above: list[str]) -> Iterator[tuple[list[str], click.Command]]:
    words = [*above, command.name or ""]
    if not isinstance(command, click.Group) or command.invoke_without_command:
        yield words, command
    if isinstance(command, click.Group):
        for below in command.commands.values():
            yield from _leaves(below, words)


def _described(words: tuple[str, ...], command: click.Command) -> dict[str, Any]:
    arguments = [_argument(one) for one in command.params if isinstance(one, click.Argument)]
    options = [_option(one) for one in command.params if isinstance(one, click.Option) and not one.hidden]
    said = inspect.cleandoc(command.help or "").split("\n\n")[0].replace("\n", " ")
    return {"command": " ".join(("lms", *words)), "does": said, "arguments": arguments, "options": options}


def _argument(argument: click.Argument) -> dict[str, Any]:
    name = argument.metavar or (argument.name or "").upper()
    return {"name": name, "required": argument.required, "many": argument.nargs == -1}


def _option(option: click.Option) -> dict[str, Any]:
    return {
        "names": [*option.opts, *option.secondary_opts],
        "type": "flag" if option.is_flag else _type(option.type),
        "required": option.required,
        "many": option.multiple,
        "default": _default(option),
        "help": " ".join((option.help or "").split()),
    }


def _type(kind: click.ParamType[Any]) -> Any:
    return list(kind.choices) if isinstance(kind, click.Choice) else kind.name


def _default(option: click.Option) -> Any:
    """As JSON. None: it has none, or it is worked out when the command runs."""
    value = option.default
    if option.is_flag:
        return value is True
    if isinstance(value, Path):
        return value.as_posix()
    try:
        return json.loads(json.dumps(value))
    except TypeError:
        return None
