"""Start-up: how long `./gatehouse up` takes in a fresh clone, and again with its data.

`python -m benchmarks.startup` clones the commit that is checked out into a temporary folder.
"""

import argparse
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from benchmarks.machine import describe
from tests.rig.brokers import free_port

ROOT = Path(__file__).parent.parent
AGAIN = 3


@dataclass(frozen=True)
class Start:
    """Seconds until `ready` and until everything had stopped; `steps` are the lines in between."""

    ready_s: float
    stop_s: float
    steps: list[str]


def start(clone: Path) -> Start:
    """One `up` until it is ready, stopped again. SystemExit: it did not get there."""
    command = [
        str(clone / "gatehouse"), "up",
        "--http-port", str(free_port()), "--mqtt-port", str(free_port()),
    ]  # fmt: skip
    begun = time.monotonic()
    with subprocess.Popen(
        command, cwd=clone, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as process:
        assert process.stdout is not None
        steps = []
        for line in process.stdout:
            if line.strip() == "ready":
                break
            steps.append(line.rstrip())
        else:
            sys.exit("\n".join(steps))
        ready_s = time.monotonic() - begun
        process.send_signal(signal.SIGINT)
        process.communicate()
    return Start(ready_s, time.monotonic() - begun - ready_s, steps)


def main() -> None:
    """Print a table, and the steps of the last start."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.startup", description=__doc__)
    parser.add_argument("--again", type=int, default=AGAIN, help="starts after the first")
    options = parser.parse_args()
    print(describe())
    print("| start | ready after | stopped after |")
    print("| --- | ---: | ---: |")
    with tempfile.TemporaryDirectory(prefix="gatehouse-startup-") as folder:
        clone = Path(folder) / "gatehouse"
        subprocess.run(["git", "clone", "--quiet", str(ROOT), str(clone)], check=True)
        Path(folder).chmod(0o755)
        names = ["first, nothing installed", *["again, with its data"] * options.again]
        last: list[str] = []
        for name in names:
            run = start(clone)
            last = run.steps
            print(f"| {name} | {run.ready_s:.1f} s | {run.stop_s:.1f} s |", flush=True)
    print("\nSteps of the last start:\n")
    print("\n".join(last))


if __name__ == "__main__":
    main()
