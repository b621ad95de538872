"""The locks, the conda environment and the papers of the repository say the same."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator
from importlib import metadata
from pathlib import Path
from typing import Any

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

REPOSITORY = Path(__file__).resolve().parent.parent
RUN, LAB, ALL = (f"requirements{part}.lock" for part in ("", "-lab", "-all"))

# conda splits matplotlib: this part has everything but a window system.
CONDA_NAMES = {"matplotlib-base": "matplotlib"}


@pytest.fixture(scope="module")
def project(repository: Path) -> dict[str, Any]:
    return tomllib.loads((repository / "pyproject.toml").read_text(encoding="utf-8"))


def requirements(lines: Iterable[str]) -> dict[str, Requirement]:
    found = [Requirement(line) for line in lines]
    return {canonicalize_name(one.name): one for one in found}


def blocks(path: Path) -> Iterator[tuple[Requirement, list[str]]]:
    """Each locked package with its hashes."""
    text = path.read_text(encoding="utf-8").replace("\\\n", " ")
    for line in text.splitlines():
        pin, *hashes = line.split(" --hash=")
        yield Requirement(pin.strip()), [one.strip() for one in hashes]


def made_with(option: str, lock: str) -> list[str]:
    """What CONTRIBUTING.md says after an option of the command that makes a lock."""
    text = (REPOSITORY / "CONTRIBUTING.md").read_text(encoding="utf-8")
    (command,) = re.findall(rf"(?m)^uv pip compile .* -o {re.escape(lock)}$", text)
    return re.findall(rf" --{option} (\S+)", command)


def wanted(project: dict[str, Any], lock: str) -> dict[str, Requirement]:
    extras = project["project"]["optional-dependencies"]
    lines = list(project["project"]["dependencies"])
    for extra in extras if lock == ALL else made_with("extra", lock):
        lines += extras[extra]
    for group in made_with("group", lock):
        lines += project["dependency-groups"][group]
    return requirements(lines)


@pytest.mark.parametrize("lock", [RUN, LAB, ALL])
def test_lock_has_hashes_and_no_addresses(repository: Path, lock: str) -> None:
    text = (repository / lock).read_text(encoding="utf-8")
    assert "://" not in text
    assert "/" not in text
    assert "#" not in text
    assert not re.search(r"(?m)^-|--(?!hash=sha256:[0-9a-f]{64}\b)", text)
    for pin, hashes in blocks(repository / lock):
        assert re.fullmatch(r"==[^*,]+", str(pin.specifier)), pin
        assert hashes, pin


@pytest.mark.parametrize("lock", [RUN, LAB, ALL])
def test_lock_satisfies_every_bound(repository: Path, project: dict[str, Any], lock: str) -> None:
    locked: dict[str, set[str]] = {}
    for pin, _ in blocks(repository / lock):
        locked.setdefault(canonicalize_name(pin.name), set()).add(str(pin.specifier)[2:])
    for name, bound in wanted(project, lock).items():
        assert name in locked, f"{lock} lacks {name}; make it anew"
        for version in locked[name]:
            assert bound.specifier.contains(version), f"{lock}: {name} {version} is not {bound}"


@pytest.mark.parametrize("python", ["3.11", "3.12", "3.13"])
def test_lock_holds_what_its_packages_need(
    repository: Path, project: dict[str, Any], python: str
) -> None:
    """Followed through the packages that are installed here, as each Python would read them."""
    here = {"python_version": python, "python_full_version": f"{python}.0"}
    locked = {
        canonicalize_name(pin.name)
        for pin, _ in blocks(repository / RUN)
        if pin.marker is None or pin.marker.evaluate(here)
    }
    waiting = [(name, one.extras) for name, one in wanted(project, RUN).items()]
    seen: set[str] = set()
    while waiting:
        name, extras = waiting.pop()
        if name in seen:
            continue
        seen.add(name)
        assert name in locked, f"{name} is needed on Python {python}, but not in {RUN}"
        for line in metadata.requires(name) or []:
            one = Requirement(line)
            asked = [{"extra": extra, **here} for extra in (*extras, "")]
            if one.marker is None or any(one.marker.evaluate(each) for each in asked):
                waiting.append((canonicalize_name(one.name), one.extras))
    assert len(seen) > 50


def test_the_whole_lock_holds_the_others(repository: Path) -> None:
    run, lab, whole = (
        {(canonicalize_name(pin.name), str(pin.specifier)) for pin, _ in blocks(repository / lock)}
        for lock in (RUN, LAB, ALL)
    )
    assert run | lab < whole
    assert len(lab - run) < 60, "opening notebooks needs JupyterLab and little else"


def test_conda_environment_is_the_projects(repository: Path, project: dict[str, Any]) -> None:
    told = yaml.safe_load((repository / "environment.yml").read_text(encoding="utf-8"))
    assert told["name"] == "aidstudy"
    lines: list[str] = []
    pip_lines: list[str] = []
    for one in told["dependencies"]:
        if isinstance(one, dict):
            pip_lines += one["pip"]
        else:
            lines.append(one)
    assert "-e ." in pip_lines
    lines += [line for line in pip_lines if not line.startswith("-")]
    found = {
        CONDA_NAMES.get(name, name): one.specifier for name, one in requirements(lines).items()
    }
    assert found.pop("python") == Requirement(f"p{project['project']['requires-python']}").specifier
    found.pop("pip")
    bounds = {name: one.specifier for name, one in wanted(project, ALL).items()}
    groups = project["dependency-groups"]
    for tool in requirements([*groups["dev"], *groups["site"], *groups["peers"]]):
        del bounds[tool]
    assert found == bounds


def test_checkouts_have_lf(repository: Path) -> None:
    rules = (repository / ".gitattributes").read_text(encoding="utf-8")
    assert "* text=auto eol=lf\n" in rules
