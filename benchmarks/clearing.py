"""What becomes of many alarms: raised, acknowledged and back to normal, 500 of them and 2,000.

`python -m benchmarks.clearing` has so many leak sensors of an estate of 10,000 devices turn wet
and dry again, through the rules alone. Twice as many alarms should cost twice as much.
"""

import argparse
import time

from benchmarks.machine import describe
from benchmarks.towers import estate_file
from rules.catalogue import rulebook
from rules.commands.alarms import AcknowledgeAlarm
from rules.state.inputs import EstateChanged, Input, Ordered, Tick
from rules.state.state import State
from rules.step import step
from rules.vocabulary.instant import SECOND, Instant
from rules.vocabulary.reading import ReadingBatch

START: Instant = 1_782_864_000 * SECOND
SOME, MANY = 500, 2_000
TOWERS = 45
EVERY = 5 * SECOND // 1000
A_BATCH = 20


class Estate:
    """Leak sensors by the thousand, and what the processor spends on them."""

    def __init__(self, alarms: int) -> None:
        self.state = State.empty("clearing", rulebook())
        self.now = START
        self.take(EstateChanged(1, estate_file("clearing", TOWERS)))
        devices = self.state.estate.devices.values()
        self.sensors = [device.id for device in devices if device.type == "leak"][:alarms]
        self.report(0.0)

    def take(self, *inputs: Input) -> None:
        """One batch, closed by the clock."""
        for input in (*inputs, Tick()):
            step(self.state, input, self.now)

    def report(self, value: float) -> float:
        """All sensors report `value`, then a minute passes; gives seconds of processor."""
        begun = time.process_time()
        for first in range(0, len(self.sensors), A_BATCH):
            rows = []
            for sensor in self.sensors[first : first + A_BATCH]:
                self.now += EVERY
                rows.append((sensor, "wet", self.now, value))
            self.take(ReadingBatch(self.now, rows))
        self.now += 60 * SECOND
        self.take()
        return time.process_time() - begun

    def acknowledge(self) -> float:
        """A person acknowledges each of them; gives seconds of processor."""
        begun = time.process_time()
        for alarm in list(self.state.alarms):
            self.now += EVERY
            self.take(Ordered(AcknowledgeAlarm(alarm), "operator", "operator"))
        return time.process_time() - begun

    def course(self) -> list[float]:
        """Seconds of processor to raise, to acknowledge, to return to normal."""
        return [self.report(1.0), self.acknowledge(), self.report(0.0)]


def main() -> None:
    """Print the table."""
    argparse.ArgumentParser(prog="python -m benchmarks.clearing", description=__doc__).parse_args()
    print(describe())
    some, many = Estate(SOME).course(), Estate(MANY).course()
    print(f"| what, seconds of processor | {SOME:,} | {MANY:,} | times |")
    print("| --- | ---: | ---: | ---: |")
    for what, few_s, all_s in zip(("raised", "acknowledged", "normal"), some, many, strict=True):
        print(f"| {what} | {few_s:.2f} | {all_s:.2f} | {all_s / few_s:.1f} |")


if __name__ == "__main__":
    main()
