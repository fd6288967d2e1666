"""Plays a scenario through the whole system and looks at what came of it, as its users would."""

from collections import Counter
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from hub.clock import system_clock
from rules.catalogue import device_types
from rules.estate.graph import Estate
from simulators.native import reading_packet
from simulators.scenarios import load_scenario
from simulators.timeline import timeline
from tests.rig.ledger import Ledger
from tests.rig.site import Client
from tests.rig.stack import Publisher, Stack
from tests.rig.webhooks import WebhookReceiver

_numbers = count(1)


@dataclass
class System:
    """A running stack, the receiver of its webhook, and copies of the sample estate to be used."""

    stack: Stack
    webhooks: WebhookReceiver
    _estates: list[Estate] = field(default_factory=list)

    def play(self, scenario: str) -> "Outcome":
        """The scenario on a new copy of the sample estate, up to its last consequence."""
        if not self._estates:
            self._estates = self.stack.settle(*(f"riverside-{next(_numbers)}" for _ in range(7)))
        estate = self._estates.pop()
        self.play_on(estate, scenario)
        ledger = Ledger(self.stack.dsn, estate.id)
        ledger.await_quiet(distinct_readings(scenario, estate) + 1)
        return Outcome(estate, ledger)

    def play_on(self, estate: Estate, scenario: str) -> None:
        """The scenario at once, then a reading of now: what was played is no backlog any more."""
        self.stack.play(scenario, estate)
        packet = reading_packet(
            estate, device_types(), "b5-mains", {"voltage_v": 230}, system_clock()
        )
        with Publisher(self.stack.broker) as publisher:
            publisher.publish(packet.topic, packet.payload)
            publisher.drain()


def distinct_readings(scenario: str, estate: Estate) -> int:
    """How many rows of history a scenario makes, whatever is sent twice."""
    line = timeline(load_scenario(scenario), estate, device_types())
    return len({(m.device, m.at, signal) for m in line.messages for signal in m.signals})


@dataclass(frozen=True)
class Outcome:
    """What a scenario came to on its estate."""

    estate: Estate
    ledger: Ledger

    def alarms(self, client: Client, **where: Any) -> list[Any]:
        return _where(client.all("/alarms", estate=self.estate.id), where)

    def incidents(self, client: Client, **where: Any) -> list[Any]:
        return _where(client.all("/incidents", estate=self.estate.id), where)

    def tickets(self, client: Client, **where: Any) -> list[Any]:
        return _where(client.all("/tickets", estate=self.estate.id), where)

    def tasks(self, client: Client, **where: Any) -> list[Any]:
        return _where([task for t in self.tickets(client) for task in t["tasks"]], where)

    def notices(self, client: Client, **where: Any) -> list[Any]:
        return _where(
            [
                notice
                for incident in self.incidents(client)
                for notice in client.all("/notices", incident=incident["id"])
            ],
            where,
        )

    def callouts(self, client: Client, **where: Any) -> list[Any]:
        return _where(client.all("/callouts", estate=self.estate.id), where)

    def drills(self, client: Client, **where: Any) -> list[Any]:
        return _where(client.all("/drills", estate=self.estate.id), where)

    def told(self, client: Client) -> Counter[tuple[str, int, str]]:
        """How often each (template, version, household) was told."""
        return Counter(
            (notice["template"], notice["version"], notice["household"])
            for notice in self.notices(client)
        )

    def flats(self, building: str, **where: Any) -> set[str]:
        """Ids of the flats of a building, such as those of a riser."""
        found = [u for u in self.estate.units.values() if u.building == building]
        return {u.id for u in found if all(getattr(u, k) == v for k, v in where.items())}

    def bay_users(self) -> set[str]:
        """Ids of the households with a bay in the estate's garage."""
        (garage,) = self.estate.garages.values()
        return set(garage.users)


def _where(items: list[Any], where: dict[str, Any]) -> list[Any]:
    return [item for item in items if all(_at(item, k) == value for k, value in where.items())]


def _at(item: Any, path: str) -> Any:
    """A field, or a field of a field: `text.en`."""
    for key in path.split("."):
        item = item[key]
    return item
