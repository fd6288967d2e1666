"""What a channel is: it takes one message for one household, contact or colleague, and says how
that went."""

from dataclasses import dataclass
from typing import Protocol

from hub.people.sealed_contacts import Contact
from rules.records.notices import Channel as ChannelName
from rules.records.notices import Notice, Urgency
from rules.vocabulary.text import Language


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

    @property
    def urgency(self) -> Urgency:
        return self.notice.urgency


class Reachable(Protocol):
    """What of a contact a channel needs. Personal data."""

    @property
    def phone(self) -> str | None: ...
    @property
    def mail(self) -> str | None: ...
    @property
    def chat(self) -> str | None: ...


class Words(Protocol):
    """A message of words for one person: all that SMS, mail, chat and calls need to know."""

    @property
    def key(self) -> str: ...
    @property
    def words(self) -> str: ...
    @property
    def language(self) -> Language: ...
    @property
    def urgency(self) -> Urgency: ...
    @property
    def contact(self) -> Reachable | None: ...
    @property
    def slowly(self) -> bool: ...


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
class Retry:
    """It did not arrive, but may the next time."""

    evidence: str


@dataclass(frozen=True, slots=True)
class Undeliverable:
    """It will never arrive this way."""

    evidence: str


Outcome = Sent | NothingToSend | Retry | Undeliverable


class Way(Protocol):
    """A way to reach people. Sending may take `patience_s` seconds and is done by threads.

    It must stand being called again with the same key: a dispatcher may die after it has sent and
    before it has noted so. Where it `deduplicates`, people are then told once all the same; else
    they may, in this rare case, be told twice, and the console says so.
    """

    name: ChannelName
    deduplicates: bool
    at_once: int
    patience_s: float


class Channel(Way, Protocol):
    """A way to reach households."""

    def send(self, message: Message, /) -> Outcome:
        """Send it now. An exception counts as Retry."""
        ...
