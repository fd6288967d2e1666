"""Owner notifications: one message to one household (DOMAIN section 6)."""

from dataclasses import dataclass
from typing import Literal

from rules.records.noun import Noun, Table
from rules.vocabulary.instant import Instant
from rules.vocabulary.text import Text

Urgency = Literal["N1", "N2", "N3", "N4"]
"""N1 life safety, N2 property damage, N3 service, N4 digest."""

Channel = str
"""A way to reach people, by the name under which it registers in the hub: `sms`, `resident_page`.

`door` is a person who knocks. The core knows none of them: which are tried is policy.
"""

NoticeState = Literal[
    "awaiting_approval", "waiting", "queued", "failed", "delivered", "answered", "read", "withdrawn"
]
"""From a person's approval, through the end of the quiet hours, to a household that has seen it.

`withdrawn` is the end of one that is no longer to go out.
"""

PENDING: frozenset[NoticeState] = frozenset({"awaiting_approval", "waiting"})
"""Not yet allowed to disturb anybody."""


@dataclass(frozen=True, slots=True)
class Notice:
    """`household` is an id, never a name; `text` holds no personal data, in both languages.

    `wave` orders the telling (0 first: fire floor and its neighbours), `why` is the reason code
    of `rules.estate.affected`. The same incident, template, version and household is never told
    twice. Before `not_before_at` only channels that disturb nobody may carry it. `reached_by` is
    the channel by which a person of the household is known to have it.
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
    why: str = ""
    not_before_at: Instant | None = None
    reached_by: Channel | None = None
    reached_at: Instant | None = None


def told_key(template: str, version: int, household: str) -> str:
    """What is told once only, within an incident."""
    return f"{template}/{version}/{household}"


_VERBS = (
    "requested", "approved", "released", "failed", "delivered", "answered", "read", "reached",
    "withdrawn",
)  # fmt: skip

NOUN = Noun(
    "notice",
    Notice,
    _VERBS,
    begins="requested",
    letter="n",
    held="notices",
    incident="incident_id",
    table=Table(
        "notice",
        ("incident_id", "template", "version", "state", "requested_at"),
        {"household_id": lambda notice: notice.household},
    ),
)
