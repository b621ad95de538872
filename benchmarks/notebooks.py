"""All notebooks executed two at a time, against ``jupyter execute`` that takes them in turn.

Run ``python benchmarks/notebooks.py`` from an environment that has the locked packages; add
``--table docs/how-fast-notebooks.md`` to write the table. Both start from a new process and clean
kernels, on the same study, with the fonts listed beforehand, one after the other and several times,
so that what else runs on the machine meets both.
"""

from __future__ import annotations

import argparse
import os
import platform
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from importlib import metadata
from pathlib import Path

STUDY = Path(__file__).resolve().parent.parent
OURS, PEER = "aidstudy, two at a time", "`jupyter execute`, in turn"

PROGRAM = """
import sys
from pathlib import Path
from aidstudy.course.notebooks import execute_notebooks
study, into, *paths = map(Path, sys.argv[1:])
execute_notebooks(paths, into, study=study)
"""


def run(command: list[str], variables: Mapping[str, str], folder: Path) -> tuple[float, float]:
    """Seconds on the clock and of the processor for one command and all that it starts."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    start = time.perf_counter()
    subprocess.run(command, cwd=folder, env=dict(variables), check=True, capture_output=True)
    seconds = time.perf_counter() - start
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return seconds, (after.ru_utime + after.ru_stime) - (before.ru_utime + before.ru_stime)


def measure(paths: list[Path], times: int) -> dict[str, list[tuple[float, float]]]:
    """What each of the two took, in turn, so many times."""
    found: dict[str, list[tuple[float, float]]] = {OURS: [], PEER: []}
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        variables = os.environ | {
            "AIDSTUDY_STUDY": str(STUDY),
            "MPLCONFIGDIR": str(STUDY / "build" / "matplotlib"),
            "PYTHONPATH": str(STUDY),
            "PYDEVD_DISABLE_FILE_VALIDATION": "1",
            "JUPYTER_PREFER_ENV_PATH": "1",
        }
        run([sys.executable, "-c", "import matplotlib.font_manager"], variables, folder)
        names = [str(path) for path in paths]
        ours = [sys.executable, "-c", PROGRAM, str(STUDY), str(folder / "built"), *names]
        peer = [sys.executable, "-m", "jupyter", "execute", *names]
        for _ in range(times):
            found[OURS].append(run(ours, variables, folder))
            found[PEER].append(run(peer, variables, folder))
    return found


def table(found: Mapping[str, list[tuple[float, float]]], notebooks: int) -> str:
    """The measurement as Markdown."""
    pairs = zip(found[OURS], found[PEER], strict=True)
    shares = sorted(ours[0] / peer[0] for ours, peer in pairs)
    often = "once" if len(shares) == 1 else f"{len(shares)} times"
    rows = []
    for name, runs in found.items():
        clock, processor = (statistics.median(column) for column in zip(*runs, strict=True))
        least, most = min(r[0] for r in runs), max(r[0] for r in runs)
        rows.append(f"| {name} | {clock:.1f} | {least:.1f} to {most:.1f} | {processor:.1f} |")
    versions = ", ".join(f"{name} {metadata.version(name)}" for name in ("nbclient", "ipykernel"))
    lines = "\n".join(rows)
    return f"""# How fast the notebooks are

Measured by `benchmarks/notebooks.py`: all {notebooks} notebooks, each in a clean kernel.

```
python benchmarks/notebooks.py --table docs/how-fast-notebooks.md
```

Python {platform.python_version()}, {platform.system()} on {platform.machine()}, {os.cpu_count()} \
processors, {versions}. The two ran one after the other, {often}; other work may have \
run beside, which moves the seconds more than their ratio.

| how | seconds, median | seconds, least to most | seconds of the processor, median |
| --- | ---: | ---: | ---: |
{lines}

Two at a time takes {statistics.median(shares):.2f} of the time in turn \
(median; {shares[0]:.2f} to {shares[-1]:.2f}).

On two processors no more than twice the speed can be had. `jupyter execute` stores nothing here;
aidstudy also checks each output and writes it in its normal form.
"""


def main() -> None:
    """Measure, print the table, and write it where asked."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--times", type=int, default=3)
    arguments.add_argument("--small", action="store_true", help="one notebook, once, to try it")
    arguments.add_argument("--table", type=Path, metavar="FILE")
    asked = arguments.parse_args()
    paths = sorted((STUDY / "notebooks").glob("*.ipynb"))[: 1 if asked.small else None]
    text = table(measure(paths, 1 if asked.small else asked.times), len(paths))
    print(text)
    if asked.table:
        asked.table.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
