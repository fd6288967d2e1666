"""What a good alarm system looks like, in figures (ISA-18.2-2016, EEMUA 191; DOMAIN section 2)."""

from dataclasses import dataclass
from typing import Literal

from rules.vocabulary.instant import DAY, MINUTE
from rules.vocabulary.priority import Priority

Verdict = Literal["met", "tolerable", "missed", "too_few"]
"""`too_few`: not enough alarms for a share to mean anything."""

SLOT = 10 * MINUTE
FLOOD_BEGINS_OVER = 10
FLOOD_ENDS_UNDER = 5
CHATTERING_ACTIVATIONS = 3
CHATTERING_WITHIN = MINUTE
STALE_AFTER = DAY

ENOUGH = 100
"""Alarms from which on a share of them is judged; one in fewer is more than 1 % already."""


@dataclass(frozen=True, slots=True)
class Target:
    """Met up to `acceptable`, tolerable up to `maximum`; `below`: only while under them."""

    acceptable: float
    maximum: float
    below: bool = False

    def judge(self, value: float) -> Verdict:
        for bound, verdict in ((self.acceptable, "met"), (self.maximum, "tolerable")):
            if value < bound or (value == bound and not self.below):
                return verdict  # type: ignore[return-value]
        return "missed"


@dataclass(frozen=True, slots=True)
class Figure:
    """A measured value beside its target; shares are 0 to 1."""

    value: float
    target: Target
    verdict: Verdict


def judged(value: float, target: Target, *, enough: bool = True) -> Figure:
    return Figure(value, target, target.judge(value) if enough else "too_few")


PER_10_MIN = Target(1, 2)
PER_DAY = Target(150, 300)
PEAK = Target(10, 10)
SLOTS_OVER = Target(0.01, 0.01, below=True)
FLOOD_TIME = Target(0.01, 0.01, below=True)
TOP_TEN = Target(0.01, 0.05)
CHATTERING = Target(0, 0)
STALE = Target(5, 5, below=True)
UNAUTHORISED = Target(0, 0)

PRIORITY_SHARES: dict[Priority, float] = {"P1": 0.01, "P2": 0.05, "P3": 0.15, "P4": 0.80}


def judge_share(priority: Priority, share: float, *, enough: bool) -> Verdict:
    """The graver priorities are to be rare, the least the rule.

    Tolerable is up to twice the target, or for P4 from three quarters of it: the standard's own
    figures are approximate.
    """
    if not enough:
        return "too_few"
    target = PRIORITY_SHARES[priority]
    if priority == "P4":
        return Target(-target, -0.75 * target).judge(-share)
    return Target(target, 2 * target).judge(share)
