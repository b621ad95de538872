"""aidstudy: how figures printed in a report are read, checked and shown.

The names below are imported when they are first used, so that ``import aidstudy`` costs little
and changes no setting.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from aidstudy.analysis import load_results, results, results_table, sensitivity
    from aidstudy.analysis.arithmetic import check_arithmetic
    from aidstudy.analysis.flows import money_flow
    from aidstudy.analysis.ratios import funding_ratios, ratio, revenue_routes
    from aidstudy.analysis.timeline import project_stages, timeline, writing_window
    from aidstudy.claims import audit_text
    from aidstudy.errors import AidstudyError
    from aidstudy.intervals import Interval, rounding_interval
    from aidstudy.publish.exercises import check_answer
    from aidstudy.publish.trace import trace, trace_figure
    from aidstudy.reading.quantities import Quantity, find_quantities, read_quantity
    from aidstudy.reading.text import Span, repair_text
    from aidstudy.result import Ratio
    from aidstudy.tables.audit import audit_page
    from aidstudy.tables.check import check_study
    from aidstudy.tables.clean import clean_figures
    from aidstudy.tables.load import (
        load_context,
        load_dac_codes,
        load_events,
        load_figures,
        load_mechanisms,
        load_pairs,
        load_projects,
    )
    from aidstudy.tables.study import Study, load_study

__version__ = "0.1.0"

_HOMES = {
    "AidstudyError": "errors",
    "Interval": "intervals",
    "Quantity": "reading.quantities",
    "Ratio": "result",
    "Span": "reading.text",
    "Study": "tables.study",
    "audit_page": "tables.audit",
    "audit_text": "claims",
    "check_answer": "publish.exercises",
    "check_arithmetic": "analysis.arithmetic",
    "check_study": "tables.check",
    "clean_figures": "tables.clean",
    "find_quantities": "reading.quantities",
    "funding_ratios": "analysis.ratios",
    "load_context": "tables.load",
    "load_dac_codes": "tables.load",
    "load_events": "tables.load",
    "load_figures": "tables.load",
    "load_mechanisms": "tables.load",
    "load_pairs": "tables.load",
    "load_projects": "tables.load",
    "load_results": "analysis",
    "load_study": "tables.study",
    "money_flow": "analysis.flows",
    "project_stages": "analysis.timeline",
    "ratio": "analysis.ratios",
    "read_quantity": "reading.quantities",
    "repair_text": "reading.text",
    "results": "analysis",
    "results_table": "analysis",
    "revenue_routes": "analysis.ratios",
    "rounding_interval": "intervals",
    "sensitivity": "analysis",
    "timeline": "analysis.timeline",
    "trace": "publish.trace",
    "trace_figure": "publish.trace",
    "writing_window": "analysis.timeline",
}

__all__ = [
    "AidstudyError",
    "Interval",
    "Quantity",
    "Ratio",
    "Span",
    "Study",
    "audit_page",
    "audit_text",
    "check_answer",
    "check_arithmetic",
    "check_study",
    "clean_figures",
    "find_quantities",
    "funding_ratios",
    "load_context",
    "load_dac_codes",
    "load_events",
    "load_figures",
    "load_mechanisms",
    "load_pairs",
    "load_projects",
    "load_results",
    "load_study",
    "money_flow",
    "project_stages",
    "ratio",
    "read_quantity",
    "repair_text",
    "results",
    "results_table",
    "revenue_routes",
    "rounding_interval",
    "sensitivity",
    "timeline",
    "trace",
    "trace_figure",
    "writing_window",
]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'aidstudy' has no attribute {name!r}; see aidstudy.__all__")
    value = getattr(import_module(f"aidstudy.{_HOMES[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
