"""The closed lists: complete, with a meaning each, and the ones that the tables use."""

from __future__ import annotations

import pytest
from copies import TYPED, checked, stored, typed

from aidstudy import codebook
from aidstudy.codebook import (
    CLEAN_TABLES,
    FIGURES,
    FIGURES_RAW,
    KINDS,
    MEASURES,
    MONEY_MEASURES,
    NUMERIC_KINDS,
    OUTSIDE_TABLES,
    RAW_TABLES,
    STAGE_LEVELS,
    STAGES,
    UNITS,
    Code,
    Table,
    did_you_mean,
)
from aidstudy.errors import CodebookError

ALL_TABLES = [*RAW_TABLES.values(), *OUTSIDE_TABLES.values(), *CLEAN_TABLES.values()]
LISTS = {name.upper(): codes for name, codes in codebook.LISTS.items()}


def test_the_lists_of_codes_are_those_of_the_codebook() -> None:
    # Typed from the codebook, so that a code lost or renamed in the file is seen.
    expected = {
        "NUMERALS": "arabic chinese",
        "BOUNDS": "exact rounded about over under range",
        "STATUSES": "1 2 3 4 5 6",
        "STAGES": "planned survey_design approval procurement site_preparation construction "
        "completed agreed under_way delivered",
        "PRECISIONS": "day month half_year year period",
        "EVENT_KINDS": "meeting visit agreement commitment disbursement works secondment "
        "deployment plan_approval plan_period",
        "REALISED": "yes planned",
        "LEVELS": "city district zone provincial_body prefecture_body city_body state_firm "
        "private_firm bank",
        "ROLES": "paired_government designated_unit line_body other",
        "PRESENT": "yes not_mentioned",
        "MECHANISMS": "leading_group framework_agreement project_rules fund_rules special_account "
        "joint_supervision progress_reporting performance_review staff_secondment mentoring "
        "five_year_plan plan_revision donor_training market_channel social_donation "
        "financing_platform",
        "KINDS": "money share multiple count length area volume flow mass power energy map_scale "
        "date period duration code list_number contact",
        "MEASURES": "commitment commitment_increment disbursement expenditure budget loan_planned "
        "matching donation in_kind ratio_to_revenue rule_ratio increase_ratio projects "
        "projects_completed projects_ongoing projects_started categories plans visits meetings "
        "agreements trainees trainings seconded_out seconded_in mentored mentor_quota "
        "police_deployed bodies documents mechanisms maps assets officials_visiting length width "
        "floor_area site_area storage_volume daily_capacity event_date plan_period target_date "
        "frequency other",
    }
    for name, codes in expected.items():
        assert list(LISTS[name]) == codes.split(), name


def test_every_code_has_a_meaning_and_a_chinese_name() -> None:
    for name, codes in LISTS.items():
        for code, what in codes.items():
            assert what.meaning.strip() == what.meaning != "", (name, code)
            assert what.zh, (name, code)


def test_the_lists_cannot_be_changed() -> None:
    for codes in LISTS.values():
        with pytest.raises(TypeError):
            codes["x"] = Code("x")


def test_the_lists_that_lean_on_others_agree_with_them() -> None:
    assert set(KINDS) >= NUMERIC_KINDS
    assert set(KINDS) - NUMERIC_KINDS == {"date", "period", "code", "list_number", "contact"}
    assert set(MONEY_MEASURES) < set(MEASURES)
    assert set(STAGE_LEVELS) == set(STAGES)
    assert STAGE_LEVELS["agreed"] == STAGE_LEVELS["planned"]
    assert STAGE_LEVELS["under_way"] == STAGE_LEVELS["construction"]
    assert STAGE_LEVELS["delivered"] == STAGE_LEVELS["completed"]
    assert set(codebook.KIND_HINTS) <= set(KINDS)


def test_the_columns_are_those_of_the_codebook() -> None:
    expected = {
        "figures": "figure_id article start end printed numeral kind value unit low high bound "
        "measure subject donor period label_en same_as part_of note",
        "projects": "project_id recipient donor name_zh name_en sector status stage next_step "
        "budget donor_amount expenditure start end note",
        "events": "event_id recipient donor start_date end_date precision kind realised label_en "
        "figures project_id note",
        "pairs": "donor donor_zh donor_en level recipient role start end note",
        "mechanisms": "recipient mechanism present start end note",
        "context": "fact_id entity measure period printed value unit source source_date grade note",
    }
    assert set(expected) == set(CLEAN_TABLES)
    for name, columns in expected.items():
        wanted = columns.split()
        header = (stored().clean / f"{name}.csv").read_text(encoding="utf-8").splitlines()[0]
        assert list(CLEAN_TABLES[name].names[: len(wanted)]) == wanted
        assert header.split(",")[: len(wanted)] == wanted
        assert header.split(",") == list(CLEAN_TABLES[name].names)
    assert list(FIGURES.names) == expected["figures"].split()
    assert " ".join(FIGURES_RAW.names) == (
        "figure_id article start end printed counted measure subject donor period label_en "
        "same_as part_of note kind_hint unit_hint year_hint"
    )


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


def test_every_code_used_in_a_table_is_in_the_codebook() -> None:
    frames = [(TYPED[name], cells) for name, cells in typed().items()]
    frames += [(CLEAN_TABLES[name], cells) for name, cells in checked().items()]
    used = 0
    for table, cells in frames:
        for column in table.columns:
            codes = stored().codes_of(column)
            if codes is None:
                continue
            for cell in cells[column.name]:
                for code in cell.split(" ") if cell else ():
                    assert code in codes, (table.name, column.name, code)
                    used += 1
    assert used > 1000


def test_units_of_the_clean_figures_are_base_units_or_things_counted() -> None:
    figures = checked()["figures"]
    for kind, unit in set(zip(figures["kind"], figures["unit"], strict=True)):
        if kind == "count":
            assert unit not in UNITS
        elif kind in NUMERIC_KINDS:
            assert unit in UNITS
        else:
            assert unit == ""


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
