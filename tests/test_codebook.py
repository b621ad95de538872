"""The closed lists: complete, with a meaning each, and the ones that the tables use."""

from __future__ import annotations

import pytest
from copies import each_case

from aidstudy import codebook
from aidstudy.codebook import (
    CLEAN_TABLES,
    FIGURES,
    OUTSIDE_TABLES,
    RAW_TABLES,
    STAGE_LEVELS,
    did_you_mean,
)
from aidstudy.errors import CodebookError

LISTS = codebook.LISTS


def test_every_code_table_and_column_has_a_meaning_and_refers_to_what_is_there() -> None:
    for name, codes in LISTS.items():
        for code, what in codes.items():
            assert what.meaning.strip() == what.meaning != "", (name, code)
            assert what.zh, (name, code)
    for table in (*RAW_TABLES.values(), *OUTSIDE_TABLES.values(), *CLEAN_TABLES.values()):
        assert table.meaning
        assert all(table.column(name).required for name in table.key)
        for column in table.columns:
            assert column.meaning
            closed = column.codes is not None or column.places != ""
            assert closed == (column.type in ("code", "codes")), column.name
            assert bool(column.to) == (column.type in ("ref", "refs")), column.name
            assert not column.to or column.to in {**CLEAN_TABLES, **OUTSIDE_TABLES}


def test_stages_of_things_that_are_not_built_stand_level_with_works() -> None:
    pairs = {"agreed": "planned", "under_way": "construction", "delivered": "completed"}
    assert all(STAGE_LEVELS[stage] == STAGE_LEVELS[works] for stage, works in pairs.items())


def test_a_column_that_is_not_there_is_told_the_nearest() -> None:
    with pytest.raises(CodebookError, match=r"table figures: column 'mesure' is not in the codeb"
                       r"ook; did you mean 'measure'\?") as told:  # fmt: skip
        FIGURES.column("mesure")
    assert told.value.printed == "mesure"


@each_case("codebook", "nearest")
def test_the_nearest_word_is_offered_or_the_way_to_the_list(
    word: str, known: str, told: str
) -> None:
    lists = LISTS | {"figures": ["measure", "unit"], "none": []}
    assert did_you_mean(word, lists[known]) == told
