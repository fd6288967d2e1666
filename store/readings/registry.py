"""The devices that a gateway knows: by estate and id, with their type."""

from dataclasses import dataclass

from store.database.connection import Connection
from store.estate.estates import CHANNEL

_ESTATES = "SELECT id FROM estate"

_DEVICES = "SELECT estate_id, id, type, state FROM device"


@dataclass(frozen=True, slots=True)
class RegisteredDevice:
    """`state` is unknown, online or offline, as the events so far have it."""

    estate: str
    id: str
    type: str
    state: str


def read(db: Connection) -> tuple[set[str], list[RegisteredDevice]]:
    """All estates' ids and all their devices."""
    with db.transaction():
        estates = {id_ for (id_,) in db.execute(_ESTATES)}
        return estates, [RegisteredDevice(*row) for row in db.execute(_DEVICES)]


def listen(db: Connection) -> None:
    """Ask to be told of changed estates; `db` must be in autocommit mode."""
    db.execute(f"LISTEN {CHANNEL}")


def changed(db: Connection) -> bool:
    """Whether an estate changed since the last call. Does not wait."""
    return any(True for _ in db.notifies(timeout=0))
