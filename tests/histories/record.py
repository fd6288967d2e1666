"""Records the history of this release: `.venv/bin/python -m tests.histories.record [WHY]`.

A history that is there is never written again: the next one has the next version of the program.
WHY is needed where this release decides otherwise than an older history tells.
"""

import sys
from importlib.metadata import version

from tests.histories import history
from tests.histories.deciding import beginning, decided_otherwise
from tests.histories.story import Story


def main(why: str) -> None:
    """Raises SystemExit: it is decided otherwise, and nobody says why."""
    departures: history.Departures = {}
    for old in map(history.load, history.versions()):
        otherwise = decided_otherwise(beginning(old), old.batches) - history.departures(old.version)
        departures[old.version] = dict.fromkeys(sorted(otherwise), why)
        if otherwise and not why:
            sys.exit(f"batches {sorted(otherwise)} of {old.version} come out otherwise: say why")
    history.save(Story().tell().history(version("gatehouse")), departures)


if __name__ == "__main__":
    main(" ".join(sys.argv[1:]))
