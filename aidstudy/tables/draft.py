"""What nobody has decided on yet: rows that rules proposed, told apart by their note."""

from __future__ import annotations

from collections.abc import Iterable

from aidstudy.bilingual import Words
from aidstudy.codebook import FIGURES_RAW
from aidstudy.tables.clean import file_name
from aidstudy.tables.files import read_cells
from aidstudy.tables.study import Study

PROPOSED = "draft, "
"""How the note begins of a row that no person has decided on, in any table."""
NOT_LOOKED = f"{PROPOSED}not looked for yet"


def is_proposal(note: str) -> bool:
    """Whether the note of a row says that no person has decided on it.

    >>> notes = "draft, clear: 到位", "draft: not looked for yet", "also the year's commitment"
    >>> [is_proposal(note) for note in notes]
    [True, True, False]
    """
    # Pairs and devices of studies that version 0.1 made have a colon.
    return note.startswith((PROPOSED, "draft: "))


def undecided(notes: Iterable[str]) -> int:
    """How many of these notes say so."""
    return sum(map(is_proposal, notes))


def draft_stamp(study: Study) -> Words:
    """What results, plots and notebooks of a study say as long as a row is undecided; else nothing.

    >>> from aidstudy import load_study
    >>> draft_stamp(load_study()).en
    ''
    """
    name = file_name("figures")
    notes = read_cells(study.folder / name, FIGURES_RAW.names, name=name)["note"]
    left, all_ = undecided(notes), len(notes)
    return Words.told("draft", left=left, all=all_) if left else Words("", "")
