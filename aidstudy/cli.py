"""Commands of aidstudy. Each is thin: what it does is a function that a program can call too."""

from __future__ import annotations

import io
import sys
import traceback
from pathlib import Path

import click

from aidstudy.errors import AidstudyError

# What a command needs is imported when it runs: --help must not wait for pandas.


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="aidstudy")
@click.option(
    "--study",
    "folder",
    type=click.Path(path_type=Path),
    envvar="AIDSTUDY_STUDY",
    help="Folder of the study; the one that comes with aidstudy by default.",
)
@click.pass_context
def commands(context: click.Context, folder: Path | None) -> None:
    """Figures of a report, from the printed page to tables, ratios, notebooks and plots."""
    context.obj = folder


@commands.command()
@click.option("--update", is_flag=True, help="Write what differs into the study.")
@click.option(
    "--keep",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="Build in this new folder and keep it.",
)
@click.pass_obj
def reproduce(folder: Path | None, update: bool, keep: Path | None) -> None:
    """Rebuild every output and compare it with what is stored.

    Exit status: 0 when everything is as stored, 1 when an output differs, 2 when a stage fails.
    """
    from aidstudy.publish import rebuild
    from aidstudy.tables.study import load_study

    outcome = rebuild.reproduce(load_study(folder), update=update, keep=keep)
    _say(outcome.lines())
    if not outcome.ok:
        sys.exit(1)


@commands.command()
@click.argument("page", type=click.Path(path_type=Path))
@click.pass_obj
def audit(folder: Path | None, page: Path) -> None:
    """Check the tables against the text of their page, PAGE.

    Exit status: 0 when nothing is amiss, 1 when something is, 2 when the page cannot be read.
    """
    from aidstudy.tables.audit import audit_page
    from aidstudy.tables.study import load_study

    found = audit_page(load_study(folder), page)
    _say(found.lines())
    if not found.ok:
        sys.exit(1)


@commands.command()
@click.pass_obj
def check(folder: Path | None) -> None:
    """Derive the clean tables and check them all; write nothing."""
    from aidstudy.tables.check import check_study
    from aidstudy.tables.study import load_study

    tables = check_study(load_study(folder))
    _say([f"{name}: {len(rows)} rows" for name, rows in tables.items()])
    _say(["no fault found"])


def _say(lines: list[str]) -> None:
    for line in lines:
        click.echo(line)


def main() -> None:
    """Run the command line; an error of aidstudy is one message and exit status 2."""
    for stream in (sys.stdout, sys.stderr):
        # Chinese in a message must not end the run on a console that cannot print it.
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    try:
        sys.exit(commands(prog_name="aidstudy", standalone_mode=False))
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except AidstudyError as error:
        notes = getattr(error, "__notes__", [])
        click.echo("\n".join([f"Error: {error}", *notes]), err=True)
        sys.exit(2)
    except click.Abort:
        click.echo("interrupted; nothing stored was changed", err=True)
        sys.exit(130)
    except Exception:
        # Not foreseen, so the whole trace is worth reporting; 1 would say that an output differs.
        traceback.print_exc()
        sys.exit(2)


__all__ = ["commands", "main"]
