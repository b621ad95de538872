"""Claims of shares and growth: a share of a whole, rates by their names, changes of values."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from fractions import Fraction
from itertools import islice, pairwise, permutations, product, takewhile

from aidstudy.claims.figures import Figure, Page, clean_name, core, levels, one_time, same_name
from aidstudy.claims.relations import CONTRADICTS, Claim, claimed, taken_up
from aidstudy.claims.sums import sets_of
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


Named = dict[tuple[str, str], list[Figure]]
"""Levels by subject and unit."""
Moved = Iterator[tuple[Figure, Figure, bool]]
"""Two values, now and then, between which a figure is the change, and whether that is sure."""


def find_growth(page: Page, sums: Iterable[Claim]) -> Iterator[Claim]:
    """Growth and changes between printed values, and full sets of changes."""
    told = set()
    for claim in _beside(page):
        told.add(claim.about.number)
        yield claim
    yield from _anywhere(page, told)
    yield from _full_sets(page)
    for claim in sums:
        yield from _between(page, claim)
    yield from _contributions(page)


def _beside(page: Page) -> Iterator[Claim]:
    named: Named = defaultdict(list)
    for row in page.sentences:
        for figure in row:
            moves = figure.role in ("growth", "growth times", "change")
            if moves or figure.role in ("ratio", "share"):
                told = [
                    claim
                    for values in (_two_values, _over_plan)
                    for now, then, sure in values(page, figure)
                    for claim in _moved(figure, now, then, sure)
                ]
                yield from told or (_since(page, figure, named) if moves else ())
            rules = {"change": (_grown_by, _faster), "ratio": (_times, _added), "share": (_added,)}
            for rule in rules.get(figure.role, ()):
                yield from rule(page, figure)
        for figure in levels(row):
            named[figure.subject, figure.unit].append(figure)


def _moved(figure: Figure, now: Figure, then: Figure, sure: bool) -> Iterator[Claim]:
    """What a rate, an amount or points behind two values claim of them."""
    roles = {now.role, then.role}
    # 由1∶3.46下降到1∶5.9 is told of the other currency.
    if now.unit != then.unit or CUES["to_one"].match(now.printed):
        return
    if figure.unit == "pp":
        rule, fits = _POINTS, roles == {"share"} and now.unit == "%"
    elif figure.role == "change":
        rule, fits = "change between two values", roles == {"level"} and figure.unit == now.unit
    else:
        rule, fits = _GROWTH, roles == {"level"} and figure.unit in ("%", "times")
    if fits:
        yield from taken_up(claimed(rule, figure, now, then, sure=sure))


_POINTS, _GROWTH = "change in percentage points", "growth over the value before"


def _two_values(page: Page, figure: Figure) -> Moved:
    """x，比上年的 y 增长 p%; 由 y 增加到 x，增长 p%, 增加 d, 提高 n 个百分点."""
    before = [one for one in page.row_before(figure) if one.role != "date"]
    words = figure.link
    for later in page.row_after(figure)[:1] if figure.role != "share" else ():
        # 比上年的 y 增长 p%，达到 x; y, 又增长 p%，达到 x.
        if later.role == "level" and CUES["reaching"].fullmatch(later.link):
            yield from ((later, first, False) for first in levels(before)[-1:])
    if len(before) < 2:
        return
    now, then = before[-2:]
    # x，比上年增长q%，同2001年的 y 相比，增长p%: against the first value of the sentence.
    if CUES["set_against"].fullmatch(words) and says("against", then.words):
        yield before[0], then, False
    between = "".join(page.text[now.to : then.at].split())
    grown = CUES["just_grown"].fullmatch(words) and CUES["compared"].fullmatch(between)
    # x，超过原定计划 y 的 p%.
    beyond = words in OF and CUES["beyond_plan"].fullmatch(between)
    beside = then.number == figure.number - 1
    if (grown or beyond) and beside and not says("yearly", figure.clause):
        yield now, then, not says("real", now.link + words)
    if len(before) > 2 and then.role in ("growth", "change"):
        before = before[:-1]
    then, now = before[-2:]
    # 委办局减至53个，人员减少了15%: the change of something else.
    follows = CUES["moved"].fullmatch(words) and not says("real", words)
    grew = says("to", now.words) and not says("yearly", words) and not says("yearly", now.words)
    if follows and grew and says("from", then.words):
        yield now, then, True
    elif follows and not grown and "" not in (then.said, now.said) and then.said != now.said:
        # 2011年 y，2012年 x，增长p%.
        yield now, then, False


def _over_plan(page: Page, figure: Figure) -> Moved:
    """承诺 y，到位 x，比承诺数增加p%: the plan by its name, here or in the sentence before."""
    if told := says("over_plan", figure.clause):
        near = [*page.levels_before(figure, far=1)]
        plans = [one for one in near if told["plan"] in one.clause][:1]
        done = [one for one in near if told["plan"] not in one.clause][:1]
        for now, then in product(done, plans):
            here = {one.number for one in levels(page.row_before(figure), now)}
            yield now, then, here == {now.number, then.number}


def _since(page: Page, figure: Figure, named: Named) -> Iterator[Claim]:
    """x，比上年增加 d, where the page has said last year's value by the same name."""
    told = CUES["over_a_year"].fullmatch(figure.link)
    for now in levels(page.row_before(figure)[-1:]) if told else ():
        sharp = now.is_sharp and not now.is_base and len(now.subject) >= _NAME
        if sharp and not says("real", now.link + figure.link):
            earlier = reversed(named[now.subject, now.unit][-_LATEST:])
            claims = (one for then in earlier for one in _moved(figure, now, then, sure=False))
            yield from islice(claims, 1)


_NAME, _LATEST = 2, 8


def _faster(page: Page, figure: Figure) -> Iterator[Claim]:
    """收入增长5.8%，快于经济增速1个百分点: the economy's rate stands before."""
    for rate in page.row_before(figure)[-1:] if figure.unit == "pp" else ():
        if rate.role == "growth" and says("faster", figure.clause):
            economy = _growth_of_economy(page, figure)
            if economy is not None and economy is not rate:
                yield from taken_up(claimed(_POINTS, figure, rate, economy, sure=False))


def _anywhere(page: Page, told: set[int]) -> Iterator[Claim]:
    """钢产量增加了573万吨 far from both its values: one name, two times, and they fit."""
    named: dict[str, list[Figure]] = defaultdict(list)
    for figure in levels(page.figures):
        if len(figure.subject) >= _NAME and figure.is_sharp and not figure.is_average:
            known = named[core(figure.subject)]
            if len(known) <= _LATEST and all(one.value != figure.value for one in known):
                known.append(figure)
    for figure in page.figures:
        moves = figure.role == "change" or (figure.role == "growth" and figure.unit == "%")
        several = moves and figure.digits >= _NAME and not says("yearly", figure.link)
        if several and figure.number not in told and not says("real", figure.link):
            values = named.get(core(figure.subject), ())
            # Of so many values of one name some fit by chance.
            pairs = permutations(values, 2) if len(values) <= _LATEST else ()
            apart = ((a, b) for a, b in pairs if not a.time or a.time != b.time)
            yield from islice((c for pair in apart for c in _moved(figure, *pair, sure=False)), 1)


def _grown_by(page: Page, change: Figure) -> Iterator[Claim]:
    """x，增长 p%，增收 d: at current values only, as a real rate is of other values."""
    before, after = page.row_before(change), page.row_after(change)
    rates = [one for one in (*before[-1:], *after[:1]) if (one.role, one.unit) == ("growth", "%")]
    if change.unit == "pp" or not before or len(rates) != 1:
        return
    (rate,) = rates
    words = rate.link + change.link
    told = [CUES["over_a_year"].fullmatch(one.link) for one in (rate, change)]
    # 比年初增加 x，同比增长 y: two changes.
    if None in told or len({one["base"] for one in told if one} - {None}) > 1:
        return
    values = (one for one in reversed(before) if one is not rate and one.role != "share")
    for now in levels([*islice(values, 1)]) if not says("yearly", words) else ():
        if now.unit == change.unit and now.time not in ("ahead", "before"):
            real = says("real", now.link + words + page.after(now))
            yield from taken_up(claimed(_AMOUNT, rate, change, now, sure=not real))


_AMOUNT = "growth and the amount of it"


def _added(page: Page, percent: Figure) -> Iterator[Claim]:
    """增加投入 d，达到 x，……增加比例 p%: what was added as a share of what there was."""
    before = page.row_before(percent)
    told = percent.unit == "%" and says("added_share", percent.clause)
    for added, now in pairwise(levels(before)) if told else ():
        grown = says("added", added.clause) and CUES["reaching"].fullmatch(now.link)
        if grown and added.unit == now.unit:
            yield claimed(_AMOUNT, percent, added, now)
            # 在规定r%的基础上…占Y的p%，增加比例g%: the share is the rule raised.
            shares = [one for one in before if one.role == "share" and one.unit == "%"]
            if len(shares) == 2 and any(says("based_on", one.link) for one in before):
                raised = (shares[1], shares[0], percent)
                yield from taken_up(claimed("share raised over a rule", *raised, sure=False))
            return


def _times(page: Page, figure: Figure) -> Iterator[Claim]:
    """城镇 x，农村 y，收入比 r: and x, y 的 r 倍."""
    before = levels(page.row_before(figure))[-2:]
    if len({one.unit for one in before}) != 1 or len(before) < 2:
        return
    now, then = before
    if says("gap", figure.clause):
        # 2.45:1 is two figures; only a ratio to 1 is a claim here.
        after = page.row_after(figure)[:1]
        to_one = any(one.role == "ratio" and not one.link and one.value == 1 for one in after)
        parts = [PARTITIONS[1].part_of(core(one.name)) for one in before]
        town_first = [part and part[0] for part in parts] == [0, 1]
        told = town_first and one_time(now, then) and (figure.unit != "%" or to_one)
    else:
        told = figure.link in OF and figure.unit == "times"
        told = told and says("times_of", then.link) is not None
    if told:
        yield claimed("ratio of two figures", figure, now, then)


def _full_sets(page: Page) -> Iterator[Claim]:
    """Changes of a full set of shares add to nothing; a whole grows no faster than every part."""
    for _, parts, end in sets_of(page, "change"):
        said = "".join(part.link for part in parts)
        if says("weight", said + end) and not says("pulling", said):
            yield claimed("changes of shares add to nothing", *parts[-1:], *parts[:-1])
    for partition, parts, _ in sets_of(page, "growth"):
        # 地区生产总值增长8%，其中第一产业增长3%.
        before = page.figures[max(0, parts[0].number - _LATEST) : parts[0].number][::-1]
        wholes = (one for one in before if one.role == "growth" and one_time(one, *parts))
        for whole in islice((one for one in wholes if core(one.name) in partition.whole), 1):
            yield from taken_up(claimed(_SPANNED, whole, *parts, sure=False))
    for _, parts, end in sets_of(page, "share"):
        weighed = says("weight", end or parts[-1].link)
        if weighed and all(one.unit == "%" and says("share_of", one.link) for one in parts):
            yield claimed("shares of a full set", *parts[-1:], *parts[:-1])


def _between(page: Page, total: Claim) -> Iterator[Claim]:
    """A whole grows no faster than its fastest part, and no slower than its slowest."""
    rates = [_rate_after(page, member.figure) for member in total.members]
    told = [rate for rate in rates if rate is not None]
    if total.form == "sum" and not total.constant and len(told) == len(rates):
        sure = core(total.about.name) == ECONOMY and total.sure
        yield from taken_up(claimed(_SPANNED, *told, sure=sure))


_SPANNED = "growth between that of the parts"


def _rate_after(page: Page, figure: Figure) -> Figure | None:
    """The rate that directly follows a value: 12.5亿元，比上年增长8.3%."""
    rates = (one for one in page.row_after(figure)[:1] if (one.role, one.unit) == ("growth", "%"))
    return next((one for one in rates if len(one.link) <= 12), None)


def _contributions(page: Page) -> Iterator[Claim]:
    """Contributions add to 100; each times the growth of the whole is the pull."""
    for _, parts, _ in sets_of(page, "share"):
        if all(says("contribution", part.clause) for part in parts):
            yield claimed("contributions add to 100", *parts[-1:], *parts[:-1])
    for percent, pull in (pair for row in page.sentences for pair in pairwise(row)):
        said = says("contribution", percent.clause) and says("pull", pull.clause)
        if said and percent.unit == "%" and pull.unit == "pp":
            growth = _growth_of_economy(page, percent)
            if growth is not None and says("economy", percent.link + pull.link):
                yield claimed("contribution times growth", pull, percent, growth)


def _growth_of_economy(page: Page, figure: Figure) -> Figure | None:
    for one in page.levels_before(figure, here=False):
        if core(one.name) == ECONOMY and one.time != "before":
            return _rate_after(page, one)
    before = page.figures[max(0, figure.number - 10) : figure.number][::-1]
    rates = [one for one in before if one.role == "growth" and one.paragraph == figure.paragraph]
    now = (one for one in rates if one.time not in ("before", "ahead"))
    return next((one for one in now if core(one.name) == ECONOMY), None)
