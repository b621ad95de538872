"""aidstudy: how figures printed in a report are read, checked and shown.

The names below are imported when they are first used. Only the dtype ``quantity`` is there at
once, so that pandas knows it and a Parquet file gives it back; no setting is changed.
"""

from __future__ import annotations

from difflib import get_close_matches
from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from aidstudy.analysis.arithmetic import check_arithmetic
    from aidstudy.analysis.flows import money_flow
    from aidstudy.analysis.judgement import judgement_calls
    from aidstudy.analysis.ratios import funding_ratios, ratio, revenue_routes
    from aidstudy.analysis.recorded import record
    from aidstudy.analysis.served import (
        load_results,
        load_sensitivity,
    )
    from aidstudy.analysis.supposed import what_if
    from aidstudy.analysis.timeline import (
        project_stages,
        project_timeline,
        timeline,
        writing_window,
    )
    from aidstudy.claims import audit_text, audit_texts
    from aidstudy.course.exercises import check_answer
    from aidstudy.errors import AidstudyError, StaleWarning
    from aidstudy.intervals import Interval, rounding_interval
    from aidstudy.quantity.accessor import flat, notebook, quantities, read_flat, show
    from aidstudy.quantity.dtype import QuantityArray, QuantityDtype
    from aidstudy.quantity.scalar import Missing, Quantity
    from aidstudy.reading.quantities import find_quantities, read_quantity
    from aidstudy.reading.text import Span, repair_text
    from aidstudy.rebuild.trace import trace, trace_figure
    from aidstudy.tables.audit import audit_page
    from aidstudy.tables.check import check_study
    from aidstudy.tables.clean import clean_figures
    from aidstudy.tables.ordinary import (
        load_adjudication,
        load_context,
        load_dac_codes,
        load_event_projects,
        load_events,
        load_figures,
        load_mechanisms,
        load_pairs,
        load_projects,
    )
    from aidstudy.tables.study import Study, load_study

from aidstudy.quantity import accessor as _registers_dtype_and_accessor  # noqa: F401
from aidstudy.version import __version__ as __version__

_HOMES = {
    "AidstudyError": "errors",
    "Interval": "intervals",
    "Missing": "quantity.scalar",
    "Quantity": "quantity.scalar",
    "QuantityArray": "quantity.dtype",
    "QuantityDtype": "quantity.dtype",
    "Span": "reading.text",
    "StaleWarning": "errors",
    "Study": "tables.study",
    "audit_page": "tables.audit",
    "audit_text": "claims",
    "audit_texts": "claims",
    "check_answer": "course.exercises",
    "check_arithmetic": "analysis.arithmetic",
    "check_study": "tables.check",
    "clean_figures": "tables.clean",
    "find_quantities": "reading.quantities",
    "flat": "quantity.accessor",
    "funding_ratios": "analysis.ratios",
    "judgement_calls": "analysis.judgement",
    "load_adjudication": "tables.ordinary",
    "load_context": "tables.ordinary",
    "load_dac_codes": "tables.ordinary",
    "load_event_projects": "tables.ordinary",
    "load_events": "tables.ordinary",
    "load_figures": "tables.ordinary",
    "load_mechanisms": "tables.ordinary",
    "load_pairs": "tables.ordinary",
    "load_projects": "tables.ordinary",
    "load_results": "analysis.served",
    "load_sensitivity": "analysis.served",
    "load_study": "tables.study",
    "money_flow": "analysis.flows",
    "notebook": "quantity.accessor",
    "project_stages": "analysis.timeline",
    "project_timeline": "analysis.timeline",
    "quantities": "quantity.accessor",
    "ratio": "analysis.ratios",
    "read_flat": "quantity.accessor",
    "record": "analysis.recorded",
    "read_quantity": "reading.quantities",
    "repair_text": "reading.text",
    "revenue_routes": "analysis.ratios",
    "rounding_interval": "intervals",
    "show": "quantity.accessor",
    "timeline": "analysis.timeline",
    "trace": "rebuild.trace",
    "trace_figure": "rebuild.trace",
    "what_if": "analysis.supposed",
    "writing_window": "analysis.timeline",
}

__all__ = [
    "AidstudyError",
    "Interval",
    "Missing",
    "Quantity",
    "QuantityArray",
    "QuantityDtype",
    "Span",
    "StaleWarning",
    "Study",
    "audit_page",
    "audit_text",
    "audit_texts",
    "check_answer",
    "check_arithmetic",
    "check_study",
    "clean_figures",
    "find_quantities",
    "flat",
    "funding_ratios",
    "judgement_calls",
    "load_adjudication",
    "load_context",
    "load_dac_codes",
    "load_event_projects",
    "load_events",
    "load_figures",
    "load_mechanisms",
    "load_pairs",
    "load_projects",
    "load_results",
    "load_sensitivity",
    "load_study",
    "money_flow",
    "notebook",
    "project_stages",
    "project_timeline",
    "quantities",
    "ratio",
    "read_flat",
    "read_quantity",
    "record",
    "repair_text",
    "revenue_routes",
    "rounding_interval",
    "show",
    "timeline",
    "trace",
    "trace_figure",
    "what_if",
    "writing_window",
]


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
