"""Owner notifications: one message to one household (DOMAIN section 6)."""

from dataclasses import dataclass
from typing import Literal

from rules.instant import Instant
from rules.text import Text

Urgency = Literal["N1", "N2", "N3", "N4"]
"""N1 life safety, N2 property damage, N3 service, N4 digest."""

Channel = Literal["resident_page", "web_push", "webhook"]
CHANNELS: tuple[Channel, ...] = ("resident_page", "web_push", "webhook")
"""Every channel, in the order in which they are tried."""

NoticeState = Literal["queued", "delivered", "read", "failed"]


@dataclass(frozen=True, slots=True)
class Notice:
    """`household` is an id, never a name; `text` holds no personal data, in both languages.

    `wave` orders the telling (0 first: fire floor and its neighbours). The same incident,
    template, version and household is never told twice.
    """

    id: str
    estate: str
    incident_id: str
    household: str
    template: str
    version: int
    urgency: Urgency
    wave: int
    text: Text
    state: NoticeState
    requested_at: Instant
    delivered_at: Instant | None = None
    read_at: Instant | None = None
    drill: bool = False
