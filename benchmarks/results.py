"""What the definitions cost that notebooks compute with, and how it grows with the tables.

Run ``python benchmarks/results.py`` (10 and 100 times) or add the numbers of repetitions. Imports
are done first and timed apart. A sort of random exact numbers, timed in the same run, tells how
fast the machine is just now; the last column counts in such sorts.
"""

from __future__ import annotations

import argparse
import csv
import io
import random
import re
import shutil
import statistics
import tempfile
import time
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

from aidstudy.tables.study import Study, load_study

OWN_TABLES = ("figures", "projects", "events", "pairs", "mechanisms", "context")


def timed(work: Callable[[], object], times: int) -> float:
    """Median seconds of some runs."""
    seconds = []
    for _ in range(times):
        start = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - start)
    return statistics.median(seconds)


def yardstick() -> float:
    """Seconds to sort 20,000 random fractions, a work of the same kind."""
    draw = random.Random(1)
    numbers = [Fraction(draw.randrange(1, 10**9), draw.randrange(1, 10**6)) for _ in range(20_000)]
    return timed(lambda: sorted(numbers), 3)


def repeated(study: Study, times: int, folder: Path) -> Study:
    """A study whose clean tables stand there so many times, each with places of its own."""
    shutil.copytree(study.folder / "data", folder / "data")
    slugs = "|".join((*study.recipients, *study.donors))
    place = re.compile(rf"(?<![a-z_])({slugs})(?![a-z_])")
    settings = folder / "data" / "study.toml"
    text = settings.read_text("utf-8")
    places = "".join(re.findall(r"(?ms)^\[(?:recipients|donors)\.\w+\]$.*?(?=^\[|\Z)", text))
    parts = [text]
    for number in range(2, times + 1):
        parts.append(re.sub(r"(?m)^(\[\w+\.\w+)\]", rf"\1_r{number}]", places))
    settings.write_text("\n".join(parts), "utf-8")
    for name in OWN_TABLES:
        path = folder / "data" / "clean" / f"{name}.csv"
        rows = list(csv.reader(io.StringIO(path.read_text("utf-8"), newline="")))
        again = [row for row in rows[1:] if place.search(row[0]) or place.search(row[-1])]
        out = io.StringIO(newline="")
        writer = csv.writer(out, lineterminator="\n")
        writer.writerows(rows)
        for number in range(2, times + 1):
            writer.writerows(
                [place.sub(rf"\1_r{number}", cell) for cell in row]
                for row in again
                if place.search(row[0])
            )
        path.write_text(out.getvalue(), "utf-8")
    return load_study(folder)


def measure(study: Study, runs: int) -> tuple[int, float, float, float]:
    """Number of rows, and seconds to load the tables, to define and to spread them."""
    import aidstudy as aid

    loaders = (aid.load_figures, aid.load_projects, aid.load_events, aid.load_pairs)
    definitions = (aid.funding_ratios, aid.money_flow, aid.project_stages, aid.timeline)
    start = time.perf_counter()
    for load in loaders:
        load(study)
    loading = time.perf_counter() - start
    tables = [define(study) for define in definitions]
    defining = timed(lambda: [define(study) for define in definitions], runs)
    spreading = timed(lambda: [aid.flat(table) for table in tables], runs)
    return sum(map(len, tables)), loading, defining, spreading


def main() -> None:
    """Print one line for each number of repetitions."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("times", nargs="*", type=int, default=[10, 100])
    arguments.add_argument("--small", action="store_true", help="two times, to try it")
    asked = arguments.parse_args()
    chosen = [2] if asked.small else asked.times
    start = time.perf_counter()
    import aidstudy.analysis.served
    import aidstudy.tables.ordinary  # noqa: F401

    print(f"imports: {time.perf_counter() - start:.2f} s")
    heads = ("rows", "load s", "define s", "flat s", "all s", "sorts")
    print(f"{'times':>6} " + " ".join(f"{head:>8}" for head in heads))
    study = load_study()
    for times in (1, *chosen):
        with tempfile.TemporaryDirectory() as folder:
            one = study if times == 1 else repeated(study, times, Path(folder))
            sort = yardstick()
            count, loading, running, tabling = measure(one, 3 if times <= 10 else 1)
            whole = loading + running + tabling
            print(
                f"{times:>6} {count:>8} {loading:>8.2f} {running:>8.2f} {tabling:>8.2f} "
                f"{whole:>8.2f} {whole / sort:>8.1f}",
                flush=True,
            )


if __name__ == "__main__":
    main()
