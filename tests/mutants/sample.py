"""The mutants that the gate hunts: known to be killed, each with the test that did it."""

from collections.abc import Iterable
from itertools import islice
from pathlib import Path

from tests.mutants.mutations import Mutant

FILE = Path(__file__).with_name("sample.txt")


def record(killers: dict[Mutant, str], count: int) -> None:
    """Keep the first `count` of them by lot."""
    by_lot = sorted(killers.items(), key=lambda item: item[0].lot)
    lines = sorted(f"{m.name}\t{killer}\n" for m, killer in islice(by_lot, count))
    FILE.write_text("".join(lines))


def among(mutants: Iterable[Mutant]) -> dict[Mutant, str]:
    """The recorded ones that are still there, with their killers.

    Raises SystemExit where more than a third are gone.
    """
    killers = dict(line.split("\t") for line in FILE.read_text().splitlines())
    found = {mutant: killers[mutant.name] for mutant in mutants if mutant.name in killers}
    if len(found) * 3 < len(killers) * 2:
        raise SystemExit(f"{len(found)} of {len(killers)} in {FILE.name} are left: --record anew")
    return found
