"""Fuzz the reader with atheris: no crash, no hang, and the properties of the tests for any bytes.

    python -m venv fuzz && fuzz/bin/pip install atheris && fuzz/bin/pip install -e .
    fuzz/bin/pip install pytest hypothesis
    fuzz/bin/python tests/fuzz/fuzz_reading.py -max_len=400 -timeout=10 -max_total_time=3600

Not part of the test run, as atheris is no dependency. The first byte chooses a property of
``test_reading_properties``, the others are the choices of which Hypothesis makes its texts.
"""

from __future__ import annotations

import sys
from pathlib import Path

import atheris

sys.path.insert(0, str(Path(__file__).parents[1]))
with atheris.instrument_imports(include=["aidstudy.reading"]):
    import test_reading_properties as tests

PROPERTIES = [test.hypothesis for test in vars(tests).values() if hasattr(test, "hypothesis")]


def one_input(data: bytes) -> None:
    """The entry that atheris calls."""
    if data:
        PROPERTIES[data[0] % len(PROPERTIES)].fuzz_one_input(data[1:])


if __name__ == "__main__":
    atheris.Setup(sys.argv, one_input)
    atheris.Fuzz()
