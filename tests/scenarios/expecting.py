"""Whether what came of a scenario is what its file expects."""

from collections.abc import Callable, Iterator
from typing import Any, get_args

from rules.vocabulary.instant import SECOND, Instant, from_rfc3339
from simulators.braces import spread_braces
from simulators.scenario import Condition, Expectation, Noun
from tests.rig.site import Client
from tests.scenarios.playing import Outcome

NOUNS: tuple[Noun, ...] = get_args(Noun)


def check(expectation: Expectation, outcome: Outcome, client: Client, began: Instant) -> None:
    """Fail where a condition does not hold, in a scenario that began at `began`."""
    when = "at the end" if expectation.at is None else f"after {expectation.at / SECOND:g} s"
    faults = list(_unmet(expectation, outcome, client, began))
    assert not faults, f"{when}: {'; '.join(faults)}"


def _unmet(
    expectation: Expectation, outcome: Outcome, client: Client, began: Instant
) -> Iterator[str]:
    """Each condition that does not hold, with what was found in its place."""
    for noun in NOUNS:
        find: Callable[..., list[Any]] = getattr(outcome, noun)
        conditions: list[Condition] = getattr(expectation, noun)
        for condition in conditions:
            found = [
                item for item in find(client, **condition.where) if _is_then(item, condition, began)
            ]
            values = found
            if condition.distinct is not None:
                values = sorted({item[condition.distinct] for item in found})
            told = {**condition.where, **dict.fromkeys(condition.when, "then")}
            if len(values) != condition.count:
                yield f"{noun} {told}: {len(values)}, not {condition.count}"
            elif condition.are is not None and values != sorted(spread_braces(condition.are)):
                yield f"{noun} {told}: {condition.distinct} are {', '.join(values)}"


def _is_then(item: Any, condition: Condition, began: Instant) -> bool:
    """Whether each of the record's times lies within the span that is expected of it."""
    return all(
        item[name] is not None and first <= from_rfc3339(item[name]) - began <= last
        for name, (first, last) in condition.when.items()
    )
