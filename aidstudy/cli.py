"""Commands of aidstudy. Each is thin: what it does is a function that a program can call too."""

from __future__ import annotations

import io
import os
import re
import sys
import traceback
import warnings
from collections.abc import Callable, Iterable, Sequence
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from aidstudy.errors import AidstudyError
from aidstudy.papers import CITATION_FORMATS, CITED, FORMATS, LANGUAGES, TABLES
from aidstudy.version import __version__

if TYPE_CHECKING:
    from aidstudy.tables.study import Study

if TYPE_CHECKING:
    from aidstudy.claims import TextAudit, TextsAudit

_Command = TypeVar("_Command", bound=Callable[..., Any])

# What a command needs is imported when it runs: --help must not wait for pandas.


class _PathType(click.Path):
    """A path; one that no system can open is refused before a command begins."""

    def convert(
        self,
        value: str | os.PathLike[str],
        param: click.Parameter | None,
        ctx: click.Context | None,
    ) -> str | bytes | os.PathLike[str]:
        if "\0" in os.fspath(value):
            self.fail(f"{os.fspath(value)!r} holds a NUL character, which no path can", param, ctx)
        return super().convert(value, param, ctx)


PATH = _PathType(path_type=Path)
PAGE = _PathType(path_type=Path, allow_dash=True)
"""A file, or ``-`` for standard input."""
_page_text = click.option("--page", type=PATH, help="The page's text, to mark it there.")
_choices = click.option(
    "--choice",
    "choices",
    multiple=True,
    metavar="CALL=OPTION",
    help="A judgement call made otherwise, such as rule=rounded; may be given several times.",
)
_year = click.option("--year", type=click.IntRange(1000, 9999), help="Year of the reports.")


def _into_folder(told: str, default: str | None = None) -> Callable[[_Command], _Command]:
    """The option ``-o DIR``, required unless there is a default."""
    # A default of None would stand for a value that is given.
    needed = {"required": True} if default is None else {"default": default, "show_default": True}
    return click.option("-o", "--output", "into", type=PATH, metavar="DIR", help=told, **needed)


def _into_file(told: str, *, required: bool = False) -> Callable[[_Command], _Command]:
    """The option ``-o FILE``."""
    return click.option("-o", "--output", type=PATH, metavar="FILE", required=required, help=told)


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, package_name="aidstudy")
@click.option(
    "--study",
    "folder",
    type=PATH,
    envvar="AIDSTUDY_STUDY",
    help="Folder of the study; the one that comes with aidstudy by default.",
)
@click.pass_context
def commands(context: click.Context, folder: Path | None) -> None:
    """Figures of a report, from the printed page to tables, ratios, notebooks and plots."""
    context.obj = folder


@commands.command()
@click.option("--update", is_flag=True, help="Write what differs into the study.")
@click.option("--keep", type=PATH, metavar="DIR", help="Build in this new folder and keep it.")
@click.option(
    "--only",
    type=click.Choice(["tables", "results", "plots", "notebooks"]),
    help="Rebuild this part from what is stored of the others.",
)
@_choices
@click.pass_obj
def reproduce(
    folder: Path | None,
    update: bool,
    keep: Path | None,
    only: str | None,
    choices: tuple[str, ...],
) -> None:
    """Rebuild every output and compare it with what is stored.

    With --choice the build is kept in --keep DIR as a study of its own, to be named with --study,
    and nothing stored is touched. Exit status: 0 when everything is as stored, 1 when an output
    differs, 2 when a stage fails.
    """
    from aidstudy.rebuild import rebuild

    if choices and (update or keep is None):
        raise click.UsageError("--choice builds a study apart: name its folder with --keep DIR")
    if only in (None, "notebooks"):
        _need_notebooks("aidstudy reproduce")
    study = _under(folder, choices)
    outcome = rebuild.reproduce(study, update=update, keep=keep, only=only or "")
    _say(outcome.lines())
    if not outcome.ok:
        sys.exit(1)


@commands.command()
@click.argument("page", type=PATH)
@click.pass_obj
def audit(folder: Path | None, page: Path) -> None:
    """Check the tables against the text of their page, PAGE.

    Exit status: 0 when nothing is amiss, 1 when something is, 2 when the page cannot be read.
    """
    from aidstudy.tables.audit import audit_page
    from aidstudy.tables.study import load_study

    found = audit_page(load_study(folder), page)
    _say(found.lines())
    if not found.ok:
        sys.exit(1)


def _chosen(context: click.Context, option: click.Parameter, told: str | None) -> Any:
    """Numbers of claims: 3,5,8-10; none of its own for ``sure``."""
    if told is None or told == "sure":
        return told
    ends = [one.partition("-") for one in told.replace(" ", "").split(",")]
    try:
        return {n for a, _, b in ends for n in range(int(a), int(b or a) + 1)}
    except ValueError:
        raise click.BadParameter(f"{told}: name claims as 3,5,8-10, or say sure") from None


@commands.command("audit-text")
@click.argument("pages", type=PAGE, nargs=-1, required=True, metavar="PAGE...")
@_into_file("Write every claim here too: .json, .csv or .html.")
@_year
@click.option("--list", "every", is_flag=True, help="Print every claim with its number.")
@click.option(
    "--accept",
    metavar="NUMBERS",
    callback=_chosen,
    help="Add claims to the relations of the study made of PAGE: 3,5,8-10, or sure for those.",
)
@click.pass_obj
def audit_text_command(
    folder: Path | None,
    pages: Sequence[Path],
    output: Path | None,
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
        from aidstudy.tables.study import load_study

        chosen = None if isinstance(accept, str) else accept
        lines += accept_claims(load_study(folder), text, chosen).lines()
    _say(lines)
    if not found.ok:
        sys.exit(1)


@commands.command()
@click.option("--arithmetic", is_flag=True, help="Check the page's own arithmetic instead.")
@click.pass_obj
def check(folder: Path | None, arithmetic: bool) -> None:
    """Derive the clean tables and check them and the results, then every file's recorded sha256.

    Nothing is written. With --arithmetic the exit status is 1 when the page contradicts itself.
    """
    from aidstudy.tables.study import load_study

    if arithmetic:
        from aidstudy.analysis.arithmetic import arithmetic_lines, check_arithmetic

        found = check_arithmetic(load_study(folder))
        _say(arithmetic_lines(found))
        if (found["verdict"] == "contradicts").any():
            sys.exit(1)
        return
    from aidstudy.pages.checked import checked

    _say(checked(load_study(folder)))


@commands.command()
@_into_folder("Folder to write into.")
@click.pass_obj
def instructors(folder: Path | None, into: Path) -> None:
    """Write the notebooks with the solutions of their exercises filled in and executed."""
    _need_notebooks("aidstudy instructors")
    from aidstudy.course.exercises.solved import write_solved

    _say([str(path) for path in write_solved(into, folder)])


@commands.command(context_settings={"ignore_unknown_options": True})
@_into_folder("Folder to work in.", default="my-notebooks")
@click.option(
    "--exercises",
    "own",
    type=_PathType(path_type=Path, exists=True, dir_okay=False),
    envvar="AIDSTUDY_EXERCISES",
    metavar="FILE",
    help="A teacher's exercises (TOML): the copies ask them too.",
)
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED, metavar="[-- MORE]")
@click.pass_obj
def lab(folder: Path | None, into: Path, own: Path | None, arguments: tuple[str, ...]) -> None:
    """Open a copy of the notebooks in JupyterLab; MORE goes to JupyterLab.

    A copy that you have changed is never overwritten.
    """
    from aidstudy.course import lab as laboratory

    laboratory.lab_command()
    _say(laboratory.copy_notebooks(into, folder, own=own).lines())
    sys.exit(laboratory.start_lab(into, folder, arguments, own=own))


@commands.command()
@click.option(
    "--copy",
    type=PATH,
    default="my-notebooks",
    show_default=True,
    help="The copy that aidstudy lab made.",
)
@click.option(
    "--class",
    "students",
    type=PATH,
    metavar="FOLDER",
    help="A gradebook (CSV) of FOLDER, which has one folder for each student.",
)
@click.option(
    "--nbgrader",
    "course_folder",
    type=PATH,
    metavar="DIR",
    help="Write the notebooks as assignments of nbgrader into DIR/source.",
)
@_into_file("Write the gradebook here; without it, it is printed.")
@click.pass_obj
def course(
    folder: Path | None,
    copy: Path,
    students: Path | None,
    course_folder: Path | None,
    output: Path | None,
) -> None:
    """Say which exercises of your copy are right, and at which try; or grade a class.

    AIDSTUDY_EXERCISES may name a file with a teacher's own exercises.
    """
    from aidstudy.course import nbgrader, score
    from aidstudy.files import write_whole

    if course_folder is not None:
        _say([str(path) for path in nbgrader.write_assignments(course_folder, folder)])
    elif students is None:
        _say(score.score_lines(copy))
    elif output is None:
        click.echo(score.gradebook(students), nl=False)
    else:
        write_whole(output, score.gradebook(students))
        _say([str(output)])


@commands.command()
@click.argument("kind", type=click.Choice(CITED), default="package")
@click.argument("name", default="")
@click.option(
    "--format", "form", type=click.Choice(CITATION_FORMATS), default="plain", show_default=True
)
@click.option("--lang", type=click.Choice(LANGUAGES), default="en", show_default=True)
@_into_file("File to write; without it the citation is printed.")
@click.pass_obj
def cite(
    folder: Path | None, kind: str, name: str, form: str, lang: str, output: Path | None
) -> None:
    """Cite the package, the page, or a table, figure, result or plot by NAME.

    With version, sha256 and SWHID of the bytes, and of a figure its place on the page. cff and
    zenodo are the files CITATION.cff and .zenodo.json.
    """
    from aidstudy.papers import cite as citations

    _written(citations.cite(kind, name, form, lang, folder), output)


@commands.command()
@click.argument("what", metavar="NAME")
@_into_folder("Folder to write into.")
@_choices
@click.pass_obj
def export(folder: Path | None, what: str, into: Path, choices: tuple[str, ...]) -> None:
    """Write the tables in another format, NAME.

    One of annotations (JSON-LD), csv, csvw, datapackage, excel, parquet, sqlite, stata. Each has
    a README.txt with the units and the first lines for R, Stata and pandas.
    """
    from aidstudy.exchange.export import export as write

    _say([str(path) for path in write(_under(folder, choices), what, into)])


@commands.command()
@click.argument("result_id", required=False)
@click.option("--figure", metavar="ID", help="What rests on this figure.")
@_page_text
@click.pass_obj
def trace(
    folder: Path | None, result_id: str | None, figure: str | None, page: Path | None
) -> None:
    """Print the trail of RESULT_ID down to the page, or what rests on a figure."""
    from aidstudy.rebuild.trace import trace as trail
    from aidstudy.rebuild.trace import trace_figure

    if (result_id is None) == (figure is None):
        raise click.UsageError("name one result, or one figure with --figure")
    if result_id is not None:
        _say(trail(result_id, folder, page=page).lines())
    elif figure is not None:
        _say(trace_figure(figure, folder, page=page).lines())


@commands.command()
@click.argument("names", nargs=-1, required=True, metavar="STEM | ID...")
@click.option(
    "--preset",
    default="double",
    show_default=True,
    help="single, double, elsevier, plos, mono (grey) or slide: width and sizes of text.",
)
@click.option("--lang", default="en", show_default=True, help="en or zh.")
@click.option(
    "--format",
    "forms",
    multiple=True,
    default=("pdf",),
    show_default=True,
    help="pdf, svg, png or tiff; may be given several times.",
)
@_into_folder("Folder to write into.", default=".")
@_choices
@click.pass_obj
def plot(
    folder: Path | None,
    names: tuple[str, ...],
    preset: str,
    lang: str,
    forms: tuple[str, ...],
    into: Path,
    choices: tuple[str, ...],
) -> None:
    """Draw the plot STEM in another size, language or format: STEM.PRESET.LANG.FORMAT.

    Or draw any figures, outside facts and results beside each other by their ids, one or more:
    rows.PRESET.LANG.FORMAT.

    STEM is aid_per_head, completed_shares, denominators, events, funding_ratios, judgement_calls,
    later_reports, mechanisms, money_flow, parts_of_wholes, project_stages or unit_costs.
    """
    from aidstudy.plots import PLOTS, save_plot

    study, look = _under(folder, choices), {"preset": preset, "lang": lang, "formats": forms}
    if len(names) > 1 or (names[0] not in PLOTS and re.search("[-.]", names[0])):
        from aidstudy.pages.own_plots import save_rows

        paths = save_rows(names, into, study=study, **look)
    else:
        paths = save_plot(names[0], into, study=study, **look)
    _say([str(path) for path in paths])


@commands.command()
@click.argument("name", type=click.Choice(TABLES))
@click.option("--format", "kind", type=click.Choice(FORMATS), default="latex", show_default=True)
@click.option("--lang", type=click.Choice(LANGUAGES), default="en", show_default=True)
@click.option("--analysis", metavar="LETTER", help="Of the results, those of one analysis.")
@click.option("--result", "ids", multiple=True, metavar="ID", help="Of the results, this one.")
@_into_file("File to write; without it the table is printed.")
@_choices
@click.pass_obj
def table(
    folder: Path | None,
    name: str,
    kind: str,
    lang: str,
    analysis: str | None,
    ids: tuple[str, ...],
    output: Path | None,
    choices: tuple[str, ...],
) -> None:
    """Write the table NAME as a paper needs it; of the results one analysis, or some by id."""
    from aidstudy.papers import write_table

    if output is None and kind == "docx":
        raise click.UsageError("a Word document needs a file: -o FILE")
    study = _under(folder, choices)
    made = write_table(name, kind, lang, study, analysis=analysis or "", ids=ids)
    _written(made, output)


@commands.command("export-macros")
@click.argument("names", nargs=-1, metavar="[NAME]...")
@click.option("--all", "every", is_flag=True, help="Every result.")
@click.option("--lang", type=click.Choice(LANGUAGES), default="en", show_default=True)
@_into_file("File to write.", required=True)
@click.pass_obj
def export_macros(
    folder: Path | None, names: tuple[str, ...], every: bool, lang: str, output: Path
) -> None:
    """Write LaTeX macros for the results NAME, or plain JSON where FILE ends in .json.

    A NAME is the id of a result, or a pattern such as 'spent.*'.
    """
    from aidstudy.files import write_whole
    from aidstudy.papers import macros, results_json

    if bool(names) == every:
        raise click.UsageError("name the results that the paper needs, or give --all alone")
    wanted = None if every else names
    json = output.suffix == ".json"
    write_whole(output, results_json(wanted, folder) if json else macros(wanted, folder, lang))
    _say([str(output)])


@commands.command()
@click.argument("page", type=PAGE)
@_into_file(
    "Write here (.csv, .xlsx, .parquet); without it CSV is printed. A folder needs .parquet."
)
@_year
@click.option(
    "--jobs", default=1, show_default=True, help="Most workers for a folder; -1: all cores."
)
@click.pass_obj
def read(folder: Path | None, page: Path, output: Path | None, year: int | None, jobs: int) -> None:
    """Propose a coding of the figures on PAGE: a text, a PDF, - for standard input, or a folder.

    Every row is a proposal with its cue and its grade; a person decides. With --study the places
    and the year of that study are used.
    """
    from aidstudy.pages import many, pages
    from aidstudy.tables.study import load_study

    study = None if folder is None else load_study(folder)
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
    rows = pages.reader_for(study or pages.own_study(text), year).rows(text)
    first = next(rows, None)
    rows = iter(()) if first is None else chain((first,), rows)
    if output is None:
        for part in pages.draft_csv(rows):
            click.echo(part, nl=False)
    else:
        number = pages.write_draft(rows, output)
        _say([f"{output}: {number} figures, each a proposal to be looked at"])
    if first is None:
        click.echo(f"{page}: no figure found; {pages.unread_told(text)}", err=True)


@commands.command()
@click.argument("page", type=PAGE)
@_into_file("A new file.", required=True)
def text(page: Path, output: Path) -> None:
    """Write the text of PAGE, a PDF or a text in GB 18030, as UTF-8: what a study is made from.

    Keep the file as it is: every offset of a study counts its characters.
    """
    from aidstudy.pages.pages import write_text

    _say([f"{output}: {write_text(page, output)} characters"])


@commands.command()
@click.argument("page", type=PAGE)
@_into_file("Write here; without it beside PAGE, with the ending .review.html.")
@_year
@click.option("--lang", type=click.Choice(["en", "zh"]), default="en", show_default=True)
@click.option("--pdf", type=PATH, help="The PDF of PAGE: each row leads to its place there.")
@click.pass_obj
def review(
    folder: Path | None,
    page: Path,
    output: Path | None,
    year: int | None,
    lang: str,
    pdf: Path | None,
) -> None:
    """Write PAGE as one HTML file that marks each figure where it is printed.

    The file works offline and holds the whole text of the page: keep it where the page is kept.
    """
    from aidstudy.pages.review import write_review
    from aidstudy.tables.study import load_study

    study = None if folder is None else load_study(folder)
    _say(write_review(page, output, study=study, year=year, language=lang, pdf=pdf).lines(page))


@commands.command()
@click.argument("saved", type=PATH, metavar="REVIEW.json")
@click.pass_obj
def take(folder: Path | None, saved: Path) -> None:
    """Take what the review page saved into the study: figures, pairs, devices, places, year."""
    from aidstudy.pages.taken import take_review
    from aidstudy.tables.study import load_study

    _say([*take_review(load_study(folder), saved), "next: aidstudy check, and reproduce --update"])


@commands.command()
@click.argument("page", type=PATH, required=False)
@click.option("--store", is_flag=True, help="Keep the draft of PAGE in the study: data/draft.csv.")
@click.pass_obj
def agreement(folder: Path | None, page: Path | None, store: bool) -> None:
    """Say how far the draft made by rules agrees with the coding of a study.

    Without PAGE the draft is the one that the study keeps.
    """
    from aidstudy.pages.agreement import draft_agreement, store_draft
    from aidstudy.tables.draft import undecided
    from aidstudy.tables.load import exact_table
    from aidstudy.tables.study import load_study

    study = load_study(folder)
    if store:
        if page is None:
            raise click.UsageError("--store needs PAGE, the text to draft")
        _say([str(store_draft(study, page))])
    _say(draft_agreement(study, page).lines())
    if open_rows := undecided(exact_table("figures", study)["note"].fillna("")):
        _say([f"{open_rows} rows of the coding are still the draft's own: with them it agrees"])


@commands.command()
@click.argument("a", type=PATH)
@click.argument("b", type=PATH)
@_into_file("Write the log to decide in here, or what --decided makes.")
@click.option(
    "--decided",
    type=PATH,
    metavar="LOG",
    help="Make one table of figures of both, by the decisions in LOG.",
)
def compare(a: Path, b: Path, output: Path | None, decided: Path | None) -> None:
    """Compare two codings of one page: A is a study, B another or a figures.csv.

    Agreement by column has 95% intervals. In the log fill final and rule of every line.
    """
    from aidstudy.files import write_whole
    from aidstudy.pages import compare as codings

    if decided is not None:
        if output is None:
            raise click.UsageError("--decided needs -o FILE, the table of figures to write")
        write_whole(output, codings.settled(a, b, decided))
        _say([str(output)])
        return
    found = codings.compare(a, b)
    _say(found.lines())
    if output is not None:
        write_whole(output, found.to_csv())


@commands.command()
@click.argument("above", metavar="ID")
@click.argument("below", metavar="ID")
@click.option("--unit", default="", help="In which it is shown.")
@_page_text
@click.pass_obj
def ratio(folder: Path | None, above: str, below: str, unit: str, page: Path | None) -> None:
    """Divide one figure or outside fact by another: the quotient, its bounds and its trail."""
    from aidstudy.analysis import ratios
    from aidstudy.quantity.scalar import Missing
    from aidstudy.rebuild.trace import trace

    found = ratios.ratio(above, below, unit=unit, study=folder)
    if isinstance(found, Missing):  # Nothing can be divided by zero.
        _say([str(found)])
    else:
        _say(trace(found, folder, page=page).lines())


@commands.command()
@click.argument("folder", type=PATH)
@click.option("--page", type=PATH, help="The page's text; it stays where it is.")
@click.option("--year", type=click.IntRange(1000, 9999), help="Year of the reports; with --page.")
@click.option("--title", help="Title of the study; the name of FOLDER by default.")
@click.option("--pages", type=PATH, metavar="DIR", help="One text file a page: a study for each.")
@click.option("--years", type=PATH, metavar="CSV", help="Columns page and year; with --pages.")
def new(
    folder: Path,
    page: Path | None,
    year: int | None,
    title: str | None,
    pages: Path | None,
    years: Path | None,
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


@commands.command("over-years")
@click.argument("folder", type=PATH)
@_into_file("Write what each pair promised, paid and spent here too: .csv.")
@click.option("--plot", metavar="COUNTY", help="Draw it for this county, as printed, into FOLDER.")
@click.option(
    "--pages", type=PATH, metavar="DIR", help="The texts: what one says again of another."
)
def over_years_command(
    folder: Path, output: Path | None, plot: str | None, pages: Path | None
) -> None:
    """Set the pages of FOLDER side by side: pairs by year, and figures that were revised.

    FOLDER is what `aidstudy new FOLDER --pages DIR` made, its rows decided by a person.
    """
    from aidstudy.files import write_whole
    from aidstudy.pages import over_years
    from aidstudy.pages.own_plots import save_over_years
    from aidstudy.quantity.accessor import flat
    from aidstudy.tables.draft import draft_stamp

    pairs = over_years.pairs_over_years(folder)
    for name, study in over_years.studies_in(folder).items():
        if stamp := draft_stamp(study).en:
            _say([f"{name}: {stamp}"])
    _say([pairs.to_string(index=False)])
    for row in over_years.said_again(folder).to_dict("records"):
        told = [f"{row[f'printed_{side}']} ({row[f'figure_id_{side}']})" for side in (1, 2)]
        meets = "agrees" if row["meet"] else "does not agree: revised, or one of them is wrong"
        what = f"{row['subject']}, {row['measure']} of {row['period']}"
        _say([f"{what}: {' and '.join(told)}: {meets}"])
    if pages is not None:
        for row in over_years.restated_over_years(folder, pages).to_dict("records"):
            told = [
                f"{row[f'{side}printed']} ({row[f'{side}figure_id']})" for side in ("", "again_")
            ]
            _say([f"{row['name']} {row['time']}: {' and '.join(told)}: {row['verdict']}"])
    if output is not None:
        write_whole(output, flat(pairs).to_csv(index=False))
        _say([str(output)])
    if plot is not None:
        _say(map(str, save_over_years(pairs, plot, folder)))


@commands.command()
@_into_folder("Folder to build into; an earlier build there is replaced whole.")
@click.pass_obj
def site(folder: Path | None, into: Path) -> None:
    """Build the pages of the study as a site that works offline."""
    _need_notebooks("aidstudy site")
    from aidstudy.rebuild.site import build_site
    from aidstudy.tables.study import load_study

    _say(build_site(load_study(folder), into).lines())


@commands.command()
@_into_folder("Folder to build into; an earlier build there is replaced whole.")
@click.option("--offline", is_flag=True, help="Put all packages beside it: no network needed.")
@click.option("--parts", type=PATH, help="Where fetched parts are kept; beside INTO by default.")
@click.option("--study", "named", type=PATH, help="Folder of a study of your own.")
@click.pass_obj
def browser(
    folder: Path | None, into: Path, offline: bool, parts: Path | None, named: Path | None
) -> None:
    """Build the course as a static folder whose notebooks run in a browser tab."""
    _need_notebooks("aidstudy browser")
    from aidstudy.rebuild.browser import build_browser

    _say(build_browser(named or folder, into, offline=offline, parts=parts).lines())


def _under(folder: Path | None, choices: Iterable[str]) -> Study:
    """The study with the judgement calls that an option asked for."""
    from aidstudy.analysis.switches import checked_choices
    from aidstudy.tables.study import load_study

    return load_study(folder).under(checked_choices(choices))


def _need_notebooks(purpose: str) -> None:
    """Say so at once where the packages that execute notebooks are not installed."""
    from aidstudy.extras import extra_module

    extra_module("nbclient", extra="notebooks", purpose=purpose)


def _written(content: str | bytes, output: Path | None) -> None:
    """Print what a command makes, or write it and say where."""
    from aidstudy.files import write_whole

    if output is None:
        click.echo(content, nl=False)
    else:
        write_whole(output, content)
        _say([str(output)])


def _say(lines: Iterable[str]) -> None:
    for line in lines:
        click.echo(line)


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
