"""Browsers that a household, or a member of staff, is told on (Push API subscriptions)."""

from collections.abc import Collection
from dataclasses import dataclass

from rules.vocabulary.instant import Instant, to_datetime
from store.database.connection import Connection

MOST_PER_HOUSEHOLD = 20
MOST_PER_USER = 10
"""The oldest give way: browsers change their endpoint without taking the old one back."""

_ADD = """
INSERT INTO push_subscription (estate_id, household_id, endpoint, p256dh, auth, created_at)
VALUES (%(estate)s, %(household)s, %(endpoint)s, %(p256dh)s, %(auth)s, %(now)s)
ON CONFLICT (estate_id, household_id, endpoint) DO UPDATE
   SET p256dh = excluded.p256dh, auth = excluded.auth, created_at = excluded.created_at
"""

_TRIM = """
DELETE FROM push_subscription p USING (
    SELECT endpoint FROM push_subscription
     WHERE estate_id = %(estate)s AND household_id = %(household)s
     ORDER BY created_at DESC, endpoint OFFSET %(most)s) old
 WHERE p.estate_id = %(estate)s AND p.household_id = %(household)s AND p.endpoint = old.endpoint
"""

_OF_HOUSEHOLD = """
SELECT endpoint, p256dh, auth FROM push_subscription
 WHERE estate_id = %(estate)s AND household_id = %(household)s ORDER BY created_at, endpoint
"""

_REMOVE = "DELETE FROM push_subscription WHERE endpoint = %(endpoint)s"

# A browser is one person's: who subscribes it takes it over.
_ADD_FOR_USER = """
WITH others AS (
    DELETE FROM user_push_subscription WHERE endpoint = %(endpoint)s AND user_id <> %(user)s)
INSERT INTO user_push_subscription (user_id, endpoint, p256dh, auth, created_at)
VALUES (%(user)s, %(endpoint)s, %(p256dh)s, %(auth)s, %(now)s)
ON CONFLICT (user_id, endpoint) DO UPDATE
   SET p256dh = excluded.p256dh, auth = excluded.auth, created_at = excluded.created_at
"""

_TRIM_OF_USER = """
DELETE FROM user_push_subscription p USING (
    SELECT endpoint FROM user_push_subscription WHERE user_id = %(user)s
     ORDER BY created_at DESC, endpoint OFFSET %(most)s) old
 WHERE p.user_id = %(user)s AND p.endpoint = old.endpoint
"""

_OF_USER = """
SELECT endpoint, p256dh, auth FROM user_push_subscription
 WHERE user_id = %(user)s ORDER BY created_at, endpoint
"""

_WITH_BROWSER = """
SELECT DISTINCT user_id FROM user_push_subscription WHERE user_id = ANY(%(users)s)
"""

_REMOVE_OF_USERS = "DELETE FROM user_push_subscription WHERE endpoint = %(endpoint)s"


@dataclass(frozen=True, slots=True)
class Subscription:
    """Where a push service takes messages, and the browser's keys (base64url)."""

    endpoint: str
    p256dh: str
    auth: str


def add(
    db: Connection,
    subscription: Subscription,
    *,
    estate_id: str,
    household_id: str,
    now: Instant,
) -> None:
    """Keep a subscription, or renew the keys of a known one."""
    household = {"estate": estate_id, "household": household_id}
    values = {
        "endpoint": subscription.endpoint,
        "p256dh": subscription.p256dh,
        "auth": subscription.auth,
        "now": to_datetime(now),
    }
    db.execute(_ADD, {**household, **values})
    db.execute(_TRIM, {**household, "most": MOST_PER_HOUSEHOLD})


def of_household(db: Connection, *, estate_id: str, household_id: str) -> list[Subscription]:
    params = {"estate": estate_id, "household": household_id}
    return [Subscription(*row) for row in db.execute(_OF_HOUSEHOLD, params)]


def add_for_user(db: Connection, subscription: Subscription, *, user: str, now: Instant) -> None:
    """Keep a subscription of a member of staff, or renew the keys of a known one."""
    values = {
        "user": user,
        "endpoint": subscription.endpoint,
        "p256dh": subscription.p256dh,
        "auth": subscription.auth,
        "now": to_datetime(now),
    }
    db.execute(_ADD_FOR_USER, values)
    db.execute(_TRIM_OF_USER, {"user": user, "most": MOST_PER_USER})


def of_user(db: Connection, user: str) -> list[Subscription]:
    return [Subscription(*row) for row in db.execute(_OF_USER, {"user": user})]


def with_browser(db: Connection, users: Collection[str]) -> set[str]:
    """Those of `users` who have subscribed a browser."""
    return {user for (user,) in db.execute(_WITH_BROWSER, {"users": list(users)})}


def remove(db: Connection, endpoint: str) -> None:
    """Forget an endpoint that its push service no longer knows, for every household and user."""
    db.execute(_REMOVE, {"endpoint": endpoint})
    db.execute(_REMOVE_OF_USERS, {"endpoint": endpoint})
