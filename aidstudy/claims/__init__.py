"""What a page says about its own figures, and whether it is so: read, tested, and who is at fault."""

from aidstudy.claims.audit import TextAudit, audit_text

__all__ = ["TextAudit", "audit_text"]
