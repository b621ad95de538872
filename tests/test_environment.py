"""The locks, the conda environment and the page of dependencies say the same."""

from __future__ import annotations

import re
import runpy
import tomllib
from collections.abc import Iterable, Iterator
from importlib import metadata
from typing import Any

import pytest
import yaml
from copies import REPOSITORY
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

RUN, LAB, ALL = (f"requirements{part}.lock" for part in ("", "-lab", "-all"))
PROJECT: dict[str, Any] = tomllib.loads((REPOSITORY / "pyproject.toml").read_text("utf-8"))

# conda splits matplotlib: this part has everything but a window system.
CONDA_NAMES = {"matplotlib-base": "matplotlib"}


def requirements(lines: Iterable[str]) -> dict[str, Requirement]:
    found = [Requirement(line) for line in lines]
    return {canonicalize_name(one.name): one for one in found}


def blocks(lock: str) -> Iterator[tuple[Requirement, list[str]]]:
    """Each locked package with its hashes."""
    text = (REPOSITORY / lock).read_text(encoding="utf-8").replace("\\\n", " ")
    for line in text.splitlines():
        pin, *hashes = line.split(" --hash=")
        yield Requirement(pin.strip()), [one.strip() for one in hashes]


def made_with(option: str, lock: str) -> list[str]:
    """What CONTRIBUTING.md says after an option of the command that makes a lock."""
    text = (REPOSITORY / "CONTRIBUTING.md").read_text(encoding="utf-8")
    (command,) = re.findall(rf"(?m)^uv pip compile .* -o {re.escape(lock)}$", text)
    return re.findall(rf" --{option} (\S+)", command)


def wanted(lock: str) -> dict[str, Requirement]:
    extras = PROJECT["project"]["optional-dependencies"]
    lines = list(PROJECT["project"]["dependencies"])
    for extra in extras if lock == ALL else made_with("extra", lock):
        lines += extras[extra]
    for group in made_with("group", lock):
        lines += PROJECT["dependency-groups"][group]
    return requirements(lines)


@pytest.mark.parametrize("lock", [RUN, LAB, ALL])
def test_a_lock_has_one_version_with_hashes_and_satisfies_every_bound(lock: str) -> None:
    text = (REPOSITORY / lock).read_text(encoding="utf-8")
    assert not re.search(r"[/#]|(?m:^-)|--(?!hash=sha256:[0-9a-f]{64}\b)", text), "an address"
    locked: dict[str, set[str]] = {}
    for pin, hashes in blocks(lock):
        assert re.fullmatch(r"==[^*,]+", str(pin.specifier)), pin
        assert hashes, pin
        locked.setdefault(canonicalize_name(pin.name), set()).add(str(pin.specifier)[2:])
    for name, bound in wanted(lock).items():
        assert name in locked, f"{lock} lacks {name}; make it anew"
        for version in locked[name]:
            assert bound.specifier.contains(version), f"{lock}: {name} {version} is not {bound}"


@pytest.mark.parametrize("python", ["3.11", "3.12", "3.13"])
def test_lock_holds_what_its_packages_need(python: str) -> None:
    """Followed through the packages that are installed here, as each Python would read them."""
    here = {"python_version": python, "python_full_version": f"{python}.0"}
    locked = {
        canonicalize_name(pin.name)
        for pin, _ in blocks(RUN)
        if pin.marker is None or pin.marker.evaluate(here)
    }
    waiting = [(name, one.extras) for name, one in wanted(RUN).items()]
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


def test_the_whole_lock_holds_the_others() -> None:
    run, lab, whole = (
        {(canonicalize_name(pin.name), str(pin.specifier)) for pin, _ in blocks(lock)}
        for lock in (RUN, LAB, ALL)
    )
    assert run | lab < whole


def test_conda_environment_is_the_projects() -> None:
    told = yaml.safe_load((REPOSITORY / "environment.yml").read_text(encoding="utf-8"))
    assert told["name"] == "aidstudy"
    (pip,) = [one["pip"] for one in told["dependencies"] if isinstance(one, dict)]
    assert "-e ." in pip
    lines = [one for one in (*told["dependencies"], *pip) if isinstance(one, str) and one[0] != "-"]
    found = {
        CONDA_NAMES.get(name, name): one.specifier for name, one in requirements(lines).items()
    }
    assert found.pop("python") == Requirement(f"p{PROJECT['project']['requires-python']}").specifier
    found.pop("pip")
    groups = PROJECT["dependency-groups"]
    tools = requirements([*groups["dev"], *groups["site"], *groups["peers"]])
    bounds = {name: one.specifier for name, one in wanted(ALL).items() if name not in tools}
    assert found == bounds


def test_the_page_of_dependencies_has_versions_and_licences_and_none_is_copyleft() -> None:
    made = runpy.run_path(str(REPOSITORY / "docs" / "dependencies.py"))
    page = (REPOSITORY / "docs" / "dependencies.md").read_text(encoding="utf-8")
    lines = [line for line in page.splitlines() if re.match(r"\| [a-z]", line)][1:]
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    assert {row[0]: row[1] for row in rows} == made["required"]()
    versions = made["locked"]()
    licences = {name: made["licence"](name) for name in made["needed"]()}
    assert len(licences) > 40
    for name, _, _, version, licence, _ in rows:
        assert version == versions[canonicalize_name(name)]
        assert licence == licences.get(name, licence)
        licences[name] = licence
    assert not {n: one for n, one in licences.items() if re.search(r"GPL|General Public", one)}
