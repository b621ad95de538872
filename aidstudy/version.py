"""The version, which stands here and nowhere else: citations and the release take it from here."""

__version__ = "0.2.0"
