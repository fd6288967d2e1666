"""Memory of estates at rest: so many of 18 devices in one engine, each heard once.

`python -m benchmarks.at_rest` makes each as an engine does after a restart, from its snapshot, with
a version of the rules that is its own but says what the others' say.
"""

import argparse
from typing import Any

import psutil

from benchmarks.machine import describe
from benchmarks.scale import START, rows
from rules import snapshot
from rules.catalogue import rulebook
from rules.rulebook.rulebook import as_data
from rules.state.inputs import EstateChanged, RulebookChanged, Tick
from rules.state.state import State
from rules.step import step
from rules.vocabulary.reading import ReadingBatch
from tests.rules.riverside import few, riverside

DEVICES, ESTATES = 18, 200


def kept(file: dict[str, Any]) -> bytes:
    """The snapshot of an estate that has been heard."""
    state = State.empty("riverside", rulebook())
    step(state, EstateChanged(1, file), START)
    step(state, RulebookChanged(1, as_data(rulebook())), START)
    every = rows(state, DEVICES)
    step(state, ReadingBatch(every[-1][2], every), every[-1][2])
    step(state, Tick(), every[-1][2])
    return snapshot.save(state)


def main() -> None:
    """Print the line."""
    argparse.ArgumentParser(prog="python -m benchmarks.at_rest", description=__doc__).parse_args()
    print(describe())
    known = list(riverside().estate.devices)
    data = kept(few(*known[:: len(known) // DEVICES][:DEVICES]))
    process, states = psutil.Process(), [snapshot.load(data, rulebook())]
    before = process.memory_info().rss
    states += [snapshot.load(data, rulebook()) for _ in range(ESTATES)]
    each = (process.memory_info().rss - before) / ESTATES / 2**20
    print(f"{ESTATES} estates of {DEVICES} devices: {each:.2f} MiB each")


if __name__ == "__main__":
    main()
