"""The acceptance scenarios that say in their own file what must come of them."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from simulators.scenario import Condition, Expectation
from simulators.scenarios import load_scenario, scenario_names
from tests.scenarios.playing import Outcome, System
from tests.stack import Client
from tests.waiting import eventually

_FOLDER = Path(__file__).parent / "acceptance"
SCENARIOS = [
    *(str(path) for path in sorted(_FOLDER.glob("*.yaml"))),
    *(name for name in scenario_names() if load_scenario(name).expect),
]


def unmet(expectation: Expectation, outcome: Outcome, client: Client) -> Iterator[str]:
    """Each condition that does not hold yet, with what was found in its place."""
    for noun in ("alarms", "incidents", "tickets", "notices"):
        conditions: list[Condition] = getattr(expectation, noun)
        for condition in conditions:
            found = getattr(outcome, noun)(client, **condition.where)
            count = len(
                {item[condition.distinct] for item in found} if condition.distinct else found
            )
            if count != condition.count:
                yield f"{noun} {condition.where}: {count}, not {condition.count}"


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda name: Path(name).stem)
def test_scenario_comes_to_what_its_file_expects(system: System, scenario: str) -> None:
    outcome = system.play(scenario)
    with system.stack.client() as operator:
        for expectation in load_scenario(scenario).expect:
            faults: list[str] = []

            def holds(expected: Expectation = expectation, seen: list[str] = faults) -> bool:
                seen[:] = unmet(expected, outcome, operator)
                return not seen

            try:
                eventually(holds, within_s=expectation.within_s, what="what the file expects")
            except AssertionError:
                pytest.fail("; ".join(faults))
    assert outcome.ledger.replays_exactly()
