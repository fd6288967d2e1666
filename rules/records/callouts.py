"""Callouts (呼叫): a member of staff is called to an incident, on the phone if need be."""

from dataclasses import dataclass
from typing import Literal

from rules.records.noun import Noun, Table
from rules.records.tickets import Role
from rules.vocabulary.instant import Instant
from rules.vocabulary.place import Place
from rules.vocabulary.priority import Priority
from rules.vocabulary.text import Text

CalloutReason = Literal["unanswered", "dispatched", "not_accepted", "drill_stopped"]
"""Alarms that nobody answers; a ticket given to the person; one that nobody takes; STOP."""

CalloutState = Literal["requested", "failed", "delivered", "answered", "declined", "stood_down"]
"""Delivered is not answered (DOMAIN section 7); a callout is stood down when another answers."""

OPEN: frozenset[CalloutState] = frozenset({"requested", "failed", "delivered"})


@dataclass(frozen=True, slots=True)
class Callout:
    """`user` is called, who holds `duty`, at `level` of the escalation policy.

    `text` holds no personal data. `times` is how often the person was called. `all_hands`: the
    last resort, with the siren. A ticket is `dispatched`, or `not_accepted`; a drill is stopped.
    """

    id: str
    estate: str
    incident_id: str
    ticket_id: str
    user: str
    duty: Role | None
    level: str
    why: CalloutReason
    priority: Priority
    text: Text
    place: Place
    requested_at: Instant
    state: CalloutState = "requested"
    called_at: Instant = 0
    times: int = 1
    all_hands: bool = False
    delivered_at: Instant | None = None
    ended_at: Instant | None = None
    drill: bool = False

    @property
    def open(self) -> bool:
        return self.state in OPEN


@dataclass(frozen=True, slots=True)
class Escalation:
    """An incident whose alarms nobody answers: its gravest has `priority`, and waits since then.

    `called` is how many levels of that priority have been called.
    """

    incident_id: str
    priority: Priority
    since_at: Instant
    called: int = 0


_VERBS = (
    "requested", "repeated", "failed", "delivered", "answered", "declined", "stood_down",
)  # fmt: skip

NOUN = Noun(
    "callout",
    Callout,
    _VERBS,
    begins="requested",
    letter="c",
    held="callouts",
    stands=lambda callout: callout.open,
    incident="incident_id",
    table=Table(
        "callout",
        ("incident_id", "state", "requested_at"),
        {"user_id": lambda callout: callout.user},
    ),
)
