"""Everything that can change an estate's state. Each is one inbox entry, except the tick."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import msgspec

from rules.records.notices import Channel, NoticeState
from rules.vocabulary.instant import Instant
from rules.vocabulary.priority import Priority
from rules.vocabulary.reading import ReadingBatch

if TYPE_CHECKING:
    from rules.state.work import Work  # who only appends an input loads no state


@dataclass(frozen=True, slots=True)
class Status:
    """A device's own word, or its last will, that it is online or offline (kind `status`)."""

    device: str
    online: bool
    at: Instant


class Command(msgspec.Struct, frozen=True, omit_defaults=True, tag_field="name"):
    """What a person may do: a class each, in `rules.commands`; its first field is what it acts on.

    Its tag is its name, `noun.verb`.
    """

    @property
    def name(self) -> str:
        return name_of(type(self))

    @property
    def target(self) -> str:
        """The id that it acts on."""
        target: str = getattr(self, self.__struct_fields__[0])
        return target

    def carry_out(self, work: "Work", order: "Ordered") -> None:
        """Emit what it leads to. Raises Refused (`rules.commands.refused`)."""
        raise NotImplementedError


def name_of(command: type[Command]) -> str:
    """Such as `alarm.acknowledge`."""
    return str(command.__struct_config__.tag)


@dataclass(frozen=True, slots=True)
class Ordered:
    """A command (kind `command`), ordered by the user `by` in this role."""

    command: Command
    by: str
    role: str


@dataclass(frozen=True, slots=True)
class Delivery:
    """What a channel, or a resident, reported about notices (kind `delivery`)."""

    notice_ids: list[str]
    channel: Channel
    state: NoticeState
    at: Instant


@dataclass(frozen=True, slots=True)
class CalloutDelivery:
    """What a channel reported about calls of staff (kind `callout_delivery`)."""

    callout_ids: list[str]
    channel: Channel
    state: Literal["delivered", "failed"]
    at: Instant


@dataclass(frozen=True, slots=True)
class EstateChanged:
    """A new version of the estate's graph (kind `estate`); `body` is the whole of it."""

    version: int
    body: dict[str, Any]


@dataclass(frozen=True, slots=True)
class RulebookChanged:
    """A new version of the rules, plans and messages (kind `rulebook`); `body` is all of them."""

    version: int
    body: dict[str, Any]


@dataclass(frozen=True, slots=True)
class RosterChanged:
    """A new version of the duty roster (kind `roster`); `body` is the whole of it."""

    version: int
    body: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Fault:
    """A fault of the system itself that was found outside the step (kind `fault`)."""

    id: str
    detail: str
    priority: Priority = "P3"


@dataclass(frozen=True, slots=True)
class Tick:
    """The clock: fires every deadline up to `now`. The engine ends each batch with one."""


Input = (
    ReadingBatch
    | Status
    | Ordered
    | Delivery
    | CalloutDelivery
    | EstateChanged
    | RulebookChanged
    | RosterChanged
    | Fault
    | Tick
)

KINDS: dict[str, type[Input]] = {
    "readings": ReadingBatch,
    "status": Status,
    "command": Ordered,
    "delivery": Delivery,
    "callout_delivery": CalloutDelivery,
    "estate": EstateChanged,
    "rulebook": RulebookChanged,
    "roster": RosterChanged,
    "fault": Fault,
}
"""The inbox's `kind` for each input that travels through it."""
