"""A condition of every kind, and a course after which each of them has something to remember.

`python -m tests.rules.conditions.remembering FILE` writes the snapshot that the code in force makes
of it; those that earlier releases made lie in `released/`.
"""

import sys
from pathlib import Path
from typing import Any

from rules import snapshot
from rules.rulebook.rulebook import Rulebook
from tests.rules.one_rule import Bench, Reading, book, rule

MINUTE_S = 60.0
_FAULT: dict[str, Any] = {"signal": "fault_code", "above": 3}
_WET: dict[str, Any] = {"signal": "wet", "equals": 1}

KINDS: dict[str, dict[str, Any]] = {
    "above": _FAULT,
    "below": {"signal": "floor", "below": 2},
    "outside": {"signal": "floor", "outside": [2, 9]},
    "one-of": {"signal": "mode", "one_of": [1, 2]},
    "changed": {"signal": "mode", "changed": True, "within_s": 600},
    "silent": {"signal": "mode", "silent_s": 3600},
    "silent-device": {"silent_s": 3600},
    "of-last": {**_FAULT, "samples": 2, "of_last": 4},
    "seen-within": {**_FAULT, "samples": 2, "within_s": 900},
    "times": {**_FAULT, "times": 3, "within_s": 900},
    "held": {**_FAULT, "for_s": 600},
    "recent": {**_FAULT, "recent_s": 600},
    "all": {"all": [_FAULT, {"signal": "passenger", "equals": 1}]},
    "any": {"any": [_FAULT, {"signal": "passenger", "equals": 1}]},
    "not": {"all": [_FAULT, {"not": {"signal": "passenger", "equals": 1}}]},
    "sequence": {"sequence": [_FAULT, {"signal": "mode", "equals": 1}], "within_s": 900},
    "during": {"all": [_FAULT, {"during": {"from": "22:00", "to": "06:00"}}]},
    "times-normal": {"signal": "floor", "times_normal": 2, "within_s": 1200},
    "times-hour-normal": {"signal": "floor", "times_normal": 2, "within_s": 1200, "days": 7},
    "falls": {"signal": "floor", "falls_by": 5, "within_s": 900},
    "rate": {"signal": "floor", "rises_per_min": 2, "within_s": 600},
    "sum": {"signal": "floor", "adds_up_to": 1000, "within_s": 1200},
    "several": {**_WET, "of": {"type": "leak", "same": ["riser"], "at_least_n": 2}},
}
"""By id of its rule."""

COURSE: list[Reading] = [
    (1 * MINUTE_S, "mode", 0.0),
    (1 * MINUTE_S, "floor", 3.0),
    (1 * MINUTE_S, "passenger", 0.0),
    (2 * MINUTE_S, "fault_code", 4.0),
    (3 * MINUTE_S, "fault_code", 0.0),
    (4 * MINUTE_S, "k1.wet", 1.0),
    (5 * MINUTE_S, "floor", 9.0),
    (6 * MINUTE_S, "mode", 1.0),
    (7 * MINUTE_S, "fault_code", 5.0),
    (8 * MINUTE_S, "floor", 4.0),
    (9 * MINUTE_S, "k2.wet", 0.0),
]


def rules() -> Rulebook:
    """One rule of each kind; nothing is delayed, but that each is held for a second."""
    return book(*(rule(when, id=id_, on_delay_s=1, off_delay_s=5) for id_, when in KINDS.items()))


def played() -> Bench:
    """The state after the course."""
    bench = Bench(rules())
    bench.play(COURSE)
    bench.until(COURSE[-1][0] + 2)
    return bench


if __name__ == "__main__":
    Path(sys.argv[1]).write_bytes(snapshot.save(played().state))
