"""What an exercise file may compute with: read by Python's grammar, and never run as Python."""

from __future__ import annotations

import ast
import operator
import re
from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Any

from aidstudy.course.exercises.sources import Sources
from aidstudy.course.show import leaf_of
from aidstudy.errors import AidstudyError, ExerciseError
from aidstudy.quantity.result import Term
from aidstudy.quantity.units import BASES, Dims, base_text, times, unit
from aidstudy.reading.quantities import read_quantity

_ID = re.compile(r"\[([^\[\]]+)\]")
_OPERATORS: Mapping[type[ast.operator], Callable[[Any, Any], Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
}

_TABLES = {
    "figures": ("figures", "figure_id"),
    "projects": ("projects", "project_id"),
    "events": ("events", "event_id"),
    "facts": ("context", "fact_id"),
}
"""What an expression may take rows of, each with the column of its ids."""


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
        known = {f"id_{n}": sources.term(one) for n, one in enumerate(ids)}
        terms = {**known, "missing": Term.missing(), **(names or {})}
        return _value(tree, terms, sources)
    except SyntaxError:
        raise ExerciseError(f"exercises: {text!r} is no expression; write [id] + [id]") from None
    except _PartError as part:
        raise ExerciseError(
            f"exercises: {str(part)!r} in {text!r} cannot be worked out; use ids in brackets, "
            "numbers, + - * / and low, high, read, count, rows, behind"
        ) from None


def measured(text: str, sources: Sources) -> Dims | None:
    """What an expression measures; ``None`` for a bare number, a count of rows or a day.

    A sum of unlike things is an ``ExerciseError``, as one of quantities is an error. Things that
    are counted are alike: visits and meetings may be added.

    >>> from aidstudy.course.exercises.sources import sources_of
    >>> measured("[ganzi-020] - [ganzi-019] / 2", sources_of(None))
    (('CNY', 1),)
    """

    def of(node: ast.AST) -> Dims | None:
        leaf = None
        match node:
            case ast.BinOp(left, ast.Add() | ast.Sub(), right):
                both = [of(left), of(right)]
                found = set(both) - {None}
                if len(found) > 1 or (None in both and not found <= {None, (), THINGS}):
                    what = " and ".join(sorted(told_of(dims) for dims in both))
                    raise ExerciseError(f"exercises: {text!r} adds {what}; add what is alike")
                return found.pop() if found else None
            case ast.BinOp(left, op, right):
                one, other = of(left), of(right)
                if one is None and other is None:
                    return None
                return _kept(times(one or (), other or (), 1 if isinstance(op, ast.Mult) else -1))
            case ast.UnaryOp(_, inner) | ast.Call(ast.Name("low" | "high"), [inner]):
                return of(inner)
            case ast.Subscript(_, ast.Constant(str() as name)):
                leaf = sources.term(name).leaf
            case ast.Call(ast.Name("read"), [ast.Constant(str() as printed)]):
                leaf = _print(printed, sources).leaf
        return kind_of(leaf.unit) if leaf is not None and leaf.unit else None

    return of(ast.parse(_ID.sub(r'id["\1"]', text), mode="eval").body)


THINGS: Dims = (("things", 1),)
"""Of whatever is counted."""


def kind_of(text: str) -> Dims:
    """What a unit measures, with all that is counted as one."""
    return _kept(
        tuple((name if name in BASES else THINGS[0][0], power) for name, power in unit(text).dims)
    )


def _kept(dims: Dims) -> Dims:
    """Without things where something is measured too: money a project is money."""
    measures = tuple((name, power) for name, power in dims if name in BASES)
    return measures or (THINGS if dims else ())


def told_of(dims: Dims | None) -> str:
    """What powers of units measure, in words."""
    return "a bare number" if dims is None else base_text(dims) or "a share"


class _PartError(Exception):
    """The part of an expression that cannot be worked out."""


def _value(node: ast.AST, terms: Mapping[str, Term], sources: Sources) -> Any:
    match node:
        case ast.BinOp(left, op, right) if type(op) in _OPERATORS:
            one, other = (_value(side, terms, sources) for side in (left, right))
            return _OPERATORS[type(op)](one, other)
        case ast.UnaryOp(ast.USub(), operand):
            return Term.number(0) - _value(operand, terms, sources)
        case ast.Constant(int() | float() as number) if not isinstance(number, bool):
            return Term.number(Fraction(str(number)))
        case ast.Name(name) if name in terms:
            return terms[name]
        case ast.Call(ast.Name("low" | "high" as end), [inner]):
            bounds = _value(inner, terms, sources).bounds()
            return Term.number(getattr(bounds, end)) if bounds else Term.missing()
        case ast.Call(ast.Name("count"), [ast.Name(name)], where):
            return Term.number(len(_rows(name, where, sources)))
        case ast.Call(ast.Name("rows"), [ast.Name(name)], where):
            return _rows(name, where, sources)
        case ast.Call(ast.Name("read"), [ast.Constant(str() as text)]):
            return _print(text, sources)
        case ast.Call(ast.Name("behind"), [ast.Constant(str() as text)]):
            return frozenset(sources.results[text]["figures"].split())
        case ast.Call(ast.Name(name)):
            raise _PartError(name)
    raise _PartError(ast.unparse(node))


def _rows(name: str, where: list[ast.keyword], sources: Sources) -> frozenset[str]:
    if name not in _TABLES:
        raise _PartError(name)
    table, key = _TABLES[name]
    rows = sources.records(table)
    for one in where:
        column = str(one.arg)
        if not isinstance(one.value, ast.Constant) or any(column not in row for row in rows):
            raise _PartError(ast.unparse(one))
        rows = [row for row in rows if row[column] == one.value.value]
    return frozenset(row[key] for row in rows)


def _print(text: str, sources: Sources) -> Term:
    try:
        leaf = leaf_of(read_quantity(text, year=sources.study.year))
    except AidstudyError:
        leaf = None
    if leaf is None:
        raise _PartError(text)
    return Term.of(leaf)
