"""The version and the authors, for citations, the release and the metadata of files."""

__version__ = "0.2.0"
AUTHORS = "the aidstudy authors"
