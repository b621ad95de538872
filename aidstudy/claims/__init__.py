"""What a page says about its own figures, whether it is so, and which figure is wrong."""

from aidstudy.claims.audit import TextAudit, TextsAudit, audit_text, audit_texts

__all__ = ["TextAudit", "TextsAudit", "audit_text", "audit_texts"]
