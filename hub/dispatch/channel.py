"""What a channel is: a provider that registers and tells one person or household one thing.

A channel is one file in `hub.dispatch.channels`. It says of itself what the rest of the program
asks of a channel: whom it can tell, at which address, with which options, what it costs, what
evidence it can give.
"""

from abc import ABC, abstractmethod
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar, Literal, NamedTuple, Self, TypeVar

from hub.clock import Clock
from hub.people.addresses import AddressField
from hub.sealing.keys import Keys
from hub.settings import HubSettings
from rules.records.notices import Channel as ChannelName
from rules.records.notices import Urgency
from rules.vocabulary.text import Language, Text
from store.database.connection import Pool
from store.database.settings import Options
from store.estate.households import Need

SideName = Literal["households", "staff"]

Evidence = Literal["posted", "sent", "delivered", "answered", "read"]
"""From lying ready, through the provider that took it and the device that has it, to a person."""

Cost = Literal["free", "per_message", "per_call"]


class Household(NamedTuple):
    """Whom a notice is for."""

    estate: str
    id: str


class User(NamedTuple):
    """The member of staff who is called."""

    id: str


@dataclass(frozen=True, slots=True)
class Answer:
    """Where a call is answered: the page, and a token for each callout, the gravest first."""

    page: str
    tokens: tuple[str, ...]

    @property
    def short_url(self) -> str:
        """The page of the first callout, as an SMS has room for it."""
        return f"{self.page}/{self.tokens[0]}"

    @property
    def url(self) -> str:
        """The page of the first callout; behind `#` are the tokens of the others."""
        others = ",".join(self.tokens[1:])
        return self.short_url + (f"#{others}" if others else "")


@dataclass(frozen=True, slots=True)
class Message:
    """One thing to be told. `key` stays the same however often it is tried.

    `subject` is the id of what it is about: on a phone a later one takes the place of the one
    before. `shown` is what a phone shows, `record` all of it for a machine; neither holds personal
    data. `addresses`, by the names of their fields, do: they go to the channel's provider and
    nowhere else. `answer`: where it is answered; None: it is not. `slowly`: an old person who
    lives alone is to hear it.
    """

    key: str
    to: Household | User
    subject: str
    words: str
    language: Language
    urgency: Urgency
    attempt: int
    record: Mapping[str, Any] = field(default_factory=dict)
    shown: Mapping[str, Any] = field(default_factory=dict)
    addresses: Mapping[str, str] = field(default_factory=dict)
    answer: Answer | None = None
    slowly: bool = False

    @property
    def words_with_page(self) -> str:
        """The words, and on a line of its own the page where they are answered."""
        return f"{self.words}\n{self.answer.url}" if self.answer else self.words


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
    """The person does not use this channel, or the message must not go out by it."""

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


class Finding(NamedTuple):
    """What a look at a channel's options found; `remedy` is None where nothing is wrong."""

    what: str
    remedy: str | None = None


@dataclass(frozen=True, slots=True)
class Setup:
    """What a channel may be made of."""

    settings: HubSettings
    pool: Pool
    keys: Keys
    clock: Clock


class Channel(ABC):
    """A way to reach people. Sending may take `patience_s` seconds and is done by threads.

    It must stand being called again with the same key: a worker may die after it has sent and
    before it has noted so. Where it `deduplicates`, people are then told once all the same; else
    they may, in this rare case, be told twice, and the console says so.
    """

    name: ClassVar[ChannelName]
    label: ClassVar[Text]
    place: ClassVar[int] = 9
    """Where it stands among the others when people are shown them; the lower, the earlier."""
    sides: ClassVar[frozenset[SideName]]
    goes_to: ClassVar[AddressField | Literal["household", "browsers"]]
    evidence: ClassVar[frozenset[Evidence]]
    cost: ClassVar[Cost] = "free"
    options: ClassVar[type[Options] | None] = None
    needs: ClassVar[str] = ""
    """The option without which it is not set up."""
    refusable: ClassVar[bool] = True
    """Whether a household can refuse service messages by it."""
    asks_consent: ClassVar[bool] = False
    """Whether service messages by it need the household's consent."""
    at_once_for: ClassVar[frozenset[Need]] = frozenset()
    """Who is told by it at once, whatever the policy waits for."""
    deduplicates: ClassVar[bool] = True
    at_once: int = 16
    patience_s: float = 60.0

    @classmethod
    def is_set_up(cls, settings: HubSettings) -> bool:
        """Whether the option that it needs is given."""
        given = settings.of(cls.options) if cls.options else None
        return not cls.needs or getattr(given, cls.needs) is not None

    @classmethod
    @abstractmethod
    def made(cls, setup: Setup) -> Self:
        """The channel, where it is set up."""

    @classmethod
    def examined(cls, settings: HubSettings) -> Iterator[Finding]:
        """What `doctor` says of its options; their values stay secret."""
        yield from ()

    @classmethod
    def leads_to(cls, addresses: Collection[str], *, browsers: bool) -> bool:
        """Whether it reaches somebody who has these kinds of address, and browsers or not."""
        if isinstance(cls.goes_to, AddressField):
            return cls.goes_to.name in addresses
        return browsers or cls.goes_to == "household"

    @abstractmethod
    def send(self, message: Message, /) -> Outcome:
        """Send it now. An exception counts as Retry."""


REGISTERED: dict[ChannelName, type[Channel]] = {}
"""Those whose file was imported: `hub.dispatch.registry` imports them all."""

C = TypeVar("C", bound=type[Channel])


def register(kind: C) -> C:
    """Make a channel known, under its name."""
    REGISTERED[kind.name] = kind
    return kind
