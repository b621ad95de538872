"""What a long command says while it runs: on a terminal one line that changes, else plain lines."""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TextIO


@dataclass
class Stages:
    """Stages of one job, shown as they run and timed."""

    names: tuple[str, ...]
    out: TextIO
    seconds: dict[str, float] = field(default_factory=dict)
    _title: str = ""

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Show and time one stage."""
        self._title = f"[{self.names.index(name) + 1}/{len(self.names)}] {name}"
        started = time.monotonic()
        self._tell("...", f"{self._title} ...")
        try:
            yield
        except BaseException:
            if self.out.isatty():
                self.out.write("\n")
            raise
        self.seconds[name] = time.monotonic() - started
        done = f"{self._title}: {self.seconds[name]:.1f} s"
        self._show(done, end="\n")

    def step(self, done: int, total: int, note: str) -> None:
        """Say that a part of the present stage is done."""
        told = f"{done} of {total}: {note}"
        self._tell(told, f"  {told}")

    def _tell(self, beside: str, line: str) -> None:
        """Something on the way: beside the title on a terminal, a line of its own elsewhere."""
        if self.out.isatty():
            self._show(f"{self._title} {beside}", end="")
        else:
            self._show(line, end="\n")

    def _show(self, line: str, *, end: str) -> None:
        if self.out.isatty():
            width = shutil.get_terminal_size().columns - 1
            line = "\r" + line[:width].ljust(width)
        self.out.write(line + end)
        self.out.flush()
