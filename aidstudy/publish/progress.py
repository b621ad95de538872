"""What a long command says while it runs: a bar on a terminal, plain lines elsewhere."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn


@dataclass
class Stages:
    """Stages of one job, shown as they run and timed.

    Parameters
    ----------
    names : tuple of str
        All stages, in order.
    console : Console
        Where to show them.

    Attributes
    ----------
    seconds : dict of str to float
        How long each finished stage took.
    """

    names: tuple[str, ...]
    console: Console
    seconds: dict[str, float] = field(default_factory=dict)
    _bar: Progress | None = None

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Show and time one stage."""
        title = f"[{self.names.index(name) + 1}/{len(self.names)}] {name}"
        started = time.monotonic()
        if self.console.is_terminal:
            columns = (
                SpinnerColumn(),
                TextColumn("{task.description:<24}", markup=False),
                BarColumn(bar_width=24),
                TimeElapsedColumn(),
                TextColumn("{task.fields[note]}", markup=False),
            )
            with Progress(*columns, console=self.console, transient=True) as self._bar:
                self._bar.add_task(title, total=None, note="")
                yield
            self._bar = None
        else:
            self._print(f"{title} ...")
            yield
        self.seconds[name] = time.monotonic() - started
        self._print(f"{title}: {self.seconds[name]:.1f} s")

    def step(self, done: int, total: int, note: str) -> None:
        """Say that a part of the present stage is done."""
        if self._bar is not None:
            self._bar.update(self._bar.task_ids[0], completed=done, total=total, note=note)
        else:
            self._print(f"  {done} of {total}: {note}")

    def _print(self, line: str) -> None:
        self.console.print(line, markup=False, highlight=False, soft_wrap=True)


__all__ = ["Stages"]
