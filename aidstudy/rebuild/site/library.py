"""The pages of the library and of the commands, made from the names and helps themselves."""

from __future__ import annotations

import inspect
from collections.abc import Iterator, Mapping
from importlib import import_module

import click

GROUPS: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "reading": ("Read a page", ("errors", "intervals", "reading", "claims")),
    "quantity": ("Columns of quantities", ("quantity",)),
    "tables": ("Load, clean and check tables", ("tables",)),
    "analysis": ("Results", ("result", "analysis")),
    "publish": ("Trails, exercises, papers", ("rebuild", "course", "papers", "exchange", "pages")),
}
"""Groups of public names: a title, and the rooms that they come from."""


def api_page() -> str:
    """The page of the library: every public name of ``aidstudy`` and of its plots."""
    return "\n".join(_api_lines()) + "\n"


def _api_lines() -> Iterator[str]:
    # The package is the roof over all floors, so it is looked up when the page is made.
    aidstudy, plots = import_module("aidstudy"), import_module("aidstudy.plots")
    yield "# The library"
    yield ""
    yield "Public names of `aidstudy`, then those of `aidstudy.plots`. Values are exact fractions"
    yield "in base units; bounds are what the print allows."
    homes = {name: getattr(aidstudy, name) for name in aidstudy.__all__}
    for title, rooms in GROUPS.values():
        yield from ("", f"## {title}", "")
        for name, value in homes.items():
            if value.__module__.split(".")[1] in rooms:
                yield from _directive(f"aidstudy.{name}", value)
    yield from ("", "## Plots", "")
    for name in plots.__all__:
        value = getattr(plots, name)
        if inspect.isfunction(value) or inspect.isclass(value):
            yield from _directive(f"aidstudy.plots.{name}", value)


def _directive(name: str, value: object) -> Iterator[str]:
    kind = "autoclass" if inspect.isclass(value) else "autofunction"
    if inspect.isclass(value) and issubclass(value, Exception):
        kind = "autoexception"
    members = ["   :members:"] if kind == "autoclass" else []
    yield from ("```{eval-rst}", f".. {kind}:: {name}", *members, "```", "")


def commands_page() -> str:
    """The page of the commands: what ``--help`` says for each."""
    return "\n".join(_command_lines()) + "\n"


def _command_lines() -> Iterator[str]:
    # The commands import this room, so they are looked up when the page is made.
    group = import_module("aidstudy.cli").commands
    yield "# The commands"
    yield ""
    yield "`python reproduce.py` puts `aidstudy` into `.venv/bin` (on Windows `.venv\\Scripts`)."
    for name, command in sorted(group.commands.items()):
        yield from ("", f"## aidstudy {name}", "", "```text")
        context = click.Context(command, info_name=f"aidstudy {name}", terminal_width=92)
        yield command.get_help(context)
        yield "```"


__all__ = ["GROUPS", "api_page", "commands_page"]
