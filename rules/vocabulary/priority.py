"""Alarm priority: the urgency of response (ISA-18.2; DOMAIN section 2)."""

from typing import Literal

Priority = Literal["P1", "P2", "P3", "P4"]
"""P1 life or major loss, P2 fast damage, P3 degraded, P4 maintenance. They sort as text."""

Level = Literal["I", "II", "III", "IV"]
"""Level of an incident; I is the highest (突发事件应对法 2024)."""

LEVELS: tuple[Level, ...] = ("I", "II", "III", "IV")

_RANK = {"I": 1, "II": 2, "III": 3, "IV": 4}


def rank(level: Level) -> int:
    """1 for the gravest level, 4 for the least."""
    return _RANK[level]


def higher(a: Level, b: Level) -> Level:
    """The graver of two levels."""
    return min(a, b, key=rank)


def at_least(level: Level, threshold: Level) -> bool:
    """Whether `level` is as grave as `threshold`, or graver."""
    return _RANK[level] <= _RANK[threshold]
