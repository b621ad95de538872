"""What a page says about its own figures, whether it is so, and which figure is wrong."""

from aidstudy.claims.audit import TextAudit, audit_text

__all__ = ["TextAudit", "audit_text"]
