"""Where right answers come from: the tables and results of one study."""

from __future__ import annotations

import re
from dataclasses import replace
from fractions import Fraction
from functools import cached_property, lru_cache
from typing import Any

import pandas as pd

from aidstudy.analysis import exact_results
from aidstudy.analysis.desk import Desk, Tables
from aidstudy.codebook import did_you_mean
from aidstudy.course.show import Amount, cell, say
from aidstudy.errors import ExerciseError
from aidstudy.tables.load import StudyLike
from aidstudy.tables.study import load_study

_TINY = Fraction(1, 10**12)


class Sources(Tables):
    """Where right answers come from: the tables and results of one study.

    >>> sources = sources_of(None)
    >>> print(sources.figure("ganzi-020").text("CNY million"))
    CNY 26.72 million [26.715, 26.725]
    >>> print(sources.result("paid.ganzi").text())
    not reported
    """

    @cached_property
    def results(self) -> pd.DataFrame:
        """The stored results, indexed by id."""
        return exact_results(self.study).set_index("result_id", drop=False)

    @cached_property
    def desk(self) -> Desk:
        """The same tables, to compute with."""
        return Desk(self.study, tables=self)

    def figure(self, figure_id: str) -> Amount:
        """One printed figure with its bounds, in base units."""
        return self._row(self.figures, figure_id, "figure")

    def fact(self, fact_id: str) -> Amount:
        """One fact from outside the page."""
        return self._row(self.facts, fact_id, "fact")

    def result(self, result_id: str) -> Any:
        """One result: a number with its bounds, or the text of a day or a verdict."""
        _known(self.results, result_id, "result")
        row = self.results.loc[result_id]
        if isinstance(row["value"], str):
            return row["value"]
        found = cell(row, "value")
        width = None if found.interval is None else found.interval.width
        # An exact value whose decimal does not end is stored with bounds of its last digit.
        tiny = width and found.value is not None and width < abs(_TINY * found.value)
        return replace(found, interval=None) if tiny else found

    def any(self, name: str) -> Any:
        """The figure, fact or result of an id."""
        # Results last: while the notebooks that record them run, there are none yet.
        ways = (("figures", self.figure), ("facts", self.fact), ("results", self.result))
        for table, get in ways:
            if name in getattr(self, table).index:
                return get(name)
        ids = [*self.figures.index, *self.facts.index, *self.results.index]
        raise ExerciseError(
            f"exercises: {name!r} is no figure, fact or result{did_you_mean(name, ids)}"
        )

    def _row(self, table: pd.DataFrame, name: str, what: str) -> Amount:
        _known(table, name, what)
        return cell(table.loc[name], "value")


def _known(table: pd.DataFrame, name: str, what: str) -> None:
    if name not in table.index:
        raise ExerciseError(f"exercises: no {what} {name!r}{did_you_mean(name, list(table.index))}")


def sources_of(study: StudyLike) -> Sources:
    """The sources of a study, loaded once for as long as its tables stay as they are."""
    opened = load_study(study)
    files = sorted((opened.folder / "data").rglob("*.csv"))
    stamp = tuple((str(path), path.stat().st_mtime_ns, path.stat().st_size) for path in files)
    return _loaded(str(opened.folder), stamp)


@lru_cache(maxsize=2)
def _loaded(folder: str, stamp: tuple[tuple[str, int, int], ...]) -> Sources:
    return Sources(load_study(folder))


_FIELD = re.compile(r"\{([a-z_][\w.-]*)((?::[^{}]*)?)\}")


@lru_cache(maxsize=512)
def rendered(template: str, sources: Sources) -> str:
    """A text whose fields are ids of figures, facts or results, as in ``{ganzi-020:printed}``."""
    values: dict[str, Any] = {}

    def named(found: re.Match[str]) -> str:
        name = f"v{len(values)}"
        values[name] = sources.any(found[1])
        return f"{{{name}{found[2]}}}"

    return say(_FIELD.sub(named, template), **values).text
