"""Made-up pages of the genre with known relations, and slips planted in them."""

from __future__ import annotations

import random
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction

GENRES = ("communique", "budget", "aid", "poverty")
SLIPS = ("digit", "swap", "move", "point", "scale")


@dataclass
class MadeUp:
    """A page as pieces of text and figures; an identity names the figures it joins."""

    rng: random.Random
    pieces: list[str] = field(default_factory=list)
    printed: dict[str, str] = field(default_factory=dict)
    identities: list[tuple[str, tuple[str, ...]]] = field(default_factory=list)

    def say(self, text: str, **figures: str) -> None:
        """Add text in which {name} is a figure as printed."""
        for piece in re.split(r"(\{\w+\})", text):
            if piece.startswith("{"):
                self.printed[piece[1:-1]] = figures[piece[1:-1]]
            self.pieces.append(piece)

    def text(self, changed: dict[str, str] | None = None) -> tuple[str, dict[str, int]]:
        """The page, and where each figure begins."""
        told, places = "", {}
        for piece in self.pieces:
            if re.fullmatch(r"\{\w+\}", piece):
                name = piece[1:-1]
                places[name] = len(told)
                told += (changed or {}).get(name, self.printed[name])
            else:
                told += piece
        return told, places


def made_up_page(genre: str, rng: random.Random) -> MadeUp:
    page = MadeUp(rng)
    {"communique": _communique, "budget": _budget, "aid": _aid, "poverty": _poverty}[genre](page)
    return page


def fixed(value: Fraction, decimals: int) -> str:
    """Rounded as a person rounds: half away from zero."""
    scaled = int(abs(value) * 10**decimals + Fraction(1, 2))
    sign = "-" if value < 0 else ""
    whole, rest = divmod(scaled, 10**decimals)
    return f"{sign}{whole}.{rest:0{decimals}d}" if decimals else f"{sign}{whole}"


def _parts(rng: random.Random, total: Fraction, size: int) -> list[Fraction]:
    """Parts to five decimals that add to a total."""
    weights = [Fraction(rng.randint(15, 60)) for _ in range(size)]
    parts = [Fraction(int(total * w / sum(weights) * 10**5), 10**5) for w in weights[:-1]]
    return [*parts, total - sum(parts)]


def _sectors(page: MadeUp) -> None:
    rng = page.rng
    total = Fraction(rng.randint(8_000_000, 99_000_000), 10**5)
    parts = _parts(rng, total, 3)
    rates = [Fraction(rng.randint(15, 140), 10) for _ in parts]
    rate = sum(r * p for r, p in zip(rates, parts, strict=True)) / total
    told = {"gdp": fixed(total, 1) + "亿元", "g": fixed(rate, 1) + "%"}
    for i, part in enumerate(parts):
        told |= {f"s{i}": fixed(part, 1) + "亿元", f"g{i}": fixed(rates[i], 1) + "%"}
    shares = [100 * part / total for part in parts]
    printed = [fixed(share, 1) for share in shares[:2]]
    printed.append(fixed(100 - sum(map(Fraction, printed)), 1))
    told |= {f"r{i}": share for i, share in enumerate(printed)}
    page.say(
        rng.choice(
            ["全年实现地区生产总值{gdp}，", "全县地区生产总值达{gdp}，", "全市生产总值{gdp}，"]
        )
        + rng.choice(["比上年增长{g}。其中，", "同比增长{g}。分产业看，", "增长{g}，其中："])
        + "第一产业增加值{s0}，增长{g0}；第二产业增加值{s1}，增长{g1}；"
        + "第三产业增加值{s2}，增长{g2}。"
        + rng.choice(["三次产业结构为", "三次产业比例为", "一、二、三产业结构为"])
        + "{r0}:{r1}:{r2}。",
        **told,
    )
    page.identities.append(("sum", ("gdp", "s0", "s1", "s2")))
    page.identities.append(("hundred", ("r0", "r1", "r2")))
    page.identities += [("share", (f"r{i}", f"s{i}", "gdp")) for i in range(3)]
    if rng.random() < 0.5:
        page.say(
            "工业生产稳定。第二产业增加值占地区生产总值的比重为{w}。", w=fixed(shares[1], 2) + "%"
        )
        page.identities.append(("share", ("w", "s1", "gdp")))


def _communique(page: MadeUp) -> None:
    rng = page.rng
    page.say("经济运行总体平稳。")
    _sectors(page)
    page.say(
        "\n全年粮食播种面积{x0}，粮食产量{x1}，增长{x2}。\n",
        x0=f"{rng.randint(20, 90)}.{rng.randint(1, 9)}万亩",
        x1=f"{rng.randint(10, 60)}.{rng.randint(11, 99)}万吨",
        x2=f"{rng.randint(1, 9)}.3%",
    )
    people = Fraction(rng.randint(200_000, 1_900_000), 10**4)
    urban, rural = _parts(rng, people, 2)
    page.say(
        "年末全县总人口{p}，其中：城镇人口{u}，乡村人口{v}，城镇化率{c}。\n",
        p=fixed(people, 2) + "万人", u=fixed(urban, 2) + "万人",
        v=fixed(rural, 2) + "万人", c=fixed(100 * urban / people, 2) + "%",
    )  # fmt: skip
    page.identities += [("sum", ("p", "u", "v")), ("share", ("c", "u", "p"))]
    sales = Fraction(rng.randint(500_000, 2_900_000), 10**4)
    town, village = _parts(rng, sales, 2)
    page.say(
        "全年社会消费品零售总额{t}，增长{tg}。"
        + rng.choice(["按经营地分，", "按经营单位所在地分，", "分城乡看，"])
        + "城镇消费品零售额{t0}，增长{tg0}；乡村消费品零售额{t1}，增长{tg1}。\n",
        t=fixed(sales, 2) + "亿元", t0=fixed(town, 2) + "亿元", t1=fixed(village, 2) + "亿元",
        tg="8.4%", tg0="8.1%", tg1="8.9%",
    )  # fmt: skip
    page.identities.append(("sum", ("t", "t0", "t1")))
    trade = Fraction(rng.randint(100_000, 900_000), 10**4)
    out, into = _parts(rng, trade, 2)
    page.say(
        "全年进出口总额{e}，其中，出口{e0}，下降{eg0}；进口{e1}，增长{eg1}。\n",
        e=fixed(trade, 2) + "亿元", e0=fixed(out, 2) + "亿元", e1=fixed(into, 2) + "亿元",
        eg0="3.2%", eg1="5.1%",
    )  # fmt: skip
    page.identities.append(("sum", ("e", "e0", "e1")))

    city, land = rng.randint(24_000, 48_000), rng.randint(9_000, 19_000)
    page.say(
        "城镇居民人均可支配收入{i}，农村居民人均可支配收入{j}，城乡居民收入比为{q}:1。",
        i=f"{city}元", j=f"{land}元", q=fixed(Fraction(city, land), 2),
    )  # fmt: skip
    page.identities.append(("ratio", ("q", "i", "j")))
    weights = _parts(rng, Fraction(100), 3)
    shares = [fixed(one, 1) for one in weights[:2]]
    shares.insert(0, fixed(100 - sum(map(Fraction, shares)), 1))
    page.say(
        "三次产业对经济增长的贡献率分别为{k0}、{k1}和{k2}。\n",
        **{f"k{n}": f"{one}%" for n, one in enumerate(shares)},
    )
    page.identities.append(("hundred", ("k0", "k1", "k2")))


def _budget(page: MadeUp) -> None:
    rng = page.rng
    last = rng.randint(12_000, 90_000)
    total = last + rng.randint(500, 9_000)
    tax = rng.randint(total // 3, 2 * total // 3)
    page.say(
        "全县一般公共预算收入完成{t}，同比增长{g}，增收{d}。从收入分类来看，"
        "税收收入完成{a}，占一般公共预算收入的{sa}；非税收入完成{b}，占一般公共预算收入的{sb}。",
        t=f"{total:,}万元", g=fixed(Fraction(100 * (total - last), last), 2) + "%",
        d=f"{total - last:,}万元", a=f"{tax:,}万元", b=f"{total - tax:,}万元",
        sa=fixed(Fraction(100 * tax, total), 2) + "%",
        sb=fixed(Fraction(100 * (total - tax), total), 2) + "%",
    )  # fmt: skip
    page.identities += [
        ("sum", ("t", "a", "b")), ("gain", ("g", "d", "t")),
        ("share", ("sa", "a", "t")), ("share", ("sb", "b", "t")),
    ]  # fmt: skip
    spent = rng.randint(100_000, 600_000)
    parts = [rng.randint(9_000, spent // 4) for _ in range(3)]
    page.say(
        "\n全县一般公共预算支出完成{x}。按功能分类划分，教育支出{x0}，增长{y0}；"
        "卫生健康支出{x1}，增长{y1}；农林水支出{x2}，下降{y2}；其他支出{x3}。\n",
        x=f"{spent}万元", x0=f"{parts[0]}万元", x1=f"{parts[1]}万元", x2=f"{parts[2]}万元",
        x3=f"{spent - sum(parts)}万元", y0="3.1%", y1="12.5%", y2="4.0%",
    )  # fmt: skip
    page.identities.append(("sum", ("x", "x0", "x1", "x2", "x3")))
    plan = rng.randint(20_000, 60_000)
    done = rng.randint(plan // 2, plan)
    page.say(
        "政府性基金年度预算{k}，实际完成{m}，完成预算的{n}。\n",
        k=f"{plan}万元", m=f"{done}万元", n=fixed(Fraction(100 * done, plan), 2) + "%",
    )  # fmt: skip
    page.identities.append(("share", ("n", "m", "k")))


def _aid(page: MadeUp) -> None:
    rng = page.rng
    plan = Fraction(rng.randint(200_000, 990_000), 100)
    come = Fraction(rng.randint(int(plan * 40), int(plan * 99)), 100)
    page.say(
        "今年计划援建资金{k}，目前到位资金{m}，资金到位率{n}。",
        k=fixed(plan, 2) + "万元", m=fixed(come, 2) + "万元", n=fixed(100 * come / plan, 2) + "%",
    )  # fmt: skip
    page.identities.append(("share", ("n", "m", "k")))
    parts = [Fraction(rng.randint(20_000, 300_000), 100) for _ in range(4)]
    page.say(
        "\n全年完成投资{t}。分类型看，民生项目{a}，产业项目{b}，教育项目{c}，其他项目{d}。\n",
        t=fixed(sum(parts, Fraction(0)), 2) + "万元",
        **{name: fixed(part, 2) + "万元" for name, part in zip("abcd", parts, strict=True)},
    )
    page.identities.append(("sum", ("t", *"abcd")))
    year = Fraction(rng.randint(200_000, 990_000), 100)
    paid = year * Fraction(rng.randint(31, 97), 100)
    page.say(
        "累计拨付资金{pa}，占年度计划{pb}的{pc}。\n",
        pa=fixed(paid, 2) + "万元", pb=fixed(year, 2) + "万元",
        pc=fixed(100 * paid / year, 1) + "%",
    )  # fmt: skip
    page.identities.append(("share", ("pc", "pa", "pb")))
    people = [rng.randint(11, 48) for _ in range(3)]
    page.say(
        "先后选派乡镇干部{p}、教师{q}、医生{r}，合计{s}。",
        p=f"{people[0]}名", q=f"{people[1]}名", r=f"{people[2]}名", s=f"{sum(people)}名",
    )  # fmt: skip
    page.identities.append(("sum", ("s", "p", "q", "r")))
    then = Fraction(rng.randint(100_000, 900_000), 100)
    now = then * Fraction(rng.randint(103, 188), 100)
    page.say(
        "援助资金由{y}增加到{z}，增长{w}。\n",
        y=fixed(then, 2) + "万元",
        z=fixed(now, 2) + "万元",
        w=fixed(100 * (now / then - 1), 1) + "%",
    )
    page.identities.append(("growth", ("w", "z", "y")))


def _poverty(page: MadeUp) -> None:
    rng = page.rng
    then, left = rng.randint(9_000, 60_000), rng.randint(1_001, 8_000)
    before = Fraction(rng.randint(900, 2_900), 100)
    after = Fraction(rng.randint(50, 800), 100)
    page.say(
        "贫困人口由{a}减少到{b}，减少{c}；贫困发生率由{e}下降到{f}，下降{g}。",
        a=f"{then}人", b=f"{left}人", c=f"{then - left}人", e=fixed(before, 2) + "%",
        f=fixed(after, 2) + "%", g=fixed(before - after, 2) + "个百分点",
    )  # fmt: skip
    page.identities += [("fall", ("c", "b", "a")), ("fall", ("g", "f", "e"))]
    homes, each = rng.randint(120, 980), rng.randint(11, 60) * 100
    page.say(
        "\n当年向贫困户{h}发放补助资金{m}，户均{k}。\n",
        h=f"{homes}户", m=fixed(Fraction(homes * each, 10**4), 2) + "万元", k=f"{each}元",
    )  # fmt: skip
    page.identities.append(("each", ("k", "h", "m")))
    parts = [rng.randint(1_200, 9_000) for _ in range(3)]
    page.say(
        "全年投入扶贫资金{t}。按资金来源分，中央资金{x}，省级资金{y}，其他资金{z}。\n",
        t=f"{sum(parts)}万元", x=f"{parts[0]}万元", y=f"{parts[1]}万元", z=f"{parts[2]}万元",
    )  # fmt: skip
    page.identities.append(("sum", ("t", "x", "y", "z")))


# --- slips, and whether they show --------------------------------------------------------------


def slip(printed: str, kind: str, rng: random.Random) -> str | None:
    """A figure with one slip of a kind, or nothing where the kind leaves it as it was."""
    number = re.search(r"[0-9][0-9,]*(?:\.[0-9]+)?", printed)
    assert number is not None
    digits, tail = number[0], printed[number.end() :]
    places = [i for i, char in enumerate(digits) if char.isdigit()]
    row = list(digits)
    if kind == "digit":
        i = rng.choice(places)
        row[i] = rng.choice([d for d in "0123456789" if d != row[i]])
    elif kind == "swap":
        i, j = rng.sample(places, 2) if len(places) > 1 else (places[0], places[0])
        row[i], row[j] = row[j], row[i]
    elif kind == "move" and len(places) > 2:
        plain = [row[i] for i in places]
        plain.insert(rng.randrange(len(plain)), plain.pop(rng.randrange(len(plain))))
        for i, char in zip(places, plain, strict=True):
            row[i] = char
    elif kind == "point" and "." in row and "," not in row:
        place = row.index(".")
        row.remove(".")
        row.insert(rng.choice([i for i in range(1, len(row)) if i != place] or [place]), ".")
    elif kind == "scale" and re.match("[万亿]", tail):
        tail = {"万": "亿", "亿": "万"}[tail[0]] + tail[1:]
    changed = "".join(row) + tail
    if (
        changed == printed
        or re.match(r"0[0-9]", changed)
        or not float("".join(row).replace(",", ""))
    ):
        return None
    return changed


_SCALE = {"万": 10**4, "亿": 10**8}


def bounds(printed: str) -> tuple[Fraction, Fraction]:
    """What a figure's print allows: half of its last digit, nothing for a bare count."""
    number = re.search(r"[0-9][0-9,]*(?:\.[0-9]+)?", printed)
    assert number is not None
    digits, tail = number[0].replace(",", ""), printed[number.end() :]
    scale = _SCALE.get(tail[:1], 1)
    half = Fraction(scale, 2 * 10 ** len(digits.partition(".")[2]))
    if re.fullmatch("[人户名个]", tail):
        half = Fraction(0)
    return Fraction(digits) * scale - half, Fraction(digits) * scale + half


def broken(kind: str, printed: Sequence[str]) -> bool:
    """Whether an identity is beyond what rounding allows; worked out apart from the library."""
    low, high = map(list, zip(*map(bounds, printed), strict=True))
    if kind == "share" and not printed[0].endswith("%"):
        # A share of a structure may be a last digit off, so that all add to 100.
        half = (high[0] - low[0]) / 2
        low[0], high[0] = low[0] - half, high[0] + half
    if kind == "sum":
        return not (low[0] <= sum(high[1:]) and sum(low[1:]) <= high[0])
    if kind == "hundred":
        return not sum(low) <= 100 <= sum(high)
    if kind == "fall":
        return not (low[0] <= high[2] - low[1] and low[2] - high[1] <= high[0])
    if kind == "each":
        return not (low[0] * low[1] <= high[2] and low[2] <= high[0] * high[1])
    if kind == "share":
        return not (100 * low[1] <= high[0] * high[2] and low[0] * low[2] <= 100 * high[1])
    if kind == "ratio":
        return not (low[0] * low[2] <= high[1] and low[1] <= high[0] * high[2])
    if kind == "growth":
        return not (
            100 * (low[1] / high[2] - 1) <= high[0] and low[0] <= 100 * (high[1] / low[2] - 1)
        )
    assert kind == "gain"
    if high[1] >= low[2]:
        return True
    return not (
        100 * low[1] / (high[2] - low[1]) <= high[0]
        and low[0] <= 100 * high[1] / (low[2] - high[1])
    )
