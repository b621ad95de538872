"""Claims of a share: what is a share of what, and rates by their names."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from itertools import islice, takewhile

from aidstudy.claims.figures import Figure, Page, clean_name, core, levels, one_time, same_name
from aidstudy.claims.relations import CONTRADICTS, Claim, claimed, taken_up
from aidstudy.claims.words import CUES, EACH, ECONOMY, OF, PARTITIONS, RATES, says

_SHARE = "share of a whole"


def find_shares(page: Page) -> Iterator[Claim]:
    """Shares whose part and whole are both printed, each by the first rule that tells it."""
    for figure in page.figures:
        if figure.role == "share" and figure.unit == "%":
            rules = (_of_printed, _of_named, _bare, _rate)
            found = (claim for rule in rules for claim in taken_up(*rule(page, figure)))
            yield from [*islice(found, 1)] or _of_each(page, figure)


def _of_printed(page: Page, figure: Figure) -> Iterator[Claim]:
    """完成 x，占年度计划 y 的80%: the whole stands within the words."""
    *before, whole = page.row_before(figure) or [figure]
    if figure.link in OF and whole.role == "level" and says("of_printed", whole.clause):
        parts = [one for one in levels(before, whole) if not one.clause.startswith("占")]
        sure = whole.clause.startswith("占") and len(parts) == 1
        yield from (claimed(_SHARE, figure, one, whole, sure=sure) for one in reversed(parts))


def _of_each(page: Page, first: Figure) -> Iterator[Claim]:
    """A x、B y、C z，占W的比重分别为 p、q、r: as many parts before as shares."""
    told = says("share_of", first.link.replace(EACH, ""))
    row = page.row_after(first)
    joined = takewhile(
        lambda one: one.role == "share" and CUES["only_and"].fullmatch(one.link), row
    )
    shares = [first, *joined]
    parts = levels(page.row_before(first))[-len(shares) :]
    if EACH not in first.link or told is None or len(parts) < len(shares) or len(shares) < 2:
        return
    wholes = _wholes(page, parts[0], told["whole"], first)
    if len({one.unit for one in parts}) == 1 and wholes and wholes[0] not in parts:
        for percent, part in zip(shares, parts, strict=True):
            yield from taken_up(claimed(_SHARE, percent, part, wholes[0], sure=False))


def _of_named(page: Page, figure: Figure) -> Iterator[Claim]:
    """税收5,000万元，占财政收入的50%: the whole by its name, the part just before."""
    told = says("share_of", figure.link)
    if told is None or not clean_name(told["whole"]):
        return
    named = clean_name(figure.link[: told.start()].rpartition("，")[2])
    near = page.levels_before(figure, far=0) if named else levels(page.row_before(figure))[::-1]
    parts = (one for one in near if not named or same_name(one.name, named))
    for part in islice(parts, 1):
        wholes = _wholes(page, part, told["whole"], figure)
        claims = [claimed(_SHARE, figure, part, whole) for whole in wholes]
        fits = [one for one in claims if one.verdict != CONTRADICTS]
        yield from fits or (claims if len(claims) == 1 else ())


def _wholes(page: Page, part: Figure, name: str, figure: Figure) -> list[Figure]:
    """Figures of the name before the share, nearest first: one paragraph, one time, one unit."""
    found: dict[Fraction, Figure] = {}
    for other in page.levels_before(figure, most=60, far=0, here=core(name) != ECONOMY):
        if figure.paragraph - other.paragraph > 3:
            break
        fits = other is not part and other.unit == part.unit and same_name(other.name, name)
        if fits and one_time(other, part):
            found.setdefault(other.value, other)
    return list(found.values())


def _bare(page: Page, figure: Figure) -> Iterator[Claim]:
    """装机800万千瓦，风电200万千瓦、占比25%: taken up where it fits."""
    row = page.sentences[figure.sentence]
    for part in levels(page.row_before(figure))[-1:] if says("share_bare", figure.clause) else ():
        found = [set_.whole for set_ in PARTITIONS if set_.part_of(core(part.name))]
        near = (one for one in page.levels_before(part, far=1) if one.sentence == part.sentence
                or says("only", row[0].words))  # fmt: skip
        wholes = [one for one in page.levels_before(part) if [core(one.name)] in found]
        for one in (*near, *wholes):
            if one.unit == part.unit and one.value > part.value:
                yield claimed(_SHARE, figure, part, one, sure=False)


def _rate(page: Page, figure: Figure) -> Iterator[Claim]:
    """计划投资 x，完成投资 y，完成率 z, or 为计划的98%: sure in one sentence only."""
    rate = next((one for one in RATES if one["name"].search(figure.clause)), None)
    if rate is None:
        return
    here, far = levels(page.row_before(figure)), [*page.levels_before(figure, far=1)][::-1]
    for told, sure in ((here, True), (far, False)):
        wholes = [one for one in told if rate["whole"].search(core(one.name))]
        parts = [one for one in told if rate["part"].search(one.clause)]
        # 应到位资金 is a whole, and 完成年度计划投资 a part.
        parts = [one for one in parts if one not in wholes] or parts
        wholes = [one for one in wholes if one not in parts]
        if not sure:
            parts, wholes = parts[-1:], (wholes or [one for one in told if one not in parts])[-1:]
        if len(parts) == len(wholes) == 1 and parts[0].unit == wholes[0].unit:
            alone = not sure or rate in _ANY or len(levels(told, parts[0])) == 2
            if alone and one_time(*parts, *wholes) and _same_people(figure, *wholes):
                yield claimed("rate by its name", figure, *parts, *wholes, sure=sure)
            return


_ANY = (RATES[0], RATES[-1])
"""Rates beside which the sentence may have more figures of the unit."""


def _same_people(figure: Figure, whole: Figure) -> bool:
    """常住人口城镇化率 is no share of 户籍人口."""
    if says("resident", figure.clause) and not says("resident", whole.clause):
        return False
    of_registered, registered = (says("registered", one.clause) for one in (figure, whole))
    return bool(of_registered) == bool(registered)
