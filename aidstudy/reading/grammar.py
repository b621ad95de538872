"""The patterns of a printed figure: qualifier, number, scale, unit, date, name, surroundings.

Only patterns stand here, built from the lists of :mod:`aidstudy.reading.words`; what they mean is
in :mod:`aidstudy.reading.quantities`. White space is part of each, so that raw text is scanned as
it stands. No pattern repeats without a bound or gives back what it took, so that no text is slow.
"""

from __future__ import annotations

import re

from aidstudy.reading import words
from aidstudy.reading.numerals import DIGITS
from aidstudy.reading.words import SPACE as W
from aidstudy.reading.words import pattern_of, pattern_with

D = "[0-9０-９]"
CD = "".join(DIGITS)
CN = f"{CD}十百千万亿拾佰仟萬億廿卅"
HAN = "\u4e00-\u9fff"

# Thousands marks join three digits only: 100,200 is one number, 2011,500 two. A full-width comma
# joins full-width digits, and plain ones between a word and a unit (面积6，800平方米), unless the
# word lists several figures (分别为12，300户). A line end inside digits (301⏎76万元)
# joins them only behind a word and before a unit; the columns of a table stay apart. It may cut
# the number anywhere, but only once, and 附件1⏎3个 are two.
N = words.BREAK
# A dash may be two characters wide, but both alike: in 3%—-1% the second one is a minus sign.
DASH = r"(?:[-–—－‐‑‒―─~～〜∼−](?:(?<=—)—|(?<=-)-|(?<=–)–|(?<=－)－|(?<=～)～)?+|至|到)"
_BROKEN = (
    # What most numbers lack comes first: a line end so near.
    rf"(?=[0-9０-９,.． ]{{1,14}}+{N}[0-9０-９,.． ]{{1,14}}+(?!{N}[0-9０-９]))"
    rf"(?:(?<=[{words.BEFORE_BROKEN}])(?<![附件表图注])|(?<=[{HAN}，、。；：] ))"
    rf"(?:{D}(?:{N}?{D}){{0,2}}+(?:{N}?[, ](?:{N}?{D}){{3}}){{1,6}}+(?!{N}?{D})|{D}(?:{N}?{D})*+)"
    # 13.⏎8年 is no date, so that 年 may follow a point.
    rf"(?:{N}?[.．](?:{N}?{D}){{1,6}}+(?!{N}?[.．]?{D})(?= ?[年{words.AFTER_BROKEN}]|{DASH}{D})"
    rf"|(?= ?[{words.AFTER_BROKEN}]))"
)
_POINT = rf"(?:[.．]{D}++(?![.．]{D}))?+"
ARABIC = (
    rf"(?:{_BROKEN}|{D}{{1,3}}(?:,{D}{{3}}){{1,6}}+(?!{D}){_POINT}"
    rf"|[０-９]{{1,3}}(?:，[０-９]{{3}}){{1,6}}+(?![０-９]){_POINT}"
    rf"|(?=[1-9][0-9]{{0,2}}，)(?:(?<=[{HAN}])|(?<=[{HAN}] ))(?<!别)(?<![别次]为)"
    rf"[1-9][0-9]{{0,2}}(?:，{N}?[0-9]{{3}}){{1,6}}+(?!{D})"
    rf"(?:\.[0-9]{{1,4}})?(?= ?[{words.AFTER_BROKEN}])"
    # 3，000元 after a colon or at the start: the noughts tell that it is one number.
    rf"|(?<!{D}，)(?=[1-9][0-9]{{0,2}}(?:，[0-9]{{3}}){{0,3}}，0[0-9]{{2}})[1-9][0-9]{{0,2}}"
    rf"(?:，[0-9]{{3}}){{1,6}}+(?!{D})(?:\.[0-9]{{1,4}})?(?= ?[{words.AFTER_BROKEN}])"
    rf"|{D}{{1,3}}(?:[ \u00a0\u2009\u202f]{D}{{3}}){{1,6}}+(?!{D}|{W}[月年日]){_POINT}"
    # 1 06: no number begins so.
    rf"|(?:(?<=[{HAN}])|(?<=[{HAN}] )){D}++"
    rf"(?: [0０]{D}++|[ \n][.．][ \n]?{D}++|[.．][ \n]{D}++)"
    rf"(?= ?[{words.AFTER_BROKEN}])|{D}++(?:[.．]{D}++(?![.．]{D}))?+)"
)
PART = rf"{D}{{1,4}}(?:[.．]{D}{{1,4}})?"
ZERO = rf"{W}(?:零{W})?"
HUNDREDS = rf"(?:{ZERO}{PART}{W}[千仟])?(?:{ZERO}{PART}{W}[百佰])?"
MIXED = (
    rf"{ARABIC}(?:{W}(?:"
    rf"(?:[十百千]{W})?[万萬]{W}[亿億]"
    rf"|(?:[十百千]{W})?[亿億](?:{ZERO}(?:{PART}{W}[千仟]{W})?{PART}{W}(?:[十百千]{W})?[万萬])?{HUNDREDS}"
    rf"|(?:[十百千]{W})?[万萬]{HUNDREDS}"
    rf"|个{W}[亿億]"
    rf"|[千仟](?!{W}分)(?:{ZERO}{PART}{W}[百佰])?(?:{W}[万萬亿億])?"
    rf"|[百佰](?!{W}分{W}[点之])"
    rf")(?:零?{D}{{1,4}}(?!{D}|[.．]{D}|{W}[十百千万亿年月日号]))?+)?"
)
# 四、五个 is a range; 三、四季度 and 二、三期 name a third and a fourth.
NEIGHBOURS = (
    rf"(?:(?:一{W}、{W}[二两]|[二两]{W}、{W}三|三{W}、{W}[四五]|四{W}、{W}五|五{W}、{W}六|六{W}、{W}七"
    rf"|七{W}、{W}八|八{W}、{W}九)[十百千]?[万亿]?"
    rf"(?={W}[名人个户位天年次家条座头只亩元吨米公里斤块里平间岁棵株]))"
)
# 三十五千瓦, 十五千米: the 千 belongs to the unit; 一万二千米 is 12000 metres.
_CN = (
    rf"(?:[{CN.replace('千', '')}]"
    rf"|千(?!{W}[瓦伏])(?:(?!{W}[米克])|(?<![十百万亿]千)(?<![十百零][{CD}]千)))"
)
CHINESE = (
    rf"{NEIGHBOURS}|[一二三四五六七八九]?[十百千]+{NEIGHBOURS}"
    rf"|{_CN}(?:\s{{0,2}}{_CN}){{0,24}}+(?:点[{CD}]{{1,16}}+[十百千万亿]{{0,3}}+)?"
    rf"(?:{W}个{W}[亿億])?"
)
NUMBER = rf"(?:{MIXED}|{CHINESE})"
# 负 is a sign, but not in 胜负, 自负, 欠负 and the like.
MINUS = rf"(?:[-－−–](?={D})|(?<![胜自抱肩担欠])负{W}(?=[{CN}0-9０-９]))"


MONTH_INSIDE = {
    f"{name[0]}{more}{name[1:]}": name
    for name in ("个月", "个小时", "个星期", "个百分点")
    for more in "多余"
}
"""1个多月: the qualifier stands inside the unit."""


# 台（套）, 人(次): a second measure word in brackets belongs to the first.
SECOND_MEASURE = (
    rf"(?:(?<=[人户场台辆件个处批次艘架套张名期头只匹羽间座条]){W}[(（]{W}"
    rf"[次套件辆台处户家个部艘架批副只张队组场间头匹羽座条](?:{W}、?{W}[只匹头羽])?{W}[)）])?"
)
# `re` tries one first character after the other, so that those of the commonest units come first.
COMMON_UNITS = "元个名人户项%次平公米亩座条期"
UNIT = (
    pattern_with(
        dict(
            sorted(
                (
                    {name: unit.not_before for name, unit in words.UNITS.items()}
                    | dict(words.MEASURE_WORDS)
                    | dict(words.COUNTED_NOUNS)
                    | dict.fromkeys(MONTH_INSIDE, "")
                ).items(),
                key=lambda unit: f"{COMMON_UNITS}{unit[0][0]}".index(unit[0][0]),
            )
        )
    )
    + SECOND_MEASURE
)
SCALE = rf"个{W}[亿億]|(?:[十百千]{W})?[万萬亿億](?:{W}[亿億])?|[百佰]|[千仟](?!{W}[瓦米克伏分])"
BEFORE_WORDS = (
    words.ABOUT_BEFORE + words.UNDER_OPEN_BEFORE + words.OVER_OPEN_BEFORE + words.UNDER_BEFORE
)
BEFORE = pattern_of(BEFORE_WORDS)
# 上下 and 以下 also begin other phrases: 上下联动, 以下简称.
AFTER = (
    rf"左{W}右(?!{W}[两手岸侧])|上{W}下(?!{W}[联齐一游级楼班同五功半])"
    rf"|及?{W}以{W}上|及?{W}以{W}下(?!{W}[简几问方措])|[以之]{W}内"
)


def _one(side: int) -> str:
    return (
        rf"(?P<minus{side}>{MINUS})?(?P<n{side}>{NUMBER})"
        rf"(?:{W}(?P<m{side}>[余多来])(?:{W}(?P<s{side}>{SCALE}))?)?"
        rf"(?:{W}(?P<u{side}>{UNIT}))?"
    )


NO_MORE = rf"(?={W}(?:[，。；、）)]|左右|以[上下]|[高长宽深一每]|\Z))"


# What may follow the first unit: 角 and 分 after 元, 半 (一个半, 两年半), 多 (3年多).
TAIL = (
    rf"(?:(?<=[元圆块]){W}(?P<j>[{CD}0-9０-９]){W}[角毛])?"
    # 七块五 and 一米七五: nothing else may follow that the digits could belong to.
    rf"(?:(?<=块)(?P<jj>[{CD}0-9])|(?<=米)(?P<mm>[{CD}0-9]{{1,2}}))?(?(jj){NO_MORE})(?(mm){NO_MORE})"
    rf"(?:(?<=成){W}(?P<cc>[{CD[3:]}1-9])(?={W}(?:[，。；、）)的]|左右|以[上下]|\Z)))?"
    rf"(?:(?<=[元圆角毛]){W}(?P<f>[{CD}0-9０-９]){W}分)?"
    rf"(?:{W}(?P<h>半)(?!{W}[岛成导径决数自山农封截职])(?:{W}(?P<hu>月|小{W}时|年))?)?"
    # 一年零三个月, 2小时30分钟; 一年365天 is no sum.
    rf"(?:(?:(?<=年){W}(?:[零又]{W})?(?P<cm>[1-9]|1[01]|[一二两三四五六七八九十]|十一){W}个{W}月"
    rf"|(?<=天){W}(?:[零又]{W})?(?P<ch>[1-9]|1{D}|2[0-3]|[一二两三四五六七八九十]){W}个?{W}小{W}时"
    rf"|(?<=时){W}(?:[零又]{W})?(?P<cn>[1-5]?{D}|[一二三四五]?十?[一二三四五六七八九]?){W}分{W}钟?"
    rf")(?!{D}))?"
    rf"(?:(?<=[年月天周里米亩吨斤时钟成倍%％]){W}(?P<k>[多余])"
    rf"(?!{W}[次方家种个名项元民部样数头处年户所地]))?"
)
QUALIFIED = rf"(?:(?P<q>{BEFORE}){W})?"
SINGLE = rf"{QUALIFIED}{_one(1)}{TAIL}(?:{W}(?P<a>{AFTER}))?"
AMOUNT = (
    rf"{QUALIFIED}{_one(1)}{TAIL}"
    rf"(?P<range>{W}(?:{DASH}|(?P<open>及?{W}以{W}上)(?:{W}[、，,])?(?:{W}(?P<below>不{W}[足满到]))?)"
    rf"{W}(?:百{W}分{W}之{W})?{_one(2)})?(?:{W}(?P<a>{AFTER}))?"
)

MONTH = (
    rf"(?:(?:[1１][0-2０-２]|(?<=[年至到在于自，（])1{N}[0-2](?={W}月)|[0０]?[1-9１-９])(?!{D})"
    rf"|十{W}[一二]|[一二三四五六七八九十]|元(?={W}月))"
)
YEAR = (
    rf"(?:(?:[1１][89８９]|[2２][0０]){D}{D}(?!{D})"
    rf"|(?:[一壹][八九]|[二贰][〇○零])[{CD}]{{2}}(?![{CN}])"
    # 08年, 12年4月; 12年 alone is a duration.
    rf"|(?:1[ \n]?[89]|2[ \n]?0)[ \n]?{D}[ \n]?{D}(?={W}年(?!{W}[多余]))"
    rf"|[0０]{D}(?={W}年)|{D}{D}(?={W}年{W}{MONTH}{W}月)|[〇○零][{CD}](?={W}年))"
)
DAY = (
    rf"(?:(?:[12１２]{D}|[3３][01０１]|[12]{N}{D}(?={W}日)|3{N}[01](?={W}日)|[0０]?[1-9１-９])(?!{D})"
    rf"|[二三]?{W}十{W}[一二三四五六七八九]|[二三]?{W}十|[一二三四五六七八九])"
)
AND = rf"{W}[、和及与]{W}"
AD = rf"{W}年(?!{W}(?:代(?!{W}表)|[龄级]))"
QUARTER = rf"(?:[第前]{W})?[一二三四1-4１-４]{W}季{W}度"


def _point(side: int) -> str:
    """A year, month or day; a part may lend its 年, 月 or 日 from the far end of a range."""
    lend = {"y": "", "m": "", "d": ""}
    if side == 1:
        lend = {
            "y": rf"|(?={W}{DASH}{W}{YEAR}|{AND}{YEAR}{W}年)",
            "m": rf"|(?={W}{DASH}{W}{MONTH}{W}月|{AND}{MONTH}{W}月(?!{W}{DAY}{W}日))",
            "d": rf"|(?={W}{DASH}{W}{DAY}{W}[日号]|{AND}{DAY}{W}[日号])",
        }
    else:
        lend["y"] = rf"|(?!{W}[万亿元人名个户米吨公平亩立项次所座条期.．,])"
    return (
        rf"(?:(?P<y{side}>{YEAR})(?:{AD}(?:{W}度(?!{W}[假过]))?{lend['y']}))?"
        rf"(?:{W}(?P<m{side}>{MONTH})(?:{W}月(?:{W}份(?!{W}[额子]))?{lend['m']}))?"
        rf"(?:(?<=[月份]){W}(?P<d{side}>{DAY})(?:{W}[日号]{lend['d']})"
        + (rf"|(?P<d3>{DAY}){W}[日号]" if side == 2 else "")
        + rf")?(?:(?<=[年月度份]){W}(?P<p{side}>[上下]{W}半{W}年|{QUARTER}"
        rf"|底(?!{W}[线薪])|末(?!{W}期)|初(?!{W}[步审选中级次始期])|[上中下]{W}旬))?"
    )


DATE = (
    rf"(?={YEAR}(?:{AD}|{W}{DASH}{W}{YEAR}|{AND}{YEAR}{W}年)"
    rf"|{MONTH}(?:{W}月|{W}{DASH}{W}{MONTH}{W}月|{AND}{MONTH}{W}月(?!{W}{DAY}{W}日)))"
    rf"{_point(1)}(?:{W}{DASH}{W}(?={YEAR}|{MONTH}{W}月|{DAY}{W}[日号]){_point(2)})?"
    # 前 begins 前三季度, 前期 and 前后 too; those are no deadline.
    rf"(?P<before>{W}[之以]?{W}前(?!{W}[后期来往头身方景段几半述沿提一二三四五六七八九十0-9]))?"
)
# 13.04.2017: two points between day, month and year; no number has them.
DAY_FIRST = rf"(?P<fd>{DAY})[.．](?P<fm1>{MONTH})[.．](?P<fy>{YEAR})(?!{D}|[.．]{D})"
ISO = rf"(?P<iy>{YEAR})(?P<sep>[-/.．－／])(?P<im>{MONTH})(?P=sep)(?P<id>{DAY})(?!{D}|[-/.]{D})"
PLAN = (
    rf"(?:[“\"「『]{W})?(?P<plan>{pattern_of(words.PLANS)})(?:{W}[”\"」』])?"
    rf"{W}(?:规{W}划{W})?(?:期{W}间|时{W}期)"
)
LETTER = "[NnXxＮＸｎｘ]"
CODE = (
    rf"{D}{{1,3}}(?:{W}[+＋=＝]{W}(?:{D}{{1,3}}(?!{D})|{LETTER}(?![A-Za-z]))){{1,6}}+"
    rf"(?!{W}[%％.万亿元])"
    rf"|[A-Za-zＡ-Ｚａ-ｚ]{{1,8}}+[-+.＋]?{D}{{1,6}}+(?:[-+.·＋]{D}{{1,5}}+){{0,4}}"
    rf"(?:[A-Za-z]{{1,2}}{D}{{0,3}}+)?(?![A-Za-z])"
)
# 1∶2⏎000: a denominator that a line end cuts ends in noughts.
MAP_SCALE = (
    rf"[1１]{W}[:：∶]{W}(?P<denominator>{D}{{1,4}}{N}0{{1,4}}(?!{D})|{ARABIC}(?:{W}[万千])?)"
)
FRACTION = (
    rf"(?:(?P<fq>{BEFORE}){W})?"
    rf"(?:一{W}半(?!{W}[{HAN}]?[月年天])|半{W}数(?!{W}[据字])|(?P<of>[百千万]|[{CN}]{{1,4}}|{D}{{1,4}})"
    rf"{W}分{W}之{W}(?P<fminus>负{W})?(?P<fn1>{NUMBER})"
    rf"(?P<frange>{W}{DASH}{W}(?:[百千万]{W}分{W}之{W})?(?P<fn2>{NUMBER}))?"
    rf"(?:{W}(?P<fm>[多余]))?)(?:{W}(?P<fa>{AFTER}))?"
)
HALF = (
    rf"(?:(?P<hq>{BEFORE}){W})?半{W}(?:个{W}(?P<hm>多{W})?)?"
    rf"(?P<half_unit>小{W}时|年(?!{W}(?:级|报(?!{W}[表送])))|月(?!{W}[刊板谈形])|天(?!{W}[然空])|日(?!{W}制)"
    rf"|百{W}分{W}点|公{W}[里斤]|吨|亩|斤(?!{W}八{W}两))"
    rf"(?:{W}(?P<hk>[多余]))?(?:{W}(?P<ha>{AFTER}))?"
)
# 五个一 is a name that counts: whole, as it has no noun. The closing mark keeps 落实了五个一批 out.
ONES = rf"(?P<ones_number>[{CN}]|{D}{{1,2}}){W}个{W}一(?={W}(?:[”\"’'」』]|工{W}程|目{W}标|$))"
BIG = (
    rf"(?P<big>[二两三四五六七八九十]|十{W}[一二三四五]|{D}{{1,2}}){W}大"
    rf"(?:{W}(?P<noun>{pattern_of(words.LISTS['big_nouns'])})"
    rf"|(?!{W}[家队班爷妈伯叔哥洋会人学地主姓娘幅力量批规于精报以项理夫名]))"
)
BARE_NOUN = rf"(?P<bare>[{CN}]{{1,3}}+){W}(?P<bare_noun>机{W}制|类{W}型|项{W}目)"

NAMES = {
    "iso": ISO,
    "day_first": DAY_FIRST,
    "date": DATE,
    "plan_period": PLAN,
    "quarter": QUARTER,
    "map_scale": MAP_SCALE,
    "code": CODE,
    "fraction": FRACTION,
    "half": HALF,
    "ones": ONES,
    "bigs": BIG,
    "bare_nouns": BARE_NOUN,
}
SPECIAL = re.compile("|".join(f"(?P<{name}>{body})" for name, body in NAMES.items()))
RANGE_OR_ONE = re.compile(AMOUNT)
JUST_ONE = re.compile(SINGLE)
NO_UNIT = re.compile(rf"{QUALIFIED}(?P<n1>{NUMBER})(?:{W}(?P<m1>[余多]))?")

QUALIFIER_BEFORE = re.compile(rf"(?:{BEFORE})\s{{0,4}}\Z")
QUALIFIER_ENDS = frozenset(word[-1] for word in BEFORE_WORDS)
CURRENCY_BEFORE = re.compile(rf"(?P<code>{pattern_of(words.CURRENCIES_BEFORE)})\s{{0,4}}\Z")
CURRENCY_ENDS = frozenset(word[-1] for word in words.CURRENCIES_BEFORE)
AROUND = words.patterns(
    words.AROUND,
    W=W,
    D=D,
    CN=CN,
    HAN=HAN,
    flows="供|处理|产|输|取|净化|制|排|用|污水",
    **{name: "|".join(words.LISTS[name]) for name in ("money", "not_money", "people")},
    spoken_money="|".join(words.LISTS["spoken_money"]),
)
"""What stands beside a numeral, by the names of `words.toml`."""
CONTACT = re.compile(
    rf"(?P<sure>[0０]{D}{{2,3}}\s?[-—－)）]\s?{D}{{7,8}}(?!{D})|[1１][3-9３-９]{D}{{9}}(?!{D})"
    rf"|400[- —]?{D}{{3}}[- —]?{D}{{4}}(?!{D})"
    # The same numbers cut by one line end.
    rf"|(?=[^\n]{{1,14}}+{N}[0-9０-９—－)）-]{{1,12}}+(?!{N}{D}))(?:[0０](?:{N}?{D}){{2,3}}{N}?[-—－)）]"
    rf"(?:{N}?{D}){{7,8}}(?!{N}?{D})|1{N}?[3-9](?:{N}?{D}){{9}}(?!{N}?{D})))"
    rf"|(?=(?:{N}?{D}){{7,8}}(?!{N}?{D})){D}{{1,7}}{N}{D}{{1,7}}|{D}{{3,4}}[-—－]{D}{{3,4}}(?!{D})"
    rf"|{D}{{3,12}}(?!{D}|[.．,]{D}|(?: {D}{{3}})?{W}(?:[万亿余多年]|{UNIT}))"
)
# 0.9、5.9个百分点: what stands before the last number of a list, which alone has a unit.
MEMBER = re.compile(rf"(?P<number>{D}{{1,6}}(?:[.．]{D}{{1,4}})?)(?P<ge>{W}个)?")
LISTED = re.compile(
    rf"{MEMBER.pattern.replace('?P<number>', '?:').replace('?P<ge>', '?:')}"
    rf"(?:{W}、{W}{D}{{1,6}}(?:[.．]{D}{{1,4}})?(?:{W}个)?){{0,15}}"
    rf"{W}[、和与及]{W}(?={D})"
)
BARE_SCALE = re.compile("[百千万亿]+")
RATIO = re.compile(rf"{ARABIC}(?:\s?[:：∶/／·•]\s?{ARABIC}){{1,4}}+")
QUARTERS = re.compile(QUARTER)
NUMBER_ALONE = re.compile(rf"{ARABIC}(?:{W}[十百千]?[万亿])?")
# Before these an amount is the only thing that digits can begin; most figures end here.
ONLY_AMOUNT = frozenset("名元万亿人次户余多平公米亩条座批期所册株头件台套幅家支千%％")
NEXT = re.compile(rf"{D}++(?:[.．]{D}++)?{W}(.)")
RUN = re.compile(rf"{D}++")
ORDINALS = re.compile(rf"{D}++(?:\s?(?:{DASH}|、)\s?(?:第\s?)?{D}{{1,4}}(?!{D})){{0,9}}+")
CHINESE_RUN = re.compile(f"[{CN}]{{1,24}}+")
LEFT = re.compile(rf"{W}(?P<word>{pattern_of(words.NO_UNIT_IN_CODEBOOK)})", re.DOTALL)
# Looked for at each character of a name, so that one set of characters stands before the nouns.
HEADS = rf"(?=[{''.join({noun[0]: '' for noun in words.LISTS['head_nouns']})}])" + pattern_of(
    words.LISTS["head_nouns"]
)
COUNTED = (
    rf"{W}(?:(?!的|组{W}织|召{W}开|具{W}有|完{W}成|进{W}行|参{W}加|参{W}与)[{HAN}]{W}){{0,6}}?"
    rf"(?:{HEADS})+"
)
OCCASIONS = frozenset({"次", "回", "趟", "轮", "人次", "场次"})
"""Measure words of what is done; the verb or its object follows, not the thing counted."""
# A Chinese numeral before one of these is a number that gets no row.
CHINESE_LEFT = re.compile(rf"{W}(?P<word>{pattern_of(('摄氏度', '℃', '世纪', '日'))})")
PRICE_NEXT = re.compile(
    rf"一{W}(?:[斤亩天]|公{W}斤|公{W}里|小{W}时|平{W}方{W}米)(?:约|近)?{W}{NUMBER}{W}(?:万{W})?[元块]"
)
SHORT_NOUN = (
    rf"{W}(?![的已均被在于由和与及或参分来到进受为是有从向把将给等])"
    rf"(?:(?!的)[{HAN}]{W}){{2,4}}(?![{HAN}])"
)
NOUN = re.compile(f"{COUNTED}|{SHORT_NOUN}")


def _by_first_character(patterns: list[str]) -> dict[str, re.Pattern[str]]:
    """One pattern for each character that begins one of them, so that few are tried at a place."""
    by_first: dict[str, list[str]] = {}
    for body in patterns:
        first = re.match(r"\[([^\]]*)\]|(.)", body)
        assert first is not None
        for char in first[1] or first[2]:
            by_first.setdefault(char, []).append(body)
    return {char: re.compile("|".join(bodies)) for char, bodies in by_first.items()}


_NAMES_AS_WORDS = [name for name in words.LISTS["not_figures"] if name.isalpha()]
NOT_A_FIGURE = _by_first_character(
    # Those that begin alike share one tree, which is left at the second character.
    [
        pattern_of(name for name in _NAMES_AS_WORDS if name[0] == first)
        for first in dict.fromkeys(name[0] for name in _NAMES_AS_WORDS)
    ]
    + [
        W.join(re.findall(r"\[[^\]]*\]\??|.\??", name))
        for name in words.LISTS["not_figures"]
        if not name.isalpha()
    ]
    + [AROUND["phase"].pattern, AROUND["session"].pattern, rf"[十万]{W}分(?!{W}之)"]
)
OTHER_DIGITS = "¹²³⁰⁴-⁹₀-₉①-⑳⑴-⒇⒈-⒛⓪⓵-⓾⓿❶-❿➀-➓"
# The digits of other scripts, spelt out: `re` looks a character up in one table of single ones and
# ranges, and asks `\d` of each character once more. Beyond the first plane any character will do,
# as what follows asks what it is.
SCRIPT_DIGITS = "".join(
    char
    for char in map(chr, [*range(0x660, 0x2000), *range(0xA000, 0xAC00), *range(0xFF10, 0xFF1A)])
    if char.isdecimal()
)
# Where a figure may begin: one set of characters first, which `re` finds fastest, then what each
# needs. A Chinese numeral is looked at only where something that counts may follow; 一 is too
# common a character to try at each.
FIRST = rf"[0-9{SCRIPT_DIGITS}\U00010000-\U0010ffff{OTHER_DIGITS}{CN}半元]"
ANCHOR_PATTERN = (
    rf"(?<=[\d{OTHER_DIGITS}])"
    rf"|(?<=[{CN}])(?<![{CN}][{CN}])[{CN}]{{0,23}}+(?:(?<=[万亿萬億])|\s{{0,4}}(?:"
    rf"[{words.FIRST_OF_UNIT}岁摄余多来点分半大机类项季几连时月{CN}]|、\s{{0,4}}[二三四五六七八九两]"
    rf"|[”\"」』]\s{{0,4}}[期时规]|[-–—－~～至到]{{1,2}}\s{{0,4}}[{CN}]))"
    r"|(?<=半)\s{0,4}[年月天日个小数百公吨亩斤]|(?<=元)\s{0,4}月(?=\s{0,4}[\d一二三十])"
)


ANCHOR = f"{FIRST}(?:{ANCHOR_PATTERN})"
RELATIVE = re.compile(
    rf"(?:(?P<rel>{pattern_of(words.YEARS)})(?!{W}[均度])"
    rf"(?:{W}(?P<rm>{MONTH}){W}月(?:{W}(?P<rd>{DAY}){W}[日号])?)?"
    rf"(?:{W}(?P<rp>[上下]{W}半{W}年|{QUARTER}|年?{W}[底末初内]|[上中下]{W}旬))?"
    rf"|(?P<alone>[上下]{W}半{W}年|(?<!每年)年{W}[底末初内]))"
    rf"(?P<before>{W}[之以]?{W}前(?!{W}[后期来往头身方景段几半述沿提一二三四五六七八九十0-9]))?"
)
RELATIVE_TOO = r"[今去明来前后上本]\s{0,4}年|[上下]\s{0,4}半\s{0,4}年|年\s{0,4}[底末初内]"
