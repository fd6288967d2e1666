"""Contacts of households for tests, sealed as the hub seals them."""

from dataclasses import replace

from hub.clock import system_clock
from hub.people.sealed_contacts import Contact, seal
from hub.sealing.sealer import KEY_BYTES, Sealer
from store.database.connection import Connection
from store.estate import household_contacts

SEALER = Sealer((b"k" * KEY_BYTES,))
PHONE = "+8613800005678"


def enter(
    db: Connection,
    contact: Contact,
    *,
    household: str,
    estate: str = "harbour",
    sealer: Sealer = SEALER,
) -> int:
    """Give the household this contact, under a number of its own, which comes back."""
    n = household_contacts.take_number(db, estate=estate, household=household)
    sealed = seal(sealer, replace(contact, n=n), estate=estate, household=household)
    household_contacts.add(db, sealed, now=system_clock())
    return n
