"""Where a running `gatehouse up` listens, kept in its data directory for the other verbs."""

from pathlib import Path

import msgspec

_FILE = "addresses.json"


class Addresses(msgspec.Struct, frozen=True):
    """The console's address and the broker's port on loopback."""

    console: str
    mqtt_port: int


def record(home: Path, addresses: Addresses) -> None:
    """Keep the addresses for whoever asks while `up` runs on `home`."""
    (home / _FILE).write_bytes(msgspec.json.encode(addresses))


def recorded(home: Path) -> Addresses | None:
    """What the last `up` on `home` recorded; None: there was none."""
    try:
        return msgspec.json.decode((home / _FILE).read_bytes(), type=Addresses)
    except (FileNotFoundError, NotADirectoryError):
        return None
