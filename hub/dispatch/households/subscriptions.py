"""A household's browsers, as the web push channel asks for them."""

from store.database.connection import Pool
from store.notices import push_subscriptions
from store.notices.push_subscriptions import Subscription


class StoredSubscriptions:
    """Reads and forgets subscriptions in the database."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    def of_household(self, estate: str, household: str) -> list[Subscription]:
        """Every browser of the household."""
        with self._pool.connection() as db:
            return push_subscriptions.of_household(db, estate_id=estate, household_id=household)

    def remove(self, endpoint: str) -> None:
        """Forget a browser that is gone."""
        with self._pool.connection() as db:
            push_subscriptions.remove(db, endpoint)
