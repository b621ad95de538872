"""aidstudy: how figures printed in a report are read, checked and shown.

The names below are imported when they are first used. Only the dtype ``quantity`` is there at
once, so that pandas knows it and a Parquet file gives it back; no setting is changed.
"""

from __future__ import annotations

from difflib import get_close_matches
from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from aidstudy.analysis.arithmetic import check_arithmetic as check_arithmetic
    from aidstudy.analysis.flows import money_flow as money_flow
    from aidstudy.analysis.judgement import judgement_calls as judgement_calls
    from aidstudy.analysis.ratios import funding_ratios as funding_ratios
    from aidstudy.analysis.ratios import ratio as ratio
    from aidstudy.analysis.ratios import revenue_routes as revenue_routes
    from aidstudy.analysis.recorded import record as record
    from aidstudy.analysis.served import load_results as load_results
    from aidstudy.analysis.served import load_sensitivity as load_sensitivity
    from aidstudy.analysis.supposed import what_if as what_if
    from aidstudy.analysis.timeline import project_stages as project_stages
    from aidstudy.analysis.timeline import project_timeline as project_timeline
    from aidstudy.analysis.timeline import timeline as timeline
    from aidstudy.analysis.timeline import writing_window as writing_window
    from aidstudy.analysis.trace import trace as trace
    from aidstudy.analysis.trace import trace_figure as trace_figure
    from aidstudy.claims import audit_text as audit_text
    from aidstudy.claims import audit_texts as audit_texts
    from aidstudy.course.exercises import check_answer as check_answer
    from aidstudy.errors import AidstudyError as AidstudyError
    from aidstudy.errors import StaleWarning as StaleWarning
    from aidstudy.intervals import Interval as Interval
    from aidstudy.intervals import rounding_interval as rounding_interval
    from aidstudy.quantity.accessor import flat as flat
    from aidstudy.quantity.accessor import notebook as notebook
    from aidstudy.quantity.accessor import quantities as quantities
    from aidstudy.quantity.accessor import read_flat as read_flat
    from aidstudy.quantity.accessor import show as show
    from aidstudy.quantity.dtype import QuantityArray as QuantityArray
    from aidstudy.quantity.dtype import QuantityDtype as QuantityDtype
    from aidstudy.quantity.scalar import Missing as Missing
    from aidstudy.quantity.scalar import Quantity as Quantity
    from aidstudy.reading.quantities import find_quantities as find_quantities
    from aidstudy.reading.quantities import read_quantity as read_quantity
    from aidstudy.reading.text import Span as Span
    from aidstudy.reading.text import repair_text as repair_text
    from aidstudy.tables.check import check_study as check_study
    from aidstudy.tables.clean import clean_figures as clean_figures
    from aidstudy.tables.ordinary import load_adjudication as load_adjudication
    from aidstudy.tables.ordinary import load_context as load_context
    from aidstudy.tables.ordinary import load_dac_codes as load_dac_codes
    from aidstudy.tables.ordinary import load_event_projects as load_event_projects
    from aidstudy.tables.ordinary import load_events as load_events
    from aidstudy.tables.ordinary import load_figures as load_figures
    from aidstudy.tables.ordinary import load_mechanisms as load_mechanisms
    from aidstudy.tables.ordinary import load_pairs as load_pairs
    from aidstudy.tables.ordinary import load_projects as load_projects
    from aidstudy.tables.page_check import audit_page as audit_page
    from aidstudy.tables.study import Study as Study
    from aidstudy.tables.study import load_study as load_study

from aidstudy.quantity import accessor as _registers_dtype_and_accessor  # noqa: F401
from aidstudy.version import __version__ as __version__

# The names of each module, which is imported when one of them is asked for.
_NAMES = {
    "analysis.arithmetic": "check_arithmetic",
    "analysis.flows": "money_flow",
    "analysis.judgement": "judgement_calls",
    "analysis.ratios": "funding_ratios ratio revenue_routes",
    "analysis.recorded": "record",
    "analysis.served": "load_results load_sensitivity",
    "analysis.timeline": "project_stages project_timeline timeline writing_window",
    "analysis.supposed": "what_if",
    "analysis.trace": "trace trace_figure",
    "claims": "audit_text audit_texts",
    "course.exercises": "check_answer",
    "errors": "AidstudyError StaleWarning",
    "intervals": "Interval rounding_interval",
    "quantity.accessor": "flat notebook quantities read_flat show",
    "quantity.dtype": "QuantityArray QuantityDtype",
    "quantity.scalar": "Missing Quantity",
    "reading.quantities": "find_quantities read_quantity",
    "reading.text": "Span repair_text",
    "tables.check": "check_study",
    "tables.clean": "clean_figures",
    "tables.ordinary": (
        "load_adjudication load_context load_dac_codes load_event_projects load_events "
        "load_figures load_mechanisms load_pairs load_projects"
    ),
    "tables.page_check": "audit_page",
    "tables.study": "Study load_study",
}
_HOMES = {name: module for module, names in _NAMES.items() for name in names.split()}

__all__ = sorted(_HOMES)


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        near = get_close_matches(name, __all__, 1)
        told = f"did you mean {near[0]}?" if near else "see aidstudy.__all__"
        raise AttributeError(f"module 'aidstudy' has no attribute {name!r}; {told}")
    value = getattr(import_module(f"aidstudy.{_HOMES[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return list(__all__)
