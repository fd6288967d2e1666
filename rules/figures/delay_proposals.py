"""Delays that would have kept a restless point quiet, from what it did (ISA-18.2 guidance).

An on-delay drops activations that are shorter, and makes the others come later by as much; an
off-delay joins activations with a shorter pause between them, and delays none.
"""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import ceil

from rules.figures.alarm_history import Activation
from rules.vocabulary.instant import SECOND
from rules.vocabulary.priority import Priority

REMOVES = 0.8
"""The share of the activations that a delay has to remove to be worth it."""

EVIDENCE = 3
"""Activations below which nothing is proposed: so many make a point chatter."""

LONGEST_ON_DELAY_S: dict[Priority, int] = {"P1": 0, "P2": 15, "P3": 60, "P4": 300}
"""How much later a real alarm may come. ISA-18.2 starts from 15 s for flow and pressure and 60 s
for level and temperature; P1 is never delayed, P4 may wait: engineering defaults."""

LONGEST_OFF_DELAY_S = 600
"""A chattering point is quiet after 10 minutes (DOMAIN section 2): a longer pause is an end."""


@dataclass(frozen=True, slots=True)
class Delay:
    """`delay_s` more than now would have removed `removes` of the `of` activations it bears on."""

    delay_s: int
    removes: int
    of: int


@dataclass(frozen=True, slots=True)
class DelayProposal:
    """At least one of the two is given; each stands alone."""

    on_delay: Delay | None
    off_delay: Delay | None


def propose(activations: Sequence[Activation], priority: Priority) -> DelayProposal | None:
    """The shortest delays that would have helped, beside the rule's own; None: none would.

    `activations` of one point, in order. An on-delay bears on those of known length, an
    off-delay on those that followed another.
    """
    if len(activations) < EVIDENCE:
        return None
    lengths = [
        a.ended_at - a.began_at for a in activations if a.ended_at is not None and not a.held
    ]
    pauses = [
        after.began_at - before.ended_at
        for before, after in pairwise(activations)
        if before.ended_at is not None
    ]
    on_delay = _shortest(lengths, LONGEST_ON_DELAY_S[priority])
    off_delay = _shortest(pauses, LONGEST_OFF_DELAY_S)
    return DelayProposal(on_delay, off_delay) if on_delay or off_delay else None


def _shortest(spans: list[int], longest_s: int) -> Delay | None:
    """The shortest whole number of seconds that exceeds enough of `spans` (microseconds)."""
    if not spans:
        return None
    spans = sorted(spans)
    delay_s = max(0, spans[ceil(REMOVES * len(spans)) - 1]) // SECOND + 1
    if delay_s > longest_s:
        return None
    return Delay(delay_s, bisect_left(spans, delay_s * SECOND), len(spans))
