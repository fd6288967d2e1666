"""Contacts on one floor of the sample estate, so that a demonstration has somebody to tell.

Nobody has them: the numbers are of Ofcom's range for drama, the mail addresses of RFC 2606.
"""

from dataclasses import replace

from hub.people.sealed_contacts import Contact, seal
from hub.sealing.sealer import Sealer
from rules.vocabulary.instant import Instant
from store.database.connection import connect
from store.estate import household_contacts, households
from store.estate.households import Choices

_FLOOR = "B3-12"
_PHONE = "+44207946{:04}"
_ALONE = "B3-12-03"


def enter_sample_contacts(dsn: str, sealer: Sealer, estate: str, *, now: Instant) -> str:
    """Enter them where nobody has a contact yet; what was done, in words."""
    with connect(dsn, name="up") as db:
        if household_contacts.page(db, after=None, limit=1):
            return "contacts are there already"
        found = households.page(db, estate=estate, search=f"{_FLOOR}-", after=None, limit=10)
        people = [(flat.id, contact) for flat in found for contact in _people_of(flat.id)]
        for number, (flat, contact) in enumerate(people, 1):
            n = household_contacts.take_number(db, estate=estate, household=flat)
            phone = {"phone": _PHONE.format(number)}
            known = replace(contact, n=n, addresses={**phone, **contact.addresses})
            sealed = seal(sealer, known, estate=estate, household=flat)
            household_contacts.add(db, sealed, now=now)
        alone = Choices("zh", (), ("elderly_alone",), needs_agreed=True, sms_agreed="in_person")
        households.change(db, alone, estate=estate, household=_ALONE, now=now)
    return f"{len(people)} contacts of {len(found)} households entered"


def _people_of(flat: str) -> list[Contact]:
    unit = flat.removeprefix("B3-")
    people = [
        Contact(0, name=f"Resident {unit}", addresses={"mail": f"resident-{unit}@example.org"})
    ]
    if flat.endswith("-01"):
        mail = {"mail": f"owner-{unit}@example.org"}
        people.append(Contact(0, "owner", "en", f"Owner {unit}", mail))
    if flat == _ALONE:
        people.append(Contact(0, "carer", name=f"Carer {unit}"))
    return people
