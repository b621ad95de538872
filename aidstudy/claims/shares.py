"""Claims of a share: what is a share of what, and rates by their names."""

from __future__ import annotations

from collections.abc import Iterator

from aidstudy.claims.figures import (
    ANYWHERE,
    Figure,
    Page,
    clean_name,
    core,
    levels,
    one_time,
    same_name,
)
from aidstudy.claims.relations import AGREES, CONTRADICTS, LIKELY, SURE, Claim, share
from aidstudy.claims.words import CUES, EACH, ECONOMY, OF, PARTITIONS, PLAN, RATES, REACHED


def find_shares(page: Page) -> Iterator[Claim]:
    """Shares whose part and whole are both printed.

    Examples
    --------
    >>> from aidstudy.claims.figures import read_figures
    >>> page = read_figures("财政收入80万元，税收收入60万元，占财政收入的75%。")
    >>> [claim.verdict for claim in find_shares(page)]
    ['agrees']
    """
    for row in page.sentences:
        for place, figure in enumerate(row):
            if figure.role != "share" or figure.unit != "%":
                continue
            claim = (
                _of_printed(row, place) or _of_named(page, row, place) or _bare(page, row, place)
                or _rate(row, place) or _reached(row, place)
            )  # fmt: skip
            if claim is not None:
                yield claim
            elif EACH in figure.link:
                yield from _of_each(page, row, place)


def _of_printed(row: list[Figure], place: int) -> Claim | None:
    """完成 x，占年度计划 y 的80%: the whole stands within the words."""
    whole = row[place - 1]
    told = CUES["of_printed"].search(whole.clause)
    if row[place].link not in OF or whole.role != "level" or told is None:
        return None
    before = levels(row[: max(0, place - 1)], whole.unit)
    parts = [one for one in before if not one.clause.startswith("占")]
    certainty = SURE if whole.clause.startswith("占") and len(parts) == 1 else LIKELY
    claims = (
        share("share of a whole", row[place], part, whole, certainty) for part in reversed(parts)
    )
    return next((claim for claim in claims if claim.is_taken_up), None)


def _of_each(page: Page, row: list[Figure], place: int) -> Iterator[Claim]:
    """A x、B y、C z，占W的比重分别为 p、q、r: as many parts before as shares."""
    first = row[place]
    told = CUES["share_of"].search(first.link.replace(EACH, ""))
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
            claim = share("share of a whole", percent, part, wholes[0], LIKELY)
            if claim.is_taken_up:
                yield claim


def _of_named(page: Page, row: list[Figure], place: int) -> Claim | None:
    """税收5,000万元，占财政收入的50%: the whole by its name, the part just before."""
    figure = row[place]
    told = CUES["share_of"].search(figure.link)
    if told is None or not clean_name(told["whole"]):
        return None
    named = clean_name(figure.link[: told.start()].rpartition("，")[2])
    part = _part(page, row, place, named)
    if part is None:
        return None
    wholes = _wholes(page, part, told["whole"], figure)
    claims = [share("share of a whole", figure, part, whole) for whole in wholes]
    fits = [claim for claim in claims if claim.verdict != CONTRADICTS]
    if fits:
        return fits[0]
    return claims[0] if len(claims) == 1 else None


def _part(page: Page, row: list[Figure], place: int, named: str) -> Figure | None:
    """The figure that the share is of: the one of its name, or the last level before it."""
    before = levels(row[:place])
    if not named:
        return before[-1] if before else None
    nearest = page.levels_before(row[place], far=ANYWHERE)
    return next((other for other in nearest if same_name(other.name, named)), None)


def _wholes(page: Page, part: Figure, name: str, figure: Figure) -> list[Figure]:
    """Figures of the name before the share, nearest first: one paragraph, one time, one unit."""
    found: list[Figure] = []
    here = core(name) != ECONOMY
    for other in page.levels_before(figure, most=60, far=ANYWHERE, here=here):
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
    figure = row[place]
    if not CUES["share_bare"].search(figure.clause):
        return None
    before = levels(row[:place])
    if not before:
        return None
    part = before[-1]
    found = [set_.whole for set_ in PARTITIONS if set_.part_of(core(part.name))]
    wholes = [one for one in page.levels_before(part) if [core(one.name)] in found]
    for whole in (*reversed(before[:-1]), *wholes):
        if whole.unit == part.unit and whole.value > part.value:
            claim = share("share of a whole", figure, part, whole, LIKELY)
            return claim if claim.verdict == AGREES else None
    return None


def _rate(row: list[Figure], place: int) -> Claim | None:
    """计划投资 x，完成投资 y，完成率 z: one figure of each name in the sentence before the rate."""
    figure = row[place]
    for rate in RATES:
        if not rate.name.search(figure.clause):
            continue
        before = levels(row[:place])
        parts = [one for one in before if rate.part.search(one.clause)]
        wholes = [one for one in before if rate.whole.search(core(one.name)) and one not in parts]
        if len(parts) == len(wholes) == 1 and parts[0].unit == wholes[0].unit:
            only = len(levels(before, parts[0].unit)) == 2 or rate is RATES[0]
            if one_time(parts[0], wholes[0]) and only and _same_people(figure, wholes[0]):
                return share("rate by its name", figure, parts[0], wholes[0])
    return None


def _same_people(figure: Figure, whole: Figure) -> bool:
    """常住人口城镇化率 is no share of 户籍人口."""
    of_residents = CUES["resident"].search(figure.clause) is not None
    of_registered = CUES["registered"].search(figure.clause) is not None
    registered = CUES["registered"].search(whole.clause) is not None
    if of_residents and not CUES["resident"].search(whole.clause):
        return False
    return of_registered == registered


def _reached(row: list[Figure], place: int) -> Claim | None:
    """年度计划 x，完成 y，为计划的98%: the plan stands in the sentence."""
    figure = row[place]
    if REACHED.search(figure.clause) is None:
        return None
    before = levels(row[:place])
    plans = [one for one in before if PLAN.search(core(one.name))]
    done = [one for one in before if one not in plans and not CUES["beyond"].search(one.clause)]
    if len(plans) == 1 and len(done) == 1 and plans[0].unit == done[0].unit:
        return share("rate by its name", figure, done[0], plans[0], SURE)
    return None
