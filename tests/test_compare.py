"""Two codings of a page of one's own: agreement worked out by hand, the log, and its decisions."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from click.testing import CliRunner
from copies import csv_rows

from aidstudy.cli import commands
from aidstudy.errors import AidstudyError, PageError, TableError
from aidstudy.pages.compare import compare, settled
from aidstudy.pages.new_study import new_study
from aidstudy.tables.check import check_study
from aidstudy.tables.study import load_study

# Made up. Five figures: two of money, a count, a length, a share.
PAGE = (
    "青山市对口支援白石县。青山市安排援助资金300万元，另有资金200万元已到位；"
    "培训教师50名，修路8.6公里，完成80%。\n"
)
Rows = list[dict[str, str]]


@pytest.fixture
def coders(tmp_path: Path) -> tuple[Path, Path]:
    page = tmp_path / "page.txt"
    page.write_bytes(PAGE.encode())
    for name in ("a", "b"):
        new_study(tmp_path / name, page=page, year=2012)
    return tmp_path / "a", tmp_path / "b"


def figures(study: Path) -> Rows:
    return csv_rows(study / "data" / "raw" / "figures.csv")


def write(path: Path, rows: Rows) -> Path:
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    path.write_text(out.getvalue(), encoding="utf-8", newline="")
    return path


def second_coder(study: Path) -> Path:
    """Another measure for the first sum, the count as a unit of its own, the share left out."""
    rows = figures(study)
    rows[0]["measure"] = "donation"
    rows[2]["counted"] = "teacher"
    return write(study / "data" / "raw" / "figures.csv", rows[:-1])


def test_agreement_by_column_and_a_line_for_each_cell(coders: tuple[Path, Path]) -> None:
    a, b = coders
    second_coder(b)
    found = compare(a, b)
    assert found.rows.loc["figures"].tolist() == [4, 1, 0]
    measure = found.columns.loc[("figures", "measure")]
    assert (measure["both"], measure["alike"], measure["agreement"]) == (4, 3, 75)
    # Wilson's interval of 3 of 4, by hand: (0.75 + 0.480 ± 0.534) / 1.960.
    assert round(measure["agreement_low"], 1) == 30.1
    assert round(measure["agreement_high"], 1) == 95.4
    # Three codes of four alike; by chance 0.75 x 0 and so on: (3/4 - 3/16) / (1 - 3/16).
    assert round(measure["kappa"], 3) == round((3 / 4 - 3 / 16) / (1 - 3 / 16), 3)
    assert found.columns.loc[("figures", "kind"), "agreement"] == 100
    cells = found.log[["row", "column", "a", "b"]].values.tolist()
    assert ["county1-001", "measure", "commitment", "donation"] in cells
    assert ["county1-003", "unit", "person", "teacher"] in cells
    assert ["county1-005", "row", "present", "absent"] in cells
    assert len(cells) == 3
    assert "figures, measure: 3 of 4 alike, 75.0 [30.1, 95.4]%" in "\n".join(found.lines())
    assert "5 figures of A are still the draft's own" in "\n".join(found.lines())
    # A table that was saved from the review page will do.
    saved = (b / "data" / "raw" / "figures.csv").rename(b.parent / "figures.csv")
    assert compare(a, saved).log[["row", "column", "a", "b"]].values.tolist() == cells


def test_short_names_of_places_are_each_coders_own(coders: tuple[Path, Path]) -> None:
    a, b = coders
    for path in [b / "data" / "study.toml", *(b / "data" / "raw").glob("*.csv")]:
        text = path.read_text(encoding="utf-8")
        path.write_text(
            text.replace("county1", "baishi").replace("donor1", "qingshan"),
            encoding="utf-8",
            newline="",
        )
    found = compare(a, b)
    assert len(found.log) == 0
    assert (found.rows["a"] == 0).all()
    assert found.rows.loc["pairs", "both"] == 1


def test_the_decisions_make_one_table(coders: tuple[Path, Path], tmp_path: Path) -> None:
    a, b = coders
    second_coder(b)
    log, output = tmp_path / "log.csv", tmp_path / "figures.csv"
    run = CliRunner().invoke
    told = run(commands, ["compare", str(a), str(b), "-o", str(log)])
    assert told.exit_code == 0, told.output
    assert "3 cells differ" in told.output
    with pytest.raises(TableError, match=r"row 2 \(county1-001 measure\).*not decided"):
        settled(a, b, log)
    lines = csv_rows(log)
    # What is read off the print can only be what one of the coders has.
    write(log, [line | {"final": "present", "rule": "talked over"} for line in lines])
    with pytest.raises(TableError, match="write person or teacher"):
        settled(a, b, log)
    final = {"measure": "donation", "unit": "teacher", "row": "absent"}
    write(log, [line | {"final": final[line["column"]], "rule": "talked over"} for line in lines])
    told = run(commands, ["compare", str(a), str(b), "--decided", str(log), "-o", str(output)])
    assert told.exit_code == 0, told.output
    output.replace(a / "data" / "raw" / "figures.csv")
    rows = figures(a)
    assert rows[0]["measure"] == "donation"
    assert rows[2]["counted"] == "teacher"
    assert [row["figure_id"] for row in rows] == [f"county1-{n:03d}" for n in range(1, 5)]
    check_study(load_study(a))
    with pytest.raises(TableError, match="do not differ there; delete the line"):
        settled(a, b, log)


def test_a_figure_of_the_second_coder_alone_is_taken_and_numbered(
    coders: tuple[Path, Path], tmp_path: Path
) -> None:
    a, b = coders
    rows = figures(a)
    write(
        a / "data" / "raw" / "figures.csv",
        [rows[0], *({**r, "figure_id": f"county1-{n:03d}"} for n, r in enumerate(rows[2:], 2))],
    )
    log = tmp_path / "log.csv"
    lines = compare(a, b).log.to_dict("records")
    assert [(line["row"], line["a"], line["b"]) for line in lines] == [
        ("b:county1-002", "absent", "present")
    ]
    write(log, [line | {"final": "present", "rule": "the page prints it"} for line in lines])
    table = csv_rows(settled(a, b, log))
    assert [row["printed"] for row in table] == [row["printed"] for row in figures(b)]
    assert [row["figure_id"] for row in table] == [row["figure_id"] for row in figures(b)]


def test_codings_of_two_pages_are_refused(coders: tuple[Path, Path], tmp_path: Path) -> None:
    page = tmp_path / "other.txt"
    page.write_bytes((PAGE + "2人。").encode())
    new_study(tmp_path / "other", page=page, year=2012)
    with pytest.raises(PageError, match="made from another page"):
        compare(coders[0], tmp_path / "other")
    with pytest.raises(AidstudyError, match="no study here"):
        compare(coders[0], tmp_path / "none")
