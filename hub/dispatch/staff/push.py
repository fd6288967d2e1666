"""Web push to a member of staff: what the phone shows, and the tokens by which it answers.

A repeat replaces what the phone still shows of the same incident, and makes it sound again.
"""

import msgspec

from hub.dispatch.channel import Outcome
from hub.dispatch.channels.web_push import PushServices, topic
from hub.dispatch.staff.call import Call
from hub.sealing.keys import Keys
from hub.settings import HubSettings
from rules.records.notices import Channel as ChannelName
from rules.vocabulary.text import Language
from store.database.connection import Pool
from store.notices import push_subscriptions

_TEST_TOPIC = "callout-test"


class StaffPush:
    """Sends to every browser that the user subscribed with."""

    name: ChannelName = "web_push"
    deduplicates = True
    at_once = 16
    patience_s = 60.0

    def __init__(self, pool: Pool, settings: HubSettings, keys: Keys) -> None:
        self._pool = pool
        self._services = PushServices(
            vapid_pem=keys.vapid_pem, subject=settings.vapid_subject, hosts=settings.web_push_hosts
        )

    def send(self, call: Call, /) -> Outcome:
        """Call the user's phones and computers."""
        with self._pool.connection() as db:
            known = push_subscriptions.of_user(db, call.first.user)
        return self._services.push_to_all(
            known, body_of(call), call.urgency, topic(call.first.incident_id), forget=self._forget
        )

    def test(self, user: str, language: Language) -> Outcome:
        """Show the user that a call would arrive."""
        with self._pool.connection() as db:
            known = push_subscriptions.of_user(db, user)
        body = msgspec.json.encode({"test": True, "language": language}).decode()
        return self._services.push_to_all(
            known, body, "N1", topic(f"{_TEST_TOPIC}/{user}"), forget=self._forget
        )

    def _forget(self, endpoint: str) -> None:
        with self._pool.connection() as db:
            push_subscriptions.remove(db, endpoint)


def body_of(call: Call) -> str:
    """One callout can be answered from the notification; of several each is looked at first."""
    first = call.first
    shown = {
        "id": first.id,
        "incident": first.incident_id,
        "priority": first.priority,
        "drill": first.drill,
        "text": call.text,
        "language": call.language,
        "url": call.url,
        "token": call.tokens[0] if len(call.callouts) == 1 else None,
        "why": first.why,
    }
    return msgspec.json.encode(shown).decode()
