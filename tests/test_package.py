"""The package as a whole: what an import costs and touches, its names, its floors, its examples."""

from __future__ import annotations

import ast
import doctest
import re
import sys
import tomllib
from functools import cache
from graphlib import TopologicalSorter
from pathlib import Path

import pytest
from copies import REPOSITORY, ran

import aidstudy
from aidstudy.bilingual import LANGS
from aidstudy.rebuild import again

PACKAGE = REPOSITORY / "aidstudy"


# --- names -----------------------------------------------------------------------------------


def test_each_public_name_has_an_example_and_a_wrong_one_is_told_the_nearest() -> None:
    assert set(aidstudy.__all__) <= set(dir(aidstudy)), "offered while somebody types"
    assert len(aidstudy.__all__) > 40
    for name in aidstudy.__all__:
        assert doctest.DocTestParser().get_examples(getattr(aidstudy, name).__doc__ or ""), name
    with pytest.raises(
        AttributeError, match="no attribute 'load_figure'; did you mean load_figures"
    ):
        _ = aidstudy.load_figure


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
    told = ran("-W", "error", "-c", STEPS, tmp_path / "plot", PYTHONUTF8="1").splitlines()
    imported, tables, plot = (set(line.split()) for line in told)
    assert "aidstudy" in imported
    assert not imported & (FOR_NOTEBOOKS_OR_PLOTS | {"scipy", "statsmodels"})
    assert "pandas" in tables
    assert not tables & FOR_NOTEBOOKS_OR_PLOTS
    assert plot & FOR_NOTEBOOKS_OR_PLOTS == {"matplotlib"}


SETTINGS = """
import decimal, locale, os, random, sys, warnings
import matplotlib, numpy, pandas

def state():
    options = [repr(pandas.get_option(f"display.{name}")) for name in ("max_rows", "precision")]
    changed = [dict(matplotlib.rcParams), options, numpy.geterr(), numpy.get_printoptions()]
    changed += [list(warnings.filters), locale.setlocale(locale.LC_ALL), dict(os.environ)]
    return [*changed, list(sys.path), repr(decimal.getcontext()), random.getstate()]

before = state()
import aidstudy, aidstudy.plots
[getattr(aidstudy, name) for name in aidstudy.__all__]
aidstudy.check_study(), aidstudy.load_figures()
print(*[old for old, new in zip(before, state()) if old != new])
"""


def test_no_global_setting_is_changed_by_importing_or_reading() -> None:
    # Warnings of other packages at their own import are not what is asked here.
    assert ran("-c", SETTINGS).strip() == ""


def test_each_language_is_a_file_with_the_same_names_and_facts() -> None:
    """A name that one language lacks would be an error only where a reader of it comes by."""
    found = {
        path.stem: tomllib.loads(path.read_text(encoding="utf-8"))
        for path in (PACKAGE / "languages").glob("*.toml")
    }
    assert set(found) == set(LANGS)
    english = found.pop("en")
    slots = re.compile(r"{\w+}")
    for lang, told in found.items():
        assert told.keys() == english.keys(), lang
        assert told["words"].keys() == english["words"].keys(), lang
        assert [len(told[name]) for name in ("months", "short_months")] == [12, 12]
        assert len(told["small"]) == len(english["small"])
        for name, text in english["words"].items():
            assert sorted(slots.findall(told["words"][name])) == sorted(slots.findall(text)), name


# --- floors ----------------------------------------------------------------------------------

FLOORS = {
    room: floor
    for floor, rooms in enumerate(
        (
            "errors version",
            "files intervals cards extras",
            "bilingual",
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
STANDARD_LIBRARY_UP_TO = 4
DRAWING_FROM = 8
# Their names are handed in: the table of public names, a package that may not be installed.
ANY_NAME = ("aidstudy", "aidstudy.extras")


@cache
def _modules() -> dict[str, Path]:
    found = {}
    for path in sorted(PACKAGE.rglob("*.py")):
        parts = path.relative_to(REPOSITORY).with_suffix("").parts
        if "_study" not in parts:
            found[".".join(parts).removesuffix(".__init__")] = path
    return found


@cache
def _imports(module: str) -> frozenset[str]:
    """Modules that a module imports anywhere, inside functions too."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(_modules()[module].read_text(encoding="utf-8"))):
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
        elif isinstance(node, ast.Call) and module not in ANY_NAME:
            called = ast.unparse(node.func).rpartition(".")[2]
            assert called not in ("import_module", "__import__"), f"{module} goes round the floors"
        if (
            isinstance(node, ast.ImportFrom)
            and node.module == "importlib"
            and module not in ANY_NAME
        ):
            names = {alias.name for alias in node.names}
            assert "import_module" not in names, f"{module} goes round the floors"
    return frozenset(found)


def _floor(module: str) -> int:
    return FLOORS[module.split(".")[1]]


def test_imports_go_down_only_and_never_in_a_circle() -> None:
    wrong = []
    modules = _modules().keys() - {"aidstudy"}
    assert len(modules) > 100
    for module in modules:
        for other in _imports(module):
            if other == "aidstudy":
                wrong.append(f"{module} imports the package itself")
                continue
            at_home = (
                not other.startswith("aidstudy.") or other.split(".")[1] == module.split(".")[1]
            )
            if not at_home and _floor(other) >= _floor(module):
                wrong.append(f"{module} (floor {_floor(module)}) imports {other}")
    assert wrong == []
    TopologicalSorter({module: _imports(module) & modules for module in modules}).prepare()


def test_what_a_stage_of_the_rebuild_is_said_not_to_read_stands_above_it() -> None:
    for stage, rooms in again._NOT_READ.items():
        for room in {room.removesuffix(".py") for room in rooms if not room.endswith(".toml")}:
            assert FLOORS[room] > FLOORS[stage], (stage, room)
    page = _imports("aidstudy.rebuild.codebook_page") & _modules().keys() - {"aidstudy"}
    assert max(map(_floor, page)) <= FLOORS["tables"]


def test_a_floor_imports_only_what_it_may() -> None:
    """Of eval, a shell and the like ruff tells (its rules S)."""
    for module in _modules().keys() - {"aidstudy"}:
        heads = {other.partition(".")[0] for other in _imports(module)}
        assert not heads & {"pickle", "shelve", "marshal", "dill", "joblib"}, module
        if _floor(module) <= STANDARD_LIBRARY_UP_TO:
            assert heads <= {*sys.stdlib_module_names, "aidstudy"}, module
        if _floor(module) < DRAWING_FROM:
            assert not heads & {"matplotlib", "seaborn", "PIL"}, module
