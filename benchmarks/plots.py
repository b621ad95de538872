"""Where the time goes when every plot is drawn in every language and format, and in how long.

Run ``python benchmarks/plots.py`` or add ``--table docs/how-fast-plots.md`` to write the page.
Imports are done first and timed apart. The same figures are saved by Matplotlib alone in the same
run, without the check and without what is written into the files: the difference is the price of
both. Then all is drawn from scratch in two processes, as ``python reproduce.py`` does.
"""

from __future__ import annotations

import argparse
import io
import platform
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from functools import partial
from multiprocessing import get_context
from pathlib import Path

WORKERS = 2


@contextmanager
def taken(seconds: Counter[str], what: str) -> Iterator[None]:
    """Add the seconds of the processor that a block takes."""
    start = time.process_time()
    yield
    seconds[what] += time.process_time() - start


def parts(
    stems: list[str], langs: Sequence[str], say: Callable[[str], None]
) -> tuple[dict[str, Counter[str]], Counter[str]]:
    """Seconds of each step for each plot, and of Matplotlib alone for each format."""
    from aidstudy.plots import FORMATS, PLOTS, style
    from aidstudy.plots.preflight import check_figure
    from aidstudy.plots.save import TIFF_DPI, render
    from aidstudy.plots.style import preset_named
    from aidstudy.tables.study import load_study

    study, preset = load_study(), preset_named("double")
    steps: dict[str, Counter[str]] = {}
    alone: Counter[str] = Counter()
    for stem in stems:
        say(stem)
        plot = PLOTS[stem]
        seconds = steps[stem] = Counter()
        with taken(seconds, "tables"):
            tables = plot.load(study)
        for lang in langs:
            with taken(seconds, "draw"):
                figure = plot.draw(**tables, preset=preset, lang=lang)
            with taken(seconds, "check"), style(preset, lang):
                check_figure(
                    figure,
                    plot=stem,
                    lang=lang,
                    preset=preset,
                    drawn=plot.rows(**tables),
                    omitted=plot.omitted(preset),
                )
            for form in FORMATS:
                # Fonts are read when they are first used, which is no part of either way.
                with style(preset, lang):
                    figure.savefig(io.BytesIO(), format=form, dpi=72)
                with taken(seconds, form):
                    render(figure, form, preset=preset, lang=lang, stem=stem, title=stem, alt=stem)
                with taken(alone, form), style(preset, lang):
                    dpi = TIFF_DPI if form == "tiff" else "figure"
                    figure.savefig(io.BytesIO(), format=form, dpi=dpi)
    return steps, alone


def save_all(stem: str, into: str, langs: Sequence[str]) -> int:
    """Check and save one plot in these languages and every format; the number of files."""
    from aidstudy.plots import FORMATS, save_plot

    return sum(len(save_plot(stem, Path(into), lang=lang, formats=FORMATS)) for lang in langs)


def from_scratch(stems: list[str], langs: Sequence[str]) -> tuple[int, float]:
    """Files, and seconds on the clock, of these plots in two processes that start with nothing."""
    start = time.perf_counter()
    with (
        tempfile.TemporaryDirectory() as into,
        ProcessPoolExecutor(WORKERS, mp_context=get_context("spawn")) as pool,
    ):
        files = sum(pool.map(partial(save_all, into=into, langs=langs), stems))
    return files, time.perf_counter() - start


def page(
    imports: float,
    steps: dict[str, Counter[str]],
    alone: Counter[str],
    files: int,
    wall: float,
) -> str:
    """The measured numbers as Markdown."""
    columns = list(next(iter(steps.values())))
    whole: Counter[str] = Counter()
    for seconds in steps.values():
        whole.update(seconds)
    rows = [*steps.items(), ("**all**", whole)]
    table = "\n".join(
        f"| {stem} | {' | '.join(f'{seconds[c]:.2f}' for c in columns)} | {seconds.total():.2f} |"
        for stem, seconds in rows
    )
    compared = "\n".join(f"| {form} | {whole[form]:.2f} | {alone[form]:.2f} |" for form in alone)
    longest = max(columns, key=lambda column: whole[column])
    share = 100 * whole["check"] / whole.total()
    where = f"{platform.system()} on {platform.machine()}"
    return f"""# How fast the plots are

Measured by `python benchmarks/plots.py --table docs/how-fast-plots.md`: every plot, in two
languages and four formats, in the preset `double`. Python {platform.python_version()}, {where}.

**{files} files in {wall:.0f} s** on the clock, drawn from scratch in {WORKERS} processes, each of
which starts Python and imports everything. The machine did other work beside.

## Where the time goes

Seconds of the processor in one process, both languages together. Imports, {imports:.1f} s, are
apart. Most of it goes into `{longest}`{_why(longest)}.
The check takes {share:.0f}% of all.

| plot | {" | ".join(columns)} | all |
| --- |{" ---: |" * (len(columns) + 1)}
{table}

## Beside Matplotlib alone

The same figures saved by `savefig` in the same run: no check, no title, no description, no `role`,
with times and versions inside, TIFF with transparency and not compressed.

| format | aidstudy, s | `savefig`, s |
| --- | ---: | ---: |
{compared}
"""


def _why(step: str) -> str:
    """What is behind the longest step where that is known."""
    return (
        ": each file gets the glyphs that it uses out of a font of 30,000" if step == "pdf" else ""
    )


def main() -> None:
    """Print the page, or write it."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--table", type=Path, help="write the page there")
    arguments.add_argument(
        "--small", action="store_true", help="one plot in one language, to try it"
    )
    chosen = arguments.parse_args()
    start = time.process_time()
    from aidstudy.plots import LANGS, PLOTS

    stems, langs = (["completed_shares"], ["en"]) if chosen.small else (list(PLOTS), LANGS)
    imports = time.process_time() - start
    files, wall = from_scratch(stems, langs)
    steps, alone = parts(stems, langs, lambda stem: print(stem, flush=True))
    text = page(imports, steps, alone, files, wall)
    if chosen.table:
        chosen.table.write_text(text, encoding="utf-8")
    else:
        print(text)


if __name__ == "__main__":
    main()
