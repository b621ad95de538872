"""What an exercise file may compute with: read by Python's grammar, and never run as Python."""

from __future__ import annotations

import ast
import operator
import re
from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Any

from aidstudy.course.exercises.sources import Sources
from aidstudy.errors import AidstudyError, ExerciseError
from aidstudy.intervals import Interval
from aidstudy.reading.quantities import read_quantity
from aidstudy.result import Leaf, Term

_ID = re.compile(r"\[([^\[\]]+)\]")
_OPERATIONS: Mapping[type[ast.operator], Callable[[Any, Any], Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
}


def worked_out(text: str, sources: Sources, names: Mapping[str, Term] | None = None) -> Any:
    """The value of an expression: a term with its bounds, or a set of ids.

    ``[id]`` is a figure, a fact, a result, or the day of an event; ``missing`` is what no page
    says. Functions: ``low`` and ``high`` (ends), ``read`` (a print), ``count`` and ``rows`` (of a
    table, with what stands in its columns) and ``behind`` (figures of a result). `names` are the
    arguments of a function exercise. Anything else is an ``ExerciseError``.

    >>> from aidstudy.course.exercises.sources import sources_of
    >>> print(worked_out("[ganzi-020] - [ganzi-019] / 2", sources_of(None)).bounds())
    [21252500, 21267500]
    """
    ids: list[str] = []

    def named(found: re.Match[str]) -> str:
        ids.append(found[1])
        return f"id_{len(ids) - 1}"

    try:
        tree = ast.parse(_ID.sub(named, text), mode="eval").body
    except SyntaxError:
        raise ExerciseError(f"exercises: {text!r} is no expression; write [id] + [id]") from None
    known = {f"id_{n}": sources.term(one) for n, one in enumerate(ids)}
    return _Reader(text, sources, {**known, "missing": Term.missing(), **(names or {})}).read(tree)


class _Reader:
    def __init__(self, text: str, sources: Sources, names: Mapping[str, Term]) -> None:
        self.text, self.sources, self.names = text, sources, names

    def read(self, node: ast.AST) -> Any:
        if isinstance(node, ast.BinOp) and type(node.op) in _OPERATIONS:
            return _OPERATIONS[type(node.op)](self.read(node.left), self.read(node.right))
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
            return Term.number(0) - self.read(node.operand)
        if isinstance(node, ast.Constant) and type(node.value) in (int, float):
            return Term.number(Fraction(str(node.value)))
        if isinstance(node, ast.Name) and node.id in self.names:
            return self.names[node.id]
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            return self._call(node.func.id, node)
        raise self._fault(ast.unparse(node))

    def _call(self, name: str, node: ast.Call) -> Any:
        if name in ("low", "high") and len(node.args) == 1:
            bounds = self.read(node.args[0]).bounds()
            return Term.number(getattr(bounds, name)) if bounds else Term.missing()
        if name in ("count", "rows") and len(node.args) == 1:
            ids = self._rows(node)
            return ids if name == "rows" else Term.number(len(ids))
        if name == "read" and len(node.args) == 1:
            return self._print(self._word(node.args[0]))
        if name == "behind" and len(node.args) == 1:
            return frozenset(self.sources.results.loc[self._word(node.args[0]), "figures"].split())
        raise self._fault(name)

    def _rows(self, node: ast.Call) -> frozenset[str]:
        place = node.args[0]
        if not (isinstance(place, ast.Name) and place.id in self.sources.tables):
            raise self._fault(ast.unparse(place))
        table = self.sources.tables[place.id]
        for keyword in node.keywords:
            if keyword.arg not in table.columns:
                raise self._fault(str(keyword.arg))
            table = table[table[keyword.arg] == self._word(keyword.value)]
        return frozenset(table.index)

    def _print(self, text: str) -> Term:
        try:
            quantity = read_quantity(text, year=self.sources.study.year)
        except AidstudyError:
            raise self._fault(text) from None
        if not isinstance(quantity.value, Fraction):
            raise self._fault(text)
        interval = quantity.interval or Interval.exactly(quantity.value)
        return Term.of(Leaf("given", text, quantity.value, interval, text, quantity.unit))

    def _word(self, node: ast.AST) -> str:
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            return node.value
        raise self._fault(ast.unparse(node))

    def _fault(self, part: str) -> ExerciseError:
        return ExerciseError(
            f"exercises: {part!r} in {self.text!r} cannot be worked out; use ids in brackets, "
            "numbers, + - * / and low, high, read, count, rows, behind"
        )
