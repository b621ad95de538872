"""Where right answers come from: the tables and results of one study."""

from __future__ import annotations

import datetime as dt
import re
from functools import cached_property, lru_cache
from typing import Any

from aidstudy.analysis.desk import Desk
from aidstudy.analysis.served import results_by_id
from aidstudy.codebook import did_you_mean
from aidstudy.errors import ExerciseError
from aidstudy.intervals import Interval
from aidstudy.quantity.result import Leaf, Term
from aidstudy.quantity.scalar import Quantity, written
from aidstudy.tables.load import StudyLike, stamps
from aidstudy.tables.study import load_study


class Sources(Desk):
    """Where right answers come from: the tables and results of one study."""

    @cached_property
    def results(self) -> dict[str, dict[str, Any]]:
        """The stored results by id."""
        return results_by_id(self.study)

    def term(self, name: str) -> Term:
        """A figure, fact, result or the day of an event."""
        days = {event["event_id"]: event["start_date"] for event in self.records("events")}
        if name in days:
            if len(days[name] or "") < len("2012-04-12"):
                raise ExerciseError(f"exercises: event {name!r} has no day; take one that has")
            return _day(days[name])
        if name in self.rows or name in self.facts_by_id:
            return self.figure(name)
        # Results last: while the notebooks that record them run, there are none yet.
        if name not in self.results:
            raise self._unknown(name)
        told = self.results[name]
        value, low, high = (told[one] for one in ("value", "low", "high"))
        if isinstance(value, str):
            return _day(value)
        if value is None:
            return Term.missing()
        interval = Interval.exactly(value) if low is None and high is None else Interval(low, high)
        return Term.of(Leaf("result", name, value, interval, name, told["unit"] or ""))

    def printed(self, name: str) -> str:
        """A figure or fact as printed."""
        row = self.rows.get(name) or self.facts_by_id.get(name)
        if row is None:
            raise self._unknown(name)
        return str(row["printed"])

    def _unknown(self, name: str) -> ExerciseError:
        ids = [*self.rows, *self.facts_by_id, *self.results]
        return ExerciseError(
            f"exercises: {name!r} is no figure, fact or result{did_you_mean(name, ids)}"
        )


def _day(text: str) -> Term:
    return Term.number(dt.date.fromisoformat(text).toordinal(), printed=text)


def sources_of(study: StudyLike) -> Sources:
    """The sources of a study, loaded once for as long as its tables stay as they are."""
    opened = load_study(study)
    return _loaded(str(opened.folder), stamps(opened))


@lru_cache(maxsize=2)
def _loaded(folder: str, stamp: tuple[tuple[str, int, int], ...]) -> Sources:
    return Sources(load_study(folder))


_FIELD = re.compile(r"\{([a-z_][\w.-]*)(?::([^{}]*))?\}")


@lru_cache(maxsize=512)
def rendered(template: str, sources: Sources) -> str:
    """A text whose fields are ids of figures, facts or results, as in ``{ganzi-020:printed}``."""

    def shown(found: re.Match[str]) -> str:
        name, unit = found[1], found[2]
        if unit == "printed":
            return sources.printed(name)
        term = sources.term(name)
        if term.leaf is None:
            return term.state.replace("_", " ")
        quantity = Quantity.from_shown(term, term.leaf.unit)
        return written(quantity.to(unit) if unit else quantity)

    return _FIELD.sub(shown, template)
