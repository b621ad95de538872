"""The package as a whole: what an import costs and touches, its names, its floors, its examples."""

from __future__ import annotations

import ast
import doctest
import inspect
import os
import re
import subprocess
import sys
from collections.abc import Callable
from functools import cache
from graphlib import TopologicalSorter
from pathlib import Path

import pytest
from copies import REPOSITORY

import aidstudy

PACKAGE = REPOSITORY / "aidstudy"

PUBLIC = """
AidstudyError Interval Missing Quantity QuantityArray QuantityDtype Span StaleWarning Study
audit_page audit_text audit_texts check_answer check_arithmetic check_study clean_figures
find_quantities flat funding_ratios judgement_calls load_adjudication load_context load_dac_codes
load_event_projects load_events load_figures load_mechanisms load_pairs load_projects load_results
load_sensitivity load_study money_flow notebook project_stages project_timeline quantities ratio
read_flat read_quantity record repair_text revenue_routes rounding_interval show timeline trace
trace_figure what_if writing_window
"""


def _python(program: str, *arguments: str, warnings: str = "error", **environment: str) -> str:
    """What a fresh interpreter prints, which says nothing else."""
    run = subprocess.run(
        [sys.executable, "-W", warnings, "-c", program, *arguments],
        cwd=REPOSITORY,
        env=os.environ | {"PYTHONWARNINGS": warnings} | environment,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    assert run.returncode == 0, run.stderr
    assert run.stderr == "" or warnings != "error"
    return run.stdout


# --- names -----------------------------------------------------------------------------------


def test_the_public_names_are_pinned() -> None:
    assert aidstudy.__all__ == sorted(PUBLIC.split())


@pytest.mark.parametrize("name", list(aidstudy.__all__))
def test_the_docstring_of_a_public_name_says_what_the_house_style_asks(name: str) -> None:
    value = getattr(aidstudy, name)
    assert value.__name__ == name
    text = inspect.getdoc(value) or ""
    sections = set(re.findall(r"^(\w+)\n-+$", text, re.MULTILINE))
    wanted = {"Examples"}
    if inspect.isfunction(value):
        signature = inspect.signature(value)
        wanted |= {"Returns"} if signature.return_annotation != "None" else set()
        # A table of results that are there cannot fail.
        wanted |= {"Raises"}
        wanted |= {"Parameters"} if signature.parameters else set()
        told = set(re.findall(r"^\*{0,2}([\w, ]+?) : ", text, re.MULTILINE))
        told |= set(re.findall(r"^(\w+)$", text, re.MULTILINE))  # of a type named like itself
        names = {one.strip() for line in told for one in line.split(",")}
        assert set(signature.parameters) <= names, name
    assert sections >= wanted, name
    assert doctest.DocTestParser().get_examples(text), name


def test_a_name_that_is_not_there_is_an_attribute_error() -> None:
    with pytest.raises(
        AttributeError, match="no attribute 'load_figure'; did you mean load_figures"
    ):
        _ = aidstudy.load_figure
    assert not hasattr(aidstudy, "__wrapped__")


# --- what an import costs and touches --------------------------------------------------------


FOR_NOTEBOOKS_OR_PLOTS = {
    "IPython", "click", "ipykernel", "jupyter_client", "matplotlib", "nbclient", "nbformat",
    "pandera", "rich", "seaborn", "traitlets",
}  # fmt: skip
STEPS = """
import sys

def tell():
    print(*{name.partition(".")[0] for name in sys.modules})

import aidstudy
tell()
assert aidstudy.quantities([1.5]).quantity.value[0] == 1.5  # with an accessor of its own
aidstudy.load_figures(), aidstudy.funding_ratios(), aidstudy.load_results(), aidstudy.check_study()
tell()
from aidstudy.plots import save_plot
save_plot("funding_ratios", sys.argv[1], formats=("svg", "tiff"))
tell()
"""


def test_an_import_tables_and_a_plot_bring_in_what_they_need_and_no_more(tmp_path: Path) -> None:
    told = _python(STEPS, str(tmp_path / "plot"), PYTHONUTF8="1").splitlines()
    imported, tables, plot = (set(line.split()) for line in told)
    assert "aidstudy" in imported
    assert not imported & (FOR_NOTEBOOKS_OR_PLOTS | {"scipy", "statsmodels"})
    assert "pandas" in tables
    assert not tables & FOR_NOTEBOOKS_OR_PLOTS
    assert plot & FOR_NOTEBOOKS_OR_PLOTS == {"matplotlib"}


SETTINGS = """
import decimal, locale, logging, os, random, signal, sys, warnings
import matplotlib, numpy, pandas

def state():
    options = ("display.max_rows", "display.precision", "display.width", "display.float_format",
               "display.max_columns", "display.show_dimensions")
    return {
        "rcParams": dict(matplotlib.rcParams),
        "pandas": [repr(pandas.get_option(name)) for name in options],
        "numpy": (numpy.geterr(), numpy.get_printoptions()),
        "warnings": list(warnings.filters),
        "locale": locale.setlocale(locale.LC_ALL),
        "environment": dict(os.environ),
        "path": list(sys.path),
        "decimal": repr(decimal.getcontext()),
        "random": random.getstate(),
        "digits": sys.get_int_max_str_digits(),
        "recursion": sys.getrecursionlimit(),
        "handlers": list(logging.getLogger().handlers),
        "hooks": (sys.excepthook, sys.displayhook),
        "signals": signal.getsignal(signal.SIGINT),
    }


before = state()
import aidstudy
for name in aidstudy.__all__:
    getattr(aidstudy, name)
aidstudy.check_study()
aidstudy.load_figures()
after = state()
print(*[name for name in before if before[name] != after[name]])
"""


def test_no_global_setting_is_changed_by_importing_or_reading() -> None:
    # Warnings of other packages at their own import are not what is asked here.
    assert _python(SETTINGS, warnings="default").split() == []


# --- floors ----------------------------------------------------------------------------------

FLOORS = {
    room: floor
    for floor, rooms in enumerate(
        (
            "errors version",
            "files intervals bilingual cards extras",
            "codebook rounding",
            "reading",
            "claims quantity",
            "tables",
            "analysis",
            "plots",
            "papers exchange",
            "course pages",
            "rebuild",
            "cli",
            "__main__",
        )
    )
    for room in rooms.split()
}
STANDARD_LIBRARY_UP_TO = 3
DRAWING_FROM = 7


@cache
def _modules() -> dict[str, Path]:
    found = {}
    for path in sorted(PACKAGE.rglob("*.py")):
        parts = path.relative_to(REPOSITORY).with_suffix("").parts
        if "_study" not in parts:
            found[".".join(parts).removesuffix(".__init__")] = path
    return found


@cache
def _tree(module: str) -> ast.Module:
    return ast.parse(_modules()[module].read_text(encoding="utf-8"))


@cache
def _imports(module: str) -> frozenset[str]:
    """Modules that a module imports anywhere, inside functions too."""
    found: set[str] = set()
    for node in ast.walk(_tree(module)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{module} imports by dots"
            assert node.module
            whole = {f"{node.module}.{alias.name}" for alias in node.names}
            modules = {name for name in whole if name in _modules()}
            found |= modules
            if len(modules) < len(whole):
                found.add(node.module)
        elif isinstance(node, ast.Call):
            name = node.func.attr if isinstance(node.func, ast.Attribute) else ""
            name = node.func.id if isinstance(node.func, ast.Name) else name
            if name in ("import_module", "__import__"):
                found |= _named(module, node.args[0])
    return frozenset(found)


# Whose names are handed in: the table of public names, and a package that may not be installed.
ANY_NAME = ("aidstudy", "aidstudy.extras")


def _named(module: str, name: ast.expr) -> set[str]:
    """The module that ``import_module`` is given: an import like any other."""
    if isinstance(name, ast.Constant):
        return {str(name.value)}
    assert module in ANY_NAME, f"{module} imports a module that no reader can name"
    return set()


def _floor(module: str) -> int:
    return FLOORS[module.split(".")[1]]


def test_imports_go_down_only() -> None:
    wrong = []
    for module in _modules():
        if module == "aidstudy":
            continue
        room = module.split(".")[1]
        for other in _imports(module):
            if other.partition(".")[0] != "aidstudy":
                continue
            if other == "aidstudy":
                wrong.append(f"{module} imports the package itself")
            elif other.split(".")[1] != room and _floor(other) >= _floor(module):
                wrong.append(f"{module} (floor {_floor(module)}) imports {other}")
    assert wrong == []


RULES: dict[str, tuple[range, Callable[[str], bool]]] = {
    "the lower floors need the standard library only": (
        range(STANDARD_LIBRARY_UP_TO + 1),
        lambda head: head not in {*sys.stdlib_module_names, "aidstudy"},
    ),
    "drawing begins at the plots": (
        range(DRAWING_FROM),
        lambda head: head in {"matplotlib", "seaborn", "PIL"},
    ),
    # Of eval, a shell and the like ruff tells (its rules S).
    "no stored bytes run as code": (
        range(99),
        lambda head: head in {"pickle", "shelve", "marshal", "dill", "joblib"},
    ),
}


@pytest.mark.parametrize("rule", RULES)
def test_a_floor_imports_only_what_it_may(rule: str) -> None:
    floors, wrong = RULES[rule]
    assert [
        f"{module} imports {other}"
        for module in _modules()
        if module != "aidstudy" and _floor(module) in floors
        for other in _imports(module)
        if wrong(other.partition(".")[0])
    ] == []


def test_no_module_imports_itself_in_a_circle() -> None:
    modules = _modules().keys() - {"aidstudy"}
    TopologicalSorter({module: _imports(module) & modules for module in modules}).prepare()
