"""reproduce.py up to the point where it starts a program: nothing here needs the network."""

from __future__ import annotations

import ast
import importlib.util
import json
import re
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest
from copies import change_bytes, each_case

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


ALL = ["environment", "requirements.lock", "package"]


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


def test_second_run_installs_nothing(setup: Setup) -> None:
    python, done = setup.run()
    assert done == ALL
    assert python.is_relative_to(setup.root / ".venv")
    assert setup.run() == (python, [])


@pytest.mark.parametrize("step", ALL)
def test_interrupted_setup_is_not_taken_for_whole(setup: Setup, step: str) -> None:
    setup.fails_at = step
    with pytest.raises(setup.module.SetupError, match=step):
        setup.run()
    setup.fails_at = ""
    assert setup.run()[1] == ALL


def test_interrupted_package_alone_is_made_up_for(setup: Setup) -> None:
    setup.run()
    project = setup.root / "pyproject.toml"
    project.write_text(project.read_text().replace('version = "1"', 'version = "2"'))
    setup.fails_at = "package"
    with pytest.raises(setup.module.SetupError):
        setup.run()
    setup.fails_at = ""
    assert setup.run()[1][-1] == "package"
    assert setup.run()[1] == []


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
    assert Setup(moved, monkeypatch).run()[1] == ALL


def test_environment_of_somebody_else_is_left_alone(setup: Setup) -> None:
    theirs = setup.root / ".venv" / "pyvenv.cfg"
    theirs.parent.mkdir()
    theirs.write_text("home = elsewhere\n")
    python, done = setup.run()
    assert done == ALL
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


def test_what_is_run(setup: Setup, monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[tuple[list[str], dict[str, str]]] = []
    start = subprocess.Popen

    def note(command: list[str], *, cwd: Path, env: dict[str, str]) -> subprocess.Popen[bytes]:
        assert cwd == setup.root
        calls.append((command[1:], env))
        return start([sys.executable, "-c", "raise SystemExit(1)"])

    monkeypatch.setattr(setup.module.subprocess, "Popen", note)
    monkeypatch.setenv("AIDSTUDY_STUDY", "elsewhere")
    aidstudy = ["-m", "aidstudy"]
    for asked, run in (
        ([], [*aidstudy, "reproduce"]),
        (["--update"], [*aidstudy, "reproduce", "--update"]),
        (["--test", "--", "-k", "lock"], ["-m", "pytest", *setup.module.WORKERS, "-k", "lock"]),
        (["--keep", "kept"], [*aidstudy, "reproduce", "--keep", str(Path("kept").absolute())]),
        (["--site"], [*aidstudy, "site", "-o", str(setup.root / "build" / "site")]),
        (["--only", "plots"], [*aidstudy, "reproduce", "--only", "plots"]),
    ):
        assert setup.module.main(asked) == 1
        command, variables = calls.pop()
        assert command == run
        study = str(setup.root) if "reproduce" in run else None
        assert variables.get("AIDSTUDY_STUDY") == study


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
