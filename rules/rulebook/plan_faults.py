"""What the form of a plan cannot tell: entries that stand twice, deadlines before the start."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

from rules.rulebook.plan import Plan
from rules.written.faults import Path


def plan_faults(plan: Plan) -> Iterator[tuple[Path, str, str]]:
    """Path, value and code (of `REMEDIES`) of each."""
    for name in ("tasks", "notices", "aftercare"):
        counts = Counter(entry.id for entry in getattr(plan, name))
        for n, entry in enumerate(getattr(plan, name)):
            if not entry.id.strip():
                yield (name, n, "id"), "", "blank"
            elif counts[entry.id] > 1:
                yield (name, n, "id"), entry.id, "twice"
    for n, task in enumerate(plan.tasks):
        if task.within_min is not None and task.within_min <= 0:
            yield ("tasks", n, "within_min"), f"{task.within_min:g}", "no_time"


def blank_words(data: Any, path: Path = ()) -> Iterator[Path]:
    """Where words in English or Chinese are left out, in the data of a part."""
    if isinstance(data, dict):
        if data.keys() == {"en", "zh"}:
            yield from ((*path, key) for key, words in data.items() if _is_blank(words))
        for key, value in data.items():
            yield from blank_words(value, (*path, key))
    elif isinstance(data, list):
        for n, value in enumerate(data):
            yield from blank_words(value, (*path, n))


def _is_blank(words: Any) -> bool:
    return isinstance(words, str) and not words.strip()
