"""Claims of a share: what is a share of what, and rates by their names."""

from __future__ import annotations

from collections.abc import Iterator

from aidstudy.claims.figures import Figure, Page, clean_name, core, levels, one_time, same_name
from aidstudy.claims.relations import CONTRADICTS, Claim, claimed, taken_up
from aidstudy.claims.words import CUES, EACH, ECONOMY, OF, PARTITIONS, RATES, says

_SHARE = "share of a whole"


def find_shares(page: Page) -> Iterator[Claim]:
    """Shares whose part and whole are both printed."""
    for row in page.sentences:
        for place, figure in enumerate(row):
            if figure.role != "share" or figure.unit != "%":
                continue
            claim = (
                _of_printed(row, place) or _of_named(page, row, place) or _bare(page, row, place)
                or _rate(page, row, place)
            )  # fmt: skip
            if claim is not None:
                yield claim
            elif EACH in figure.link:
                yield from _of_each(page, row, place)


def _of_printed(row: list[Figure], place: int) -> Claim | None:
    """完成 x，占年度计划 y 的80%: the whole stands within the words."""
    whole = row[place - 1]
    told = says("of_printed", whole.clause)
    if row[place].link not in OF or whole.role != "level" or told is None:
        return None
    before = levels(row[: max(0, place - 1)], whole)
    parts = [one for one in before if not one.clause.startswith("占")]
    sure = whole.clause.startswith("占") and len(parts) == 1
    claims = (claimed(_SHARE, row[place], part, whole, sure=sure) for part in reversed(parts))
    return next(taken_up(*claims), None)


def _of_each(page: Page, row: list[Figure], place: int) -> Iterator[Claim]:
    """A x、B y、C z，占W的比重分别为 p、q、r: as many parts before as shares."""
    first = row[place]
    told = says("share_of", first.link.replace(EACH, ""))
    shares = [first]
    for figure in row[place + 1 :]:
        if figure.role != "share" or not CUES["only_and"].fullmatch(figure.link):
            break
        shares.append(figure)
    parts = levels(row[:place])[-len(shares) :]
    if told is None or len(shares) < 2 or len({one.unit for one in parts}) != 1:
        return
    wholes = _wholes(page, parts[0], told["whole"], first)
    if len(parts) == len(shares) and wholes and wholes[0] not in parts:
        for percent, part in zip(shares, parts, strict=True):
            yield from taken_up(claimed(_SHARE, percent, part, wholes[0], sure=False))


def _of_named(page: Page, row: list[Figure], place: int) -> Claim | None:
    """税收5,000万元，占财政收入的50%: the whole by its name, the part just before."""
    figure = row[place]
    told = says("share_of", figure.link)
    if told is None or not clean_name(told["whole"]):
        return None
    part = _part(page, row, place, clean_name(figure.link[: told.start()].rpartition("，")[2]))
    if part is None:
        return None
    wholes = _wholes(page, part, told["whole"], figure)
    claims = [claimed(_SHARE, figure, part, whole) for whole in wholes]
    fits = [claim for claim in claims if claim.verdict != CONTRADICTS]
    return fits[0] if fits else claims[0] if len(claims) == 1 else None


def _part(page: Page, row: list[Figure], place: int, named: str) -> Figure | None:
    """The figure that the share is of: the one of its name, or the last level before it."""
    if not named:
        return next(reversed(levels(row[:place])), None)
    nearest = page.levels_before(row[place], far=0)
    return next((other for other in nearest if same_name(other.name, named)), None)


def _wholes(page: Page, part: Figure, name: str, figure: Figure) -> list[Figure]:
    """Figures of the name before the share, nearest first: one paragraph, one time, one unit."""
    found: list[Figure] = []
    here = core(name) != ECONOMY
    for other in page.levels_before(figure, most=60, far=0, here=here):
        if figure.paragraph - other.paragraph > 3:
            break
        if (
            other is not part
            and other.unit == part.unit
            and same_name(other.name, name)
            and one_time(other, part)
            and all(other.value != one.value for one in found)
        ):
            found.append(other)
    return found


def _bare(page: Page, row: list[Figure], place: int) -> Claim | None:
    """装机800万千瓦，风电200万千瓦、占比25%: taken up where it fits."""
    before = levels(row[:place])
    if not before or not says("share_bare", row[place].clause):
        return None
    part = before[-1]
    found = [set_.whole for set_ in PARTITIONS if set_.part_of(core(part.name))]
    near = (one for one in page.levels_before(part, far=1) if one.sentence == part.sentence
            or says("only", row[0].words))  # fmt: skip
    wholes = [one for one in page.levels_before(part) if [core(one.name)] in found]
    larger = [one for one in (*near, *wholes) if one.unit == part.unit and one.value > part.value]
    claims = (claimed(_SHARE, row[place], part, one, sure=False) for one in larger)
    return next(taken_up(*claims), None)


def _rate(page: Page, row: list[Figure], place: int) -> Claim | None:
    """计划投资 x，完成投资 y，完成率 z, or 为计划的98%: sure in one sentence only."""
    figure = row[place]
    rate = next((one for one in RATES if one["name"].search(figure.clause)), None)
    if rate is None:
        return None
    far = [*page.levels_before(figure, far=1)][::-1]
    for told, sure in ((levels(row[:place]), True), (far, False)):
        wholes = [one for one in told if rate["whole"].search(core(one.name))]
        parts = [one for one in told if rate["part"].search(one.clause)]
        # 应到位资金 is a whole, and 完成年度计划投资 a part.
        parts = [one for one in parts if one not in wholes] or parts
        wholes = [one for one in wholes if one not in parts]
        if not sure:
            parts, wholes = parts[-1:], (wholes or [one for one in told if one not in parts])[-1:]
        if len(parts) == len(wholes) == 1 and parts[0].unit == wholes[0].unit:
            alone = not sure or rate in _ANY or len(levels(told, parts[0])) == 2
            same = one_time(parts[0], wholes[0]) and _same_people(figure, wholes[0])
            claim = claimed("rate by its name", figure, parts[0], wholes[0], sure=sure)
            return next(taken_up(claim), None) if same and alone else None
    return None


_ANY = (RATES[0], RATES[-1])
"""Rates beside which the sentence may have more figures of the unit."""


def _same_people(figure: Figure, whole: Figure) -> bool:
    """常住人口城镇化率 is no share of 户籍人口."""
    if says("resident", figure.clause) and not says("resident", whole.clause):
        return False
    of_registered, registered = (says("registered", one.clause) for one in (figure, whole))
    return bool(of_registered) == bool(registered)
