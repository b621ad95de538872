"""The rebuild with every supported CPython, and with the lowest versions: ``nox``, or ``uvx nox``.

A Python that is not on the machine is skipped and named. What came out stands in docs/versions.md.
"""

import nox

nox.options.default_venv_backend = "uv|virtualenv"


@nox.session(python=["3.11", "3.12", "3.13"])
def locked(session):
    """The locked packages: everything as stored, byte for byte."""
    session.install("--require-hashes", "-r", "requirements.lock")
    session.install("--no-deps", "--no-build-isolation", "-e", ".")
    session.run("python", "-m", "aidstudy", "--study", ".", "reproduce", "--full")


@nox.session(python="3.11", venv_backend="uv")
def lowest(session):
    """The lowest versions that pyproject.toml admits: all of ``data/`` as stored.

    Other versions draw and print a little differently, so plots and notebooks are not compared.
    """
    session.install("--resolution", "lowest-direct", "-e", ".[notebooks]")
    for part in ("tables", "results"):
        session.run("python", "-m", "aidstudy", "--study", ".", "reproduce", "--only", part)
