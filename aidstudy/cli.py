"""Commands of aidstudy. Each is thin: what it does is a function that a program can call too.

What a command takes stands in ``commands.toml``; its docstring is its help.
"""

from __future__ import annotations

import io
import re
import sys
import traceback
import warnings
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from inspect import getdoc, signature
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from aidstudy.bilingual import LANGS
from aidstudy.errors import AidstudyError
from aidstudy.files import read_toml
from aidstudy.papers import CITATION_FORMATS, CITED, FORMATS, TABLES
from aidstudy.rebuild import PARTS
from aidstudy.version import __version__

# What a command needs is imported when it runs: --help must not wait for pandas.
if TYPE_CHECKING:
    from aidstudy.claims import TextAudit, TextsAudit
    from aidstudy.tables.study import Study

_TAKEN = read_toml(__file__, "commands.toml")
_LISTS = {
    "plots": sorted(words.stem for words in Path(__file__).parent.glob("plots/texts/*.toml")),
    "formats": read_toml(__file__, "exchange/words.toml")["formats"],
}
"""What a help names in braces: from the files of words, as the modules that use them are heavy."""
_WRITTEN = {"into": "DIR", "output": "FILE"}
"""What an option ``-o`` names."""


Given = Path | None
"""A path that an option may name."""
Texts = tuple[str, ...]
"""Of what may be given several times."""


def _claims(told: str) -> set[int] | str:
    """Numbers of claims, 3,5,8-10; or the word ``sure``."""
    if told == "sure":
        return told
    ends = [one.partition("-") for one in told.replace(" ", "").split(",")]
    try:
        return {n for a, _, b in ends for n in range(int(a), int(b or a) + 1)}
    except ValueError:
        raise click.BadParameter(f"{told}: name claims as 3,5,8-10, or say sure") from None


_TYPES: dict[str, Any] = {
    "path": click.Path(path_type=Path),
    "page": click.Path(path_type=Path, allow_dash=True),  # "-" is standard input
    "existing": click.Path(path_type=Path, exists=True, dir_okay=False),
    "year": click.IntRange(1000, 9999),
    "claims": _claims,
    "unprocessed": click.UNPROCESSED,
    "part": click.Choice(list(PARTS)),
    "language": click.Choice(LANGS),
    "table": click.Choice(TABLES),
    "format": click.Choice(FORMATS),
    "cited": click.Choice(CITED),
    "citation": click.Choice(CITATION_FORMATS),
}


def _parameter(name: str, told: Any) -> click.Parameter:
    """An argument or an option out of what ``commands.toml`` says of it."""
    told = dict(_TAKEN["shared"][told] if isinstance(told, str) else told)
    flags, kind = told.pop("flags", [f"--{name}"]), told.pop("type", None)
    if name in _WRITTEN:
        flags, kind, told["metavar"] = ["-o", "--output"], "path", _WRITTEN[name]
    if kind:
        told["type"] = _TYPES[kind]
    if told.pop("argument", False):
        return click.Argument([name], **told)
    return click.Option([*flags, name], **told)


def _command(run: Callable[..., None], **settings: Any) -> click.Command:
    """The command that calls a function; with the study's folder before all that it takes."""
    name = run.__name__.removesuffix("_command").replace("_", "-")
    taken = _TAKEN[name]
    made = run if list(signature(run).parameters) == list(taken) else click.pass_obj(run)
    params = [_parameter(one, told) for one, told in taken.items()]
    told = (getdoc(run) or "").format(**{key: ", ".join(one) for key, one in _LISTS.items()})
    return commands.command(name, params=params, help=told, **settings)(made)


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, package_name="aidstudy")
@click.option(
    "--study",
    "folder",
    type=_TYPES["path"],
    envvar="AIDSTUDY_STUDY",
    help="Folder of the study; the one that comes with aidstudy by default.",
)
@click.pass_context
def commands(context: click.Context, folder: Given) -> None:
    """Figures of a report, from the printed page to tables, ratios, notebooks and plots."""
    context.obj = folder


@_command
def reproduce(
    folder: Given, update: bool, keep: Given, only: str | None, full: bool, choices: Texts
) -> None:
    """Rebuild every output and compare it with what is stored.

    After a change only the stages are run that it reaches; --full runs all.

    With --choice the build is kept in --keep DIR as a study of its own, to be named with --study,
    and nothing stored is touched. Exit status: 0 when everything is as stored, 1 when an output
    differs, 2 when a stage fails.
    """
    from aidstudy.rebuild import rebuild

    if choices and (update or keep is None):
        raise click.UsageError("--choice builds a study apart: name its folder with --keep DIR")
    if only in (None, "notebooks"):
        _need_notebooks("aidstudy reproduce")
    study = _study(folder, choices)
    outcome = rebuild.reproduce(study, update=update, keep=keep, only=only or "", full=full)
    _say(outcome.lines(), ok=outcome.ok)


@_command
def audit(folder: Given, page: Path) -> None:
    """Check the tables against the text of their page, PAGE.

    Exit status: 0 when nothing is amiss, 1 when something is, 2 when the page cannot be read.
    """
    from aidstudy.tables.page_check import audit_page

    found = audit_page(_study(folder), page)
    _say(found.lines(), ok=found.ok)


@_command
def audit_text_command(
    folder: Given,
    pages: Sequence[Path],
    output: Given,
    year: int | None,
    every: bool,
    accept: set[int] | str | None,
) -> None:
    """Check what PAGE says about its own figures: sums, shares, growth, counts.

    Of several pages the figures that one says again of another stand side by side; the year of
    each is the one in the name of its file. No study is needed, but for --accept. Exit status: 0
    when nothing contradicts, 1 when something does, 2 when a page cannot be read.
    """
    from aidstudy.claims import audit_text, audit_texts
    from aidstudy.files import write_whole
    from aidstudy.pages.pages import read_page, year_of

    texts = {str(page): read_page(page) for page in pages}
    if len(texts) != len(pages) or (accept is not None and len(pages) > 1):
        raise click.UsageError("name each page once, and one only with --accept")
    found: TextAudit | TextsAudit
    if len(pages) == 1:
        (text,) = texts.values()
        found = audit_text(text, year=year)
    else:
        found = audit_texts(texts, year={name: year or year_of(name) for name in texts})
    if output is not None:
        forms = {".json": found.to_json, ".csv": found.to_csv, ".html": found.to_html}
        if output.suffix not in forms:
            raise click.UsageError(f"{output}: name a file that ends in {', '.join(forms)}")
        write_whole(output, forms[output.suffix]())
    lines = found.lines(every=every)
    if accept is not None:
        from aidstudy.pages.accept import accept_claims

        chosen = None if isinstance(accept, str) else accept
        lines += accept_claims(_study(folder), text, chosen)
    _say(lines, ok=found.ok)


@_command
def check(folder: Given, arithmetic: bool) -> None:
    """Derive the clean tables and check them and the results, then every file's recorded sha256.

    Where the folder of the study, or one within it, holds the text of the page, it is audited too,
    as audit-text does. Nothing is written. With --arithmetic the exit status is 1 when the page
    contradicts itself; without it a page that does is told, and is no fault of the tables.
    """
    from aidstudy.pages.checked import checked, own_texts, text_lines

    study = _study(folder)
    if arithmetic:
        from aidstudy.analysis.arithmetic import arithmetic_lines, check_arithmetic

        found, audits = check_arithmetic(study), list(own_texts(study))
        agrees = all(audit.ok for _, audit in audits)
        lines = [*arithmetic_lines(found), *text_lines(audits)]
        _say(lines, ok=agrees and not (found["verdict"] == "contradicts").any())
    else:
        _say(checked(study))


@_command
def instructors(folder: Given, into: Path) -> None:
    """Write the notebooks with the solutions of their exercises filled in and executed."""
    _need_notebooks("aidstudy instructors")
    from aidstudy.course.exercises.solved import write_solved

    _say(write_solved(into, folder))


@partial(_command, context_settings={"ignore_unknown_options": True})
def lab(folder: Given, into: Path, own: Given, arguments: Texts) -> None:
    """Open a copy of the notebooks in JupyterLab; MORE goes to JupyterLab.

    A copy that you have changed is never overwritten.
    """
    from aidstudy.course import lab as laboratory

    laboratory.lab_command()
    _say(laboratory.copy_notebooks(into, folder, own=own).lines())
    sys.exit(laboratory.start_lab(into, folder, arguments, own=own))


@_command
def course(folder: Given, copy: Path, students: Given, course_folder: Given, output: Given) -> None:
    """Say which exercises of your copy are right, and at which try; or grade a class.

    AIDSTUDY_EXERCISES may name a file with a teacher's own exercises.
    """
    from aidstudy.course import score
    from aidstudy.course.exercises.solved import write_assignments

    if output is not None and students is None:
        raise click.UsageError("-o is for the table of a class: --class FOLDER -o FILE")
    if course_folder is not None:
        _say(write_assignments(course_folder, folder))
    elif students is None:
        _say(score.score_lines(copy))
    else:
        _written(score.gradebook(students), output)


@_command
def cite(folder: Given, kind: str, name: str, form: str, lang: str, output: Given) -> None:
    """Cite the package, the page, or a table, figure, result or plot by NAME.

    With version, sha256 and SWHID of the bytes, and of a figure its place on the page. cff and
    zenodo are the files CITATION.cff and .zenodo.json.
    """
    from aidstudy.papers import cite as citations

    _written(citations.cite(kind, name, form, lang, folder), output)


@_command
def export(folder: Given, what: str, into: Path, choices: Texts) -> None:
    """Write the tables in another format, NAME.

    One of {formats}. Each has a README.txt with the units and the first lines for R, Stata and
    pandas.
    """
    from aidstudy.exchange.export import export as write

    _say(write(_study(folder, choices), what, into))


@_command
def trace(folder: Given, result_id: str | None, figure: str | None, page: Given) -> None:
    """Print the trail of RESULT_ID down to the page, or what rests on a figure."""
    from aidstudy.analysis.trace import trace as trail
    from aidstudy.analysis.trace import trace_figure

    if (result_id is None) == (figure is None):
        raise click.UsageError("name one result, or one figure with --figure")
    if result_id is not None:
        _say(trail(result_id, folder, page=page).lines())
    elif figure is not None:
        _say(trace_figure(figure, folder, page=page).lines())


@_command
def plot(
    folder: Given, names: Texts, preset: str, lang: str, forms: Texts, into: Path, choices: Texts
) -> None:
    """Draw the plot STEM in another size, language or format: STEM.PRESET.LANG.FORMAT.

    Or draw any figures, outside facts and results beside each other by their ids, one or more:
    rows.PRESET.LANG.FORMAT.

    STEM is one of {plots}.
    """
    from aidstudy.plots import PLOTS, save_plot, save_rows

    study = _study(folder, choices)
    look: dict[str, Any] = {"preset": preset, "lang": lang, "formats": forms}
    if len(names) > 1 or (names[0] not in PLOTS and re.search("[-.]", names[0])):
        _say(save_rows(names, into, study=study, **look))
    else:
        _say(save_plot(names[0], into, study=study, **look))


@_command
def table(
    folder: Given,
    name: str,
    kind: str,
    lang: str,
    analysis: str,
    ids: Texts,
    output: Given,
    choices: Texts,
) -> None:
    """Write the table NAME as a paper needs it; of the results one analysis, or some by id."""
    from aidstudy.papers import write_table

    if output is None and kind == "docx":
        raise click.UsageError("a Word document needs a file: -o FILE")
    study = _study(folder, choices)
    _written(write_table(name, kind, lang, study, analysis=analysis, ids=ids), output)


@_command
def export_macros(folder: Given, names: Texts, every: bool, lang: str, output: Path) -> None:
    """Write LaTeX macros for the results NAME, or plain JSON where FILE ends in .json.

    A NAME is the id of a result, or a pattern such as 'spent.*'.
    """
    from aidstudy.papers import macros, results_json

    if bool(names) == every:
        raise click.UsageError("name the results that the paper needs, or give --all alone")
    wanted, json = None if every else names, output.suffix == ".json"
    _written(results_json(wanted, folder) if json else macros(wanted, folder, lang), output)


@_command
def read(folder: Given, page: Path, output: Given, year: int | None, jobs: int) -> None:
    """Propose a coding of the figures on PAGE: a text, a PDF, - for standard input, or a folder.

    Every row is a proposal with its cue and its grade; a person decides. With --study the places
    and the year of that study are used.
    """
    from aidstudy.pages import many, pages

    study = None if folder is None else _study(folder)
    if not page.is_dir() and jobs != 1:
        raise click.UsageError(f"--jobs is for a folder of pages; {page} is not one")
    if page.is_dir() and output is not None:
        reader = pages.reader_for(study, year)
        try:
            with many.bar() as progress:
                outcome = many.read_folder(
                    page, output, reader=reader, jobs=jobs, progress=progress
                )
        except KeyboardInterrupt:
            click.echo("what has been read is kept: the same command goes on from there", err=True)
            raise
        _say(outcome.lines())
        return
    text = pages.read_page(page)
    rows = list(pages.reader_for(study or pages.own_study(text), year).rows(text))
    if output is None:
        _written(pages.draft_csv(rows), None)
    else:
        pages.write_draft(rows, output)
        _say([f"{output}: {len(rows)} figures, each a proposal to be looked at"])
    none = "" if rows else "no figure found; "
    click.echo(f"{page}: {none}{pages.unread_told(text)}", err=True)


@_command
def text(page: Path, output: Path) -> None:
    """Write the text of PAGE, a PDF or a text in GB 18030, as UTF-8: what a study is made from.

    Keep the file as it is: every offset of a study counts its characters.
    """
    from aidstudy.pages.pages import write_text

    _say([f"{output}: {write_text(page, output)} characters"])


@_command
def review(
    folder: Given, page: Path, output: Given, year: int | None, lang: str, pdf: Given
) -> None:
    """Write PAGE as one HTML file that marks each figure where it is printed.

    The file works offline and holds the whole text of the page: keep it where the page is kept.
    """
    from aidstudy.pages.review import write_review

    study = None if folder is None else _study(folder)
    _say(write_review(page, output, study=study, year=year, language=lang, pdf=pdf))


@_command
def take(folder: Given, saved: Path) -> None:
    """Take what the review page saved into the study: figures, pairs, devices, places, year."""
    from aidstudy.pages.taken import take_review

    _say([*take_review(_study(folder), saved), "next: aidstudy check, and reproduce --update"])


@_command
def agreement(folder: Given, page: Given, store: bool) -> None:
    """Say how far the draft made by rules agrees with the coding of a study.

    Without PAGE the draft is the one that the study keeps.
    """
    from aidstudy.pages.agreement import draft_agreement, store_draft
    from aidstudy.tables.draft import undecided
    from aidstudy.tables.load import exact_table

    study = _study(folder)
    if store:
        if page is None:
            raise click.UsageError("--store needs PAGE, the text to draft")
        _say([store_draft(study, page)])
    _say(draft_agreement(study, page).lines())
    if open_rows := undecided(exact_table("figures", study)["note"].fillna("")):
        _say([f"{open_rows} rows of the coding are still the draft's own: with them it agrees"])


@_command
def compare(a: Path, b: Path, output: Given, decided: Given) -> None:
    """Compare two codings of one page: A is a study, B another or a figures.csv.

    Agreement by column has 95% intervals. In the log fill final and rule of every line.
    """
    from aidstudy.files import write_whole
    from aidstudy.pages import compare as codings

    if decided is None:
        found = codings.compare(a, b)
        _say(found.lines())
        if output is not None:
            write_whole(output, found.to_csv())
    elif output is None:
        raise click.UsageError("--decided needs -o FILE, the table of figures to write")
    else:
        _written(codings.settled(a, b, decided), output)


@_command
def ratio(folder: Given, above: str, below: str, unit: str, page: Given) -> None:
    """Divide one figure or outside fact by another: the quotient, its bounds and its trail."""
    from aidstudy.analysis import ratios
    from aidstudy.analysis.trace import trace
    from aidstudy.quantity.scalar import Missing

    found = ratios.ratio(above, below, unit=unit, study=folder)
    # Nothing can be divided by zero.
    _say([found] if isinstance(found, Missing) else trace(found, folder, page=page).lines())


@_command
def new(
    folder: Path, page: Given, year: int | None, title: str | None, pages: Given, years: Given
) -> None:
    """Make a study of one's own in the new FOLDER, its tables filled with the draft of a page.

    With --pages there is a study for each page below FOLDER, named after its year.
    """
    from aidstudy.pages.new_study import new_study
    from aidstudy.pages.over_years import new_studies

    if pages is not None and page is None:
        for made, where in new_studies(folder, pages=pages, years=years):
            _say([where, *made.lines()])
    elif page is not None and year is not None and pages is None:
        _say(new_study(folder, page=page, year=year, title=title).lines())
    else:
        raise click.UsageError("give --page with --year for one page, or --pages for several")


@_command
def over_years_command(folder: Path, output: Given, plot: str | None, pages: Given) -> None:
    """Set the pages of FOLDER side by side: pairs by year, and figures that were revised.

    FOLDER is what `aidstudy new FOLDER --pages DIR` made, its rows decided by a person.
    """
    from aidstudy.pages import over_years
    from aidstudy.pages.plot_over_years import save_over_years
    from aidstudy.quantity.accessor import flat
    from aidstudy.tables.draft import draft_stamp

    pairs = over_years.pairs_over_years(folder)
    for name, study in over_years.studies_in(folder).items():
        if stamp := draft_stamp(study).en:
            _say([f"{name}: {stamp}"])
    _say([pairs.to_string(index=False)])
    for row in over_years.said_again(folder, pages).to_dict("records"):
        told = [f"{row[f'printed_{side}']} ({row[f'figure_id_{side}']})" for side in (1, 2)]
        meets = "agrees" if row["meet"] else "does not agree: revised, or one of them is wrong"
        _say([f"{row['said']} of {row['period']}: {' and '.join(told)}: {meets}"])
    if output is not None:
        _written(flat(pairs).to_csv(index=False), output)
    if plot is not None:
        _say(save_over_years(pairs, plot, folder))


@_command
def site(folder: Given, into: Path) -> None:
    """Build the pages of the study as a site that works offline."""
    _need_notebooks("aidstudy site")
    from aidstudy.rebuild.site.build import build_site

    _say(build_site(_study(folder), into))


@_command
def browser(folder: Given, into: Path, offline: bool, parts: Given, named: Given) -> None:
    """Build the course as a static folder whose notebooks run in a browser tab."""
    _need_notebooks("aidstudy browser")
    from aidstudy.rebuild.browser.build import build_browser

    _say(build_browser(named or folder, into, offline=offline, parts=parts))


def _study(folder: Given, choices: Iterable[str] = ()) -> Study:
    """The study, with the judgement calls that an option asked for."""
    from aidstudy.analysis.switches import checked_choices
    from aidstudy.tables.study import load_study

    return load_study(folder).under(checked_choices(choices))


def _need_notebooks(purpose: str) -> None:
    """Say so at once where the packages that execute notebooks are not installed."""
    from aidstudy.extras import extra_module

    extra_module("nbclient", extra="notebooks", purpose=purpose)


def _written(content: str | bytes, output: Given) -> None:
    """Print what a command makes, or write it and say where."""
    from aidstudy.files import write_whole

    if output is None:
        click.echo(content, nl=False)
    else:
        write_whole(output, content)
        _say([output])


def _say(lines: Iterable[object], *, ok: bool = True) -> None:
    """Print what was done or found; what is not as it should be ends with status 1."""
    for line in lines:
        click.echo(line)
    if not ok:
        sys.exit(1)


def main() -> None:
    """Run the command line; an error of aidstudy is one message and exit status 2."""
    for stream in (sys.stdout, sys.stderr):
        # Chinese in a message must not end the run on a console that cannot print it.
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    warnings.formatwarning = lambda message, *_, **__: f"Warning: {message}\n"
    try:
        sys.exit(commands(prog_name="aidstudy", standalone_mode=False))
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except AidstudyError as error:
        notes = getattr(error, "__notes__", [])
        click.echo("\n".join([f"Error: {error}", *notes]), err=True)
        sys.exit(2)
    except click.Abort:
        click.echo("interrupted; nothing stored was changed", err=True)
        sys.exit(130)
    except Exception:
        # Not foreseen, so the whole trace is worth reporting; 1 would say that an output differs.
        traceback.print_exc()
        sys.exit(2)
