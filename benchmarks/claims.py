"""How many planted slips a page's audit finds and names, and what it says of clean pages.

python benchmarks/claims.py [--plants 1000] [--seed 20261129] [--verbose]
"""

from __future__ import annotations

import argparse
import random
import sys
import time
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests"))

from made_up_pages import GENRES, SLIPS, MadeUp, broken, made_up_page, slip

from aidstudy.claims import TextAudit, audit_text
from aidstudy.intervals import Interval


def main() -> None:
    """Print the counts."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--plants", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=20261129)
    parser.add_argument("--verbose", action="store_true")
    parser.add_argument("--small", action="store_true", help="twenty slips, to try it")
    options = parser.parse_args()
    plants = 20 if options.small else options.plants
    for name, number in measure(plants, options.seed, verbose=options.verbose).items():
        print(f"{name}: {number}")
    page = "".join(made_up_page("communique", random.Random(n)).text()[0] for n in range(90))
    for size in (6_250, 12_500, 25_000):
        began = time.perf_counter()
        audit_text(page[:size])
        print(f"seconds for {size} characters: {time.perf_counter() - began:.2f}")


def measure(plants: int, seed: int, *, verbose: bool = False) -> Counter[str]:
    """Plant slips one to a page, and count what the audit says."""
    rng = random.Random(seed)
    told: Counter[str] = Counter()
    while told["slips that show"] < plants:
        page = made_up_page(rng.choice(GENRES), rng)
        text, places = page.text()
        clean = audit_text(text)
        told["clean pages"] += 1
        told["false alarms on clean pages"] += sum(c.verdict == "contradicts" for c in clean.found)
        told["identities"] += len(page.identities)
        told["identities found"] += found_identities(page, clean, places)
        for _ in range(3):
            if told["slips that show"] < plants:
                _plant(page, rng, told, verbose)
    return told


def found_identities(page: MadeUp, audit: TextAudit, places: dict[str, int]) -> int:
    """How many of a page's identities the audit has as a claim of the same figures."""
    held = [{member.figure.start for member in claim.members} for claim in audit.found]
    return sum({places[name] for name in names} in held for _, names in page.identities)


def _plant(page: MadeUp, rng: random.Random, told: Counter[str], verbose: bool) -> None:
    joined = sorted({name for _, names in page.identities for name in names})
    name, kind = rng.choice(joined), rng.choice(SLIPS)
    changed = slip(page.printed[name], kind, rng)
    if changed is None:
        return
    printed = page.printed | {name: changed}
    shows = [
        names
        for what, names in page.identities
        if name in names and broken(what, [printed[one] for one in names])
    ]
    if not shows:
        return
    text, places = page.text({name: changed})
    audit = audit_text(text)
    told["slips that show"] += 1
    wrong = [claim for claim in audit.found if claim.verdict == "contradicts"]
    if not wrong:
        if verbose:
            print("not found", kind, page.printed[name], changed, text, sep="\n  ")
        return
    told["slips found"] += 1
    at = places[name]
    named = [suspect.figure.start for suspect in audit.suspected]
    decidable = not _others(audit, at)
    told["decidable" if decidable else "undecidable"] += 1
    if decidable:
        hit = named[:1] == [at]
        told["decidable, named first"] += hit
    else:
        hit = at in named
        told["undecidable, among the suspects"] += hit
        told["undecidable, named first"] += named[:1] == [at]
    if hit:
        mended = next(one for one in audit.suspected if one.figure.start == at)
        told["named, the right print a candidate"] += page.printed[name] in mended.candidates
    elif verbose:
        print("not named", kind, page.printed[name], changed, text, audit.lines(), sep="\n  ")


def _others(audit: TextAudit, at: int) -> bool:
    """Whether a figure other than the planted one could mend every contradiction by some value."""
    wrong = [claim for claim in audit.found if claim.verdict == "contradicts"]
    figures = {id(m.figure): m.figure for claim in wrong for m in claim.members}
    for figure in figures.values():
        if figure.start == at or not all(claim.holds(figure) for claim in wrong):
            continue
        left: Interval | None = Interval(None, None)
        for claim in audit.found:
            if claim.holds(figure) and left is not None:
                left = left.meet(claim.needed(figure))
        if left is not None:
            return True
    return False


if __name__ == "__main__":
    main()
