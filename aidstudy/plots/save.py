"""Plots as files: checked, then written whole, the same bytes every time."""

from __future__ import annotations

import io
import math
import warnings
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

import matplotlib as mpl
import pandas as pd
from matplotlib.figure import Figure
from PIL import Image

from aidstudy.bilingual import LANGS, Lang
from aidstudy.codebook import one_of
from aidstudy.errors import PlotError
from aidstudy.files import write_whole
from aidstudy.plots.drawn import checked_kind, described, drawn_csv, given_table
from aidstudy.plots.fonts import languages, stacks
from aidstudy.plots.kit import Bold
from aidstudy.plots.plot import Plot, Tables
from aidstudy.plots.preflight import check_figure
from aidstudy.plots.registry import PLOTS, plot_named
from aidstudy.plots.style import MM, TOLD, Preset, preset_named, style
from aidstudy.plots.voice import Look
from aidstudy.plots.words import checked_lang
from aidstudy.tables.load import StudyLike
from aidstudy.tables.study import Study, load_study
from aidstudy.version import AUTHORS

FORMATS = ("pdf", "svg", "png", "tiff")
STORED = ("pdf", "svg", "png")
"""Formats of the families in ``figures/``; TIFF is made when an author asks for it."""

STORED_PRESET = "double"
TIFF_DPI = 600

_METADATA: Mapping[str, Look] = {
    "pdf": {"Creator": "aidstudy", "CreationDate": None},
    "svg": {"Date": None, "Creator": None},
    "png": {"Software": None},
}


def render(
    figure: Figure,
    form: str,
    *,
    preset: str | Preset,
    lang: Lang,
    stem: str,
    title: str,
    alt: str,
    author: str = "",
) -> bytes:
    """A figure as the bytes of a file, without time, path or version of the moment."""
    form, out = one_of("format", form, FORMATS, PlotError), io.BytesIO()
    for bold in figure.findobj(Bold):
        bold.set_visible(form != "svg")
    told: Look = {"Title": title, "Subject" if form == "pdf" else "Description": alt}
    if author and form == "pdf":
        told["Author"] = author
    with style(preset, lang), mpl.rc_context({"svg.hashsalt": f"aidstudy {stem}"}):
        if form == "tiff":
            return _tiff(figure)
        figure.savefig(out, format=form, metadata=told | _METADATA[form])
    content = out.getvalue()
    fonts = preset_named(preset).fonts
    return _accessible(content, title, alt, fonts) if form == "svg" else content


def _accessible(content: bytes, title: str, alt: str, fonts: tuple[str, ...]) -> bytes:
    """Say to screen readers that an SVG is one picture, and what it shows."""
    text = content.decode("utf-8")
    text = text.replace("<svg ", '<svg role="img" aria-labelledby="title desc" ', 1)
    named = f'<title id="title">{escape(title)}</title>\n <desc id="desc">{escape(alt)}</desc>'
    text = text.replace(f"<title>{escape(title)}</title>", named, 1)
    if named not in text:
        raise PlotError("this Matplotlib writes no <title> into SVG; report its version")
    for name, stack in stacks(fonts).items():
        text = text.replace(f"'{name}'", stack)
    return text.encode("utf-8")


def _tiff(figure: Figure) -> bytes:
    """Flat RGB, since journals refuse transparency, with lossless compression."""
    drawn, out = io.BytesIO(), io.BytesIO()
    # As bare pixels: a PNG, packed or not, takes longer than all the rest.
    figure.savefig(drawn, format="raw", dpi=TIFF_DPI)
    wide, high = (int(inches * TIFF_DPI) for inches in figure.get_size_inches())
    picture = Image.frombuffer("RGBA", (wide, high), drawn.getvalue()).convert("RGB")
    picture.save(out, format="TIFF", compression="tiff_lzw", dpi=(TIFF_DPI, TIFF_DPI))
    return out.getvalue()


def checked_figure(
    plot: Plot, tables: Tables, *, preset: str | Preset, lang: Lang, any_height: bool = False
) -> Figure:
    """Draw a plot, or an error that says which rules it breaks.

    `any_height`: where a study has many pairs, higher than a page prints.
    """
    chosen = preset_named(preset)
    figure = plot.draw(**tables, preset=chosen, lang=lang)
    rows, left_out = plot.rows(**tables), plot.omitted(chosen)
    with style(chosen, lang):
        limits = replace(chosen, max_height_mm=math.inf) if any_height else chosen
        check_figure(figure, plot=plot.stem, lang=lang, preset=limits, drawn=rows, omitted=left_out)
    return figure


def save_plot(
    plot: str | Plot,
    into: Path,
    *,
    study: StudyLike = None,
    preset: str | Preset = STORED_PRESET,
    lang: str = "en",
    formats: Iterable[str] = ("pdf",),
) -> list[Path]:
    """Draw one plot for one place and write it, for an author who needs another size or format.

    Parameters
    ----------
    plot : str or Plot
        Name of the plot, such as ``"money_flow"``, or one of your own.
    into : Path
        Folder; files are named ``<stem>.<preset>.<lang>.<format>``.
    study : Study or path, optional
        Under other judgement calls (:meth:`Study.under`) name, plot and texts say which.
    preset : str or Preset, default "double"
    lang : {"en", "zh"}
    formats : iterable of {"pdf", "svg", "png", "tiff"}

    Raises
    ------
    PlotError
        If plot, preset, language or format is not known, or the plot breaks a rule.
    """
    chosen, language, found = preset_named(preset), checked_lang(lang), plot_named(plot).of(study)
    forms = [one_of("format", form, FORMATS, PlotError) for form in formats]
    tables = found.load(study)
    if not _has_rows(tables):
        raise PlotError(
            f"plot {found.stem}: its table has no row in this study, so nothing to draw; "
            "fill the tables of data/raw it rests on, or draw another plot"
        )
    figure = checked_figure(found, tables, preset=chosen, lang=language)
    more = "".join(f".{one}-{to.strip('%')}" for one, to in load_study(study).choices.items())
    return _written(figure, into, forms, more, **_told(found, tables, chosen, language))


def _told(plot: Plot, tables: Tables, preset: Preset, lang: Lang) -> Look:
    """What is told to the file of a drawing, beside its figure."""
    told = {"title": plot.title.say(lang), "alt": plot.alt(**tables, lang=lang)}
    return {"preset": preset, "lang": lang, "stem": plot.stem, "author": AUTHORS, **told}


def _written(
    figure: Figure, into: Path, forms: Iterable[str], more: str = "", **of: Any
) -> list[Path]:
    name, paths = f"{of['stem']}.{of['preset'].name}.{of['lang']}{more}", []
    for form in forms:
        paths.append(Path(into) / f"{name}.{form}")
        write_whole(paths[-1], render(figure, form, **of))
    return paths


def save_figure(
    figure: Figure,
    stem: str,
    into: Path,
    *,
    rows: pd.DataFrame | None = None,
    title: str = "",
    alt: str = "",
    author: str = "",
    preset: str | Preset = STORED_PRESET,
    lang: str = "en",
    formats: Iterable[str] = ("pdf",),
) -> list[Path]:
    """Check a figure that you drew or changed by hand, and write it.

    Parameters
    ----------
    figure : Figure
        Composed on a :func:`~aidstudy.plots.plot.sheet`, or a plot's own from ``PLOTS[...].draw``.
    stem : str
        Name of the files, ``<stem>.<preset>.<lang>.<format>``.
    into : Path
    rows : pandas.DataFrame, optional
        Drawn rows, each of which must have its mark in the figure.
    title, alt, author : str
        Go into the metadata of the files; the author only into a PDF.
    preset : str or Preset, default "double"
    lang : {"en", "zh"}
    formats : iterable of {"pdf", "svg", "png", "tiff"}

    Raises
    ------
    PlotError
        If it breaks a rule; nothing is written then.
    """
    chosen, language = preset_named(preset), checked_lang(lang)
    checked_kind(stem, figure, Figure, "figure", "sheet(...).compose() or PLOTS[...].draw()")
    if rows is not None:
        given_table(stem, rows, "PLOTS[...].rows()", "mark quantity unit state")
    with style(chosen, language):
        check_figure(figure, plot=stem, lang=language, preset=chosen, drawn=rows)
    of: Look = {"preset": chosen, "lang": language, "stem": stem, "alt": alt, "author": author}
    return _written(figure, into, formats, **of, title=title or stem)


def save_family(
    plot: Plot, study: StudyLike, into: Path, tables: Tables | None = None
) -> list[Path]:
    """Write all stored files of a plot into ``into/<stem>/``.

    Drawings in each language and format; ``<stem>.csv``, the drawn rows;
    ``<stem>.caption.en.md`` and ``.zh.md``, caption, alternative text and long description.
    """
    tables = plot.load(study) if tables is None else tables
    preset, stem = preset_named(STORED_PRESET), plot.stem
    contents: dict[str, bytes] = {}
    high = dict.fromkeys(LANGS, 0)
    for lang in languages():
        figure = checked_figure(plot, tables, preset=preset, lang=lang, any_height=True)
        high[lang] = round(figure.get_figheight() / MM)
        of = _told(plot, tables, preset, lang)
        for form in STORED:
            contents[f"{stem}.{lang}.{form}"] = render(figure, form, **of)
    contents[f"{stem}.csv"] = drawn_csv(plot.rows(**tables)).encode()
    for lang in LANGS:
        page = _caption_page(plot, tables, lang, high[lang])
        contents[f"{stem}.caption.{lang}.md"] = page.encode()
    folder = Path(into) / stem
    for name, content in contents.items():
        write_whole(folder / name, content)
    return [folder / name for name in contents]


def _caption_page(plot: Plot, tables: Tables, lang: Lang, high: int) -> str:
    heads, most = TOLD["files"][lang], preset_named(STORED_PRESET).max_height_mm
    rows = "\n".join(f"- {line}" for line in described(plot.rows(**tables), lang))
    texts = (plot.caption(**tables, lang=lang), plot.alt(**tables, lang=lang), rows)
    parts = [f"## {head}\n\n{text}\n" for head, text in zip(heads, texts, strict=True)]
    if high > most:
        parts.insert(0, TOLD["files"]["too_high"][lang].format(high=high, most=f"{most:g}") + "\n")
    return "\n".join([f"# {plot.title.say(lang)}\n", *parts])


def draw_all(study: StudyLike, into: Path, *, workers: int = 1) -> None:
    """Draw every plot in every language and format into ``into/<stem>/``, and a gallery.

    A plot whose table has no row is left out: a new study has no projects and no events yet.
    With more than one of `workers`, processes to draw in, a program that calls this needs the usual
    ``if __name__ == "__main__":`` around its start.
    """
    opened = load_study(study)
    tables = _drawable(opened)
    jobs = [(stem, opened.folder, Path(into), found) for stem, found in tables.items()]
    if workers > 1:
        # Here, as a browser has no processes and cannot import them.
        from concurrent.futures import ProcessPoolExecutor
        from multiprocessing import get_context

        # What a process has to say of the fonts was said by the one that started it.
        quiet: Look = {"initializer": warnings.filterwarnings}
        quiet["initargs"] = ("ignore", "no Chinese font")
        with ProcessPoolExecutor(workers, get_context("spawn"), **quiet) as pool:
            list(pool.map(_save_stem, *zip(*jobs, strict=True)))
    else:
        for job in jobs:
            _save_stem(*job)
    write_whole(Path(into) / "README.md", gallery(opened, tables))


def _save_stem(stem: str, folder: Path, into: Path, tables: Tables) -> None:
    """By its stem, as a plot with a function of no name cannot go to another process."""
    save_family(PLOTS[stem].of(folder), folder, into, tables)


def _drawable(study: Study) -> dict[str, Tables]:
    """The tables of each plot that has something to draw, by its stem."""
    tables = {stem: plot.load(study) for stem, plot in PLOTS.items()}
    return {stem: found for stem, found in tables.items() if _has_rows(found)}


def gallery(study: StudyLike = None, drawn: Mapping[str, Tables] | None = None) -> str:
    """The page that shows every plot with its captions, in Markdown.

    Examples
    --------
    >>> print(gallery().splitlines()[0])
    # Plots
    """
    opened, parts = load_study(study), [TOLD["files"]["gallery"]]
    for stem, tables in (_drawable(opened) if drawn is None else drawn).items():
        plot = PLOTS[stem].of(opened)
        drawings = [f"{lang}.{form}" for lang in languages() for form in STORED]
        files = [f"[{name}]({stem}/{stem}.{name})" for name in [*drawings, "csv"]]
        captions = (plot.caption(**tables, lang=lang) for lang in LANGS)
        parts.append(
            f"## {plot.title.en} · {plot.title.zh}\n\n"
            f"![{plot.alt(**tables)}]({stem}/{stem}.{languages()[0]}.png)\n\n"
            + "\n\n".join([*captions, " · ".join(files)])
            + "\n"
        )
    return "\n".join(parts)


def _has_rows(tables: Tables) -> bool:
    """Whether the first table, which a plot is about, has a row."""
    return len(next(iter(tables.values()))) > 0
