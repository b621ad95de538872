"""What the schema of IATI does not check: codes, dates in order, identifiers, languages."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Mapping
from types import MappingProxyType
from xml.etree import ElementTree as ET

from aidstudy.errors import Fault, TableError
from aidstudy.publish.exchange.markup import Element

_ONE_TO_FOUR = frozenset("1234")
_ORGANISATION = frozenset(
    ["10", "11", "15", "21", "22", "23", "24", "30", "40", "60", "70", "71", "72", "73", "80", "90"]
)

CODE_LISTS: Mapping[tuple[str, str], tuple[str, frozenset[str]]] = MappingProxyType(
    {
        ("iati-activities", "version"): ("Version", frozenset({"2.03"})),
        ("activity-status", "code"): ("ActivityStatus", frozenset("123456")),
        ("activity-date", "type"): ("ActivityDateType", _ONE_TO_FOUR),
        ("description", "type"): ("DescriptionType", _ONE_TO_FOUR),
        ("iati-activity", "default-currency"): ("Currency", frozenset({"CNY"})),
        ("participating-org", "role"): ("OrganisationRole", _ONE_TO_FOUR),
        ("participating-org", "type"): ("OrganisationType", _ORGANISATION),
        ("provider-org", "type"): ("OrganisationType", _ORGANISATION),
        ("receiver-org", "type"): ("OrganisationType", _ORGANISATION),
        ("reporting-org", "type"): ("OrganisationType", _ORGANISATION),
        ("recipient-country", "code"): ("Country", frozenset({"CN"})),
        ("related-activity", "type"): ("RelatedActivityType", frozenset("12345")),
        ("sector", "vocabulary"): ("SectorVocabulary", frozenset({"1"})),
        ("transaction-type", "code"): (
            "TransactionType",
            frozenset(str(code) for code in range(1, 14)),
        ),
    }
)
"""Element and attribute: name of the IATI 2.03 code list, and its codes that may stand here."""

_LANGUAGES = ["en", "zh"]
_LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"
_CURRENCY = re.compile("[A-Z]{3}")
_FORBIDDEN = re.compile(r"[/&|?]")
_REMEDY = "correct the table that it comes from"


def check_activities(content: bytes) -> None:
    """Check an IATI activity file against the code lists and rules that no schema checks.

    Codes of the lists in `CODE_LISTS`; each text in English and Chinese; identifiers that are
    unique and hold none of ``/ & | ?``; references to activities of the file; a start date and
    a sector for each activity; no transaction without a past date; start before end.

    Parameters
    ----------
    content : bytes
        The file.

    Raises
    ------
    TableError
        With all faults.

    Notes
    -----
    IATI 2.03, code lists and standard ruleset. Which sector codes there are is for
    :func:`aidstudy.publish.exchange.sectors.check_sector`.

    Examples
    --------
    >>> check_activities(b'<iati-activities version="2.02"/>')
    Traceback (most recent call last):
    ...
    aidstudy.errors.TableError: IATI file: 1 fault
      iati-activities, column version: read '2.02': not in the IATI code list Version; correct ...
    """
    root = ET.fromstring(content)
    faults = list(_code_faults(root, ""))
    identifiers = [name.text or "" for name in root.iter("iati-identifier")]
    for activity in root.iter("iati-activity"):
        faults += _activity_faults(activity, identifiers)
    if faults:
        raise TableError.from_faults(faults, what="IATI file")


def _code_faults(element: Element, where: str) -> Iterator[Fault]:
    name = element.findtext("iati-identifier") if element.tag == "iati-activity" else ""
    place = name or where or element.tag
    for key, value in element.attrib.items():
        told = CODE_LISTS.get((element.tag, key))
        if told is not None and value not in told[1]:
            yield Fault(
                place if place == element.tag else f"{place}, {element.tag}",
                key,
                value,
                f"not in the IATI code list {told[0]}",
                _REMEDY,
            )
    languages = [narrative.get(_LANGUAGE, "") for narrative in element.findall("narrative")]
    if languages and languages != _LANGUAGES:
        yield Fault(
            f"{place}, {element.tag}",
            "",
            " ".join(languages),
            "a text is not in English and Chinese",
            "give both",
        )
    for child in element:
        yield from _code_faults(child, place)


def _activity_faults(activity: Element, identifiers: list[str]) -> Iterator[Fault]:
    name = activity.findtext("iati-identifier") or ""

    def fault(what: str, read: str, problem: str) -> Fault:
        return Fault(f"{name}, {what}", "", read, problem, _REMEDY)

    if identifiers.count(name) != 1:
        yield fault("iati-identifier", name, "stands twice")
    if not name or _FORBIDDEN.search(name):
        yield fault("iati-identifier", name, "is empty or holds one of / & | ?")
    for related in activity.iter("related-activity"):
        if related.get("ref") not in identifiers:
            yield fault("related-activity", related.get("ref", ""), "no activity of this file")
    reporter = activity.find("reporting-org")
    if reporter is None or reporter.get("secondary-reporter") != "1":
        yield fault("reporting-org", "", "not marked as a secondary reporter")
    days = {d.get("type", ""): d.get("iso-date", "") for d in activity.iter("activity-date")}
    if not {"1", "2"} & set(days):
        yield fault("activity-date", "", "no start, planned (1) or actual (2)")
    for start, end in (("1", "3"), ("2", "4")):
        if start in days and end in days and days[start] > days[end]:
            yield fault("activity-date", days[start], f"start after end {days[end]}")
    today = dt.date.today().isoformat()
    past = [days.get("2", ""), days.get("4", "")]
    past += [d.get("iso-date", "") for d in activity.iter("transaction-date")]
    past += [v.get("value-date", "") for v in activity.iter("value")]
    for day in past:
        if day > today:
            yield fault("date of something done", day, "lies in the future")
    for value in activity.iter("value"):
        if not _CURRENCY.fullmatch(value.get("currency", "")):
            yield fault("value", value.get("currency", ""), "no currency code of ISO 4217")
    if activity.find("sector") is None:
        yield fault("sector", "", "no sector")


__all__ = ["CODE_LISTS", "check_activities"]
