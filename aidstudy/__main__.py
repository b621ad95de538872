"""``python -m aidstudy``: the same commands as ``aidstudy``."""

from aidstudy.cli import main

if __name__ == "__main__":
    main()
