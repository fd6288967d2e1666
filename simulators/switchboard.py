"""The few connections on which a whole estate speaks: one for each building's field gateway."""

from collections import defaultdict
from collections.abc import Callable

from rules.estate.device_types import DeviceTypes
from rules.estate.graph import Device, Estate
from simulators.native import Packet, hold_topic, reading_packet, status_packet, status_topic
from simulators.session import Broker, Session
from simulators.stage import Word

_STOP_TIMEOUT_S = 3.0


class Switchboard:
    """Every device is online by a retained status; a building's gateway has the connection's will.

    Devices outside the buildings speak through the first gateway. `on_hold` is given what
    arrives on the hold topic, on a thread of its own.
    """

    def __init__(
        self,
        estate: Estate,
        types: DeviceTypes,
        broker: Broker,
        on_hold: Callable[[bytes], None],
    ) -> None:
        self._estate, self._types = estate, types
        self._session_of: dict[str, Session] = {}
        self._gateways: dict[str, Session] = {}
        for number, (gateway, devices) in enumerate(_groups(estate).items()):
            session = Session(
                broker,
                f"simulators-{estate.id}",
                will=(status_topic(estate.id, gateway), "offline") if gateway else None,
                greetings={status_topic(estate.id, device): "online" for device in devices},
                handlers={} if number else {hold_topic(estate.id): on_hold},
            )
            self._session_of |= dict.fromkeys(devices, session)
            self._gateways[gateway] = session

    @property
    def dropped(self) -> int:
        """Messages given up because the broker was away for too long."""
        return sum(session.dropped for session in self._gateways.values())

    def start(self) -> None:
        for session in self._gateways.values():
            session.start()

    def say(self, word: Word) -> None:
        if word.status is None:
            packet = reading_packet(self._estate, self._types, word.device, word.signals, word.ts)
        else:
            packet = status_packet(self._estate, word.device, word.status)
        self._publish(self._session_of[word.device], packet)

    def stop(self) -> None:
        """Say that the gateways go offline, and disconnect."""
        for gateway, session in self._gateways.items():
            if gateway:
                self._publish(session, status_packet(self._estate, gateway, "offline"))
        for session in self._gateways.values():
            session.stop(_STOP_TIMEOUT_S)

    @staticmethod
    def _publish(session: Session, packet: Packet) -> None:
        session.publish(packet.topic, packet.payload, retain=packet.retain)


def _groups(estate: Estate) -> dict[str, list[str]]:
    """Device ids by the id of the gateway that speaks for them; "" where there is none."""
    gateways = [d for d in estate.devices.values() if d.type == "gateway"]
    of_building = {d.place.building: d.id for d in gateways}
    first = gateways[0].id if gateways else ""

    def speaker(device: Device) -> str:
        return of_building.get(device.place.building, first)

    groups: dict[str, list[str]] = defaultdict(list)
    for device in estate.devices.values():
        groups[speaker(device)].append(device.id)
    return groups
