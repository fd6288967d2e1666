"""The mutants that the gate hunts: each was killed before, by the test that stands beside it."""

from itertools import islice
from pathlib import Path

from tests.mutants.mutations import Mutant, mutants

FILE = Path(__file__).with_name("sample.txt")


def record(killers: dict[Mutant, str], count: int) -> None:
    """Keep the first `count` of them by lot."""
    by_lot = sorted(killers.items(), key=lambda item: item[0].lot)
    lines = sorted(f"{m.name}\t{killer}\n" for m, killer in islice(by_lot, count))
    FILE.write_text("".join(lines))


def recorded() -> dict[Mutant, str]:
    """Those that the code still has, with their killers.

    Raises SystemExit where more than a third of what was recorded is gone.
    """
    killers = dict(line.split("\t") for line in FILE.read_text().splitlines())
    files = sorted({Path(name.partition(" ")[0]) for name in killers})
    there = [mutant for file in files if file.exists() for mutant in mutants(file)]
    found = {mutant: killers[mutant.name] for mutant in there if mutant.name in killers}
    if len(found) * 3 < len(killers) * 2:
        raise SystemExit(f"{len(found)} of {len(killers)} in {FILE.name} are left: --record anew")
    return found
