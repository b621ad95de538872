"""The words around a numeral: units, measure words, qualifiers, and words that are no figures.

Only lists stand here; the grammar that uses them is in :mod:`aidstudy.reading.quantities`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from fractions import Fraction
from typing import NamedTuple

from aidstudy.intervals import Number


class Unit(NamedTuple):
    """A printed unit: its kind, its base unit, how many base units it holds."""

    kind: str
    base: str
    factor: Number
    not_before: str = ""


SPACE = r"\s{0,4}+"
"""White space that a broken line may leave inside a figure; bounded, so that no scan goes far."""


def _exact(factor: int | str) -> Number:
    return factor if isinstance(factor, int) else Fraction(factor)


def _units(
    kind: str, base: str, factors: Mapping[str, int | str], *, not_before: str = ""
) -> dict[str, Unit]:
    return {name: Unit(kind, base, _exact(factor), not_before) for name, factor in factors.items()}


_CURRENCIES = {
    "人民币": "CNY",
    "美元": "USD",
    "美金": "USD",
    "港元": "HKD",
    "港币": "HKD",
    "欧元": "EUR",
    "日元": "JPY",
    "英镑": "GBP",
    "韩元": "KRW",
    "澳元": "AUD",
    "加元": "CAD",
    "新台币": "TWD",
    "台币": "TWD",
    "澳门元": "MOP",
    "卢布": "RUB",
    "瑞士法郎": "CHF",
    "泰铢": "THB",
    "新加坡元": "SGD",
    "新元": "SGD",
    "加拿大元": "CAD",
    "加币": "CAD",
    "澳大利亚元": "AUD",
    "澳币": "AUD",
    "日圆": "JPY",
    "韩币": "KRW",
    "瑞郎": "CHF",
    "卢比": "INR",
    "印度卢比": "INR",
    "USD": "USD",
    "HKD": "HKD",
    "EUR": "EUR",
    "JPY": "JPY",
    "GBP": "GBP",
    "RMB": "CNY",
    "CNY": "CNY",
}

CURRENCIES_BEFORE = {
    "人民币": "CNY",
    "RMB": "CNY",
    "CNY": "CNY",
    "￥": "CNY",
    "¥": "CNY",
    "USD": "USD",
    "US$": "USD",
    "＄": "USD",
    "$": "USD",
    "美元": "USD",
    "HKD": "HKD",
    "HK$": "HKD",
    "港币": "HKD",
    "新台币": "TWD",
    "台币": "TWD",
    "EUR": "EUR",
    "€": "EUR",
    "欧元": "EUR",
    "GBP": "GBP",
    "£": "GBP",
    "JPY": "JPY",
    "日元": "JPY",
}
"""Currencies printed before the number; they stay outside the slice and set its unit."""

UNITS: Mapping[str, Unit] = {
    # 元 begins 元月 and 元旦, and 多元化 is no sum.
    "元": Unit("money", "CNY", 1, "[月旦素件宵勋帅论]|化(?![肥工解学])"),
    "圆": Unit("money", "CNY", 1, "形满桌圈周柱"),
    "角": Unit("money", "CNY", Fraction(1, 10), "度色落形膜逐楼钢铁"),
    "块钱": Unit("money", "CNY", 1),
    # 毛 alone begins too many words, and 分 too.
    "毛钱": Unit("money", "CNY", Fraction(1, 10)),
    "分钱": Unit("money", "CNY", Fraction(1, 100)),
    "美分": Unit("money", "USD", Fraction(1, 100)),
    **{name: Unit("money", code, 1) for name, code in _CURRENCIES.items()},
    **{
        f"元{name}": Unit("money", _CURRENCIES[name], 1)
        for name in ("人民币", "港币", "台币", "新台币")
    },
    **_units("share", "%", {"%": 1, "％": 1, "﹪": 1, "‰": "1/10"}),
    **_units("share", "pp", {"个百分点": 1, "百分点": 1, "个千分点": "1/10", "千分点": "1/10"}),
    # 成 stands in many verbs: 三成为, 两成员.
    "成": Unit(
        "share",
        "%",
        10,
        "[立为功果效本型熟绩套交份长品语]|员(?!工)|都(?!有|已|[是在])|人(?![口员以])",
    ),
    "倍": Unit("multiple", "times", 1, "增感受加"),
    # 40公里/小时 is a speed, which the codebook does not have.
    **_units("length", "m", {"公里": 1000, "千米": 1000, "米": 1}, not_before="/／每"),
    **_units("length", "m", {"km": 1000, "KM": 1000, "㎞": 1000}, not_before="/／"),
    **_units("length", "m", {"公尺": 1, "华里": 500}),
    **_units("length", "m", {"分米": "1/10", "厘米": "1/100", "公分": "1/100", "毫米": "1/1000"}),
    **_units("length", "m", {"CM": "1/100", "MM": "1/1000"}),
    **_units("length", "m", {"cm": "1/100", "㎝": "1/100", "mm": "1/1000", "㎜": "1/1000"}),
    **_units("length", "m", {"英里": "1609.344", "海里": 1852, "英尺": "0.3048", "英寸": "0.0254"}),
    "m": Unit("length", "m", 1, "abcdefghijklmnopqrstuvwxyz0123456789²³"),
    "里": Unit("length", "m", 500, "面程头外坪塘弄"),
    **_units("area", "m2", {"平方米": 1, "平米": 1, "平方公尺": 1, "平方厘米": "1/10000"}),
    **_units("area", "m2", {"㎡": 1, "m2": 1, "M2": 1, "m²": 1, "㎢": 10**6, "km²": 10**6}),
    **_units("area", "m2", {"km2": 10**6, "平方公里": 10**6, "平方千米": 10**6}),
    **_units("area", "m2", {"亩": "2000/3", "公顷": 10**4, "ha": 10**4}),
    **_units("area", "m2", {"英亩": "4046.8564224", "平方英尺": "0.09290304"}),
    **_units("volume", "m3", {"立方米": 1, "立方": 1, "㎥": 1, "m3": 1, "M3": 1, "m³": 1}),
    **_units("area", "m2", {"平方": 1, "个平方": 1, "个平方米": 1}, not_before="公千分厘毫英"),
    **_units("volume", "m3", {"个立方": 1, "个立方米": 1}),
    **_units("volume", "m3", {"立方公里": 10**9, "公升": "1/1000", "毫升": "1/1000000"}),
    **_units("volume", "m3", {"L": "1/1000", "mL": "1/1000000", "ml": "1/1000000"}),
    # Only after a scale or a large number (3万方): 援受4方 are parties.
    "方": Unit("volume", "m3", 1, "面案式法向针位便言米公签"),
    "升": Unit("volume", "m3", Fraction(1, 1000), "级至到为高值学温降入幅"),
    **{
        f"{volume}{per}": Unit("flow", "m3/day", factor)
        for volume in ("立方米", "立方", "方", "㎥", "m3", "m³")
        for per, factor in {
            "/日": 1,
            "/天": 1,
            "/d": 1,
            "每日": 1,
            "每天": 1,
            "/秒": 86400,
            "/s": 86400,
            "每秒": 86400,
            "/小时": 24,
            "/h": 24,
            "每小时": 24,
        }.items()
    },
    **_units("mass", "kg", {"吨": 1000, "千克": 1, "公斤": 1, "斤": "1/2", "市斤": "1/2"}),
    **_units("mass", "kg", {"kg": 1, "KG": 1, "磅": "0.45359237"}),
    # 3毫克/升 is a concentration, which the codebook does not have.
    **_units("mass", "kg", {"毫克": "1/1000000"}, not_before="/／每"),
    "克": Unit("mass", "kg", Fraction(1, 1000), "服隆拉制己扣"),
    "t": Unit("mass", "kg", 1000, "abcdefghijklmnopqrstuvwxyz0123456789"),
    "g": Unit("mass", "kg", Fraction(1, 1000), "abcdefghijklmnopqrstuvwxyz0123456789"),
    # A 千瓦时 is work, not power.
    **_units("power", "W", {"千瓦": 1000, "兆瓦": 10**6, "吉瓦": 10**9}, not_before="时小·h"),
    **_units("power", "W", {"kW": 1000, "KW": 1000, "kw": 1000}, not_before="时小·h"),
    **_units("power", "W", {"MW": 10**6, "GW": 10**9, "W": 1}, not_before="时小·h"),
    **_units("energy", "J", {"千瓦时": 3_600_000, "千瓦小时": 3_600_000, "千瓦·时": 3_600_000}),
    **_units("energy", "J", {"kWh": 3_600_000, "兆瓦时": 3_600_000_000, "MWh": 3_600_000_000}),
    **_units("energy", "J", {"GWh": 3_600_000_000_000, "焦耳": 1}),
    "瓦": Unit("power", "W", 1, "时房屋片砾窑斯厂"),
    # Durations keep year, month or day as printed; shorter and longer ones turn into these.
    "年": Unit("duration", "year", 1, "级代龄货"),
    "周年": Unit("duration", "year", 1),
    "岁": Unit("duration", "year", 1, "[月末初入]"),
    "周岁": Unit("duration", "year", 1),
    "个月": Unit("duration", "month", 1),
    "个季度": Unit("duration", "month", 3),
    "天": Unit("duration", "day", 1, "[然津府山水池台桥]|空(?!气)|气(?!温)"),
    "日": Unit("duration", "day", 1, "元本常报喀照"),
    "周": Unit("duration", "day", 7, "年边围岁期转密末口"),
    "星期": Unit("duration", "day", 7, "一二三四五六日天"),
    **_units("duration", "day", {"个工作日": 1, "工作日": 1, "昼夜": 1, "个星期": 7}),
    **_units("duration", "day", {"小时": "1/24", "个小时": "1/24"}),
    **_units("duration", "day", {"分钟": "1/1440", "秒钟": "1/86400"}),
    "秒": Unit("duration", "day", Fraction(1, 86400), "[杀速针表级懂]"),
}
"""Printed units with a base unit in the codebook."""

MEASURE_WORDS: Mapping[str, str] = {
    # Each with the characters that would make it the beginning of another word.
    **dict.fromkeys("名户座册株辆艘栋幢棵盏枚尾棚把届趟遍羽盘扇则粒副罐筐捆窝朵帧顶剂针桌", ""),
    **dict.fromkeys(
        (
            "头只匹",
            "头匹只",
            "头只",
            "羽只",
            "套件",
            "人次",
            "户次",
            "批次",
            "场次",
            "台次",
            "车次",
            "班次",
            "架次",
            "台套",
            "台/套",
            "亩次",
            "人份",
            "床位",
            "张床位",
            "学时",
            "课时",
            "家次",
            "起次",
            "件次",
            "剂次",
            "例次",
            "针次",
        ),
        "",
    ),
    "人": "民(?!警|办)|口(?!服|罩)",
    "名": "",
    "位": "于置次数",
    **dict.fromkeys("户戶", "口籍"),
    "个": "体(?!育|系|验|检|量)|别(?!墅|样)",
    "项": "目(?!标)",
    "所": "以(?!\\s*[上下内])|[属得长谓]",
    "座": "谈位",
    "条": "件例约款",
    "次": "品级序",
    "期": "间限待望货刊末满工项建",
    "批": "[准复示评量]|发(?!展)",
    "套": "餐路",
    "台": "[湾阶账胞词商北州]|风(?![机扇力])",
    "头": "等部条号疼",
    "件": "",
    "幅": "度员",
    "家": "[庭亲访]|人(?!才)|长(?![期江])|[禽畜](?!场)",
    "支": "[出持付书柱撑]|部(?!队)|农(?![业民技])",
    "架": "构设空",
    "间": "接隔断距",
    "处": "理于长置罚分级",
    "口": "岸号径味头碑述语腔",
    "眼": "前光界科睛",
    "只": "有要是能需会为剩占",
    "匹": "配",
    "张": "家掖北店",
    "份": "额子",
    "本": "[县市级报年月地着次身州省区土村质]|科(?![普技])",
    "部": "分门长队委署落级位下属",
    "篇": "幅章",
    "场": "[所镇馆景合]|地(?!方)|面(?![向对])",
    "轮": "换流岗训胎椅船",
    "班": "子车主组长",
    "组": "织成建合长员团装委",
    "对": "口应接象外内方于比策口点",
    "双": "方边向语重拥流楠",
    "根": "据本源治",
    "块": "钱",
    "片": "区面",
    "段": "时落",
    "层": "[次级]|面(?!积)",
    "孔": "子雀",
    "门": "口类诊票峡",
    "类": "别型似",
    "种": "[子养粮草]|植(?!物)|地(?!方)",
    "大项": "目",
    "款": "项",
    "笔": "记试者",
    "宗": "旨教",
    "例": "如行外会",
    "起": "[来点步到草源码初始用]|重(?![大特要点])",
    "道": "路德理教孚",
    "床": "",
    "股": "份权东市金民",
    "颗": "粒",
    "箱": "",
    "袋": "",
    "桶": "",
    "瓶": "",
    "盒": "",
    "节": "约能省水日庆点",
    "站": "点长在",
    "杆": "",
    "面": "积向临对貌粉试市包料子",
    "排": "名水放查污",
    "行": "政业为动程驶业",
    "句": "",
    "页": "",
    "字": "",
    "车": "站间辆道库主位",
    "回": "族来归访",
    "拨": "付入款",
    "步": "行",
    "具": "有体备",
    "群": "众体",
    "卷": "烟入",
    "列": "车为入席举",
    "封": "山闭顶",
    "单": "位元一独项纯身价亲",
    "首": "都相先次批要府脑席尾",
    "集": "中团体资镇合约市散结聚贸成群装",
    "稿": "件纸酬费子",
    "峰": "会值顶谷林回",
    "桩": "基号柱位",
    "锭": "子",
}
"""Measure words of counts; a count's unit is its measure word as printed."""

COUNTED_NOUNS: Mapping[str, str] = {
    **dict.fromkeys(("机制", "类型", "部门", "乡镇", "县市", "县区", "市县"), ""),
    "项目": "标",
    **dict.fromkeys(("行政村", "自然村", "省市", "省区市", "省市区", "县市区"), ""),
    **{
        f"{name}{opening}{more}{closing}": ""
        for opening, closing in ("()", "（）")
        for name, more in (
            ("县", "市"),
            ("县", "区"),
            ("县", "市、区"),
            ("市", "县"),
            ("乡", "镇"),
            ("省", "区"),
            ("省", "市"),
            ("省", "区、市"),
            ("省", "市、区"),
        )
    },
    "县": "级委长政城域道内直处",
    "市": "级委长场政民区值属辖州",
    "村": "级民委干道寨",
    "乡": "级村亲土城",
    "镇": "级长区江雄政",
    "州": "级委长府",
    "省": "级委长直道份内外",
    "区": "域间别块号内委政长级",
    "校": "长园区级方",
    "国": "道家内外有际务电土庆民企",
    "院": "长士校落",
    "厂": "长房家区",
}
"""Things counted without a measure word (10 项目, 5县3乡); the whole stands in the slice."""

BIG_NOUNS = (
    "机制",
    "类型",
    "类",
    "工程",
    "项目",
    "体系",
    "产业",
    "任务",
    "举措",
    "措施",
    "行动",
    "板块",
    "领域",
    "重点",
    "平台",
    "基地",
    "战略",
    "片区",
    "要素",
    "方面",
    "系统",
    "中心",
    "园区",
    "支柱",
    "特色",
    "优势",
    "目标",
    "问题",
    "难题",
    "瓶颈",
    "活动",
    "主题",
    "抓手",
    "计划",
    "规划",
    "项",
)
"""What a 大 after a numeral leads to (六大机制); anything else leaves 三大 alone."""

NOT_FIGURES = (
    # Ordinals and enumerators come through their context; these are names and idioms whose
    # second character is a measure word.
    r"三番五次|十字[会路架]|二十四节气|四套班子|一府两院|三个代表|三次产业|四个全面|四个意识|四个自信|两个维护|两个确立|两个文明|五个统筹|三个文明"
    r"|三台[县山]|五台[县山]|三门[县峡]|五家渠|六盘[水山]|二道[江区白]|四方台|三家[村店子]"
    r"|一次性|一把手|一方面|一部分|一部份|一口气|一家亲|一家人|一条[心龙]|一段时[间期]|一起"
    r"|一道|一面|一种|一股|一层|一番|一片|一年一度|一年四季|一年到头|一年之计|一天天|一年年"
    r"|一个个|一项项|一件件|一次次|一条条|一家家|一户户|一人一|一户一|一村一|一项一|一事一"
    r"|一家一|一人次?一策|一步|一行|一回事|一对一|一组团|一根筋|一句话|一天到晚|一起|一周年祭"
    r"|一人难求|一批批|一例外|一场空|一所有|三年五载|百家争鸣|千家万户|万人空巷|千方百计"
    r"|百年大计|百年树人|千年古|百日[攻大行竞]|千人一面|百条心|八字方针|千字文"
    r"|三天两头|五天[晒]|两口子|两面[性派]|四面八方|四处|三三两两|三令五申|百分百|万户侯|千里"
    r"|万里|百里|十里|百倍|万年青|十足|一双手|三班倒|五层楼|[六九十]年一贯|九年义务|[一二三四五六七八]年制"
    r"|一家[0-9０-９一二三四五六七八九十]|一[天年月亩斤][能可才工]|一个月[能可才]|一笔[账帐]|一[天年]下来|一亩地"
    r"|[一二三四五]、[二三四五六]期|[一二三]本[批线率录]|[一二三]本上线|[一二三]本院校"
)
"""Chinese numerals with a measure word that still count nothing."""

PHASE = r"[一二三四五](?<![班训共了办座习刊分][一二三四五])\s{0,4}期(?!培训|轮训|讲座|班|专题)"
"""一期 and 二期 are parts of a work; 培训班三期 and 三期培训 are counts."""

SESSIONS = (
    r"[一二三四五六七八九十]{1,3}\s{0,4}届(?:[一二三四五六七八九]\s{0,4}[次中]|人\s{0,4}[大民]|政\s{0,4}[协府]"
    r"|全\s{0,4}[国委]|中\s{0,4}央|[省市州县区]\s{0,4}委|党\s{0,4}代|委\s{0,4}员|常\s{0,4}委)"
)
"""十二届三次全会 and 十八届三中全会 name a meeting; 连续三届 counts."""

SINGLES_BEFORE_ONE = "统唯单逐之同专如不归合划惟每这那某任另新上下前后该哪第其与为初万首说点无"
"""Characters before 一 that make it a part of another word (同一个, 每一个, 之一)."""

NO_UNIT_IN_CODEBOOK: Mapping[str, str] = {
    "年级": "a school year",
    "年代": "a decade",
    "世纪": "a century",
    "人公里": "traffic; the codebook has no unit for it",
    "吨公里": "traffic; the codebook has no unit for it",
    "标箱": "standard containers; the codebook has no unit for them",
    "标准箱": "standard containers; the codebook has no unit for them",
    "微克": "a concentration; the codebook has no unit for it",
    "度": "degrees or electric work; the codebook has no unit for it",
    "℃": "a temperature",
    "°C": "a temperature",
    "摄氏度": "a temperature",
    "马力": "horsepower; the codebook has no unit for it",
    "千伏安": "apparent power; the codebook has no unit for it",
    "kVA": "apparent power; the codebook has no unit for it",
    "千伏": "a voltage; the codebook has no unit for it",
    "kV": "a voltage; the codebook has no unit for it",
    "KV": "a voltage; the codebook has no unit for it",
    "伏": "a voltage; the codebook has no unit for it",
    "毫克": "a concentration; the codebook has no unit for it",
    "公里": "a speed; the codebook has no unit for it",
    "km": "a speed; the codebook has no unit for it",
    "号": "a number used as a name",
    "级": "a grade",
    "线": "a number used as a name",
    "楼": "a number used as a name",
    "路": "a number used as a name",
    "时": "a time of day",
    "点": "a time of day",
    "分": "a score or a minute",
}
"""What may follow a numeral and gives it no row; the reason stands in the unread list."""

ABOUT_BEFORE = (
    *("大约", "约", "大概"),
    *(f"{about}{verb}" for about in ("大约", "约") for verb in "为有占合需计达在"),
)
"""约 with a short verb (约有300人): the verb stands inside the slice, as 约 governs the number."""

_NOT = ("不得", "不应", "不能", "不可", "不会", "不宜", "未", "没有")

UNDER_OPEN_BEFORE = (
    *(f"{no}{more}" for no in _NOT for more in ("超过", "高于", "多于", "大于", "超出")),
    "不足",
    "不到",
    "未到",
    "未满",
    "不满",
    "至多",
    "最多",
    "不超过",
    "不超出",
    "不多于",
    "不高于",
    "不大于",
    "低于",
    "少于",
    "小于",
)
OVER_OPEN_BEFORE = (
    *(f"{no}{less}" for no in _NOT for less in ("低于", "少于", "小于")),
    "超过了",
    "超过",
    "超出",
    "突破",
    "超",
    "过",
    "逾",
    "至少",
    "最少",
    "不少于",
    "不下于",
    "不下",
    "不低于",
    "不小于",
    "高于",
    "多于",
    "大于",
)
UNDER_BEFORE = ("将近", "接近", "近")
ABOUT_AFTER = ("左右", "上下")
OVER_OPEN_AFTER = ("以上", "及以上")
UNDER_OPEN_AFTER = ("以下", "以内", "之内", "及以下")

MONEY_CUES = (
    "资金|贷款|投资|投入|拨款|拨付|划拨|到位|经费|捐款|捐资|捐赠|援助金|筹资|融资|补助|补贴|收入|产值|总值"
    "|耗资|造价|款项|财政|支出|预算|利润|税收|援款|善款|集资|引资|出资|注资|斥资|配套|赔偿|奖金|工资|价值"
    "|花费|成本|费用|信贷|债券|募集|奖励|金额|资产|欠款|存款|销售额|营业额|交易额|成交额|贸易额|合同额"
    "|合同价|中标价|控制价|总价|补偿|罚款|罚金|租金|押金|保证金|违约金|税款|利息|债务|保费|[^消免]费(?![用力心时])"
)
"""Words near 3000万 that make it money although 元 is not printed."""

NOT_MONEY_CUES = (
    "人口|人数|人员|面积|产量|群众|党员|藏书|游客|人次|牲畜|存栏|出栏|户数|字数|点击|粉丝|农户"
)
"""Words in the same clause that make it something else (人口3万)."""


PEOPLE = (
    "群众|父老|乡亲|农牧民|居民|村民|牧民|农民|市民|民众|百姓|儿童|学生|学子|干部|职工|党员|移民|灾民|人民"
    "|残疾人|工商户|人口|大学生|毕业生|劳动者|网民|侨胞|同胞|中国人|教师|官兵|志愿者|从业人员"
    "|各族|贫困人|老年人|劳动力|民工|妇女|师生|考生|病人|患者|游客|观众|用户|农户|粉丝"
)
"""Words right after 1.9万 that make it a count of people."""

SPOKEN_MONEY = "[花卖挣赚凑借贷交付罚省赔缴欠补]|收入|工资|工钱|每[斤亩天月人]|一[斤亩天]|价|钱|块"
"""Words near 6000块 that make 块 money and not a piece."""

HEAD_NOUNS = (
    "项目|工程|规划|计划|方案|办法|制度|文件|协议|机制|资金|干部|人才|干警|民警"
    "|警察|队员|群众|农牧民|农民|牧民|学生|教师|老师|医生|医护人员|人员|党员|代表"
    "|徒弟|专家|志愿者|职工|居民|行政村|自然村|村|乡镇|街道|社区|县|学校|医院"
    "|卫生院|幼儿园|企业|公司|部门|单位|机构|小组|工作组|领导小组|项|方面|大项"
    "|子项目|类别|基地|合作社|中心|园区|平台|会议|活动|培训班|讲座|建议|意见|措施"
    "|岗位|桥梁|公路|道路|水厂|水库|管道|电站|大棚|牲畜|图书|电脑|设备|车辆"
    "|贫困户|困难户|住房|教室|地形图|目标|任务|重点|产业|品牌|产品|难题|问题"
)
"""Nouns at which the name of a counted thing ends (援建项目)."""


FIRST_OF_UNIT = "".join(
    sorted(
        {
            name[0]
            for name in [*UNITS, *MEASURE_WORDS, *COUNTED_NOUNS]
            if "\u4e00" <= name[0] <= "\u9fff" or name[0] in "%％‰㎡"
        }
    )
)
"""First characters of what may follow a numeral that counts."""

BEFORE_BROKEN = "\u4e00-\u9fff，、。；：（(）)“”《》％%×–—―~～〜∼－−-"
"""What stands right before a number that a line end cuts; in a table's row it is a blank."""
AFTER_BROKEN = (
    "".join({name[0]: "" for name in [*UNITS, *MEASURE_WORDS] if name[0] not in "年日ALUHJGSW"})
    + "十百千万亿余多kKm"
)
"""What stands right after it; 年 and 日 are left to the dates: 表12⏎2012年 holds two numbers."""
BREAK = r"(?:\r?\n[\r\n\f]{0,2})"
"""A line end, or the end of a column or page."""


def pattern_of(words: Iterable[str]) -> str:
    """Any of the words, the longest that fits, white space allowed between characters."""
    return pattern_with(dict.fromkeys(words, ""))


def pattern_with(words: Mapping[str, str]) -> str:
    """Any of the words, unless one of the characters (or the pattern) given with it follows.

    A tree by characters instead of one alternative per word, which `re` would try one by one.
    """
    tree: dict[str, dict[str, str]] = {}
    for word, not_before in words.items():
        tree.setdefault(word[:1], {})[word[1:]] = not_before
    branches = []
    for first, rest in tree.items():
        char = spaced(first)
        end = rest.pop("", None)
        ends = [] if end is None else [_unless(end)]
        more = [SPACE + pattern_with(rest)] if rest else []
        inside = more + ends
        branches.append(char + (inside[0] if len(inside) == 1 else f"(?:{'|'.join(inside)})"))
    return branches[0] if len(branches) == 1 else f"(?:{'|'.join(branches)})"


def _unless(not_before: str) -> str:
    """The look ahead for one word: single characters, or a pattern where one has exceptions."""
    if not not_before:
        return ""
    body = f"(?:{not_before})" if "(" in not_before or "[" in not_before else f"[{not_before}]"
    return rf"(?!{SPACE}{body})"


def spaced(word: str) -> str:
    """A word as a pattern that a broken line may cut anywhere."""
    return SPACE.join("\\" + char if char in "()$.+*?^|[]{}\\" else char for char in word)
