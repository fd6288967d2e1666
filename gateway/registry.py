"""Which devices exist and what they may report, as of the last look at the database."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from gateway.dialects.native import topic_of
from rules.estate.device_types import DeviceTypes, Signal
from store.database.connection import Connection
from store.readings import registry

REFRESH_S = 60.0
"""How soon, in seconds, a change is noticed whose notification was lost."""


@dataclass(frozen=True, slots=True)
class Source:
    """A registered device with the signals of its type; none where the type is not known.

    `life_safety`: its words call people out of a building or free them.
    """

    estate: str
    id: str
    signals: Mapping[str, Signal]
    life_safety: bool = False


@dataclass(frozen=True, slots=True)
class Registry:
    """A snapshot. `by_topic` has each device under the topic it publishes its readings to.

    `online` says of the devices by their own last word, taken into account so far.
    """

    estates: frozenset[str]
    by_topic: Mapping[str, Source]
    online: Mapping[tuple[str, str], bool]


def read(db: Connection, types: DeviceTypes) -> Registry:
    """The registry as it is in the database now."""
    estates, devices = registry.read(db)
    by_topic = {}
    online = {}
    for device in devices:
        type_ = types.by_id.get(device.type)
        source = (
            Source(device.estate, device.id, type_.signals, type_.life_safety)
            if type_
            else Source(device.estate, device.id, {})
        )
        by_topic[topic_of(device.estate, device.id)] = source
        if device.state != "unknown":
            online[device.estate, device.id] = device.state == "online"
    return Registry(frozenset(estates), by_topic, online)


class RegistryCache:
    """Keeps a snapshot current on one connection, which must be in autocommit mode."""

    def __init__(
        self, db: Connection, types: DeviceTypes, clock_s: Callable[[], float] = time.monotonic
    ) -> None:
        self._db = db
        self._types = types
        self._clock_s = clock_s
        registry.listen(db)
        self._load()

    @property
    def latest(self) -> Registry:
        """The snapshot as it was last read. Any thread may look."""
        return self._registry

    def current(self) -> Registry:
        """The snapshot, read anew when an estate changed or `REFRESH_S` have passed."""
        if registry.changed(self._db) or self._clock_s() - self._read_s > REFRESH_S:
            self._load()
        return self._registry

    def reload(self) -> None:
        """Read the registry now."""
        self._load()

    def _load(self) -> None:
        self._read_s = self._clock_s()
        self._registry = read(self._db, self._types)
