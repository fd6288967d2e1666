"""Unannounced drills (突击): who runs drills knows of them, the staff only once they begin."""

import msgspec

from store.engine.events import StoredEvent


class _DrillRecord(msgspec.Struct):
    kind: str
    state: str


def is_surprise(event: StoredEvent) -> bool:
    """Whether `event` tells of an unannounced drill that has not begun, or never will."""
    if not event.kind.startswith("drill."):
        return False
    return is_secret(event.record)


def is_secret(drill: msgspec.Raw) -> bool:
    """Whether the record of a drill is to be kept from the staff."""
    record = msgspec.json.decode(drill, type=_DrillRecord)
    return record.kind == "unannounced" and record.state in ("planned", "cancelled")
