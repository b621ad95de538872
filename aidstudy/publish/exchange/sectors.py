"""Purpose codes of the OECD DAC, in the list of a given year."""

from __future__ import annotations

from collections.abc import Mapping

from aidstudy.analysis.sectors import FIRST_LIST, WITHDRAWN
from aidstudy.codebook import did_you_mean
from aidstudy.errors import CodebookError
from aidstudy.tables.load import StudyLike, exact_table

# NOTE: the table says of a finer code only that it came later than the list of 2013. All of them
# stand in the list that came with IATI 2.03 in February 2018; look again when a code is added.
_ALL_BY = 2018

SectorTable = Mapping[str, Mapping[str, str]]


def sector_table(study: StudyLike = None) -> SectorTable:
    """The purpose codes of a study: name, list and note of each code."""
    codes = exact_table("dac_codes", study).fillna("").to_dict("records")
    return {str(row["code"]): {str(k): str(v) for k, v in row.items()} for row in codes}


def check_sector(code: str, year: int, *, table: SectorTable | None = None) -> None:
    """Check that a purpose code is in the list of a year.

    Parameters
    ----------
    code : str
        OECD DAC purpose code, five digits.
    year : int
        Year of the list. The list of 2013 stands for the years before it too.
    table : mapping, optional
        What :func:`sector_table` gives; that of the default study by default.

    Raises
    ------
    CodebookError
        If the code is not in ``data/dac_codes.csv``, came later than `year`, was withdrawn
        before it, or the table cannot tell.

    Notes
    -----
    ``data/dac_codes.csv``, columns ``in_list`` and ``note``.

    Examples
    --------
    >>> check_sector("41050", 2012)
    >>> check_sector("43060", 2018)
    >>> check_sector("41050", 2018)
    Traceback (most recent call last):
    ...
    aidstudy.errors.CodebookError: sector 41050 (Flood prevention/control): was withdrawn at the end of 2017, so the list of 2018 does not have it; use 43060
    """  # noqa: E501
    table = sector_table() if table is None else table
    if code not in table:
        raise CodebookError(
            f"sector {code!r}: is not in data/dac_codes.csv{did_you_mean(code, list(table))}; "
            "or add it there with the list in which it was read",
            printed=code,
        )
    row = table[code]
    place = f"sector {code} ({row['name']})"
    withdrawn = WITHDRAWN.search(row["note"])
    if withdrawn and year > int(withdrawn["year"]):
        use = f"use {withdrawn['next']}" if withdrawn["next"] else "choose another code"
        raise CodebookError(
            f"{place}: was withdrawn at the end of {withdrawn['year']}, so the list of {year} "
            f"does not have it; {use}",
            printed=code,
        )
    came = row["in_list"]
    if came == "later":
        if year <= FIRST_LIST:
            raise CodebookError(
                f"{place}: came later than the list of {FIRST_LIST}, so the list of {year} does "
                "not have it; use a broader code of that list",
                printed=code,
            )
        if year < _ALL_BY:
            raise CodebookError(
                f"{place}: came after {FIRST_LIST} and not after {_ALL_BY}, and "
                f"data/dac_codes.csv does not say in which year, so {year} cannot be checked; "
                "look it up in the list of that year",
                printed=code,
            )
    elif int(came) > FIRST_LIST and year < int(came):
        before = _predecessor(code, year, table)
        raise CodebookError(
            f"{place}: came with the list of {came}, so the list of {year} does not have it; "
            + (f"use {before}" if before else "use a code of that list"),
            printed=code,
        )


def latest_list(table: SectorTable) -> int:
    """Year of the newest list from which the table has a code: what "today's list" means here.

    Examples
    --------
    >>> latest_list(sector_table())
    2018
    """
    return max(int(row["in_list"]) for row in table.values() if row["in_list"].isdigit())


def _predecessor(code: str, year: int, table: SectorTable) -> str:
    for old, row in table.items():
        withdrawn = WITHDRAWN.search(row["note"])
        if withdrawn and withdrawn["next"] == code and year <= int(withdrawn["year"]):
            return old
    return ""


__all__ = ["SectorTable", "check_sector", "latest_list", "sector_table"]
