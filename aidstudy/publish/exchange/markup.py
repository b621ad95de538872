"""XML written with the standard library: one form, prefixes as they are given."""

from __future__ import annotations

from collections.abc import Mapping
from xml.etree import ElementTree as ET

Element = ET.Element


def sub(
    parent: Element, tag: str, text: str = "", attributes: Mapping[str, str] | None = None
) -> Element:
    """A new last child of an element."""
    child = ET.SubElement(parent, tag, dict(attributes or {}))
    child.text = text or None
    return child


def xml_bytes(root: Element, *, comment: str = "") -> bytes:
    """A document as UTF-8 with a declaration, indented by two spaces.

    Parameters
    ----------
    root : Element
        Prefixes stand in the tags themselves and are declared on it, so that no setting of the
        process decides how they are written.
    comment : str, optional
        Stands before the root.

    Examples
    --------
    >>> xml_bytes(ET.Element("a"), comment="not for b")
    b"<?xml version='1.0' encoding='utf-8'?>\\n<!--not for b-->\\n<a />\\n"
    """
    ET.indent(root)
    head = "<?xml version='1.0' encoding='utf-8'?>\n" + (f"<!--{comment}-->\n" if comment else "")
    return (head + ET.tostring(root, encoding="unicode") + "\n").encode("utf-8")


__all__ = ["Element", "sub", "xml_bytes"]
