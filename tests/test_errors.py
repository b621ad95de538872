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


@pytest.mark.parametrize("one", _classes())
def test_an_error_crosses_a_process_border_whole(one: type[AidstudyError]) -> None:
    fault = Fault("a.csv, row 2", "unit", "m", "wrong", "mend it")
    error = one("told", printed="m", span=(1, 2), faults=[fault])
    back = pickle.loads(pickle.dumps(error))
    assert type(back) is one
    assert (str(back), back.printed, back.span, back.faults) == ("told", "m", (1, 2), (fault,))
    assert one("told").faults == ()


def test_a_fault_reads_as_one_line_cut_at_sixty_characters() -> None:
    long = "页" * 61
    for fault, sentence in (
        (
            Fault("a.csv, row 3 (x-001)", "unit", "metre", "not in the codebook", "write m"),
            "a.csv, row 3 (x-001), column unit: read 'metre': not in the codebook; write m",
        ),
        (Fault("a.csv", "", "", "is empty", "restore it"), "a.csv: is empty; restore it"),
        (Fault("a.csv", "", "it's", "odd", "mend it"), 'a.csv: read "it\'s": odd; mend it'),
        (Fault("a.csv", "", "a\nb", "odd", "mend it"), "a.csv: read 'a\\nb': odd; mend it"),
        (Fault("a.csv", "", long, "odd", "cut it"), f"a.csv: read '{long[:59]}…': odd; cut it"),
        (Fault("a.csv", "", long[1:], "odd", "x"), f"a.csv: read '{long[1:]}': odd; x"),
    ):
        assert str(fault) == sentence
    assert Fault("a.csv", "", long, "odd", "cut it").read == long


def _faults(number: int) -> list[Fault]:
    return [Fault(f"a.csv, row {row}", "unit", f"u{row}", "wrong", "mend it")
            for row in range(2, 2 + number)]  # fmt: skip


def test_forty_faults_are_spelt_out_and_the_rest_counted() -> None:
    assert str(TableError.from_faults(_faults(1), what="tables")).splitlines() == [
        "tables: 1 fault",
        "  a.csv, row 2, column unit: read 'u2': wrong; mend it",
    ]
    assert len(str(TableError.from_faults(iter(_faults(40)), what="tables")).splitlines()) == 41
    more = TableError.from_faults(iter(_faults(43)), what="tables")
    lines = str(more).splitlines()
    assert (lines[0], len(lines)) == ("tables: 43 faults", 42)
    assert "'u41'" in lines[40]
    assert lines[-1] == "  ... and 3 more; mend these first"
    assert (type(more), len(more.faults), more.printed) == (TableError, 43, "u2")
