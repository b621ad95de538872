"""Claims that a whole is its parts: sets that leave nothing out, lists with a cue, and 其中."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from itertools import islice, pairwise, takewhile

from aidstudy.claims.figures import FAR, Figure, Page, core, levels, one_time
from aidstudy.claims.relations import AGREES, CONTRADICTS, Claim, claimed, taken_up
from aidstudy.claims.words import CUES, ENOUGH, PARTITIONS, TOTAL, Partition, says
from aidstudy.intervals import Interval


def find_sums(page: Page) -> Iterator[Claim]:
    """Totals and parts, structures and the parts of 其中; each total with its parts once."""
    done: dict[int, list[set[int]]] = defaultdict(list)
    rules = (_by_partition, _listed, _totalled, _structures, _fitting, _among, _within_whole)
    for claim in (claim for rule in rules for claim in rule(page)):
        held = {member.figure.number for member in claim.members}
        # That a part is not above its whole says nothing beside their sum.
        less = claim.form == "at_least"
        if not any(held == one or (less and held < one) for one in done[claim.about.number]):
            done[claim.about.number].append(held)
            yield claim


def sets_of(page: Page, role: str) -> Iterator[tuple[Partition, list[Figure], str]]:
    """Full sets of parts in reading order, with what their names end with: (…, 增加值)."""
    changes = role == "change"
    named = [*_movements(page)] if changes else [
        (figure, core(figure.name)) for figure in page.figures if figure.role == role
    ]  # fmt: skip
    for partition in PARTITIONS:
        told = [(figure, partition.part_of(name)) for figure, name in named]
        placed = [(figure, part) for figure, part in told if part is not None]
        size = len(partition.parts)
        orders = [list(range(size))]
        orders += [orders[0][::-1]] * changes
        for first in range(len(placed) - size + 1):
            run = placed[first : first + size]
            figures = [figure for figure, _ in run]
            ends = {end for _, (_, end) in run if end}
            if (
                [number for _, (number, _) in run] in orders
                and len(ends) <= 1
                and (changes or len({figure.unit for figure in figures}) == 1)
                and figures[-1].sentence - figures[0].sentence <= size
                and figures[0].paragraph == figures[-1].paragraph
                and one_time(*figures)
            ):
                yield partition, figures, next(iter(ends), "")


def _movements(page: Page) -> Iterator[tuple[Figure, str]]:
    """Changes of shares: 第一产业占比18.4%，下降0.5个百分点, and 第二产业比重上升0.4%."""
    for row in page.sentences:
        name = said = ""
        for figure in row:
            found = next(filter(None, (one.key_of(core(figure.name)) for one in PARTITIONS)), "")
            said = figure.link if found else said + figure.link
            name = found or name
            # A rate after 占比18.4%，增长 is none of the share.
            weighs = says("weight", figure.link if figure.role == "growth" else said)
            if figure.unit == "pp" or (weighs and figure.role == "growth"):
                yield figure, name + ("比重" if weighs else "")


def _by_partition(page: Page) -> Iterator[Claim]:
    for partition, parts, end in sets_of(page, "level"):
        average = any(says("average", one) for one in (end, *(p.link[-12:] for p in parts)))
        whole = None if average else _whole_named(page, partition, parts, end)
        if whole is not None:
            yield claimed("parts of a whole", whole, *parts)


def _whole_named(page: Page, partition: Partition, parts: list[Figure], end: str) -> Figure | None:
    """The latest figure before the parts, or after them, that bears the name of their whole."""
    first, after = parts[0], levels(page.row_after(parts[-1]))
    # 新增就业5万人，其中城镇3万人: the parts are named by their kind only.
    only, plain = says("only", first.link), core(end).replace(TOTAL, "")
    for figure in (*page.levels_before(first, here=False), *after):
        name = core(figure.name)
        # 社会消费品零售总额 is the whole of 城镇消费品零售额; 房地产投资 is not that of 城镇投资.
        alike = name.replace(TOTAL, "")
        named = name in partition.whole
        if not partition.whole and end:
            named = alike == plain or (len(plain) >= _LONG_END and alike.endswith(plain))
        elif not partition.whole:
            named = bool(only) and figure.sentence == first.sentence
        is_part = partition.part_of(name) is not None
        if named and not is_part and figure.unit == first.unit and one_time(figure, *parts):
            return figure
    return None


def _listed(page: Page) -> Iterator[Claim]:
    """分产业看 …, 按经营地分 …, (…), and lists that end with 其他 or 其余."""
    parts_before: set[int] = set()
    for first in levels(page.figures):
        parts = [] if first.number in parts_before else _run(page, first)
        sure = _complete(first, parts) if len(parts) > 1 else None
        claim = None if sure is None else _list_claim(page, parts, parts_before, sure)
        if claim is not None:
            parts_before |= {part.number for part in parts}
            yield from taken_up(claim)


def _list_claim(
    page: Page, parts: list[Figure], parts_before: set[int], sure: bool
) -> Claim | None:
    """The total that a list fits; one that it does not fit only where no other could be meant."""
    first = parts[0]
    levels_of = (one for one in page.levels_before(first) if one.unit == first.unit)
    before = [one for one in levels_of if one.number not in parts_before and not one.is_average]
    wholes = [one for one in before if one_time(one, *parts)]
    claims = [claimed("listed parts", whole, *parts, sure=sure) for whole in wholes]
    fits = next((claim for claim in claims if claim.verdict != CONTRADICTS), None)
    # 在国有单位投资中: the words name a total, which need not be the nearest.
    only = sure and len(claims) == len(before) == 1 and not says("within", first.link)
    if fits is not None or not only or wholes[0].time == "ahead":
        return fits
    # 教职工153人，医护人员117人，其他人员41人 may be three of a kind.
    opened = says("among", first.link) or says("by", first.link)
    return replace(claims[0], sure=opened is not None)


_LONGEST = 40
"""Parts of a list; without a limit the time of a page that is one sentence grows by its square."""


def _run(page: Page, first: Figure) -> list[Figure]:
    """The list that a figure begins: one of its unit to each item, to the sentence's end."""
    parts = [first]
    for figure in page.row_after(first):
        if len(parts) > _LONGEST:
            return []
        if figure.role == "level" and figure.unit == first.unit and not figure.is_base:
            if says("total_sure", figure.clause) or says("only", figure.link):
                break
            parts.append(figure)
        elif figure.role == "date":
            break
    # 总投资 and 年度计划投资 by turns are two lists; 超10亿元 is no part that adds up.
    adds = all(core(p.name) and not p.is_average and p.interval.width is not None for p in parts)
    closed = adds and _distinct(parts) and not says("open", page.after(parts[-1])[:6])
    return parts if closed else []


def _complete(first: Figure, parts: list[Figure]) -> bool | None:
    """How sure it is that a list leaves nothing out; nothing where no word says so."""
    # A comma within items hides a second measure.
    if any(says("share_of", part.link) for part in parts[1:]):
        return None
    if says("rest", core(parts[-1].name)):
        return True
    lead = first.link.removesuffix(first.name)
    if says("open", lead[-20:]) or says("only", lead) or not says("by", lead):
        return None
    return says("by_all", lead) is not None


def _totalled(page: Page) -> Iterator[Claim]:
    """A x, B y, 合计 z."""
    for total in levels(page.figures):
        parts = levels(page.row_before(total), total) if says("total", total.words) else []
        listed = len(parts) > 1 and _distinct(parts) and one_time(total, *parts)
        if not listed or not total.is_plain or any(one.is_average for one in (*parts, total)):
            continue
        if not any(says("only", one.link) or says("total_sure", one.clause) for one in parts):
            plain = CUES["plain_total"].fullmatch(total.link) is not None
            telling = any(one.digits >= _TELLING for one in parts)
            if plain or telling or says("total_sure", total.clause):
                yield from taken_up(claimed("total of a list", total, *parts, sure=plain))


def _distinct(parts: list[Figure]) -> bool:
    return len({core(part.name) for part in parts}) == len(parts)


_PART = "part of a structure"


def _structures(page: Page) -> Iterator[Claim]:
    sectors = [one for one in sets_of(page, "level") if one[0] is PARTITIONS[0]][::-1]
    for row in page.sentences:
        words = ""
        for place, first in enumerate(row):
            inside = place > 0 and row[place - 1].role == _PART and not first.link
            if first.role != _PART or inside:
                continue
            more = takewhile(lambda one: one.role == _PART and not one.link, row[place + 1 :])
            # 由 a:b:c 调整为 d:e:f: the second is of the same structure.
            again = says("changed_to", first.link)
            words = words + first.link if again else first.link
            yield from _structure(page, [first, *more], words, sectors)


def _structure(
    page: Page, run: list[Figure], words: str, sectors: list[tuple[Partition, list[Figure], str]]
) -> Iterator[Claim]:
    """Shares that add to 100, and each beside the figures it is computed from."""
    total = sum(part.value for part in run)
    sectors_named = says("sector", words)
    if not says("structure", words) or not (sectors_named or 80 <= total <= 120):
        return
    yield claimed("structure adds to 100", *run[-1:], *run[:-1])
    old = run[0].time == "before" or says("starting", run[0].clause)
    if old or not sectors_named or len(run) != len(PARTITIONS[0].parts):
        return
    for partition, parts, end in sectors:
        if not 0 <= run[0].sentence - parts[-1].sentence <= FAR or says("average", end):
            continue
        whole = _whole_named(page, partition, parts, end)
        if whole is not None and one_time(whole, run[0]):
            for percent, part in zip(run, parts, strict=True):
                one = claimed("part of a structure", percent, part, whole)
                low, high = percent.interval.closed()
                # One share may be a last digit off where the structure was made to add to 100.
                half = (high - low) / 2 if total == 100 else 0
                wide = replace(one.members[0], interval=Interval(low - half, high + half))
                yield replace(one, members=(wide, *one.members[1:]))
        return


def _fitting(page: Page) -> Iterator[Claim]:
    """Figures of one unit beside each other that add up, and whose names say what of what."""
    figures = levels(page.figures)
    for place, whole in enumerate(figures):
        # 比上年的y of each part adds to 比上年的y of the whole.
        later = levels(figures[place + 1 : place + _LONGEST], whole)
        here = [one for one in later if one.sentence == whole.sentence]
        following = [one for one in later if one.sentence == whole.sentence + 1]
        following = [one for one in following if one.paragraph == whole.paragraph]
        # 财政支出 x。教育支出 y。其他支出 z: sentences of their own, by the end of their names.
        near = [one for one in later if one.sentence <= whole.sentence + FAR]
        end = core(whole.name)[-_NOUN_END:]
        alike = [one for one in near if end and core(one.name).endswith(end)]
        # 小学30所。小学中，村小18所，中心校12所: told of the whole by its name.
        named = next((n for n, one in enumerate(near) if _told_of(whole, one)), len(near))
        runs = {"here": here, "following": following, "alike": alike, "told": near[named:]}
        for how, rows in runs.items():
            begun = (rows[:size] for size in range(2, min(len(rows), _MOST_PARTS) + 1))
            added = (parts for parts in begun if sum(p.value for p in parts) in whole.interval)
            claims = (claimed("figures that add up", whole, *one, sure=False) for one in added)
            yield from islice((one for one in claims if _fits(page, one, how)), 1)


def _told_of(whole: Figure, part: Figure) -> bool:
    """Whether the words before a part say that it is one of a whole, by its name."""
    told = says("part_of", part.link)
    name = core(told["whole"]) if told else ""
    return len(name) >= _NOUN_END <= len(whole.subject) and (
        name.startswith(whole.subject) or whole.subject.endswith(name)
    )


_MOST_PARTS, _TELLING = 12, 3
_NOUN_END, _LONG_END, _NOUN = 2, 4, 6


def _fits(page: Page, claim: Claim, how: str) -> bool:
    """Whether what is known of figures that add up is one of the sets of `words.toml` that do."""
    whole, *parts = figures = [member.figure for member in claim.members]
    if claim.verdict != AGREES or any(not one.value or one.is_average for one in figures):
        return False
    near, following = (whole.sentence + far == parts[0].sentence for far in (0, 1))
    rest = levels(page.row_after(whole), whole)
    after = [] if rest else levels(page.sentences[parts[0].sentence], whole)
    every = parts == (rest if near else after)
    said = re.split("[，；]", page.text[page.bounds[whole.sentence] : whole.at])[-1]
    noun = re.match(r"[\u4e00-\u9fff]{2,4}", "".join(page.after(whole).split()))
    words = [part.link + page.after(part)[:_NOUN] for part in parts]
    known = {
        "here": near,
        "next": following,
        "among": says("among", parts[0].words),
        "every": every,
        "alike": how == "alike",
        "told": how == "told",
        "in all": says("in_all", said) or "：" in parts[0].link,
        "noun": noun and all(noun[0] in one for one in words),
        "bracket": parts[0].link.startswith("（") and "）" in page.after(parts[-1])[:_NOUN],
        "ten": whole.value >= 10,
        "half": all(one.says_within(Fraction(1, 2)) for one in figures),
        "sharp": all(one.is_sharp for one in figures),
        "two digits": any(one.digits > 1 for one in parts),
        "three digits": any(one.digits >= _TELLING for one in parts),
    }
    return any(all(known[one] for one in told.split(", ")) for told in ENOUGH)


def _among(page: Page) -> Iterator[Claim]:
    """其中: no part is above the whole before it, nor those that follow it in one list."""
    for row in page.sentences:
        said, first, before = "", None, None  # type: str, Figure | None, Figure | None
        for figure in row:
            # A、B分别为 x、y: each figure bears the words of the first.
            again, said = figure.link == said, figure.link
            if again or figure.role not in ("level", "date"):
                continue
            counted = before is not None and before.unit == figure.unit
            if says("only", figure.words) or (counted and says("of_counted", figure.link)):
                first = figure
            elif first is not None and not _goes_on(first, before or first, figure):
                first = None
            before = figure
            if first is not None and figure.role == "level" and not figure.is_average:
                yield from _part_of(page, first, figure)


def _within_whole(page: Page) -> Iterator[Claim]:
    """新增 x，总量达到 y; 占比 p%，其中A占比 q%; 在 y 个中，x 个; x 支从 y 支中选出."""
    rule, both_levels = "part is not above the whole", ("level", "level")
    for before, figure in (pair for row in page.sentences for pair in pairwise(row)):
        roles, alike = (before.role, figure.role), before.unit == figure.unit
        new = roles == both_levels and alike and says("newly", before.clause)
        if new and says("total_of", figure.link):
            yield from taken_up(claimed(rule, figure, before, sure=False))
        shares = roles == ("share", "share") and alike
        bare = shares and all(says("share_bare", one.clause) for one in (before, figure))
        # 12个项目获奖，其中1项.
        counts = before.kind == figure.kind == "count" and roles == both_levels and not alike
        noun = "".join(page.after(before).split())[:_LONG_END] if counts and figure.unit else ""
        counted = figure.unit in noun and before.is_exact and figure.is_exact and counts
        if says("only", figure.link) and (bare or (noun and counted)):
            yield from taken_up(claimed(rule, before, figure, sure=False))
    for whole in levels(page.figures):
        after = "".join(page.after(whole).split()) if whole.kind == "count" else ""
        told = CUES["out_of"].match(after)
        if told is None or not (told["chosen"] or says("in_these", whole.clause)):
            continue
        said = says("chosen_from", page.text[whole.at - min(whole.at, 40) : whole.at])
        back = told["chosen"] and said
        near = page.row_before(whole)[::-1] if back else page.row_after(whole)
        parts = (one for one in levels(near) if one.unit == whole.unit and one.value < whole.value)
        parts = (one for one in parts if told["chosen"] or says("has", one.link))
        for part in islice(parts, 1):
            yield from taken_up(claimed(rule, whole, part, sure=False))


def _goes_on(first: Figure, before: Figure, figure: Figure) -> bool:
    """其中 A x，B y: whether y is one more of the list; an amount of A is none."""
    same = first.unit == before.unit or first.role == "date"
    fits = CUES["next_part"].fullmatch(figure.words) is not None
    return figure.role == "level" and same and fits and not says("of_counted", first.link)


def _part_of(page: Page, first: Figure, figure: Figure) -> Iterator[Claim]:
    """A part is not above the last level of its unit, here or in the sentence before the first."""
    before = levels([*page.levels_before(first, most=20, far=1)], figure)
    whole = next((one for one in before if not says("weighed", one.clause)), None)
    # 其中宋初到南宋中叶的100年: which years it is part of, only a short word tells (其中病休2天).
    unclear = figure.kind == "duration" and len(figure.clause) > _NOUN
    if whole is None or whole.value == figure.value or says("above", figure.printed) or unclear:
        return
    between = page.text[whole.to : figure.at]
    if figure.time not in ("ahead", "before") and not says("remainder", between):
        yield from taken_up(claimed("part is not above the whole", whole, figure, sure=False))
