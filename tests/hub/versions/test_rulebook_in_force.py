"""The hub goes by each estate's own rulebook, whether an engine runs or not."""

from collections.abc import Iterator

import pytest

from hub.clock import system_clock
from hub.versions.rulebook import Change, save
from hub.versions.rulebook_in_force import RulebooksInForce
from rules.catalogue import rulebook
from store.database.connection import Connection, connect
from store.people.audit import Actor
from tests.rig.estates import ESTATE

WORDS = "{en: 'Leak at {unit}!', zh: '{unit}漏水！'}"


@pytest.fixture
def db(estate: str) -> Iterator[Connection]:
    with connect(estate, name="tests", autocommit=True) as db:
        yield db


def say(db: Connection, words: str, seen: int) -> None:
    change = Change(ESTATE, "message/LEAK", seen, "clearer", Actor("manager", "manager"))
    with db.transaction():
        save(db, change, words, now=system_clock())


def test_shipped_rules_until_they_are_changed_and_then_the_estate_s(db: Connection) -> None:
    known = RulebooksInForce()
    assert known.of(db, ESTATE) is rulebook()
    say(db, WORDS, 1)
    changed = known.of(db, ESTATE)
    assert changed.messages["LEAK"].en == "Leak at {unit}!"
    assert known.of(db, ESTATE) is changed, "it is not read anew"
    say(db, WORDS.replace("!", "."), 2)
    assert known.of(db, ESTATE).messages["LEAK"].en == "Leak at {unit}."


def test_rules_that_cannot_be_read_give_way_to_those_that_ship(db: Connection) -> None:
    say(db, WORDS, 1)
    db.execute("UPDATE rulebook SET body = '{\"rules\": 7}' WHERE version = 2")
    assert RulebooksInForce().of(db, ESTATE) is rulebook()
