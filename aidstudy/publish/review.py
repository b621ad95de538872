"""One page as a self-contained HTML file: each figure where it is printed, beside the draft table.

The file asks for nothing from outside and runs one script, which holds nothing of the page: text
of a page goes into it escaped, and its content policy names script and style by their hash.
"""

from __future__ import annotations

import base64
import hashlib
import html
import re
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from aidstudy import codebook
from aidstudy.codebook import FIGURES, did_you_mean
from aidstudy.errors import CodebookError, FileError
from aidstudy.files import sha256_of, write_whole
from aidstudy.publish.pages import STDIN, own_study, read_page, reader_for
from aidstudy.reading.quantities import Unread, find_quantities
from aidstudy.reading.text import RULES, Repair, RepairedText, Span, repair_text
from aidstudy.tables.files import read_cells
from aidstudy.tables.study import Study

LANGUAGES = ("en", "zh")

_ASSETS = Path(__file__).with_name("review_page")

STATES: Mapping[str, tuple[str, str]] = {
    "agrees": ("draft agrees", "草稿一致"),
    "differs": ("draft differs", "草稿不同"),
    "coding_only": ("not in the draft", "草稿缺此项"),
    "draft_only": ("only in the draft", "仅见于草稿"),
}
"""How a figure of the adjudicated coding and one of the draft go together, English and Chinese."""

_COMPARED = (
    "start",
    "end",
    "printed",
    "numeral",
    "kind",
    "value",
    "unit",
    "low",
    "high",
    "bound",
    "measure",
    "subject",
    "donor",
    "period",
)
_DRAFT_SHOWN = ("measure", "subject", "subject_zh", "donor", "donor_zh", "period", "cue", "grade")
_CODING_SHOWN = ("measure", "subject", "donor", "period", "label_en", "same_as", "part_of", "note")

_FAMILIES: Mapping[str, tuple[str, str]] = {
    "money": ("money", "¥"),
    "share": ("share", "%"),
    "multiple": ("share", "×"),
    "count": ("count", "#"),
    "length": ("size", "m"),
    "area": ("size", "m²"),
    "volume": ("size", "m³"),
    "flow": ("size", "m³/d"),
    "mass": ("size", "kg"),
    "power": ("size", "W"),
    "map_scale": ("size", "1:"),
    "date": ("time", "d"),
    "period": ("time", "↔"),
    "duration": ("time", "t"),
    "code": ("name", "id"),
    "list_number": ("name", "№"),
    "contact": ("name", "☎"),
}
"""Kind to its colour, and to a small sign, as nothing rests on colour alone."""

_WORDS: Mapping[str, tuple[str, str]] = {
    "review": ("Review", "审阅"),
    "page": ("The page as printed", "原文"),
    "tables": ("Tables", "表格"),
    "controls": ("Settings", "设置"),
    "skip_page": ("Skip to the page", "跳到原文"),
    "skip_tables": ("Skip to the table", "跳到表格"),
    "language": ("Language", "语言"),
    "theme": ("Colours", "配色"),
    "theme_auto": ("as the system", "跟随系统"),
    "theme_light": ("light", "浅色"),
    "theme_dark": ("dark", "深色"),
    "view": ("Text", "文本"),
    "view_printed": ("as printed", "原样"),
    "view_marked": ("repairs marked", "标出修补"),
    "view_repaired": ("repaired", "修补后"),
    "filters": ("Filters", "筛选"),
    "kind": ("kind", "类型"),
    "bound": ("bound", "界限"),
    "all": ("all", "全选"),
    "none": ("none", "全不选"),
    "state": ("draft against coding", "草稿与定稿"),
    "figures": ("Figures", "数字"),
    "unread": ("Unread", "未读"),
    "repairs": ("Repairs", "修补"),
    "of": ("of", "/"),
    "shown": ("figures shown", "个数字显示"),
    "help": (
        "Left and right arrow: next figure of the page; up and down: next row; Enter: from the one "
        "to the other; Escape: close the details.",
        "左右方向键：原文中上一个、下一个数字；上下方向键：上一行、下一行；回车：在原文与表格间"
        "跳转；Esc：关闭详情。",
    ),
    "draft": (
        "This is a draft made by rules. A person decides each row.",
        "本表由规则自动生成，仅为草稿，每一行由人核定。",
    ),
    "coding": (
        "This is the study's own page: the table shows the adjudicated coding, and where the "
        "draft made by rules differs from it.",
        "这是本研究所用的页面：表中为核定后的编码，并标出自动草稿与之不同之处。",
    ),
    "no_figures": ("No figure was found on this page.", "此页未找到数字。"),
    "no_unread": ("Nothing was left unread.", "没有未读的数字。"),
    "no_repairs": ("Nothing was repaired.", "没有修补。"),
    "figure_id": ("figure", "编号"),
    "printed": ("printed", "原文"),
    "value": ("value", "数值"),
    "unit": ("unit", "单位"),
    "low": ("low", "下限"),
    "high": ("high", "上限"),
    "measure": ("measure", "指标"),
    "subject": ("subject", "对象"),
    "subject_zh": ("subject as printed", "对象（原文）"),
    "donor": ("donor", "援助方"),
    "donor_zh": ("donor as printed", "援助方（原文）"),
    "period": ("period", "时期"),
    "cue": ("cue", "线索词"),
    "grade": ("grade", "把握"),
    "label_en": ("label", "说明"),
    "same_as": ("same as", "同于"),
    "part_of": ("part of", "属于"),
    "note": ("note", "备注"),
    "numeral": ("numeral", "数字写法"),
    "start": ("start", "起点"),
    "end": ("end", "终点"),
    "place": ("place", "位置"),
    "reason": ("reason", "原因"),
    "rule": ("rule", "规则"),
    "becomes": ("becomes", "改为"),
    "nothing": ("nothing", "无"),
    "differences": ("draft: differs in", "草稿不同之处"),
    "not_kept": (
        "Signs that cannot be seen, or turn the direction of writing, are shown by their number.",
        "不可见或改变书写方向的字符以编号显示。",
    ),
}

_REASONS_ZH: Mapping[str, str] = {
    "a day of the week": "星期",
    "a day without its month": "有日无月",
    "a digit of another script, or a mark": "其他文字的数字或符号",
    "a number without a unit": "数字无单位",
    "a ratio or a number in parts": "比值或分段的号码",
    "a scale without a unit, and no word near says money": "有数级而无单位，上下文也未说明是金额",
    "a time of day": "时刻",
    "an idiom or a name": "成语或名称",
    "an ordinal": "序数",
    "indefinite": "不定数",
    "longer than any amount": "过长，不是数量",
    "part of a word": "词语的一部分",
    "part of an address": "网址或邮址的一部分",
    "the number of a document": "文号",
}
_RULES_ZH: Mapping[str, str] = {
    "line": "断行接合",
    "space": "去掉多余空格",
    "width": "全角改半角",
    "dash": "连接号统一",
    "mark": "标点改为中文标点",
}
_GRADES_ZH: Mapping[str, str] = {"clear": "明确", "likely": "较可能", "open": "待定"}


@dataclass(frozen=True, slots=True)
class _Row:
    """A row of the table of figures: its cells, its place, and how draft and coding compare."""

    cells: Mapping[str, str]
    span: Span
    state: str = ""
    differences: tuple[tuple[str, str, str], ...] = ()


# --- what the file shows ------------------------------------------------------------------------


def review_html(
    text: str,
    *,
    study: Study | None = None,
    year: int | None = None,
    name: str = "",
    language: str = "en",
) -> str:
    """The review of a page as one HTML document.

    Parameters
    ----------
    text : str
        Raw text of the page.
    study : Study, optional
        Its places and year are used. The default study is used for its own page only. Where
        `text` is the study's own page the adjudicated coding is shown with the draft beside it.
    year : int, optional
        Takes the place of the study's year.
    name : str, optional
        Of the page, for the title.
    language : {"en", "zh"}, default "en"
        Of the interface when the file is opened; it can be changed there.

    Returns
    -------
    str
        It holds the whole text of the page.

    Raises
    ------
    CodebookError
        If the language is another.

    Examples
    --------
    >>> document = review_html("青山市援助资金300万元已到位。<script>alert(1)</script>")
    >>> "<script>alert" in document, "&lt;script&gt;alert" in document
    (False, True)
    """
    if language not in LANGUAGES:
        raise CodebookError(
            f"review: read language {language!r}: not one of {', '.join(LANGUAGES)}"
            + did_you_mean(language, LANGUAGES),
            printed=language,
        )
    named = study or own_study(text)
    reader = reader_for(named, year)
    draft = [_Row(cells, _span_of(cells)) for cells in reader.rows(text)]
    unread = find_quantities(text, year=reader.year).unread
    is_own = named is not None and named.page["sha256"] == sha256_of(
        text.encode("utf-8", "replace")
    )
    rows = _compared(_coded(named), draft) if named and is_own else draft
    return _Document(text, rows, unread, repair_text(text), is_own, name, language).html()


def write_review(
    page: str | Path,
    output: str | Path | None = None,
    *,
    study: Study | None = None,
    year: int | None = None,
    language: str = "en",
) -> Path:
    """Read a page and write its review.

    Parameters
    ----------
    page : str or Path
        A text file or PDF, or ``-`` for standard input.
    output : str or Path, optional
        Beside the page by default, with the ending ``.review.html``: the file holds the page's
        text and goes nowhere that nobody asked for.
    study, year, language
        As in :func:`review_html`.

    Returns
    -------
    Path
        What was written.

    Raises
    ------
    FileError
        If `output` is the page itself, is missing for standard input, or cannot be written.
    TextError
        If the page holds no text that can be read.
    """
    if output is None:
        if str(page) == STDIN:
            raise FileError("standard input: has no folder to write beside; name a file with -o")
        output = Path(page).with_suffix(".review.html")
    target = Path(output)
    if str(page) != STDIN and target.exists() and target.samefile(page):
        raise FileError(f"{target}: is the page itself; name another file to write the review to")
    text = read_page(page)
    name = "" if str(page) == STDIN else Path(page).name
    write_whole(target, review_html(text, study=study, year=year, name=name, language=language))
    return target


def _span_of(cells: Mapping[str, str]) -> Span:
    return Span(int(cells["start"]), int(cells["end"]))


def _coded(study: Study) -> list[_Row]:
    label = "data/clean/figures.csv"
    table = read_cells(study.folder / label, FIGURES.names, name=label)
    return [_Row(cells, _span_of(cells)) for cells in table.to_dict("records")]


def _compared(coding: Sequence[_Row], draft: Sequence[_Row]) -> list[_Row]:
    """The coding with what the draft has otherwise, then what only the draft has, by place."""
    starts = [row.span.start for row in draft]
    ends = [row.span.end for row in draft]
    used: set[int] = set()
    rows: list[_Row] = []
    for row in coding:
        near = range(bisect_right(ends, row.span.start), bisect_left(starts, row.span.end))
        free = [index for index in near if index not in used]
        if not free:
            rows.append(_Row(row.cells, row.span, "coding_only"))
            continue
        best = max(free, key=lambda index: _shared(draft[index].span, row.span))
        used.add(best)
        told = draft[best].cells
        apart = tuple(
            (column, told[column], row.cells[column])
            for column in _COMPARED
            if told[column] != row.cells[column]
        )
        cells = {name: told[name] for name in ("cue", "grade")} | dict(row.cells)
        rows.append(_Row(cells, row.span, "differs" if apart else "agrees", apart))
    rows += [
        _Row(row.cells, row.span, "draft_only")
        for index, row in enumerate(draft)
        if index not in used
    ]
    return sorted(rows, key=lambda row: row.span)


def _shared(a: Span, b: Span) -> int:
    return min(a.end, b.end) - max(a.start, b.start)


# --- markup -------------------------------------------------------------------------------------

# Control characters, marks of direction (they can make a line read otherwise than it is stored),
# invisible signs, and what no HTML file can hold.
_UNSEEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff"
    "\ufff9-\uffff\ud800-\udfff\U000e0000-\U000e0fff]"
)


def _safe(text: str) -> str:
    """Text of a page as text of a document, and as the value of an attribute too."""
    return html.escape(_UNSEEN.sub(lambda sign: f"⟦U+{ord(sign[0]):04X}⟧", text))


def _attributes(values: Mapping[str, str]) -> str:
    return "".join(f' {name}="{_safe(value)}"' for name, value in values.items() if value)


class _Document:
    def __init__(
        self,
        text: str,
        rows: Sequence[_Row],
        unread: Sequence[Unread],
        fixed: RepairedText,
        is_own: bool,
        name: str,
        language: str,
    ) -> None:
        self.text, self.rows, self.unread = text, rows, unread
        self.steps: Sequence[Repair] = fixed.steps
        self.is_own, self.name, self.language = is_own, name, language
        self.marks = _marks(rows, unread)
        self.mark_starts = [span.start for span, _ in self.marks]

    def html(self) -> str:
        style, script = _asset("review.css"), _asset("review.js")
        policy = (
            f"default-src 'none'; style-src {_hash(style)}; script-src {_hash(script)}; "
            "img-src data:; base-uri 'none'; form-action 'none'"
        )
        title = _WORDS["review"][LANGUAGES.index(self.language)]
        return "\n".join(
            [
                "<!DOCTYPE html>",
                f'<html lang="{_HTML_LANG[self.language]}" data-language="{self.language}">',
                "<head>",
                '<meta charset="utf-8">',
                f'<meta http-equiv="Content-Security-Policy" content="{policy}">',
                '<meta name="referrer" content="no-referrer">',
                '<meta name="viewport" content="width=device-width, initial-scale=1">',
                '<link rel="icon" href="data:,">',
                f"<title>{_safe(': '.join(filter(None, [title, self.name])))}</title>",
                f"<style>{style}</style>",
                "</head>",
                "<body>",
                *self._head(),
                "<main>",
                f'<section id="page" class="pane" tabindex="0"{self._label("page")}>',
                f"<h2>{self._word('page')}</h2>",
                f'<div class="text" lang="zh-Hans">{"".join(self._page())}</div>',
                "</section>",
                f'<section id="tables" class="pane" tabindex="0"{self._label("tables")}>',
                *self._figures(),
                *self._unread(),
                *self._repairs(),
                "</section>",
                "</main>",
                '<div id="details" role="tooltip" hidden></div>',
                f"<script>{script}</script>",
                "</body>",
                "</html>",
                "",
            ]
        )

    # Words of the interface: both languages stand in the file, the script exchanges them.

    def _both(self, tag: str, texts: tuple[str, str], attributes: str = "") -> str:
        en, zh = (_safe(text) for text in texts)
        shown = (en, zh)[LANGUAGES.index(self.language)]
        return f'<{tag}{attributes} data-en="{en}" data-zh="{zh}">{shown}</{tag}>'

    def _word(self, key: str, tag: str = "span", attributes: str = "") -> str:
        return self._both(tag, _WORDS[key], attributes)

    def _label(self, key: str) -> str:
        en, zh = _WORDS[key]
        shown = (en, zh)[LANGUAGES.index(self.language)]
        return f' aria-label="{shown}" data-label-en="{en}" data-label-zh="{zh}"'

    def _head(self) -> Iterator[str]:
        yield "<header>"
        yield self._word("skip_page", "a", ' class="skip" href="#page"')
        yield self._word("skip_tables", "a", ' class="skip" href="#tables"')
        name = f': <span lang="zh-Hans">{_safe(self.name)}</span>' if self.name else ""
        yield f"<h1>{self._word('review')}{name}</h1>"
        yield self._word("coding" if self.is_own else "draft", "p")
        if _UNSEEN.search(self.text.replace("\r", "")):
            yield self._word("not_kept", "p")
        # Without the script the page, its links and its tables can still be read.
        yield f'<div id="controls" hidden role="group"{self._label("controls")}>'
        yield (
            f"<label>{self._word('language')} "
            '<select id="language"><option value="en" lang="en">English</option>'
            '<option value="zh" lang="zh-Hans">中文</option></select></label>'
        )
        yield self._select("theme", ("auto", "light", "dark"))
        yield self._select("view", ("printed", "marked", "repaired"))
        yield '<span id="count" role="status"></span>'
        yield f'<details id="filters">{self._word("filters", "summary")}'
        yield self._boxes("kind", codebook.KINDS)
        yield self._boxes("bound", codebook.BOUNDS)
        if self.is_own:
            yield self._boxes("state", {state: codebook.Code(*STATES[state]) for state in STATES})
        yield "</details>"
        yield self._word("help", "p", ' class="help" id="help"')
        yield "</div>"
        yield "</header>"

    def _select(self, name: str, options: Iterable[str]) -> str:
        inner = "".join(
            self._word(f"{name}_{option}", "option", f' value="{option}"') for option in options
        )
        return f'<label>{self._word(name)} <select id="{name}">{inner}</select></label>'

    def _boxes(self, column: str, codes: codebook.Codes) -> str:
        found = Counter(row.state if column == "state" else row.cells[column] for row in self.rows)
        boxes = []
        for code, what in codes.items():
            if not found[code]:
                continue
            texts = (what.meaning if column == "state" else code.replace("_", " "), what.zh)
            mark = ""
            if column == "kind":
                family, sign = _FAMILIES[code]
                mark = f'<i class="sign {family}" aria-hidden="true">{sign}</i> '
            boxes.append(
                f'<label><input type="checkbox" checked name="{column}" value="{code}"> '
                f"{mark}{self._both('span', texts)} ({found[code]})</label>"
            )
        buttons = "".join(
            self._word(key, "button", f' type="button" data-all="{column}" value="{key}"')
            for key in ("all", "none")
        )
        return (
            f"<fieldset><legend>{self._word(column)}</legend>{buttons}{''.join(boxes)}</fieldset>"
        )

    # The page.

    def _page(self) -> Iterator[str]:
        place, step = 0, 0
        for number, (span, target) in enumerate(self.marks):
            before, step = self._printed(place, span.start, step)
            inside, step = self._printed(span.start, span.end, step)
            yield f'{before}<a id="m{number}"{self._mark(target)}>{inside}</a>'
            place = span.end
        yield self._printed(place, len(self.text), step)[0]

    def _mark(self, target: str) -> str:
        if target.startswith("u"):
            return f' class="mark unread" href="#{target}"'
        row = self.rows[int(target[1:])]
        kind = row.cells["kind"]
        family, sign = _FAMILIES[kind]
        return f' class="mark {family} {row.state}" href="#{target}" data-sign="{sign}"'

    def _printed(self, start: int, end: int, step: int) -> tuple[str, int]:
        """A part of the text, each repair a place of its own, and the number of the next one."""
        place, parts = start, []
        while step < len(self.steps) and self.steps[step].span.start < end:
            repair = self.steps[step]
            first, last = max(repair.span.start, place), min(repair.span.end, end)
            # A repair that reaches over the edge of a figure is one place in each of the two.
            here = first == repair.span.start
            parts += [
                _safe(self.text[place:first]),
                f'<span class="repair {repair.rule}"{f" id=s{step}" if here else ""}>',
                f'<span class="was">{_safe(self.text[first:last])}</span>',
                f'<ins class="now">{_safe(repair.text) if here else ""}</ins></span>',
            ]
            place = last
            if repair.span.end > end:
                break
            step += 1
        return "".join([*parts, _safe(self.text[place:end])]), step

    def _mark_at(self, span: Span) -> str:
        """The mark that shows a place: its own, or that of what overlaps it."""
        index = bisect_left(self.mark_starts, span.end) - 1
        while index > 0 and self.marks[index - 1][0].end > span.start:
            index -= 1
        return f"m{max(0, index)}"

    # The tables.

    def _table(
        self, name: str, columns: Sequence[str], rows: Iterable[str], *, empty: str
    ) -> Iterator[str]:
        lines = list(rows)
        yield f'<section class="tab" id="tab-{name}">'
        yield f"<h2>{self._word(name)} ({len(lines)})</h2>"
        if lines:
            yield f"<table{self._label(name)}><thead><tr>"
            yield "".join(self._word(column, "th", ' scope="col"') for column in columns)
            yield "</tr></thead><tbody>"
            yield from lines
            yield "</tbody></table>"
        else:
            yield self._word(empty, "p")
        yield "</section>"

    def _figures(self) -> Iterator[str]:
        shown = [*_CODING_SHOWN, "cue", "grade"] if self.is_own else list(_DRAFT_SHOWN)
        shown = [name for name in shown if any(row.cells.get(name) for row in self.rows)]
        against = ["state", "differences"] if self.is_own else []
        read = ["kind", "value", "unit", "low", "high", "bound"]
        columns = ["figure_id", "printed", *against, *read, *shown]
        yield from self._table(
            "figures",
            columns,
            (self._figure_row(number, row, columns[1:]) for number, row in enumerate(self.rows)),
            empty="no_figures",
        )

    def _figure_row(self, number: int, row: _Row, columns: Sequence[str]) -> str:
        told = {
            "id": f"f{number}",
            "data-kind": row.cells["kind"],
            "data-bound": row.cells["bound"],
            "data-state": row.state,
            "class": row.state,
        }
        cells = "".join(self._cell(row, column) for column in columns)
        return (
            f'<tr{_attributes(told)}><th scope="row"><a href="#{self._mark_at(row.span)}">'
            f"{_safe(row.cells['figure_id'])}</a></th>{cells}</tr>"
        )

    def _cell(self, row: _Row, column: str) -> str:
        if column == "state":
            return self._both("td", STATES[row.state])
        if column == "differences":
            return f"<td>{''.join(self._differences(row))}</td>"
        value = row.cells.get(column, "")
        known = _CODES.get(column, {}).get(value)
        if known:
            return self._both("td", (value.replace("_", " "), known))
        chinese = column in _PRINTED_COLUMNS and value
        return f"<td{' lang=zh-Hans' if chinese else ''}>{_safe(value)}</td>"

    def _differences(self, row: _Row) -> Iterator[str]:
        for column, draft, coded in row.differences:
            known = _CODES.get(column, {})
            texts = [
                self._both("span", (code.replace("_", " "), known[code]))
                if code in known
                else (_safe(code) or self._word("nothing"))
                for code in (draft, coded)
            ]
            yield (
                f'<span class="apart">{self._word(column, "b")} <del>{texts[0]}</del> '
                f"<ins>{texts[1]}</ins></span> "
            )

    def _unread(self) -> Iterator[str]:
        yield from self._table(
            "unread",
            ("place", "printed", "reason"),
            (
                f'<tr id="u{number}"><th scope="row">'
                f'<a href="#{self._mark_at(left.span)}">{left.span.start}–{left.span.end}</a></th>'
                f"<td lang=zh-Hans>{_safe(left.printed)}</td>"
                + self._both("td", (left.reason, _REASONS_ZH.get(left.reason, left.reason)))
                + "</tr>"
                for number, left in enumerate(self.unread)
            ),
            empty="no_unread",
        )

    def _repairs(self) -> Iterator[str]:
        yield from self._table(
            "repairs",
            ("place", "printed", "becomes", "rule"),
            (
                f'<tr><th scope="row"><a href="#s{number}">{step.span.start}–{step.span.end}</a>'
                f"</th><td lang=zh-Hans>{_signs(step.printed)}</td><td lang=zh-Hans>"
                + (_signs(step.text) or self._word("nothing"))
                + "</td>"
                + self._both("td", (RULES[step.rule], _RULES_ZH[step.rule]))
                + "</tr>"
                for number, step in enumerate(self.steps)
            ),
            empty="no_repairs",
        )


_HTML_LANG = {"en": "en-GB", "zh": "zh-Hans"}
_PRINTED_COLUMNS = frozenset({"printed", "subject_zh", "donor_zh", "cue"})
_CODES: Mapping[str, Mapping[str, str]] = {
    column: {code: what.zh for code, what in codes.items()}
    for column, codes in {
        "kind": codebook.KINDS,
        "bound": codebook.BOUNDS,
        "measure": codebook.MEASURES,
        "numeral": codebook.NUMERALS,
        "unit": {code: what for code, what in codebook.UNITS.items() if code != "%"},
    }.items()
} | {"grade": _GRADES_ZH}


def _signs(text: str) -> str:
    """White space made visible."""
    seen = str.maketrans({" ": "␣", "\n": "↵", "\t": "⇥", "\u3000": "□", "\xa0": "⍽", "\r": "␍"})
    return _safe(text.translate(seen))


def _marks(rows: Sequence[_Row], unread: Sequence[Unread]) -> list[tuple[Span, str]]:
    """What is marked on the page: figures, then unread digits that lie in none; none overlap."""
    wanted = [
        (row.span, f"f{number}", row.state == "draft_only") for number, row in enumerate(rows)
    ]
    marks = _without_overlap([(s, t) for s, t, late in wanted if not late], [])
    marks = _without_overlap([(s, t) for s, t, late in wanted if late], marks)
    return _without_overlap([(left.span, f"u{n}") for n, left in enumerate(unread)], marks)


def _without_overlap(
    more: Iterable[tuple[Span, str]], marks: Sequence[tuple[Span, str]]
) -> list[tuple[Span, str]]:
    """Two rows of places as one; where they overlap the second row stays."""
    starts = [span.start for span, _ in marks]
    kept = list(marks)
    for span, target in more:
        before = bisect_left(starts, span.end) - 1
        if before < 0 or marks[before][0].end <= span.start:
            kept.append((span, target))
    return sorted(kept)


def _asset(name: str) -> str:
    return (_ASSETS / name).read_text(encoding="utf-8")


def _hash(content: str) -> str:
    digest = hashlib.sha256(content.encode()).digest()
    return f"'sha256-{base64.b64encode(digest).decode()}'"


__all__ = ["LANGUAGES", "STATES", "review_html", "write_review"]
