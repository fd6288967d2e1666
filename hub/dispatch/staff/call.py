"""A message that calls a member of staff: what it says, and the addresses that answer it."""

from dataclasses import dataclass
from typing import Protocol

from hub.dispatch.channel import Outcome, Way
from hub.dispatch.report_tokens import report_token
from hub.people.staff_contacts import StaffContact
from rules.records.callouts import Callout
from rules.records.notices import Channel as ChannelName
from rules.records.notices import Urgency
from rules.vocabulary.priority import Priority
from rules.vocabulary.text import Language, Text

URGENCY: dict[Priority, Urgency] = {"P1": "N1", "P2": "N2", "P3": "N3", "P4": "N4"}
"""How soon a message about this priority is tried again, and how a provider treats it."""

_MORE = Text(en="{words} … and {n} more incidents.", zh="{words}……另有{n}起突发事件。")
_ONE_MORE = Text(en="{words} … and 1 more incident.", zh="{words}……另有1起突发事件。")
_PRESS = Text(en="{words} Press 1 to acknowledge.", zh="{words}确认请按1。")

_WRITTEN = frozenset({"chat", "mail"})


@dataclass(frozen=True, slots=True)
class Call:
    """`callouts` are for one user, real ones first, then gravest; several where it gathers.

    `contact` is personal data: it goes to the channel's provider and nowhere else. `page` is the
    address of the first callout's page, without its token, which `tokens` begin with.
    """

    key: str
    channel: ChannelName
    callouts: tuple[Callout, ...]
    language: Language
    attempt: int
    contact: StaffContact
    page: str
    tokens: tuple[str, ...]
    slowly: bool = False

    @property
    def first(self) -> Callout:
        return self.callouts[0]

    @property
    def text(self) -> str:
        """What is the matter, in the person's language."""
        words = self.first.text
        more = len({c.incident_id for c in self.callouts} - {self.first.incident_id})
        if more:
            words = (_ONE_MORE if more == 1 else _MORE).fill(words=words, n=str(more))
        return words.in_(self.language)

    @property
    def words(self) -> str:
        """The text, and how to answer it by this channel; an SMS has room for one token."""
        if self.channel == "voice":
            return _PRESS.in_(self.language).format(words=self.text)
        if self.channel == "sms":
            return f"{self.text}\n{self.page}/{self.tokens[0]}"
        return f"{self.text}\n{self.url}" if self.channel in _WRITTEN else self.text

    @property
    def url(self) -> str:
        """The page of the first callout; behind `#` are the tokens of the others."""
        others = ",".join(self.tokens[1:])
        return f"{self.page}/{self.tokens[0]}" + (f"#{others}" if others else "")

    @property
    def urgency(self) -> Urgency:
        return URGENCY[self.first.priority]


class StaffChannel(Way, Protocol):
    """A way to reach members of staff."""

    def send(self, call: Call, /) -> Outcome:
        """Send it now. An exception counts as Retry."""
        ...


def callout_token(secret: bytes, callout: str) -> str:
    """A capability: who has it can see and answer this callout, and no more."""
    return report_token(secret, "callout", callout)
