"""The people of households: sealed on their way into the database, opened on their way out."""

import threading
from collections.abc import Mapping
from dataclasses import dataclass, field

import structlog
from psycopg_pool import PoolTimeout

from hub.people import staff_contacts
from hub.sealing.sealer import CannotOpen, Sealer
from rules.vocabulary.instant import Instant
from rules.vocabulary.text import Language
from store.database.connection import LOST, Connection, Pool
from store.estate import household_contacts
from store.estate.household_contacts import PlainContact, Relation, SealedContact, SealedName

log = structlog.get_logger(__name__)

_AT_ONCE = 200
_PAUSE_S = 2.0


@dataclass(frozen=True, slots=True)
class Contact:
    """A person of a household, by number. `name` and `addresses`, by kind, are personal."""

    n: int
    relation: Relation = "resident"
    language: Language | None = None
    name: str | None = None
    addresses: Mapping[str, str] = field(default_factory=dict)


def seal(sealer: Sealer, contact: Contact, *, estate: str, household: str) -> SealedContact:
    """The contact as the database keeps it for this household."""

    def closed(field: str, text: str) -> bytes:
        return sealer.seal(text, _place(estate, household, contact.n, field))

    return SealedContact(
        estate, household, contact.n, contact.relation, contact.language,
        None if contact.name is None else closed("name", contact.name),
        {kind: closed(kind, text) for kind, text in contact.addresses.items()},
    )  # fmt: skip


def opened(sealer: Sealer, sealed: SealedContact) -> Contact:
    """The contact, readable. Raises hub.sealing.sealer.CannotOpen."""

    def text(field: str, closed: bytes) -> str:
        return sealer.open(closed, _place(sealed.estate, sealed.household, sealed.n, field))

    return Contact(
        sealed.n, sealed.relation, sealed.language,
        None if sealed.name is None else text("name", sealed.name),
        {kind: text(kind, closed) for kind, closed in sealed.addresses.items()},
    )  # fmt: skip


def opened_name(
    sealer: Sealer, sealed: SealedName | None, *, estate: str, household: str
) -> str | None:
    """Who lives there; None where that is not known, or cannot be opened."""
    if sealed is None:
        return None
    try:
        return sealer.open(sealed.name, _place(estate, household, sealed.n, "name"))
    except CannotOpen as closed:
        log.warning("contact_stays_closed", reason=str(closed))
        return None


@dataclass(frozen=True, slots=True)
class SealingCheck:
    """What a look at every contact found; `closed` says why the first of them stays closed."""

    contacts: int
    unreadable: int
    closed: str | None
    plain: int


def check(db: Connection, sealer: Sealer) -> SealingCheck:
    """Open every contact and forget it again."""
    contacts, unreadable, reason = 0, 0, None
    last = None
    while found := household_contacts.page(db, after=last, limit=_AT_ONCE):
        last = found[-1]
        contacts += len(found)
        for sealed in found:
            try:
                opened(sealer, sealed)
            except CannotOpen as closed:
                unreadable, reason = unreadable + 1, reason or str(closed)
    return SealingCheck(contacts, unreadable, reason, household_contacts.plain_left(db) or 0)


def keep_sealed(pool: Pool, sealer: Sealer, *, now: Instant, stop: threading.Event) -> None:
    """Seal what an older version left readable, and anew what another key has sealed.

    Each step is one transaction, so that death at any point leaves every contact where it was or
    sealed. What no key opens stays as it is.
    """
    while not stop.is_set():
        try:
            moved = _seal_plain(pool, sealer, now)
            renewed, closed = _seal_anew(pool, sealer, now)
            with pool.connection() as db:
                household_contacts.lock_sealing(db)
                renewed += staff_contacts.keep_sealed_anew(db, sealer)
        except (*LOST, PoolTimeout) as lost:
            log.warning("sealing_waits", reason=str(lost).strip())
            stop.wait(_PAUSE_S)
            continue
        except Exception:
            log.exception("sealing_failed")
            return
        if moved or renewed:
            log.info("contacts_sealed", moved=moved, renewed=renewed)
        if closed:
            log.error("contacts_stay_closed", contacts=closed, remedy="see `gatehouse doctor`")
        return


def _seal_plain(pool: Pool, sealer: Sealer, now: Instant) -> int:
    moved = 0
    while True:
        with pool.connection() as db:
            household_contacts.lock_sealing(db)
            if household_contacts.plain_left(db) is None:
                return moved
            plain = household_contacts.take_plain(db, limit=_AT_ONCE)
            for contact in plain:
                _add(db, sealer, contact, now)
            if not plain:
                household_contacts.drop_plain(db)
            moved += len(plain)


def _add(db: Connection, sealer: Sealer, plain: PlainContact, now: Instant) -> None:
    place = {"estate": plain.estate, "household": plain.household}
    n = household_contacts.take_number(db, **place)
    contact = Contact(n, name=plain.name, addresses=plain.addresses)
    household_contacts.add(db, seal(sealer, contact, **place), now=now)


def _seal_anew(pool: Pool, sealer: Sealer, now: Instant) -> tuple[int, int]:
    """How many contacts an older key had sealed, and how many no key opens."""
    renewed, closed, last = 0, 0, None
    while True:
        with pool.connection() as db:
            household_contacts.lock_sealing(db)
            found = household_contacts.lock_page(db, after=last, limit=_AT_ONCE)
            if not found:
                return renewed, closed
            last = found[-1]
            for sealed in found:
                if not _is_newest(sealer, sealed):
                    try:
                        contact = opened(sealer, sealed)
                    except CannotOpen:
                        closed += 1
                        continue
                    place = {"estate": sealed.estate, "household": sealed.household}
                    household_contacts.replace(db, seal(sealer, contact, **place), now=now)
                    renewed += 1


def _is_newest(sealer: Sealer, sealed: SealedContact) -> bool:
    values = (sealed.name, *sealed.addresses.values())
    return all(value is None or sealer.is_newest(value) for value in values)


def _place(estate: str, household: str, n: int, field: str) -> str:
    return f"household_contact/{estate}/{household}/{n}/{field}"
