"""The scenarios that ship, as YAML, and how any scenario file is read."""

from pathlib import Path

import yaml
from pydantic import ValidationError

from rules.written.sentences import sentences
from simulators.errors import ScenarioFault
from simulators.scenario import Scenario

__all__ = ["load_scenario", "scenario_names"]

_FOLDER = Path(__file__).parent


def scenario_names() -> list[str]:
    """Names of the scenarios that ship: the file names without `.yaml`."""
    return sorted(path.stem for path in _FOLDER.glob("*.yaml"))


def load_scenario(name: str) -> Scenario:
    """A shipped scenario by its name, or any by the path of its file. Raises ScenarioFault."""
    path = _FOLDER / f"{name}.yaml" if name in scenario_names() else Path(name)
    try:
        return Scenario.model_validate(yaml.safe_load(path.read_text("utf-8")))
    except OSError:
        known = ", ".join(scenario_names())
        raise ScenarioFault(name, [f"no such file; name one, or one of {known}"]) from None
    except yaml.YAMLError as error:
        fault = f"{' '.join(str(error).split())}; mend the YAML there"
        raise ScenarioFault(name, [fault]) from None
    except ValidationError as error:
        raise ScenarioFault(name, sentences(error)) from None
