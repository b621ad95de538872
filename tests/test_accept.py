"""Claims of a page taken into the relations of its study, where its arithmetic is checked."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from click.testing import CliRunner
from copies import csv_rows
from review_pages import review_html

from aidstudy import audit_text
from aidstudy.analysis.arithmetic import check_arithmetic
from aidstudy.cli import commands
from aidstudy.errors import PageError
from aidstudy.pages.accept import accept_claims
from aidstudy.pages.new_study import new_study
from aidstudy.tables.study import load_study

# Made up. The whole of the sectors is a slip for 435.1; the rest agrees.
PAGE = (
    "全县地区生产总值354.1亿元，其中：第一产业增加值80.2亿元；第二产业增加值200.4亿元；"
    "第三产业增加值154.5亿元。财政收入80万元，税收收入60万元，占财政收入的75%。"
    "投入由50万元增加到60万元，增加10万元，增长20%。甲县、乙县、丙县三个县。\n"
)


@pytest.fixture
def own(tmp_path: Path) -> Path:
    page = tmp_path / "page.txt"
    page.write_bytes(PAGE.encode())
    new_study(tmp_path / "own", page=page, year=2012)
    return tmp_path / "own"


def relations(own: Path) -> list[dict[str, str]]:
    return csv_rows(own / "data" / "raw" / "relations.csv")


def test_what_the_page_says_is_a_relation_and_is_tested(own: Path) -> None:
    accepted = accept_claims(load_study(own), PAGE)
    figures = csv_rows(own / "data" / "raw" / "figures.csv")
    figure = {row["figure_id"]: row["printed"] for row in figures}

    def words(cells: str) -> list[str]:
        return [figure.get(one, one) for one in cells.split(" ")]

    found = [(row["kind"], words(row["left"]), words(row["right"])) for row in relations(own)]
    assert ("sum", ["80.2亿元", "200.4亿元", "154.5亿元"], ["354.1亿元"]) in found
    assert ("ratio", ["60万元", "80万元"], ["75%"]) in found
    assert ("sum", ["10万元", "50万元"], ["60万元"]) in found
    assert ("count_of_list", ["三个"], ["3"]) in found
    assert len(accepted.rows) == len(found)
    assert accept_claims(load_study(own), PAGE).rows == [], "nothing is added twice"
    assert len(relations(own)) == len(found)
    with pytest.raises(PageError, match="made from another page"):
        accept_claims(load_study(own), PAGE + "。")
    # A growth between two values has no kind of relation, and is told.
    assert any("growth over the value before" in line for line in accepted.left)
    audit = check_arithmetic(own)
    verdicts = dict(zip(audit["relation"], audit["verdict"], strict=True))
    wrong = [name for name, verdict in verdicts.items() if verdict == "contradicts"]
    (whole,) = [row["relation_id"] for row in relations(own) if len(row["left"].split()) == 3]
    assert wrong == [whole]
    # Beside them stands what the draft calls a part of a whole.
    assert sum(name.startswith("claim-") for name in verdicts) == len(found)


def test_claims_are_chosen_by_number(own: Path) -> None:
    """A claim that is only likely too, as a person chose it; what no claim has is an error."""
    page = PAGE.replace("甲县", "其中教育12万元。甲县")
    (own.parent / "other.txt").write_bytes(page.encode())
    study = own.parent / "second"
    new_study(study, page=own.parent / "other.txt", year=2012)
    claims = audit_text(page, year=2012).claims
    (chosen,) = claims.index[claims["printed"] == "60万元"][-1:]
    words = ["--study", str(study), "audit-text", str(own.parent / "other.txt")]
    listed = CliRunner().invoke(commands, [*words, "--list"]).output
    assert f"{chosen} agrees (likely): part is not above the whole" in listed
    told = CliRunner().invoke(commands, [*words, "--accept", f"0,{chosen}-{chosen}"])
    assert "2 relations added" in told.output
    assert [row["kind"] for row in relations(study)] == ["sum", "at_most"]
    again = accept_claims(load_study(study), page, {0, chosen})
    assert again.rows == []
    with pytest.raises(PageError, match="claim 99: not a number of"):
        accept_claims(load_study(study), page, {99})


def test_the_review_lists_what_can_be_taken(own: Path) -> None:
    """A tick for what the relations may hold, and a word for what they have or cannot have."""
    accept_claims(load_study(own), PAGE, {0})
    document = review_html(PAGE, study=load_study(own))
    section = document.partition('id="tab-claims"')[2].partition("</section>")[0]
    rows = re.findall(r"<tr><th.*?</tr>", section)
    claims = audit_text(PAGE, year=2012).claims
    assert len(rows) == len(claims)
    for number, (row, rule) in enumerate(zip(rows, claims["rule"], strict=True)):
        assert f'data-en="{rule}"' in row
        if number == 0:
            assert "in the relations" in row
        elif rule == "growth over the value before":
            assert "cannot be taken" in row
        else:
            assert f'type="checkbox" value="{number}"' in row
    assert (
        "checkbox"
        not in review_html("总人口9万人，其中：城镇4万人，乡村5万人。").split("tab-claims")[1]
    )


def test_the_command(own: Path) -> None:
    page = str(own.parent / "page.txt")
    told = CliRunner().invoke(
        commands, ["--study", str(own), "audit-text", page, "--accept", "sure"]
    )
    assert told.exit_code == 1  # The page contradicts itself.
    assert "relations added; delete from the table what does not hold" in told.output
    checked = CliRunner().invoke(commands, ["--study", str(own), "check", "--arithmetic"])
    assert checked.exit_code == 1
    assert "no fault" in CliRunner().invoke(commands, ["--study", str(own), "check"]).output
