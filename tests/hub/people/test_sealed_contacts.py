"""Contacts on their way from readable to sealed, and from an old key to a new one."""

import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from typing import Any

import pytest

from hub.clock import system_clock
from hub.people import staff_contacts
from hub.people.sealed_contacts import Contact, check, keep_sealed, opened, seal
from hub.sealing.sealer import KEY_BYTES, Sealer
from store.database import migrate
from store.database.connection import Connection, Pool, connect, open_pool
from store.estate import household_contacts
from store.people import users
from tests.rig.contacts import PHONE, SEALER, enter
from tests.rig.databases import Databases

ADDRESSES = 16
"""The migration that keeps addresses by kind."""

OLD = Sealer((b"o" * KEY_BYTES,))


@pytest.fixture
def pool(estate: str) -> Iterator[Pool]:
    with open_pool(estate, name="tests", size=2) as pool:
        yield pool


def all_kept(db: Connection, sealer: Sealer = SEALER) -> dict[str, Contact]:
    return {
        c.household: opened(sealer, c) for c in household_contacts.page(db, after=None, limit=9)
    }


def leave_plain(db: Connection) -> None:
    """As an older version left three households."""
    db.execute(
        "INSERT INTO household_plain SELECT estate_id, id, 'Resident ' || id, %s, NULL, NULL"
        " FROM household WHERE unit IS NOT NULL ORDER BY id LIMIT 3",
        (PHONE,),
    )


def seal_all(pool: Pool, sealer: Sealer = SEALER) -> None:
    keep_sealed(pool, sealer, now=system_clock(), stop=threading.Event())


def test_what_an_older_version_left_is_sealed_once_and_its_table_goes(pool: Pool) -> None:
    with pool.connection() as db:
        leave_plain(db)
        assert check(db, SEALER).plain == 3
    for _ in range(2):
        seal_all(pool)
    with pool.connection() as db:
        kept = all_kept(db)
        assert household_contacts.plain_left(db) is None
    assert kept.keys() == {"B1-01-01", "B1-01-02", "B1-02-01"}
    assert kept["B1-01-02"] == Contact(1, name="Resident B1-01-02", addresses={"phone": PHONE})


KILLED = """
import os, signal, sys, threading
from hub.people import sealed_contacts
from hub.people.sealed_contacts import keep_sealed
from store.database.connection import open_pool
from store.estate import household_contacts
from tests.rig.contacts import SEALER

sealed_contacts._AT_ONCE = 1
steps = iter(range(int(sys.argv[2])))

def mortal(step):
    def taken(*args, **kwargs):
        if next(steps, None) is None:
            os.kill(os.getpid(), signal.SIGKILL)
        return step(*args, **kwargs)
    return taken

for name in ("take_plain", "take_number", "add", "drop_plain"):
    setattr(household_contacts, name, mortal(getattr(household_contacts, name)))
with open_pool(sys.argv[1], name="killed", size=1) as pool:
    keep_sealed(pool, SEALER, now=1, stop=threading.Event())
"""


@pytest.mark.parametrize("step", [1, 2, 5, 10])
def test_death_at_any_step_of_sealing_loses_no_contact(estate: str, pool: Pool, step: int) -> None:
    with pool.connection() as db:
        leave_plain(db)
    died = subprocess.run([sys.executable, "-c", KILLED, estate, str(step)], check=False)
    assert died.returncode == -signal.SIGKILL
    seal_all(pool)
    with pool.connection() as db:
        kept = all_kept(db)
    assert [contact.addresses["phone"] for contact in kept.values()] == [PHONE] * 3


def test_new_key_in_front_seals_everything_anew_and_the_old_one_can_go(pool: Pool) -> None:
    with pool.connection() as db:
        enter(
            db,
            Contact(0, "owner", "en", "Owner", {"phone": PHONE}),
            household="B1-01-01",
            sealer=OLD,
        )
    seal_all(pool, Sealer((*SEALER.keys, *OLD.keys)))
    with pool.connection() as db:
        assert check(db, SEALER).unreadable == 0
        assert all_kept(db)["B1-01-01"] == Contact(1, "owner", "en", "Owner", {"phone": PHONE})


def test_what_no_key_opens_stays_as_it_is_and_says_which_key_is_missing(pool: Pool) -> None:
    with pool.connection() as db:
        enter(db, Contact(0, addresses={"phone": PHONE}), household="B1-01-01", sealer=OLD)
        enter(db, Contact(0, addresses={"phone": PHONE}), household="B1-01-02")
    seal_all(pool)
    with pool.connection() as db:
        found = check(db, SEALER)
        assert (found.contacts, found.unreadable) == (2, 1)
        assert "give that key back" in str(found.closed)
        assert check(db, Sealer((*SEALER.keys, *OLD.keys))).unreadable == 0


def test_one_field_in_place_of_another_is_noticed() -> None:
    place = {"estate": "harbour", "household": "B1-01-01"}
    sealed: Any = seal(SEALER, Contact(1, addresses={"mail": "a@example.org"}), **place)
    swapped = household_contacts.SealedContact(
        *("harbour", "B1-01-01", 1, "resident", None, None), {"phone": sealed.addresses["mail"]}
    )
    with pytest.raises(Exception, match="moved there"):
        opened(SEALER, swapped)


def test_schema_takes_readable_contacts_out_of_the_households_file(
    database_server: Databases, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = migrate._migrations
    with database_server.fresh(migrated=False) as dsn:
        monkeypatch.setattr(migrate, "_migrations", lambda: known()[:7])
        migrate.migrate(dsn)
        with connect(dsn, name="tests") as db:
            db.execute("INSERT INTO estate VALUES ('harbour', '{}', 'UTC', now())")
            db.execute(
                "INSERT INTO household (estate_id, id, name, phone) VALUES"
                " ('harbour', 'B1-01-01', 'Resident B1-01-01', NULL),"
                " ('harbour', 'G1-P007', 'Bay user P007', NULL),"
                " ('harbour', 'B1-01-02', 'Somebody', '13800005678')"
            )
        monkeypatch.setattr(migrate, "_migrations", known)
        migrate.migrate(dsn)
        with connect(dsn, name="tests", autocommit=True) as db:
            left = household_contacts.take_plain(db, limit=9)
            db.execute("CHECKPOINT")
            file = db.execute("SELECT pg_read_binary_file(pg_relation_filepath('household'))")
            [(content,)] = file.fetchall()
    assert [(c.household, c.name, c.addresses["phone"]) for c in left] == [
        ("B1-01-02", "Somebody", "13800005678")
    ]
    assert b"B1-01-02" in content
    assert b"13800005678" not in content


def test_addresses_that_had_columns_of_their_own_open_as_before(
    database_server: Databases, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = migrate._migrations
    contact = Contact(1, "owner", "en", "Owner", {"phone": PHONE, "chat": "wecom:0123456789"})
    place = {"estate": "harbour", "household": "B1-01-01"}
    sealed = seal(SEALER, contact, **place)
    with database_server.fresh(migrated=False) as dsn:
        before = [found for found in known() if found[0] < ADDRESSES]
        monkeypatch.setattr(migrate, "_migrations", lambda: before)
        migrate.migrate(dsn)
        with connect(dsn, name="tests") as db:
            db.execute("INSERT INTO estate VALUES ('harbour', '{}', 'UTC', now())")
            db.execute("INSERT INTO household (estate_id, id) VALUES ('harbour', 'B1-01-01')")
            db.execute(
                "INSERT INTO household_contact (estate_id, household_id, n, relation, language,"
                " name, phone, chat) VALUES ('harbour', 'B1-01-01', 1, 'owner', 'en', %s, %s, %s)",
                (sealed.name, sealed.addresses["phone"], sealed.addresses["chat"]),
            )
            db.execute(
                "INSERT INTO app_user (id, role, created_at, mail)"
                " VALUES ('engineer-2', 'engineer', now(), %s)",
                (staff_contacts.sealed(SEALER, "engineer-2", "mail", "e@example.org"),),
            )
        monkeypatch.setattr(migrate, "_migrations", known)
        migrate.migrate(dsn)
        with connect(dsn, name="tests") as db:
            assert all_kept(db) == {"B1-01-01": contact}
            [member] = users.staff(db)
    assert staff_contacts.addresses_of(SEALER, member) == {"mail": "e@example.org"}
