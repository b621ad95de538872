"""A value shown in a notebook's cell: its name, then what is to be said of it, line by line."""

from __future__ import annotations

import html
from collections.abc import Iterable


def card(title: str, rows: Iterable[tuple[str, str]]) -> str:
    """A small table as HTML, everything escaped; a row without content is left out.

    >>> card("13余万元", [("value", "130,000 CNY"), ("note", "")]).count("<tr>")
    2
    """
    lines = [
        '<tr><th scope="row" '
        f'style="text-align:left;font-weight:normal;white-space:nowrap">{html.escape(name)}</th>'
        f'<td style="text-align:left">{html.escape(content)}</td></tr>'
        for name, content in rows
        if content
    ]
    head = f'<tr><th scope="col" colspan="2" style="text-align:left">{html.escape(title)}</th></tr>'
    return f"<table><thead>{head}</thead><tbody>{''.join(lines)}</tbody></table>"
