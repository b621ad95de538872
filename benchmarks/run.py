"""Run every benchmark, one after the other, and store the page of each.

``python benchmarks/run.py --peers peers/bin/python`` stores new pages in ``docs/``, ``--small``
tries each on little and stores nothing; names choose some. The peers are those of
``benchmarks/requirements.txt``, in a Python of their own. What has no page is printed.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
PAGES = {
    "claims": "how-fast-claims.md",
    "notebooks": "how-fast-notebooks.md",
    "pages": "how-fast-pages.md",
    "plots": "how-fast-plots.md",
    "quantities": "how-fast-quantities.md",
    "reading": "how-fast.md",
    "results": "",
}


def main() -> None:
    """Run the chosen benchmarks; the first that fails ends it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", default=list(PAGES), help=", ".join(PAGES))
    parser.add_argument("--small", action="store_true", help="try them and store nothing")
    parser.add_argument("--peers", help="for reading: Python with benchmarks/requirements.txt")
    asked = parser.parse_args()
    for name in asked.names:
        command = [sys.executable, str(HERE / f"{name}.py")]
        if asked.small:
            command.append("--small")
        elif PAGES[name]:
            command += ["--table", str(HERE.parent / "docs" / PAGES[name])]
        if asked.peers and name == "reading":
            command += ["--peers", asked.peers]
        print("#", name, flush=True)
        subprocess.run(command, check=True)


if __name__ == "__main__":
    main()
