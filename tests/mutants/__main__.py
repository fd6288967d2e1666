"""Which mutants of the rules survive their tests: `.venv/bin/python -m tests.mutants [MODULE…]`.

Ends with 1 where fewer than nine of ten are killed.
"""

import argparse
import os
import sys
from collections import Counter
from pathlib import Path

import pytest

from tests.mutants import sample
from tests.mutants.hunt import TESTS, Hunt
from tests.mutants.mutations import Mutant, mutants

WANTED = 0.9
RULES = Path("rules")


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.mutants", description=__doc__)
    parser.add_argument("modules", nargs="*", type=Path, default=[RULES], metavar="MODULE")
    parser.add_argument("--each", type=int, help="so many of each module; all where not given")
    parser.add_argument("--sample", action="store_true", help="only those that were recorded")
    parser.add_argument("--record", type=int, help="record so many that are killed, as the sample")
    asked = parser.parse_args()

    known = sample.recorded() if asked.sample else {}
    hunt = Hunt(list(known) or _drawn(asked.modules, asked.each), known)
    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    options = ["-q", "--tb=native", "--assert=plain", "-p", "no:cacheprovider", str(TESTS)]
    pytest.main(options, plugins=[hunt])
    if asked.record:
        sample.record(hunt.killers, asked.record)
    return _report(hunt)


def _drawn(modules: list[Path], each: int | None) -> list[Mutant]:
    """So many of each module, the same ones every time."""
    files = [f for m in modules for f in (sorted(m.rglob("*.py")) if m.is_dir() else [m])]
    by_file = [sorted(mutants(file), key=lambda mutant: mutant.lot) for file in files]
    drawn = [mutant for found in by_file for mutant in found[:each]]
    return sorted(drawn, key=lambda mutant: mutant.lot)


def _report(hunt: Hunt) -> int:
    lost = [mutant for mutant in hunt.mutants if mutant not in hunt.killers]
    drawn_of, lost_of = (Counter(m.path for m in some) for some in (hunt.mutants, lost))
    for path, count in sorted(drawn_of.items()):
        print(f"{count - lost_of[path]:4} of {count:4} {path}")
    for mutant in sorted(lost, key=lambda mutant: (mutant.path, mutant.line)):
        print(f"survived: {mutant}")
    share = len(hunt.killers) / len(hunt.mutants)
    print(f"{len(hunt.killers)} of {len(hunt.mutants)} mutants killed, {share:.2f}")
    return int(share < WANTED)


if __name__ == "__main__":
    sys.exit(main())
