"""Captions and alternative texts: sentences in both languages, put together in one."""

from __future__ import annotations

from collections.abc import Iterable

from aidstudy.plots.words import Lang, Words, based_on, listing, typeset


def caption_text(parts: Iterable[Words], ids: Iterable[str], lang: Lang) -> str:
    """A caption: its sentences in a language, then the figures behind what is drawn.

    Parameters
    ----------
    parts : iterable of Words
        One or more sentences each; what is empty in a language is left out in it.
    ids : iterable of str
        Figures on the page.
    lang : {"en", "zh", "both"}

    Examples
    --------
    >>> caption_text([Words("The donor's sums.", "支援方资金。")], ["ganzi-020"], "en")
    'The donor’s sums. Figures on the page (1): ganzi-020.'
    """
    said = [*(words.say(lang) for words in parts), based_on(list(ids), lang)]
    return "".join(said) if lang == "zh" else typeset(" ".join(text for text in said if text))


def alt_text(
    kind: Words,
    told: Iterable[str],
    lang: Lang,
    *,
    last: Words | None = None,
    apart: bool = False,
) -> str:
    """An alternative text: the kind of plot, then what it shows, one thing after another.

    Parameters
    ----------
    kind : Words
        Such as "Bar chart".
    told : iterable of str
        In the language; no full stops.
    lang : {"en", "zh", "both"}
    last : Words, optional
        A sentence for the end, without its full stop.
    apart : bool, default False
        Each thing in a sentence of its own.

    Examples
    --------
    >>> alt_text(Words("Bar chart", "条形图"), ["Litang 3", "Dêgê 2"], "en")
    'Bar chart. Litang 3; Dêgê 2.'
    """
    between, stop, gap = ("；", "。", "") if lang == "zh" else ("; ", ".", " ")
    things = list(told) if apart else [between.join(told)]
    sentences = [kind.say(lang), *things, *([last.say(lang)] if last else [])]
    text = gap.join(f"{sentence}{stop}" for sentence in sentences)
    return text if lang == "zh" else typeset(text)


def named(name: str, said: str, lang: Lang) -> str:
    """A name, a colon, and what is said of it.

    Examples
    --------
    >>> named("Litang", "3 projects", "en"), named("理塘", "3个项目", "zh")
    ('Litang: 3 projects', '理塘：3个项目')
    """
    return f"{name}：{said}" if lang == "zh" else f"{name}: {said}"


def aside(text: str, note: str, lang: Lang) -> str:
    """A text, and a note on it in parentheses; nothing more where there is no note.

    Examples
    --------
    >>> aside("Money", "CNY million", "en"), aside("资金", "万元", "zh"), aside("Money", "", "en")
    ('Money (CNY million)', '资金（万元）', 'Money')
    """
    if not note:
        return text
    return f"{text}（{note}）" if lang == "zh" else f"{text} ({note})"


def series(parts: Iterable[str], lang: Lang) -> str:
    """Parts with commas between them."""
    return ("，" if lang == "zh" else ", ").join(parts)


def listed(parts: Iterable[Words]) -> Words:
    """Names as a list in a sentence, in both languages.

    Examples
    --------
    >>> listed([Words("Litang", "理塘"), Words("Dêgê", "德格")])
    Words(en='Litang and Dêgê', zh='理塘、德格')
    """
    names = list(parts)
    return Words(listing((n.en for n in names), "en"), listing((n.zh for n in names), "zh"))


def undated(names: Iterable[Words]) -> list[Words]:
    """What a caption says of sums for which no year is printed; nothing where there is none."""
    who = listed(names)
    if not who.en:
        return []
    return [
        Words(
            f"No year is printed for the sum of {who.en}; it is taken as that of the reports.",
            f"{who.zh}之数原文未载年份，按报道年份计。",
        )
    ]


def on_one_line(notes: Iterable[Words]) -> list[Words]:
    """Short notes as one, or none where there is none."""
    kept = list(notes)
    if not kept:
        return []
    return [Words(" ".join(filter(None, (n.en for n in kept))), "".join(n.zh for n in kept))]


def capital(text: str) -> str:
    """A sentence with a capital at its start."""
    return text[:1].upper() + text[1:]


__all__ = [
    "alt_text",
    "aside",
    "capital",
    "caption_text",
    "listed",
    "named",
    "on_one_line",
    "series",
    "undated",
]
