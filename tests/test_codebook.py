"""The closed lists: complete, with a meaning each, and the ones that the tables use."""

from __future__ import annotations

import pytest

from aidstudy import codebook
from aidstudy.codebook import (
    CLEAN_TABLES,
    FIGURES,
    MEASURES,
    OUTSIDE_TABLES,
    RAW_TABLES,
    STAGE_LEVELS,
    STAGES,
    Table,
    did_you_mean,
)
from aidstudy.errors import CodebookError

ALL_TABLES = [*RAW_TABLES.values(), *OUTSIDE_TABLES.values(), *CLEAN_TABLES.values()]
LISTS = codebook.LISTS


def test_every_code_has_a_meaning_and_a_chinese_name() -> None:
    for name, codes in LISTS.items():
        for code, what in codes.items():
            assert what.meaning.strip() == what.meaning != "", (name, code)
            assert what.zh, (name, code)


def test_stages_of_things_that_are_not_built_stand_level_with_works() -> None:
    assert set(STAGE_LEVELS) == set(STAGES)
    pairs = {"agreed": "planned", "under_way": "construction", "delivered": "completed"}
    assert {stage: STAGE_LEVELS[works] for stage, works in pairs.items()} == {
        stage: STAGE_LEVELS[stage] for stage in pairs
    }


@pytest.mark.parametrize("table", ALL_TABLES, ids=lambda table: f"{table.name}-{len(table.names)}")
def test_a_table_is_whole(table: Table) -> None:
    assert table.meaning
    assert len(set(table.names)) == len(table.names)
    assert set(table.key) <= set(table.names)
    for column in table.columns:
        assert column.meaning
        assert table.column(column.name) is column
        closed = column.codes is not None or column.places != ""
        assert closed == (column.type in ("code", "codes")), column.name
        assert bool(column.to) == (column.type in ("ref", "refs")), column.name
        assert not column.to or column.to in {**CLEAN_TABLES, **OUTSIDE_TABLES}
    for name in table.key:
        assert table.column(name).required
    ids = [column.name for column in table.columns if column.type == "id"]
    assert ids in ([], list(table.key))


def test_a_column_that_is_not_there_is_told_the_nearest() -> None:
    with pytest.raises(CodebookError, match=r"table figures: column 'mesure' is not in the codeb"
                       r"ook; did you mean 'measure'\?") as told:  # fmt: skip
        FIGURES.column("mesure")
    assert told.value.printed == "mesure"


@pytest.mark.parametrize(
    ("word", "known", "told"),
    [
        ("expendture", MEASURES, "; did you mean 'expenditure'?"),
        ("spent", MEASURES, "; did you mean 'expenditure'?"),
        ("到位", MEASURES, "; did you mean 'disbursement'?"),
        ("xyzzy", MEASURES, "; the codes are listed in data/README.md"),
        ("", MEASURES, "; the codes are listed in data/README.md"),
        ("xyzzy", codebook.PRESENT, "; choose one of yes, not_mentioned"),
        ("mesure", ["measure", "unit"], "; did you mean 'measure'?"),
        ("xyzzy", [str(number) for number in range(100)], ""),
        ("xyzzy", [], ""),
        ("(", MEASURES, "; the codes are listed in data/README.md"),
    ],
)
def test_the_nearest_word_is_offered_or_the_way_to_the_list(
    word: str, known: list[str], told: str
) -> None:
    assert did_you_mean(word, known) == told
