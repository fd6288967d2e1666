"""What a channel is: it takes one notice for one household, or contact, and says how that went."""

from dataclasses import dataclass
from typing import Protocol

from hub.sealed_contacts import Contact
from rules.notices import Channel as ChannelName
from rules.notices import Notice
from rules.text import Language


@dataclass(frozen=True, slots=True)
class Message:
    """A notice to be sent. `key` stays the same however often it is tried.

    `contact` is personal data: it goes to the channel's provider and nowhere else. None: the
    channel goes to the household itself. `slowly`: an old person who lives alone is to hear it.
    """

    key: str
    notice: Notice
    language: Language
    attempt: int
    contact: Contact | None = None
    slowly: bool = False

    @property
    def words(self) -> str:
        """The text in the language of whoever gets it."""
        return self.notice.text.in_(self.language)


@dataclass(frozen=True, slots=True)
class Sent:
    """The provider took it. `evidence` and its own number hold no personal data.

    `receipt_follows`: the provider reports later whether it was delivered, or failed.
    """

    evidence: str
    provider_id: str | None = None
    receipt_follows: bool = False


@dataclass(frozen=True, slots=True)
class NothingToSend:
    """The household does not use this channel, or the notice must not go out by it."""

    evidence: str


@dataclass(frozen=True, slots=True)
class TryAgain:
    """It did not arrive, but may the next time."""

    evidence: str


@dataclass(frozen=True, slots=True)
class Hopeless:
    """It will never arrive this way."""

    evidence: str


Outcome = Sent | NothingToSend | TryAgain | Hopeless


class Channel(Protocol):
    """A way to reach households. `send` may take `patience_s` seconds and is called by threads.

    A channel must stand being called again with the same key: a dispatcher may die after it has
    sent and before it has noted so. Where `deduplicates`, a household is then told once all the
    same; else it may, in this rare case, be told twice, and the console says so.
    """

    name: ChannelName
    deduplicates: bool
    at_once: int
    patience_s: float

    def send(self, message: Message, /) -> Outcome:
        """Send it now. An exception counts as TryAgain."""
        ...
