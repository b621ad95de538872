"""Tests that need more than requirements.lock are marked, so that they run where it is there."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

TESTS = Path(__file__).resolve().parent
LOCK = TESTS.parent / "requirements.lock"
ASKS = {"importorskip", "find_spec"}
"""Calls that ask for a package; a test that makes one skips where it is not there."""
BROWSERS = {"chromium", "chrome", "google-chrome", "firefox"}


def normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def locked_packages() -> frozenset[str]:
    pins = re.findall(r"^([A-Za-z0-9][\w.-]*)==", LOCK.read_text(encoding="utf-8"), re.MULTILINE)
    return frozenset(map(normal, pins))


@dataclass(frozen=True)
class Locked:
    """Says of a module whether the packages of requirements.lock hold it."""

    pins: frozenset[str]
    owners: dict[str, list[str]]

    def holds(self, module: str) -> bool:
        top = module.split(".")[0]
        owners = {normal(owner) for owner in self.owners.get(top, [top])}
        return not owners.isdisjoint(self.pins)


@dataclass(frozen=True)
class Function:
    """One function of a test module: what it asks for, what it uses, whether it is marked."""

    asks: frozenset[str]
    uses: frozenset[str]
    marked: bool


def is_mark(node: ast.AST) -> bool:
    return any(isinstance(n, ast.Attribute) and n.attr == "extra" for n in ast.walk(node))


def asked_modules(node: ast.AST) -> Iterator[str]:
    for one in ast.walk(node):
        if isinstance(one, ast.Call) and one.args and isinstance(one.args[0], ast.Constant):
            called = getattr(one.func, "attr", getattr(one.func, "id", ""))
            if called in ASKS:
                yield str(one.args[0].value)
        # A browser is asked for by its program, as a path or a name.
        elif isinstance(one, ast.Constant) and str(one.value).rsplit("/", 1)[-1] in BROWSERS:
            yield str(one.value)


def functions(source: str) -> dict[str, Function]:
    """Functions of a module by name; ``""`` stands for the module itself."""
    tree = ast.parse(source)
    found: dict[str, Function] = {}
    alone = [n for n in tree.body if not isinstance(n, ast.FunctionDef | ast.ClassDef)]
    constants: dict[str, set[str]] = {}
    loose: set[str] = set()
    for node in alone:
        asked = set(asked_modules(node))
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            # CHROMIUM = "/usr/bin/chromium" is asked for by whoever uses the name.
            constants[node.targets[0].id] = asked
        else:
            loose |= asked
    module_mark = any(
        isinstance(n, ast.Assign)
        and any(isinstance(t, ast.Name) and t.id == "pytestmark" for t in n.targets)
        and is_mark(n.value)
        for n in alone
    )
    found[""] = Function(frozenset(loose), frozenset(), module_mark)
    for node in ast.walk(tree):
        if not isinstance(node, ast.FunctionDef):
            continue
        names = {n.id for n in ast.walk(node) if isinstance(n, ast.Name)}
        names |= {argument.arg for argument in node.args.args + node.args.kwonlyargs}
        # usefixtures names its fixtures in strings.
        for one in node.decorator_list:
            names |= {n.value for n in ast.walk(one) if isinstance(n, ast.Constant)}
        asked = set(asked_modules(node)).union(*(constants.get(name, set()) for name in names))
        marked = module_mark or any(map(is_mark, node.decorator_list))
        found[node.name] = Function(frozenset(asked), frozenset(map(str, names)), marked)
    return found


def reached(name: str, known: dict[str, Function]) -> set[str]:
    """Everything that a function asks for, by itself or by what it uses."""
    seen: set[str] = set()
    waiting = [name]
    asked = set(known[""].asks) if "" in known else set()
    while waiting:
        one = waiting.pop()
        if one in seen or one not in known:
            continue
        seen.add(one)
        asked |= known[one].asks
        waiting += known[one].uses
    return asked


def unmarked(source: str, shared: dict[str, Function], locked: Locked) -> list[str]:
    own = functions(source)
    known = {**shared, **own}
    return [
        f"{name} needs {', '.join(sorted(more))}"
        for name, function in own.items()
        if name.startswith("test_") and not function.marked
        if (more := {m for m in reached(name, known) if not locked.holds(m)})
    ]


@pytest.fixture(scope="module")
def locked() -> Locked:
    return Locked(locked_packages(), dict(packages_distributions()))


def test_whatever_asks_for_more_is_marked_extra(locked: Locked) -> None:
    shared: dict[str, Function] = {}
    for path in sorted(TESTS.glob("*.py")):
        if not path.name.startswith("test_"):
            shared |= functions(path.read_text(encoding="utf-8"))
    shared.pop("", None)
    found = [
        f"{path.name}: {one}"
        for path in sorted(TESTS.glob("test_*.py"))
        if path != Path(__file__)
        for one in unmarked(path.read_text(encoding="utf-8"), shared, locked)
    ]
    assert not found, "\n".join(["mark these with @pytest.mark.extra:", *found])


SAMPLES = {
    "pytest.importorskip('pandas')\ndef test_a(): pass": [],
    "pytest.importorskip('pyarrow')\ndef test_a(): pass": ["test_a needs pyarrow"],
    "pytestmark = pytest.mark.extra\npytest.importorskip('pyarrow')\ndef test_a(): pass": [],
    "pytestmark = [pytest.mark.page]\ndef test_a(): find_spec('playwright.sync_api')": [
        "test_a needs playwright.sync_api"
    ],
    "@pytest.mark.extra\ndef test_a(): importorskip('typst')": [],
    "def help(): importorskip('typst')\ndef test_a(): help()": ["test_a needs typst"],
    "def tab(b): importorskip('typst')\ndef p(tab): pass\ndef test_a(p): pass": [
        "test_a needs typst"
    ],
    "CHROME = '/usr/bin/chromium'\ndef test_a(): run(CHROME)": ["test_a needs /usr/bin/chromium"],
    "@pytest.mark.usefixtures('b')\ndef test_a(): pass\ndef b(): importorskip('typst')": [
        "test_a needs typst"
    ],
    "def test_a(): importorskip('lxml.etree')\ndef test_b(): importorskip('docx')": [],
}


@pytest.mark.parametrize("source", list(SAMPLES))
def test_the_search_finds_what_it_should(source: str) -> None:
    owners = {"docx": ["python-docx"], "pandas": ["pandas"], "pyarrow": ["pyarrow"]}
    pins = frozenset({"pandas", "lxml", "python-docx"})
    assert unmarked(source, {}, Locked(pins, owners)) == SAMPLES[source]
