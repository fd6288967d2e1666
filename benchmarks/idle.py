"""At rest: memory of each process of `./gatehouse up --no-simulators`, and how long a start takes.

`python -m benchmarks.idle [CHECKOUT ...]` starts each checkout (unset: this one) in turn on data of
its own, `--rounds` times after a first start that makes them. Memory is PSS: what processes share
is divided among them.
"""

import argparse
import re
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from benchmarks.machine import describe
from tests.rig.brokers import free_port

ROOT = Path(__file__).parent.parent
KINDS = {"gateway": ["-m", "gateway"], "engine": ["-m", "hub.engine"], "hub": ["-m", "hub.process"]}
SETTLING_S = 10.0


@dataclass
class Checkout:
    """Seconds until `ready` and MiB by process, of every round."""

    root: Path
    ready_s: list[float] = field(default_factory=list)
    pss_mib: dict[str, list[float]] = field(default_factory=dict)

    def start(self, home: Path) -> None:
        """One `up` on the data in `home`, measured and stopped. SystemExit: it was never ready."""
        command = [
            str(self.root / "gatehouse"), "up", "--no-simulators", "--data", str(home),
            "--http-port", str(free_port()), "--mqtt-port", str(free_port()),
        ]  # fmt: skip
        begun = time.monotonic()
        with subprocess.Popen(
            command, cwd=self.root, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        ) as up:
            assert up.stdout is not None
            if not any(line.strip() == "ready" for line in up.stdout):
                sys.exit(f"{self.root} did not get ready")
            self.ready_s.append(time.monotonic() - begun)
            time.sleep(SETTLING_S)
            for name, mib in memory_of(psutil.Process(up.pid)).items():
                self.pss_mib.setdefault(name, []).append(mib)
            up.send_signal(signal.SIGINT)
            up.communicate()

    def forget_first_start(self) -> None:
        self.ready_s.clear()
        self.pss_mib.clear()


def memory_of(up: psutil.Process) -> dict[str, float]:
    """PSS in MiB by kind of process, and that of `up` itself."""
    found = {"up": pss_mib(up)}
    for child in up.children():
        arguments = child.cmdline()[-2:]
        found |= {kind: pss_mib(child) for kind, tail in KINDS.items() if arguments == tail}
    return found


def pss_mib(process: psutil.Process) -> float:
    rollup = Path(f"/proc/{process.pid}/smaps_rollup").read_text()
    line = re.search(r"^Pss:\s+(\d+) kB", rollup, re.MULTILINE)
    assert line is not None
    return int(line[1]) / 1024


def main() -> None:
    """Print a table with the median of each figure."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.idle", description=__doc__)
    parser.add_argument("checkout", nargs="*", type=Path, default=[ROOT])
    parser.add_argument("--rounds", type=int, default=3, help="starts with data, of each checkout")
    options = parser.parse_args()
    checkouts = [Checkout(root.resolve()) for root in options.checkout]
    print(describe())
    with tempfile.TemporaryDirectory(prefix="gatehouse-idle-") as folder:
        Path(folder).chmod(0o755)
        for round_ in range(options.rounds + 1):
            for number, checkout in enumerate(checkouts):
                checkout.start(Path(folder) / str(number))
                if round_ == 0:
                    checkout.forget_first_start()
    print("| checkout | ready after | gateway | engine | hub | the three | up |")
    print("| --- | ---: | ---: | ---: | ---: | ---: | ---: |")
    for checkout in checkouts:
        mib = {name: statistics.median(values) for name, values in checkout.pss_mib.items()}
        figures = [mib[kind] for kind in KINDS]
        cells = [f"{figure:.0f} MiB" for figure in (*figures, sum(figures), mib["up"])]
        ready = f"{statistics.median(checkout.ready_s):.1f} s"
        print(f"| {' | '.join([checkout.root.name, ready, *cells])} |")


if __name__ == "__main__":
    main()
