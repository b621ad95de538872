"""Provenance as linked data: each figure a Web Annotation on the page."""

from __future__ import annotations

import base64
import json
from typing import Any

from aidstudy.publish.exchange.source import (
    CREATOR,
    LICENCE_URL,
    StudyOrSource,
    described,
    page_sha256,
    source_of,
)

_OWN = "urn:aidstudy:terms:"
_QUOTES = (
    "A quote is the figure without white space and with digits and punctuation in their plain "
    "(NFKC) form; where the page's text differs, the position decides."
)


def web_annotations(study: StudyOrSource) -> bytes:
    """Every figure as a Web Annotation: where it stands, what is printed, what it says.

    The target is the page itself, named by its sha256 (RFC 6920); its text is not needed and
    not given. ``TextPositionSelector`` decides; ``TextQuoteSelector`` has the figure as the
    tables print it, without white space and in plain (NFKC) digits, and nothing around it.

    Parameters
    ----------
    study : Study or Source

    Returns
    -------
    bytes
        JSON-LD, UTF-8: one ``AnnotationCollection`` with one page. Numbers are exact decimals,
        written as strings; ``minValue`` and ``maxValue`` are what the print allows.

    Raises
    ------
    TableError
        If a table is not as the codebook says.

    Notes
    -----
    W3C Recommendation "Web Annotation Data Model", 23 February 2017.

    Examples
    --------
    >>> from aidstudy import load_study
    >>> collection = json.loads(web_annotations(load_study()))
    >>> collection["first"]["items"][2]["target"]["selector"]
    [{'type': 'TextPositionSelector', 'start': 212, 'end': 218},
     {'type': 'TextQuoteSelector', 'exact': '3000万'}]
    """
    source = source_of(study)
    sha256 = page_sha256(source.study)
    base = f"urn:aidstudy:{sha256[:8]}:"
    page = f"ni:///sha-256;{_base64url(sha256)}"
    items = [_annotation(row, base, page) for row in source.table("figures").rows()]
    collection = {
        "@context": [
            "http://www.w3.org/ns/anno.jsonld",
            {"schema": "https://schema.org/", "aid": _OWN},
        ],
        "id": f"{base}figures",
        "type": "AnnotationCollection",
        "label": source.study.title,
        "dcterms:description": f"{described(source.study)} {_QUOTES}",
        "creator": {"type": "Organization", "name": CREATOR},
        "rights": LICENCE_URL,
        "aid:page_sha256": sha256,
        "total": len(items),
        "first": {
            "id": f"{base}figures:1",
            "type": "AnnotationPage",
            "startIndex": 0,
            "items": items,
        },
    }
    return (json.dumps(collection, ensure_ascii=False, indent=1) + "\n").encode("utf-8")


def _annotation(row: dict[str, str], base: str, page: str) -> dict[str, Any]:
    said = {
        "schema:value": row["value"],
        "schema:unitText": row["unit"],
        "schema:minValue": row["low"],
        "schema:maxValue": row["high"],
        "aid:kind": row["kind"],
        "aid:bound": row["bound"],
        "aid:measure": row["measure"],
        "aid:subject": row["subject"],
        "aid:donor": row["donor"],
        "aid:period": row["period"],
        "aid:same_as": row["same_as"] and {"id": base + row["same_as"]},
        "aid:part_of": row["part_of"] and {"id": base + row["part_of"]},
        "aid:note": row["note"],
    }
    return {
        "id": base + row["figure_id"],
        "type": "Annotation",
        "motivation": "describing",
        "body": [
            {"type": "TextualBody", "value": row["label_en"], "language": "en"},
            {"type": "schema:PropertyValue"} | {key: value for key, value in said.items() if value},
        ],
        "target": {
            "source": page,
            "selector": [
                {
                    "type": "TextPositionSelector",
                    "start": int(row["start"]),
                    "end": int(row["end"]),
                },
                {"type": "TextQuoteSelector", "exact": row["printed"]},
            ],
        },
    }


def _base64url(sha256: str) -> str:
    return base64.urlsafe_b64encode(bytes.fromhex(sha256)).decode("ascii").rstrip("=")


__all__ = ["web_annotations"]
