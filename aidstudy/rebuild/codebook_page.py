"""``data/README.md``: the codebook in words, made from the lists that the checks use."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from aidstudy import codebook
from aidstudy.codebook import Codes, Column, Table
from aidstudy.tables.study import Study

_HEAD = """# The tables and their codebook

Made from the lists that the checks use (`aidstudy/codebook.py`); do not edit it by hand.
Codebook version {version}. Study: {title}.

- `raw/` holds what people decided: the figures as printed with their places, and what each
  measures; the projects, events, pairs and mechanisms; the log of the adjudication; corrections.
  `raw/coding_a/` and `raw/coding_b/` are two codings of the whole page, made apart from each
  other under version 0 of the codebook and kept as they were.
- `clean/` holds what the library derives and checks. Load it with `aidstudy.load_figures()` and
  its kin, or read the CSV files: UTF-8, comma, line feed, one header line, an empty cell for what
  is missing.
- `context.csv` holds facts from outside the page, each with source and grade. They never fill a
  gap in the page's figures.
- `draft.csv` holds what the rules propose for the page, without a person: it measures the rules
  and is not to be analysed. Only a study that stored it has it, and no exchange format takes it
  along, lest a proposal pass for a coding.
- `study.toml` names the page, the year, the counties and the donors.

## How to read the tables

**Offsets** (`start`, `end`) are 0-based and half-open, counted in Unicode code points of the page's
text as it stands, line ends included. The page's text has the sha256 `{sha256}`. It is not part of
this project; `aidstudy audit PAGE.txt` compares the tables with it.

**Missing** is an empty cell and means that the page does not say. It is never zero.

**`low` and `high`** are the lowest and highest value that the print allows, exact. They are no
confidence interval. Where the decimal does not end they are rounded outward.

**The year** {year} is inferred for dates printed without one: one article speaks of the projects
of {year} as under way. No article prints its own date, and one year for all is an assumption.

**A Chinese numeral** gets a row when it states a quantity of the report's own things. Ordinals,
idioms, enumerators, indefinite amounts and names get none.

**The log of the adjudication** (`raw/adjudication.csv`) has one line for each cell in which the
two codings differ from each other or from the final tables. Rows are aligned by span (figures),
id (projects), shared figures (events), donor and county (pairs), county and device
(mechanisms). Ids and short names are brought to the final ones first; a renamed short name is
one line of its own, under `slugs`. Free text is not compared: notes, labels of events, English
names, the wording of a next step. A check recomputes the log and refuses a line that is
missing, too much or out of date.

{codings}**Joint sums.** A sum printed for several projects together stands in each of them, with
`joint` in the note, and counts once. A whole and its parts (`part_of`) are never added: the whole
stands.

**Paid in full.** Where the page says of a payment that all of the money came (全部, 全额), its note
has `paid in full`. Only then may it stand for a commitment that the page does not print, and only
when the page prints no other year for it: a payment to date is a part of something larger, and one
of another year says nothing of this one. The judgement calls `paid_in_full` and `undated` undo it.
"""

_CODINGS = """**Agreement of the two codings.** The coders were {coders}.
Agreement, kappa and alpha stand in `clean/results.csv` with the ends of their 95% intervals
beside them (`.ci_low`, `.ci_high`): Wilson for raw agreement, statsmodels' asymptotic standard
error for kappa, a seeded bootstrap over rows for alpha. Such an interval is no `low` and `high`:
it treats the rows of this page as drawn from many like them, and says how far the number would
move with other rows. It does not say how far other coders would agree, people above all: two
models may share a habit that no coefficient of theirs can show. Where all rows are alike, kappa
and alpha have no interval.

"""

_LISTS: tuple[tuple[str, str, Codes], ...] = (
    ("numeral", "How a number is written", codebook.NUMERALS),
    ("kind (figures)", "What kind of figure it is", codebook.KINDS),
    ("unit", "Base units; a count has the thing counted instead", codebook.UNITS),
    ("bound", "How low and high follow from the print", codebook.BOUNDS),
    ("measure", "What is measured; money follows the transaction types of IATI", codebook.MEASURES),
    (
        "measure (context)",
        "Measures of outside facts, besides those of the figures",
        {
            code: what
            for code, what in codebook.CONTEXT_MEASURES.items()
            if code not in codebook.MEASURES
        },
    ),
    ("kind_hint", "Kinds that a person says when the print does not", codebook.KIND_HINTS),
    ("status", "IATI ActivityStatus of a project", codebook.STATUSES),
    ("stage", "How far a project has come", codebook.STAGES),
    ("precision", "How coarse the date of an event is", codebook.PRECISIONS),
    ("kind (events)", "What happened", codebook.EVENT_KINDS),
    ("realised", "Reported or planned", codebook.REALISED),
    ("level", "What sort of body a donor is", codebook.LEVELS),
    ("role", "How a donor helps", codebook.ROLES),
    ("mechanism", "Management devices", codebook.MECHANISMS),
    ("present", "Whether an article mentions a device", codebook.PRESENT),
    ("grade", "How near to its publisher an outside fact was read", codebook.GRADES),
    ("grade (draft)", "How sure a drafted measure is", codebook.DRAFT_GRADES),
    ("kind (relations)", "What two printed numbers have to do", codebook.RELATION_KINDS),
    ("verdict", "What the page's own arithmetic comes to", codebook.VERDICTS),
    ("state", "How a value shown in a result, table or plot came about", codebook.STATES),
)

FOLDERS: Mapping[str, tuple[Table, ...]] = {
    "data/raw": (*codebook.RAW_TABLES.values(), codebook.RELATIONS, codebook.READINGS),
    "data": (*codebook.OUTSIDE_TABLES.values(), codebook.DRAFT),
    "data/clean": (*codebook.CLEAN_TABLES.values(), codebook.RESULTS, codebook.SENSITIVITY),
}
"""Every table of a study, by the folder that holds it."""

_TYPES = {
    "text": "text",
    "integer": "whole number",
    "exact": "exact number, or ISO text",
    "code": "code",
    "codes": "codes, separated by a space",
    "id": "id, unique",
    "ref": "id in",
    "refs": "ids, separated by a space, in",
    "date": "ISO date or interval, as coarse as the print",
}


def codebook_page(study: Study) -> str:
    """The codebook of a study as Markdown: every table, column and code with its meaning.

    Parameters
    ----------
    study : Study

    Returns
    -------
    str

    Examples
    --------
    >>> from aidstudy.tables.study import load_study
    >>> print(codebook_page(load_study()).splitlines()[0])
    # The tables and their codebook
    """
    parts = [
        _HEAD.format(
            version=codebook.VERSION,
            title=study.title,
            sha256=study.page["sha256"],
            year=study.year,
            codings=_CODINGS.format(**study.codings) if study.codings else "",
        )
    ]
    parts.append("## Tables\n")
    parts += [_table(folder, table) for folder, tables in FOLDERS.items() for table in tables]
    parts.append("## Codes\n")
    parts += [_codes(name, meaning, codes) for name, meaning, codes in _LISTS]
    parts.append(_places("recipient", "Counties", study.recipients))
    parts.append(_places("donor", "Donors", study.donors))
    return "\n".join(parts)


def _table(folder: str, table: Table) -> str:
    return f"### `{folder}/{table.name}.csv`\n\n{_sentence(table.meaning)}\n\n" + _grid(
        ("column", "type", "may be empty", "meaning"),
        ((f"`{c.name}`", _type(c), "" if c.required else "yes", c.meaning) for c in table.columns),
    )


def _type(column: Column) -> str:
    text = _TYPES[column.type]
    return f"{text} `{column.to}`" if column.to else text


def _codes(name: str, meaning: str, codes: Codes) -> str:
    return f"### `{name}`\n\n{_sentence(meaning)}\n\n" + _grid(
        ("code", "meaning", "中文"),
        ((f"`{code}`", what.meaning, what.zh) for code, what in codes.items()),
    )


def _places(name: str, meaning: str, places: Mapping[str, codebook.Place]) -> str:
    return f"### `{name}`\n\n{_sentence(meaning)}, in `data/study.toml`.\n\n" + _grid(
        ("short name", "English", "中文"),
        ((f"`{slug}`", place.en, place.zh) for slug, place in places.items()),
    )


def _sentence(text: str) -> str:
    return text[0].upper() + text[1:]


def _grid(header: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [header, tuple("---" for _ in header), *rows]
    return (
        "\n".join("| " + " | ".join(c.replace("|", "\\|") for c in line) + " |" for line in lines)
        + "\n"
    )


__all__ = ["FOLDERS", "codebook_page"]
