"""A household's browsers and page, as the web push channel asks for them."""

from hub.resident_links import issue
from store import push_subscriptions
from store.connection import Pool
from store.push_subscriptions import Subscription


class StoredSubscriptions:
    """Reads and forgets subscriptions in the database."""

    def __init__(self, pool: Pool, secret: bytes) -> None:
        self._pool = pool
        self._secret = secret

    def of_household(self, estate: str, household: str) -> list[Subscription]:
        """Every browser of the household."""
        with self._pool.connection() as db:
            return push_subscriptions.of_household(db, estate_id=estate, household_id=household)

    def remove(self, endpoint: str) -> None:
        """Forget a browser that is gone."""
        with self._pool.connection() as db:
            push_subscriptions.remove(db, endpoint)

    def page_of(self, estate: str, household: str) -> str:
        """The path of the household's own page; empty where there is no such household."""
        with self._pool.connection() as db:
            token = issue(db, self._secret, estate=estate, household=household)
        return f"/r/{token}" if token else ""
