"""reproduce.py up to where it starts a program, and the locks that it installs."""

from __future__ import annotations

import ast
import importlib.util
import json
import re
import runpy
import subprocess
import sys
import tomllib
from collections.abc import Iterable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import yaml
from copies import REPOSITORY, change_bytes, each_case
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

SCRIPT = Path(__file__).resolve().parent.parent / "reproduce.py"


def load(path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location("reproduce_under_test", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A repository in a folder with spaces and Chinese letters."""
    root = tmp_path / "对口 支援 study"
    root.mkdir()
    (root / "reproduce.py").write_bytes(SCRIPT.read_bytes())
    (root / "requirements.lock").write_text("a==1 \\\n    --hash=sha256:0\n", encoding="utf-8")
    for name in ("requirements-lab.lock", "requirements-all.lock"):
        (root / name).write_text("a==1\nb==2\n", encoding="utf-8")
    (root / "pyproject.toml").write_text(
        '[build-system]\nrequires = []\n[project]\nname = "x"\nversion = "1"\n', encoding="utf-8"
    )
    return root


class Setup:
    """reproduce.py with the three steps that cost time recorded instead of done."""

    def __init__(self, root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.module = load(root / "reproduce.py")
        self.root = root
        self.done: list[str] = []
        self.fails_at = ""
        create = self.module._create

        def record(step: str) -> None:
            if step == self.fails_at:
                raise self.module.SetupError(f"{step} failed")
            self.done.append(step)

        def made(folder: Path, with_pip: bool, show: object) -> None:
            create(folder, with_pip, show)
            python = self.module._python_of(folder)
            python.parent.mkdir(parents=True)
            python.touch()
            record("environment")

        monkeypatch.setattr(self.module, "_quietly", lambda *_: None)
        monkeypatch.setattr(self.module, "_create", made)
        monkeypatch.setattr(
            self.module, "_install_lock", lambda folder, uv, lock, show: record(lock.name)
        )
        monkeypatch.setattr(
            self.module, "_install_package", lambda folder, uv, show: record("package")
        )

    def run(self, lock: str = "requirements.lock") -> tuple[Path, list[str]]:
        self.done.clear()
        with self.module.environment(self.root / lock) as python:
            return python, list(self.done)


SETUP = ["environment", "requirements.lock", "package"]


@pytest.fixture
def setup(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Setup:
    return Setup(folder, monkeypatch)


def test_it_needs_no_package_and_an_older_python_is_told_so() -> None:
    source = SCRIPT.read_text(encoding="utf-8")
    assert set(re.findall(r"(?m)^ *(?:import|from) (\w+)", source)) <= sys.stdlib_module_names
    ast.parse(source, feature_version=(3, 6))
    assert "\nfrom __future__" not in source, "Python 3.6 refuses annotations from there"
    pretend = "import sys; sys.version_info = (3, 10, 4); exec(open(sys.argv[1]).read())"
    said = subprocess.run(
        [sys.executable, "-c", pretend, str(SCRIPT)], capture_output=True, text=True, check=False
    )
    assert said.returncode == 1
    assert "CPython 3.11 or newer" in said.stderr
    assert "Traceback" not in said.stderr


@pytest.mark.parametrize("step", SETUP)
def test_interrupted_setup_is_not_taken_for_whole(setup: Setup, step: str) -> None:
    setup.fails_at = step
    with pytest.raises(setup.module.SetupError, match=step):
        setup.run()
    setup.fails_at = ""
    assert setup.run()[1] == SETUP


@each_case("reproduce", "changed")
def test_only_what_changed_is_installed(
    setup: Setup, name: str, old: str, new: str, installed: list[str]
) -> None:
    setup.run()
    change_bytes(setup.root / name, lambda text: text.replace(old.encode(), new.encode()))
    assert setup.run()[1] == installed
    assert setup.run()[1] == []


def test_each_lock_is_installed_alone_and_stays(setup: Setup) -> None:
    lab, every = "requirements-lab.lock", "requirements-all.lock"
    assert setup.run(lab)[1] == ["environment", lab, "package"]
    assert setup.run()[1] == ["requirements.lock", "package"]
    assert setup.run(lab)[1] == setup.run()[1] == []
    assert setup.run(every)[1] == [every, "package"]
    (setup.root / every).write_text("a==3\n", encoding="utf-8")
    assert setup.run(every)[1] == ["environment", every, "package"]
    assert setup.run()[1] == setup.run(lab)[1] == [], "the lock of everything holds the others"


def test_moved_folder_gets_a_new_environment(
    setup: Setup, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    setup.run()
    moved = setup.root.rename(tmp_path / "moved")
    assert Setup(moved, monkeypatch).run()[1] == SETUP


def test_environment_of_somebody_else_is_left_alone(setup: Setup) -> None:
    theirs = setup.root / ".venv" / "pyvenv.cfg"
    theirs.parent.mkdir()
    theirs.write_text("home = elsewhere\n")
    python, done = setup.run()
    assert done == SETUP
    assert python.is_relative_to(setup.root / ".venv-aidstudy")
    assert theirs.read_text() == "home = elsewhere\n"


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no lock to share")
def test_environment_in_use_is_not_replaced(setup: Setup) -> None:
    with setup.module.environment():
        guard = setup.root / "build" / "environment.guard"
        with guard.open("a+b") as other:
            setup.module._try_to_hold(other.fileno(), alone=False)
            with pytest.raises(OSError, match=r"."):
                setup.module._try_to_hold(other.fileno(), alone=True)


@each_case("reproduce", "advice")
def test_failed_install_is_shown_with_advice(said: str, advice: str) -> None:
    module = load(SCRIPT)
    program = [sys.executable, "-c", f"print({said!r}); raise SystemExit(1)"]
    with pytest.raises(module.SetupError) as caught:
        module._quietly(program, "the packages could not be installed", "", lambda line: None)
    assert said in str(caught.value)
    assert advice in str(caught.value)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("pyproject.toml", b"[project\n"), ("pyproject.toml", b'[project]\nname = "x"\n'),
        ("pyproject.toml", b""), ("requirements.lock", b"\xff\xfe\x00"),
        ("requirements.lock", b"a==1\n"), ("requirements.lock", None),
    ],
)  # fmt: skip
def test_a_broken_file_is_one_message(
    name: str,
    content: bytes | None,
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """What pip says of a lock without hashes, or with none but wrong ones, is shown."""
    module = load(folder / "reproduce.py")
    (folder / name).unlink(missing_ok=True)
    if content is not None:
        (folder / name).write_bytes(content)
    monkeypatch.setattr(module, "_create", lambda folder, with_pip, show: folder.mkdir())
    refuses = "import sys; print('all requirements must have hashes'); sys.exit(1)"
    monkeypatch.setattr(module, "_installer", lambda folder, uv: [sys.executable, "-c", refuses])
    assert module.main([]) == 2
    said = capsys.readouterr().err
    assert said.count("reproduce.py:") == 1
    assert name in said or "must have hashes" in said


def test_failure_is_one_message(setup: Setup, capsys: pytest.CaptureFixture[str]) -> None:
    setup.fails_at = "package"
    assert setup.module.main([]) == 2
    assert "reproduce.py: package failed" in capsys.readouterr().err
    stamp = json.loads((setup.root / ".venv" / setup.module.STAMP).read_text())
    assert stamp["state"] == "unfinished"


# === the locks, the conda environment and the page of dependencies say the same


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
