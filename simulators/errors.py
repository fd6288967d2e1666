"""What can go wrong in the simulators, each in one sentence with the remedy."""


class SimulatorError(Exception):
    """Base of this folder's errors."""


class EstateNotLoadable(SimulatorError):
    """The estate's file is missing, or does not describe an estate."""


class ScenarioFault(SimulatorError):
    """A scenario cannot be played; `faults` has one sentence each, with the remedy."""

    def __init__(self, name: str, faults: list[str]) -> None:
        super().__init__(f"scenario {name}: " + "; ".join(faults))
        self.faults = faults


class BrokerUnreachable(SimulatorError):
    """The broker did not answer, or did not take the messages, in time."""


class DrillRefused(SimulatorError):
    """The hub did not answer, or did not let the drill be planned, started or followed."""
