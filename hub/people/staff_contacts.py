"""What members of staff are called and how they are reached: sealed in the database.

`name` is shown to their colleagues; phone, mail and chat only to a manager, with a reason.
"""

from collections.abc import Collection
from dataclasses import dataclass

import structlog

from hub.sealing.sealer import CannotOpen, Sealer
from store.database.connection import Connection
from store.people import users
from store.people.users import Member

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class StaffContact:
    """How a member of staff is reached: E.164, an address, a chat robot as `service:token`."""

    phone: str | None = None
    mail: str | None = None
    chat: str | None = None


def name_of(sealer: Sealer, member: Member) -> str:
    """What colleagues call the member: their name, or the id where that is not known."""
    return _opened(sealer, member.id, "name", member.name) or member.id


def contact_of(sealer: Sealer, member: Member) -> StaffContact:
    """How the member is reached; a way that no key opens is left out, and logged."""
    return StaffContact(
        phone=_opened(sealer, member.id, "phone", member.phone),
        mail=_opened(sealer, member.id, "mail", member.mail),
        chat=_opened(sealer, member.id, "chat", member.chat),
    )


def contacts_of(
    db: Connection, sealer: Sealer, user_ids: Collection[str]
) -> dict[str, StaffContact]:
    """How each of these users is reached; disabled and unknown ones are left out."""
    found = users.members(db, user_ids)
    return {id_: contact_of(sealer, m) for id_, m in found.items() if m.disabled_at is None}


def set_contact(db: Connection, sealer: Sealer, user_id: str, contact: StaffContact) -> None:
    """Keep the contact sealed, in place of the one before."""
    users.set_contact(
        db,
        user_id,
        phone=sealed(sealer, user_id, "phone", contact.phone),
        mail=sealed(sealer, user_id, "mail", contact.mail),
        chat=sealed(sealer, user_id, "chat", contact.chat),
    )


def sealed(sealer: Sealer, user_id: str, field: str, text: str | None) -> bytes | None:
    """`text` as it is kept in `field` of the user."""
    return sealer.seal(text, _place(user_id, field)) if text else None


def keep_sealed_anew(db: Connection, sealer: Sealer) -> int:
    """Seal what an older key has sealed with the newest; how many members that were."""
    renewed = 0
    for known in users.staff(db):
        kept = (known.name, known.phone, known.mail, known.chat)
        if all(value is None or sealer.is_newest(value) for value in kept):
            continue
        renewed += _renew(db, sealer, known.id)
    return renewed


def closed(db: Connection, sealer: Sealer) -> list[str]:
    """Members of whom no key opens what is kept."""
    return [known.id for known in users.staff(db) if not _opens(sealer, known)]


def _opens(sealer: Sealer, member: Member) -> bool:
    fields = {"name": member.name, "phone": member.phone, "mail": member.mail, "chat": member.chat}
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
    set_contact(db, sealer, user_id, contact_of(sealer, member))
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
