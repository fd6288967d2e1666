"""Subscriptions of a household's browsers."""

from pathlib import Path

import pytest

from store.database.connection import connect
from store.notices import push_subscriptions
from store.notices.push_subscriptions import Subscription
from tests.rig.estates import settle

NOW = 1_790_000_000_000_000


@pytest.fixture
def estate(database: str, tmp_path: Path) -> str:
    settle(database, tmp_path, now=NOW)
    return database


def test_the_oldest_give_way_and_only_in_their_household(
    estate: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(push_subscriptions, "MOST_PER_HOUSEHOLD", 3)

    def endpoints(household: str) -> list[str]:
        found = push_subscriptions.of_household(db, estate_id="harbour", household_id=household)
        return [subscription.endpoint for subscription in found]

    with connect(estate, name="tests") as db:
        for n in range(5):
            for household in ("B1-01-01", "B1-01-02") if n == 0 else ("B1-01-01",):
                push_subscriptions.add(
                    db,
                    Subscription(f"https://push/{n}", "p", "a"),
                    estate_id="harbour",
                    household_id=household,
                    now=NOW + n,
                )
        assert endpoints("B1-01-01") == ["https://push/2", "https://push/3", "https://push/4"]
        assert endpoints("B1-01-02") == ["https://push/0"]


def test_a_known_browser_renews_its_keys_and_one_that_is_gone_is_gone_everywhere(
    estate: str,
) -> None:
    with connect(estate, name="tests") as db:
        for household, key in (("B1-01-01", "old"), ("B1-01-01", "new"), ("B1-01-02", "new")):
            push_subscriptions.add(
                db,
                Subscription("https://push/1", key, "a"),
                estate_id="harbour",
                household_id=household,
                now=NOW,
            )
        [kept] = push_subscriptions.of_household(db, estate_id="harbour", household_id="B1-01-01")
        assert kept.p256dh == "new"
        push_subscriptions.remove(db, "https://push/1")
        assert db.execute("SELECT count(*) FROM push_subscription").fetchone() == (0,)
