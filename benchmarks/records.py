"""Records as JSON: microseconds for each, beside a walk of their fields in Python.

`python -m benchmarks.records` compares both in one run, on the examples of the API's description.
"""

from collections.abc import Callable
from timeit import repeat
from typing import Any

import msgspec

from benchmarks.machine import describe
from hub.api.http.examples import EXAMPLES
from rules.records.json_form import encoded
from tests.rules.records.test_json_form import walked

TIMES = 5_000


def main() -> None:
    print(describe())
    for record in EXAMPLES:
        walk_us = _us(lambda of: msgspec.json.encode(walked(of)), record)
        now_us = _us(encoded, record)
        name = f"{type(record).__name__:12}"
        print(f"{name} walked {walk_us:6.1f} us, {now_us:5.1f} us: {walk_us / now_us:4.1f} times")


def _us(write: Callable[[Any], bytes], record: Any) -> float:
    return min(repeat(lambda: write(record), number=TIMES, repeat=5)) / TIMES * 1e6


if __name__ == "__main__":
    main()
