"""What members of staff are called and how they are reached: sealed in the database.

`name` is shown to their colleagues; their addresses only to a manager, with a reason.
"""

from collections.abc import Mapping

import structlog

from hub.sealing.sealer import CannotOpen, Sealer
from store.database.connection import Connection
from store.people import users
from store.people.users import Member

log = structlog.get_logger(__name__)


def name_of(sealer: Sealer, member: Member) -> str:
    """What colleagues call the member: their name, or the id where that is not known."""
    return _opened(sealer, member.id, "name", member.name) or member.id


def addresses_of(sealer: Sealer, member: Member) -> dict[str, str]:
    """How the member is reached, by kind; what no key opens is left out, and logged."""
    found = {k: _opened(sealer, member.id, k, v) for k, v in member.addresses.items()}
    return {kind: text for kind, text in found.items() if text is not None}


def set_addresses(
    db: Connection, sealer: Sealer, user_id: str, addresses: Mapping[str, str]
) -> None:
    """Keep the addresses sealed, in place of those before."""
    closed = {kind: sealed(sealer, user_id, kind, text) for kind, text in addresses.items()}
    users.set_addresses(db, user_id, {kind: text for kind, text in closed.items() if text})


def sealed(sealer: Sealer, user_id: str, field: str, text: str | None) -> bytes | None:
    """`text` as it is kept in `field` of the user."""
    return sealer.seal(text, _place(user_id, field)) if text else None


def keep_sealed_anew(db: Connection, sealer: Sealer) -> int:
    """Seal what an older key has sealed with the newest; how many members that were."""
    renewed = 0
    for known in users.staff(db):
        kept = (known.name, *known.addresses.values())
        if all(value is None or sealer.is_newest(value) for value in kept):
            continue
        renewed += _renew(db, sealer, known.id)
    return renewed


def closed(db: Connection, sealer: Sealer) -> list[str]:
    """Members of whom no key opens what is kept."""
    return [known.id for known in users.staff(db) if not _opens(sealer, known)]


def _opens(sealer: Sealer, member: Member) -> bool:
    fields = {"name": member.name, **member.addresses}
    return all(v is None or _opened(sealer, member.id, f, v) is not None for f, v in fields.items())


def _renew(db: Connection, sealer: Sealer, user_id: str) -> bool:
    """Seal all of a member anew; not where no key opens it."""
    member = users.to_change(db, user_id)
    if member is None or not _opens(sealer, member):
        return False
    name = sealed(sealer, user_id, "name", _opened(sealer, user_id, "name", member.name))
    users.describe(
        db, user_id, role=member.role, language=member.language, duties=member.duties, name=name
    )
    set_addresses(db, sealer, user_id, addresses_of(sealer, member))
    return True


def _opened(sealer: Sealer, user_id: str, field: str, closed: bytes | None) -> str | None:
    if closed is None:
        return None
    try:
        return sealer.open(closed, _place(user_id, field))
    except CannotOpen as reason:
        log.warning("staff_contact_stays_closed", reason=str(reason))
        return None


def _place(user_id: str, field: str) -> str:
    return f"app_user/{user_id}/{field}"
