"""The errors: one sentence for a person, the same values for a program."""

from __future__ import annotations

import inspect
import pickle

import pytest

from aidstudy import errors
from aidstudy.errors import AidstudyError, Fault, TableError


def _classes() -> list[type[AidstudyError]]:
    found = vars(errors).values()
    return [one for one in found if inspect.isclass(one) and issubclass(one, AidstudyError)]


def test_an_error_keeps_what_was_printed_and_where() -> None:
    error = AidstudyError("page 212-218: no unit; pass one", printed="3000万", span=(212, 218))
    assert str(error) == "page 212-218: no unit; pass one"
    assert (error.printed, error.span, error.faults) == ("3000万", (212, 218), ())


@pytest.mark.parametrize("one", _classes())
def test_an_error_crosses_a_process_border_whole(one: type[AidstudyError]) -> None:
    fault = Fault("a.csv, row 2", "unit", "m", "wrong", "mend it")
    error = one("told", printed="m", span=(1, 2), faults=[fault])
    back = pickle.loads(pickle.dumps(error))
    assert type(back) is one
    assert (str(back), back.printed, back.span, back.faults) == ("told", "m", (1, 2), (fault,))


@pytest.mark.parametrize(
    ("fault", "sentence"),
    [
        (
            Fault("a.csv, row 3 (x-001)", "unit", "metre", "not in the codebook", "write m"),
            "a.csv, row 3 (x-001), column unit: read 'metre': not in the codebook; write m",
        ),
        (Fault("a.csv", "", "", "the file is empty", "restore it"),
         "a.csv: the file is empty; restore it"),
        (Fault("a.csv, row 3", "unit", "", "the cell is empty", "fill it"),
         "a.csv, row 3, column unit: the cell is empty; fill it"),
        (Fault("a.csv", "", "it's", "odd", "mend it"), "a.csv: read \"it's\": odd; mend it"),
        (Fault("a.csv", "", "a\nb", "odd", "mend it"), "a.csv: read 'a\\nb': odd; mend it"),
    ],
)  # fmt: skip
def test_a_fault_reads_as_one_line(fault: Fault, sentence: str) -> None:
    assert str(fault) == sentence


def test_a_long_cell_is_cut_at_sixty_characters() -> None:
    read = "页" * 61
    sentence = str(Fault("a.csv", "", read, "too long", "cut it"))
    assert sentence == "a.csv: read '" + "页" * 59 + "…': too long; cut it"
    assert Fault("a.csv", "", read, "too long", "cut it").read == read
    assert "…" not in str(Fault("a.csv", "", "页" * 60, "too long", "cut it"))


def _faults(number: int) -> list[Fault]:
    return [Fault(f"a.csv, row {row}", "unit", f"u{row}", "wrong", "mend it")
            for row in range(2, 2 + number)]  # fmt: skip


def test_one_fault_and_many_are_counted_in_words_that_agree() -> None:
    assert str(TableError.from_faults(_faults(1), what="tables")).splitlines() == [
        "tables: 1 fault",
        "  a.csv, row 2, column unit: read 'u2': wrong; mend it",
    ]
    assert str(TableError.from_faults(_faults(2), what="tables")).startswith("tables: 2 faults\n")


def test_forty_faults_are_spelt_out_and_the_rest_counted() -> None:
    forty = TableError.from_faults(iter(_faults(40)), what="tables")
    assert len(str(forty).splitlines()) == 41
    more = TableError.from_faults(iter(_faults(43)), what="tables")
    lines = str(more).splitlines()
    assert len(lines) == 42
    assert "'u41'" in lines[40]
    assert lines[-1] == "  ... and 3 more; mend these first"
    assert len(more.faults) == 43
    assert more.printed == "u2"
    assert type(more) is TableError
