"""The acceptance scenarios, each of which says in its own file what must come of it, and when."""

from pathlib import Path

import pytest

from simulators.scenarios import load_scenario, scenario_names
from tests.scenarios.travelling import Travellers

_FOLDER = Path(__file__).parent / "acceptance"
SCENARIOS = [
    *(str(path) for path in sorted(_FOLDER.glob("*.yaml"))),
    *(name for name in scenario_names() if load_scenario(name).expect),
]


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda name: Path(name).stem)
def test_scenario_comes_to_what_its_file_expects(travellers: Travellers, scenario: str) -> None:
    outcome = travellers.play(scenario)
    assert outcome.ledger.replays_exactly()
