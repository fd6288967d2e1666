"""How staff are reached stays readable through a change of keys."""

from hub.clock import system_clock
from hub.people import staff_contacts
from hub.sealing.sealer import Sealer
from store.database.connection import connect
from store.people import users

OLD, NEW = b"o" * 32, b"n" * 32


def test_what_an_old_key_sealed_is_sealed_with_the_newest(database: str) -> None:
    addresses = {"phone": "+8613900001234", "chat": "wecom:0123456789"}
    with connect(database, name="tests") as db:
        users.add(db, "engineer-2", "engineer", now=system_clock())
        staff_contacts.set_addresses(db, Sealer((OLD,)), "engineer-2", addresses)
        assert staff_contacts.keep_sealed_anew(db, Sealer((NEW,))) == 0  # nothing is lost
        assert len(staff_contacts.closed(db, Sealer((NEW,)))) == 1
        assert staff_contacts.keep_sealed_anew(db, Sealer((NEW, OLD))) == 1
        assert staff_contacts.closed(db, Sealer((NEW,))) == []
        assert staff_contacts.keep_sealed_anew(db, Sealer((NEW, OLD))) == 0
        member = users.members(db, ["engineer-2"])["engineer-2"]
    assert staff_contacts.addresses_of(Sealer((NEW,)), member) == addresses
