"""How fast the reader is beside others: MB/s, memory, import, accuracy, and growth with size.

    python -m venv peers && peers/bin/pip install -r benchmarks/requirements.txt
    python benchmarks/reading.py --peers peers/bin/python --table docs/how-fast.md

Every reader runs in a process of its own. Text is made up from sentences of the genre with numbers
drawn from a fixed seed, so that the figures in it are known; the broken text is the same with
lines broken and blanks strewn as a PDF leaves them. A peer that would need minutes reads the first
part of the text, as much as it can in the time given, and the table says how much.
"""

from __future__ import annotations

import argparse
import json
import platform
import random
import re
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any, NamedTuple

REPOSITORY = Path(__file__).resolve().parent.parent
Found = list[tuple[int, int, Fraction | None]]
"""Start, end and value of each figure found; ``None`` where a reader gives no number."""


class Gold(NamedTuple):
    """A figure put into the text: its place and value."""

    start: int
    end: int
    value: Fraction


# --- text -------------------------------------------------------------------------------------

_SENTENCES = (
    "今年，江岚市计划投入援建资金{money}，实施援建项目{count}个，",
    "目前已到位资金{money}，占年度计划的{share}。",
    "石溪县第二水厂总投资{money}，其中援助资金{money}；",
    "道路全长{length}，路面宽{width}，占地{area}。",
    "先后选派{count}名干部人才到我县挂职，培训农牧民{people}人次。",
    "两地党政领导互访{count}次，签订合作协议{count}份，",
    "进一步加强沟通协调，健全机构，完善制度，确保各项工作有序推进。",
    "为改善群众生产生活条件，双方多次协商，深入论证，编制完成相关规划。",
    "建成安置点{count}个，搬迁群众{people}户，户均补助{money}。",
    "高起点、高标准抓好项目前期工作，加快推进施工进度，力求取得实效。",
    "要强化责任落实，严格资金监管，把好事办好、实事办实，让群众得到实惠。",
    "各级各部门积极配合，主动对接，形成了齐抓共管、各方参与的良好局面。",
    "坚持规划先行，突出民生优先，着力改善教育、医疗、交通等基础设施条件。",
    "建立定期会商和信息通报制度，及时研究解决工作中遇到的困难和问题。",
    "充分发挥援派干部的专业特长，做好传帮带，为当地培养留得住的人才。",
    "依托特色资源优势，引导企业投资兴业，带动农牧民增收致富。",
    "下步工作中，将继续加大协调力度，倒排工期，挂图作战，确保按期完成。",
    "双方文化交流日益密切，青少年手拉手等活动受到干部群众的普遍欢迎。",
    "设立单独账户，分账记录，定期接受审计，做到用途清楚、手续齐全。",
    "大力宣传典型经验，营造全社会关心支持对口支援工作的浓厚氛围。",
)
_DIGITS = "零一二三四五六七八九"


def _figure(what: str, draw: random.Random) -> tuple[str, Fraction]:
    """A figure as printed and its value in base units."""
    if what == "money":
        form = draw.randrange(4)
        if form == 0:
            number = draw.randrange(100, 9999)
            return f"{number}万元", Fraction(number * 10**4)
        if form == 1:
            tenths = draw.randrange(101, 999)
            return f"{tenths / 100:.2f}亿元", Fraction(tenths, 100) * 10**8
        if form == 2:
            yi, wan = draw.randrange(1, 9), draw.randrange(1, 9) * 1000
            return f"{yi}亿{wan}万元", Fraction(yi * 10**8 + wan * 10**4)
        a, b = draw.randrange(3, 9), draw.randrange(3, 9)
        return f"{_DIGITS[a]}千{_DIGITS[b]}百万元", Fraction(a * 10**7 + b * 10**6)
    number = draw.randrange(3, 99)
    if what == "count":
        return str(number), Fraction(number)
    if what == "people":
        return str(number * 37), Fraction(number * 37)
    if what == "share":
        return f"{number}.5%", Fraction(2 * number + 1, 2)
    if what == "length":
        return f"{number}.4公里", Fraction(number * 1000 + 400)
    if what == "width":
        return f"{number}米", Fraction(number)
    return f"{number * 100}平方米", Fraction(number * 100)


def made_up(size: int, *, broken: bool) -> tuple[str, list[Gold]]:
    """About `size` bytes of UTF-8 and the figures in it."""
    draw = random.Random(20120417)
    parts: list[str] = []
    gold: list[Gold] = []
    length = size_so_far = 0
    while size_so_far < size:
        for piece in re.split(r"(\{\w+\}|。)", draw.choice(_SENTENCES)):
            text, value = _figure(piece[1:-1], draw) if piece.startswith("{") else (piece, None)
            if piece == "。":
                text = "。\n" if draw.random() < 0.3 else "。"
            elif broken:
                text = _broken(text, draw)
            if value is not None:
                gold.append(Gold(length, length + len(text), value))
            parts.append(text)
            length += len(text)
            size_so_far += len(text.encode("utf-8"))
    return "".join(parts), gold


def _broken(text: str, draw: random.Random) -> str:
    """Blanks between digits and units, and a line end now and then."""
    text = re.sub(r"(?<=\d)(?=[万亿元米平公%])", lambda _: draw.choice(("", " ")), text)
    if len(text) > 2 and draw.random() < 0.12:
        place = draw.randrange(1, len(text))
        if not (text[place - 1].isdigit() or text[place - 1] in ". "):
            text = f"{text[:place]}\n{text[place:]}"
    return text


# --- readers ----------------------------------------------------------------------------------


def _aidstudy() -> Callable[[str], Found]:
    sys.path.insert(0, str(REPOSITORY))
    from aidstudy.reading.quantities import find_quantities

    def read(text: str) -> Found:
        return [
            (q.span.start, q.span.end, q.value if isinstance(q.value, Fraction) else None)
            for q in find_quantities(text, year=2012).quantities
        ]

    return read


def _draft() -> Callable[[str], Found]:
    sys.path.insert(0, str(REPOSITORY))
    from aidstudy.reading.drafts import draft_figures

    def read(text: str) -> Found:
        found = [draft.quantity for draft in draft_figures(text, year=2012)]
        return [
            (q.span.start, q.span.end, q.value if isinstance(q.value, Fraction) else None)
            for q in found
        ]

    return read


def _bare_scan() -> Callable[[str], Found]:
    sys.path.insert(0, str(REPOSITORY))
    from aidstudy.reading import words
    from aidstudy.reading.numerals import DIGITS

    before, after = (words.pattern_of(words.QUALIFIERS[place]) for place in ("before", "after"))
    unit = words.pattern_of([*words.UNITS, *words.MEASURE_WORDS])
    digits, w = "".join(DIGITS), r"\s{0,4}"
    scan = re.compile(
        rf"(?:(?:{before}){w})?(?:[0-9０-９][0-9０-９,.]*|[{digits}十百千万亿]+)"
        rf"(?:{w}[十百千万亿]+)?(?:{w}[余多来])?(?:{w}(?:{unit}))?(?:{w}(?:{after}))?"
    )

    def read(text: str) -> Found:
        return [(*match.span(), None) for match in scan.finditer(text)]

    return read


def _cn2an() -> Callable[[str], Found]:
    import cn2an

    scan = re.compile("[0-9.]*[0-9][十百千万亿]*|[零一二两三四五六七八九十百千万亿]+")

    def read(text: str) -> Found:
        found: Found = []
        for match in scan.finditer(text):
            try:
                value = Fraction(str(cn2an.cn2an(match[0], "smart")))
            except ValueError:
                continue
            found.append((*match.span(), value))
        return found

    return read


def _jionlp() -> Callable[[str], Found]:
    import jionlp

    def read(text: str) -> Found:
        found: Found = []
        for line, at in _lines(text):
            for money in jionlp.ner.extract_money(line, with_parsing=True):
                number = money["detail"]["num"]
                value = Fraction(number) if isinstance(number, str) else None
                found.append((at + money["offset"][0], at + money["offset"][1], value))
            for moment in jionlp.ner.extract_time(line, with_parsing=True):
                found.append((at + moment["offset"][0], at + moment["offset"][1], None))
        return found

    return read


def _recognizers() -> Callable[[str], Found]:
    from recognizers_date_time import DateTimeRecognizer
    from recognizers_number import NumberRecognizer
    from recognizers_number_with_unit import NumberWithUnitRecognizer
    from recognizers_text import Culture

    numbers, units = NumberRecognizer(Culture.Chinese), NumberWithUnitRecognizer(Culture.Chinese)
    models = [
        numbers.get_number_model(),
        numbers.get_percentage_model(),
        units.get_currency_model(),
        units.get_dimension_model(),
        DateTimeRecognizer(Culture.Chinese).get_datetime_model(),
    ]

    def read(text: str) -> Found:
        found: Found = []
        for line, at in _lines(text):
            for model in models:
                for one in model.parse(line):
                    told = str((one.resolution or {}).get("value") or "").rstrip("%")
                    number = re.fullmatch(r"-?[0-9]+(?:\.[0-9]+)?", told)
                    value = Fraction(told) if number else None
                    found.append((at + one.start, at + one.end + 1, value))
        return found

    return read


def _lines(text: str) -> Iterator[tuple[str, int]]:
    at = 0
    for line in text.splitlines(keepends=True):
        yield line, at
        at += len(line)


READERS: dict[str, tuple[str, Callable[[], Callable[[str], Found]]]] = {
    "aidstudy": ("aidstudy, `find_quantities`", _aidstudy),
    "draft": ("aidstudy, `draft_figures`", _draft),
    "scan": ("bare scan, one `re` pattern", _bare_scan),
    "cn2an": ("cn2an behind a regular expression", _cn2an),
    "jionlp": ("JioNLP, money and time", _jionlp),
    "recognizers": ("recognizers-text, 5 models", _recognizers),
}
PEERS = ("cn2an", "jionlp", "recognizers")


# --- measuring --------------------------------------------------------------------------------


def _measure(name: str, path: Path, seconds: float) -> dict[str, Any]:
    """One reader on one text: what a process of its own prints."""
    text = path.read_text(encoding="utf-8")
    before_import = time.process_time()
    read = READERS[name][1]()
    imported = time.process_time() - before_import
    read(text[:2000])
    whole = name not in PEERS
    found: Found = []
    done = 0
    started = time.process_time()
    while done < len(text) and (whole or time.process_time() - started < seconds):
        end = len(text) if whole else text.find("\n", done + 4000) + 1
        end = end or len(text)
        found += [(s + done, e + done, value) for s, e, value in read(text[done:end])]
        done = end
    took = time.process_time() - started
    peak = _peak_mb()
    size = len(text[:done].encode("utf-8"))
    gold = [Gold(s, e, Fraction(v)) for s, e, v in json.loads(_gold_of(path).read_text())]
    values, spans = _accuracy(found, [one for one in gold if one.end <= done])
    return {
        "mb": size / 1e6,
        "speed": size / 1e6 / took,
        "seconds": took,
        "import": imported,
        "peak": peak,
        "values": values,
        "spans": spans,
    }


def _accuracy(found: Found, gold: list[Gold]) -> tuple[float, float]:
    """Share of the figures whose value is found where they stand; with the exact end as well.

    Measure words stand behind the figures of the text, so that a longer span counts as the same
    start; a figure is found when a value of that size starts where it was put.
    """
    by_start: dict[int, list[tuple[int, Fraction | None]]] = {}
    for start, end, value in found:
        by_start.setdefault(start, []).append((end, value))
    values = spans = 0
    for one in gold:
        there = by_start.get(one.start, [])
        values += any(value == one.value for _, value in there)
        spans += any(value == one.value and end >= one.end for end, value in there)
    return values / max(1, len(gold)), spans / max(1, len(gold))


def _peak_mb() -> float:
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (1e6 if sys.platform == "darwin" else 1e3)


def _gold_of(path: Path) -> Path:
    return path.with_suffix(".json")


def _write(folder: Path, name: str, size: int, *, broken: bool) -> Path:
    text, gold = made_up(size, broken=broken)
    path = folder / f"{name}.txt"
    path.write_text(text, encoding="utf-8")
    _gold_of(path).write_text(json.dumps([(s, e, str(v)) for s, e, v in gold]))
    return path


def _run(python: str, name: str, path: Path, seconds: float) -> dict[str, Any] | str:
    command = [python, "-W", "ignore", str(Path(__file__)), "--one", name, "--text", str(path)]
    run = subprocess.run(
        [*command, "--seconds", str(seconds)], capture_output=True, text=True, check=False
    )
    if run.returncode:
        return (run.stderr.strip().splitlines() or ["stopped"])[-1]
    result: dict[str, Any] = json.loads(run.stdout.strip().splitlines()[-1])
    return result


def _fastest(path: Path, args: argparse.Namespace) -> dict[str, dict[str, Any] | str]:
    """The fastest run of each reader; the readers take turns, so that a busy minute is shared."""
    fastest: dict[str, dict[str, Any] | str] = {}
    for _ in range(args.runs):
        for reader in READERS:
            python = args.peers if reader in PEERS else sys.executable
            got = _run(python, reader, path, args.seconds) if python else "not installed"
            print(path.name, reader, got, file=sys.stderr, flush=True)
            best = fastest.get(reader)
            if not isinstance(best, dict) or (
                isinstance(got, dict) and got["speed"] > best["speed"]
            ):
                fastest[reader] = got
    return fastest


def _table(args: argparse.Namespace) -> list[str]:
    lines = []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for broken in (False, True):
            path = _write(folder, "text", int(args.mb * 1_000_000), broken=broken)
            what = "Broken" if broken else "Repaired"
            lines += [
                f"## {what} text, {args.mb:g} MB",
                "",
                "| reader | MB/s | read, MB | value found | and its unit | peak memory, MB "
                "| import, s |",
                "| --- | ---: | ---: | ---: | ---: | ---: | ---: |",
            ]
            speeds: dict[str, float] = {}
            for reader, got in _fastest(path, args).items():
                label = READERS[reader][0]
                if isinstance(got, str):
                    lines.append(f"| {label} | {got} | | | | | |")
                    continue
                speeds[reader] = got["speed"]
                accuracy = (
                    "– | –" if reader == "scan" else f"{got['values']:.1%} | {got['spans']:.1%}"
                )
                lines.append(
                    f"| {label} | {got['speed']:.3g} | {got['mb']:.2f} | {accuracy} "
                    f"| {got['peak']:.0f} | {got['import']:.2f} |"
                )
            lines += ["", *_beside(speeds)]
        lines += [
            "## Growth with size",
            "",
            "Python's garbage collector walks over all that was found, which is what a figure of "
            "the largest text costs more; it is left running.",
            "",
            "| text, MB | `find_quantities`, s | MB/s | peak memory, MB | `draft_figures`, s "
            "| MB/s | peak memory, MB |",
            "| ---: | ---: | ---: | ---: | ---: | ---: | ---: |",
        ]
        for size in args.sizes:
            path = _write(folder, "text", int(size * 1_000_000), broken=True)
            cells = []
            for reader in ("aidstudy", "draft"):
                got = _run(sys.executable, reader, path, args.seconds)
                print(size, reader, got, file=sys.stderr, flush=True)
                if isinstance(got, str):
                    cells.append(f"{got} | |")
                else:
                    cells.append(f"{got['seconds']:.1f} | {got['speed']:.3g} | {got['peak']:.0f}")
            lines.append(f"| {size:g} | {' | '.join(cells)} |")
        lines.append("")
    return lines


def _beside(speeds: dict[str, float]) -> list[str]:
    """What part of the bare scan the reader reaches, and how many times JioNLP."""
    told = []
    if {"aidstudy", "scan"} <= speeds.keys():
        told.append(f"{speeds['aidstudy'] / speeds['scan']:.2f} of the bare scan")
    if {"aidstudy", "jionlp"} <= speeds.keys():
        told.append(f"{speeds['aidstudy'] / speeds['jionlp']:.0f} times JioNLP")
    return [f"`find_quantities` comes to {' and '.join(told)}.", ""] if told else []


def _page(table: list[str], args: argparse.Namespace) -> str:
    figures = len(made_up(1_000_000, broken=False)[1])
    head = [
        "# How fast the reader is",
        "",
        "Measured by `benchmarks/reading.py`; the text is made up from sentences of the genre "
        f"and a fixed seed, with a figure in about every {1_000_000 // figures} bytes.",
        "",
        "```",
        "python -m venv peers && peers/bin/pip install -r benchmarks/requirements.txt",
        "python benchmarks/reading.py --peers peers/bin/python --table docs/how-fast.md",
        "```",
        "",
        f"Python {platform.python_version()}, {platform.system()} on {platform.machine()}. Every "
        "reader ran in a process of its own, one after the other. Seconds are those of the "
        "processor, as other work may run beside; on a busy machine they still move by a factor "
        f"of two, so that the readers took turns {args.runs} times and the fastest run of each "
        "stands in the first two tables. A peer reads as much of the text as it can in "
        f"{args.seconds:g} seconds.",
        "",
        "*Value found*: the share of the figures put into the text for which the reader gives that "
        "value, starting at its first digit. *And its unit*: reaching to the end of its unit as "
        "well. The text has money, counts, shares, lengths and areas; JioNLP is asked for money "
        "and times, the only ones it has, and is marked down for the rest. The sentences were "
        "made here, which favours this reader.",
        "",
        "A grammar of their own for plain figures, three to four times as fast on this text, was "
        "given up: two ways to read had to agree. A text is read once, by a reader that has met "
        "none of its figures but those of the first 2,000 characters. The "
        "denser the figures of a text, the smaller the part of the scan that is reached.",
        "",
    ]
    if args.shared:
        head += ["Other work shared the processor during this run, so that each speed is low.", ""]
    return "\n".join(head + table)


def main() -> None:
    """Measure one reader, or all of them into a table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--peers", help="Python with benchmarks/requirements.txt installed")
    parser.add_argument("--table", type=Path, help="write the table here instead of printing it")
    parser.add_argument("--mb", type=float, default=2, help="size of the text for all readers")
    parser.add_argument(
        "--sizes", type=float, nargs="*", default=[1, 10, 100], help="for growth, MB"
    )
    parser.add_argument("--seconds", type=float, default=20.0, help="time given to each peer")
    parser.add_argument("--runs", type=int, default=3, help="runs of each reader on each text")
    parser.add_argument("--small", action="store_true", help="a short text, once, to try it")
    parser.add_argument("--shared", action="store_true", help="say that the machine was busy")
    parser.add_argument("--one", choices=READERS, help=argparse.SUPPRESS)
    parser.add_argument("--text", type=Path, help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.one:
        print(json.dumps(_measure(args.one, args.text, args.seconds)))
        return
    if args.small:
        args.mb, args.sizes, args.runs = 0.02, [], 1
    page = _page(_table(args), args)
    if args.table:
        args.table.parent.mkdir(parents=True, exist_ok=True)
        args.table.write_text(page, encoding="utf-8")
    else:
        print(page)


if __name__ == "__main__":
    main()
