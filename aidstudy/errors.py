"""The ways in which a reading can fail.

Every error says where, what was read, what is wrong and what to do; the same values are
attributes, so that a program need not parse the sentence. Several faults found in one pass
are one error with all of them in ``faults``.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong in one place: a file, or a row of it.

    >>> print(Fault("figures.csv, row 3", "measure", "spent", "no code", "use 'expenditure'"))
    figures.csv, row 3, column measure: read 'spent': no code; use 'expenditure'
    """

    where: str
    column: str  # empty when the whole row or file is meant
    read: str
    problem: str
    remedy: str

    def __str__(self) -> str:
        place = f"{self.where}, column {self.column}" if self.column else self.where
        read = f"read {_shown(self.read)}: " if self.read else ""
        return f"{place}: {read}{self.problem}; {self.remedy}"


def _shown(text: str, limit: int = 60) -> str:
    return repr(text if len(text) <= limit else text[: limit - 1] + "…")


class AidstudyError(Exception):
    """Base of every error that aidstudy raises on purpose.

    Parameters
    ----------
    message : str
        One sentence: where, what was read, what is wrong, what to do.
    printed : str, optional
        The characters at fault, as printed.
    span : tuple of int, optional
        Their half-open place in the raw text, in code points.
    faults : iterable of Fault, optional
        All faults of one pass.

    Examples
    --------
    >>> error = AidstudyError("'3000万': scale without unit", printed="3000万")
    >>> print(error, error.printed, error.faults)
    '3000万': scale without unit 3000万 ()
    """

    def __init__(
        self,
        message: str,
        *,
        printed: str | None = None,
        span: tuple[int, int] | None = None,
        faults: Iterable[Fault] = (),
    ) -> None:
        super().__init__(message)
        self.printed = printed
        self.span = span
        self.faults = tuple(faults)

    @classmethod
    def raise_if_any(cls, faults: Iterable[Fault], *, what: str) -> None:
        """Nothing, or one error out of all faults of a pass, at most forty of them spelt out."""
        found = tuple(faults)
        lines = [f"{what}: {len(found)} fault{'s' * (len(found) != 1)}"]
        lines += [f"  {fault}" for fault in found[:40]]
        if len(found) > 40:
            lines.append(f"  ... and {len(found) - 40} more; mend these first")
        if found:
            raise cls("\n".join(lines), printed=found[0].read, faults=found)


class StaleWarning(UserWarning):
    """Tables or results that are older than the typed tables they were made from.

    Examples
    --------
    >>> import warnings
    >>> warnings.simplefilter("error", StaleWarning)   # to stop at them instead
    """


class NumeralError(AidstudyError):
    """A printed numeral that cannot be read."""


class UnitError(AidstudyError):
    """A scale or number without a unit, or with one that is not known."""


class QuantityError(AidstudyError):
    """Text that is not one printed figure."""


class TextError(AidstudyError):
    """Text that cannot be decoded, or is not text."""


class CodebookError(AidstudyError):
    """A code, column or table that the codebook does not have."""


class TableError(AidstudyError):
    """A table that breaks the codebook: types, ids, references, bounds."""


class StudyError(AidstudyError):
    """A folder that is not a study, or one with a part missing."""


class PageError(AidstudyError):
    """A page that is not the one the tables were made from."""


class ResultError(AidstudyError):
    """A result that is not defined, or cannot be computed from the tables."""


class PlotError(AidstudyError):
    """A plot that must not be saved as it is."""


class NotebookError(AidstudyError):
    """A notebook that does not run, or writes what must not be stored."""


class ExerciseError(AidstudyError):
    """An exercise that does not exist, or one that contradicts itself."""


class FileError(AidstudyError):
    """A file that cannot be read or written."""
