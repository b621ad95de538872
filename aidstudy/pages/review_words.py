"""The words of the review page in English and Chinese, and the signs of its marks."""

from __future__ import annotations

from collections.abc import Mapping

STATES: Mapping[str, tuple[str, str]] = {
    "agrees": ("agrees", "一致"),
    "differs": ("differs", "不同"),
    "coding_only": ("not in the draft", "草稿缺此项"),
    "draft_only": ("only in the draft", "仅见于草稿"),
}
"""How a figure of the adjudicated coding and one of the draft go together, English and Chinese."""

DECISIONS: Mapping[str, tuple[str, str]] = {
    "open": ("to be decided", "待定"),
    "accepted": ("accepted", "采用"),
    "rejected": ("left out", "舍去"),
}
"""What a person has said of a row."""

FAMILIES: Mapping[str, tuple[str, str]] = {
    "money": ("money", "¥"),
    "share": ("share", "%"),
    "multiple": ("share", "×"),
    "count": ("count", "#"),
    "length": ("size", "m"),
    "area": ("size", "m²"),
    "volume": ("size", "m³"),
    "flow": ("size", "m³/d"),
    "mass": ("size", "kg"),
    "power": ("size", "W"),
    "energy": ("size", "J"),
    "map_scale": ("size", "1:"),
    "date": ("time", "d"),
    "period": ("time", "↔"),
    "duration": ("time", "t"),
    "code": ("name", "id"),
    "list_number": ("name", "№"),
    "contact": ("name", "☎"),
}
"""Kind to its colour, and to a small sign, as nothing rests on colour alone."""

WORDS: Mapping[str, tuple[str, str]] = {
    "review": ("Review", "审阅"),
    "page": ("The page as printed", "版面原文"),
    "tables": ("Tables", "表格"),
    "controls": ("Settings", "设置"),
    "skip_page": ("Skip to the page", "跳到版面原文"),
    "skip_tables": ("Skip to the table", "跳到表格"),
    "language": ("Language", "语言"),
    "theme": ("Colours", "配色"),
    "theme_auto": ("as the system", "跟随系统"),
    "theme_light": ("light", "浅色"),
    "theme_dark": ("dark", "深色"),
    "view": ("Text", "文本"),
    "view_printed": ("as printed", "原样"),
    "view_marked": ("repairs marked", "标出修补"),
    "view_repaired": ("repaired", "修补后"),
    "filters": ("Filters", "筛选"),
    "keys": ("Keys", "键盘操作"),
    "kind": ("kind", "类型"),
    "bound": ("bound", "界限"),
    "all": ("all", "全选"),
    "none": ("none", "全不选"),
    "state": ("draft against table", "草稿与编码表"),
    "figures": ("Figures", "数字"),
    "unread": ("Unread", "未读"),
    "repairs": ("Repairs", "修补"),
    "out_sign": ("left out", "已舍去"),
    "unread_sign": ("seen and left unread", "见到而未读"),
    "differs_sign": ("draft and table differ", "草稿与编码表不同"),
    "help": (
        "Left and right arrow: next figure of the page; up and down: next row; Enter: from the one "
        "to the other; Escape: close the details.",
        "左右方向键：版面上的上一个、下一个数字；上下方向键：上一行、下一行；回车：在版面与表格间"
        "跳转；Esc：关闭详情。",
    ),
    "edit_help": (
        "Ctrl+Z undoes the last change. “Add a figure” takes what is selected on the page, or the "
        "unread digits that are current; without either it can be searched for.",
        "Ctrl+Z 撤销上一次更改。“补录数字”取版面上选中的文字或当前的未读数字；两者皆无时可查找。",
    ),
    "draft": (
        "A draft: rules propose each row, and a person decides. To correct it, make a study of the "
        "page (aidstudy new), then open the review of that study.",
        "此为草稿：各行由规则提出，由人核定。如需改正，请先用 aidstudy new 为此版面建立研究，"
        "再打开该研究的审阅页。",
    ),
    "edit": (
        "The table of this study. A row that rules proposed stays a proposal until a person "
        "accepts it, corrected or not.",
        "本研究的编码表。规则提出的各行在有人核定之前仍是草稿；核定时可照用，也可改正。",
    ),
    "coding": (
        "The study's own page: the table is the adjudicated coding, and each row says where the "
        "draft made by rules differs. A correction is a row of data/raw/corrections.csv.",
        "本研究所用的版面：表中为核定后的编码，并逐行标出自动草稿的不同之处。"
        "如需更正，请在 data/raw/corrections.csv 中加一行。",
    ),
    "no_figures": ("No figure was found on this page.", "此版面未找到数字。"),
    "no_unread": ("Nothing was left unread.", "没有未读的数字。"),
    "no_repairs": ("Nothing was repaired.", "没有修补。"),
    "row": ("The row", "所选的一行"),
    "decision": ("decision", "核定"),
    "draft_said": ("draft", "草稿"),
    "next_open": ("Next to decide", "下一个待定"),
    "save": ("Save figures.csv", "保存 figures.csv"),
    "accept_next": ("Accept and go on", "采用并继续"),
    "previous": ("Previous", "上一行"),
    "next": ("Next", "下一行"),
    "add": ("Add a figure", "补录数字"),
    "undo": ("Undo", "撤销"),
    "place_form": ("Add a figure that the draft missed", "补录草稿遗漏的数字"),
    "place_help": (
        "Select it on the page, or find it here; take the number with its qualifier and its "
        "measure word or unit. Start and end count the characters of the file.",
        "请在版面上选中，或在此查找；连同限定词、量词或单位一并选取。起点与终点按文件字符计。",
    ),
    "find": ("find, as printed", "按原文查找"),
    "find_next": ("Find next", "查找下一处"),
    "reading": ("read as", "读作"),
    "article": ("report", "所属报告"),
    "add_here": ("Add", "补录"),
    "cancel": ("Cancel", "取消"),
    "figure_id": ("figure", "编号"),
    "printed": ("printed", "原文"),
    "value": ("value", "数值"),
    "unit": ("unit", "单位"),
    "low": ("low", "下限"),
    "high": ("high", "上限"),
    "allowed": ("the print allows", "印刷所允许的范围"),
    "measure": ("measure", "指标"),
    "subject": ("subject", "对象"),
    "subject_zh": ("subject as printed", "对象（原文）"),
    "donor": ("donor", "援助方"),
    "donor_zh": ("donor as printed", "援助方（原文）"),
    "period": ("period", "时期"),
    "cue": ("cue", "线索词"),
    "grade": ("grade", "把握"),
    "label_en": ("label", "说明"),
    "same_as": ("same as", "同于"),
    "part_of": ("part of", "属于"),
    "note": ("note", "备注"),
    "counted_form": ("thing counted: a noun, singular", "所计之物：英文名词，单数"),
    "label_en_form": ("label in English, at most eight words", "英文说明，至多八词"),
    "period_form": ("period: 2012, 2012-06, 2012/2016", "时期：2012、2012-06、2012/2016"),
    "same_as_form": ("same as an earlier figure", "同于（前面数字的编号）"),
    "part_of_form": ("part of another figure", "属于（某数字的编号）"),
    "note_form": ("note: one short line, judgement calls", "备注：一行，写明判断之处"),
    "numeral": ("numeral", "数字写法"),
    "start": ("start", "起点"),
    "end": ("end", "终点"),
    "place": ("place", "位置"),
    "reason": ("reason", "原因"),
    "rule": ("rule", "规则"),
    "becomes": ("becomes", "改为"),
    "nothing": ("nothing", "无"),
    "empty": ("(empty)", "（空）"),
    "not_kept": (
        "Signs that cannot be seen, or turn the direction of writing, are shown by their number.",
        "不可见或改变书写方向的字符以编号显示。",
    ),
}

REASONS_ZH: Mapping[str, str] = {
    "a day of the old calendar": "农历日期",
    "a day of the week": "星期",
    "a day without its month": "有日无月",
    "a digit of another script, or a mark": "其他文字的数字或符号",
    "a number without a unit": "数字无单位",
    "a Chinese numeral without a unit": "汉字数字无单位",
    "the name of a five-year plan": "五年规划的名称",
    "a ratio or a number in parts": "比值或分段的号码",
    "a scale without a unit, and no word near says money": "有数级而无单位，上下文也未说明是金额",
    "a time of day": "时刻",
    "digits that form no one numeral": "数码组合不成一个数",
    "the rest of a number that is cut": "被断开的数字的后半",
    "an idiom or a name": "成语或名称",
    "an ordinal": "序数",
    "indefinite": "不定数",
    "longer than any amount": "过长，不是数量",
    "part of a word": "词语的一部分",
    "part of an address": "网址或邮址的一部分",
    "the number of a document": "文号",
    "the base of a rate": "比率的基数",
    "an age": "年龄",
    "a school year": "年级",
    "a decade": "年代",
    "a century": "世纪",
    "a temperature": "温度",
    "a grade": "等级",
    "a number used as a name": "用作名称的数字",
    "a score or a minute": "分数或分钟",
    "traffic; the codebook has no unit for it": "周转量，编码手册无此单位",
    "standard containers; the codebook has no unit for them": "标准箱，编码手册无此单位",
    "electric work; the codebook has no unit for it": "电量，编码手册无此单位",
    "degrees or electric work; the codebook has no unit for it": "度数或电量，编码手册无此单位",
    "horsepower; the codebook has no unit for it": "马力，编码手册无此单位",
    "apparent power; the codebook has no unit for it": "视在功率，编码手册无此单位",
    "a voltage; the codebook has no unit for it": "电压，编码手册无此单位",
    "a speed; the codebook has no unit for it": "速度，编码手册无此单位",
    "a concentration; the codebook has no unit for it": "浓度，编码手册无此单位",
}
RULES_ZH: Mapping[str, str] = {
    "line": "断行接合",
    "space": "去掉多余空格",
    "width": "全角改半角",
    "dash": "连接号统一",
    "mark": "标点改为中文标点",
    "radical": "部首符号改为汉字",
}

__all__ = ["DECISIONS", "FAMILIES", "REASONS_ZH", "RULES_ZH", "STATES", "WORDS"]
