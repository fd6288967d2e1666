"""The channels: what each is, as its provider says it."""

from typing import Literal

from fastapi import APIRouter
from pydantic import BaseModel, Field

from hub.api.http.access import Reader
from hub.api.http.context import Hub
from hub.api.http.problems import described
from hub.dispatch.channel import Cost, Evidence, SideName
from hub.dispatch.registry import registered
from hub.people.addresses import LONGEST, AddressField
from rules.vocabulary.text import Text

router = APIRouter(prefix="/channels", tags=["notices"])


class AddressKind(BaseModel):
    """A kind of address as a form asks for it; `example` stands in the empty field."""

    name: str = Field(examples=["phone"])
    label: Text
    hint: Text
    example: str = Field(examples=["13800005678"])
    typed_as: Literal["text", "tel", "email"]
    pattern: str = Field(description="Regular expression, for browsers too.")
    longest: int = Field(description="Characters.", examples=[LONGEST])


class ChannelKind(BaseModel):
    """A way to reach people. `label` says how somebody was told by it, as in "told by SMS".

    `address` is the kind of address at which it reaches a person; null: it needs none.
    `may_repeat`: a crash of the hub may have it tell twice. `evidence`: the most that it can say.
    """

    name: str = Field(examples=["sms"])
    label: Text
    sides: list[SideName]
    address: AddressKind | None
    evidence: list[Evidence]
    cost: Cost
    refusable: bool
    asks_consent: bool
    may_repeat: bool
    set_up: bool = Field(description="Whether the options that it needs are given.")


class Channels(BaseModel):
    """Every channel; there is never a further page."""

    items: list[ChannelKind]
    next: str | None


@router.get("", responses=described(401))
def list_channels(hub: Hub, _: Reader) -> Channels:
    """What a policy may name and a household may refuse."""
    return Channels(
        items=[
            ChannelKind(
                name=kind.name,
                label=kind.label,
                sides=sorted(kind.sides),
                address=_asked_for(kind.goes_to),
                evidence=sorted(kind.evidence),
                cost=kind.cost,
                refusable=kind.refusable,
                asks_consent=kind.asks_consent,
                may_repeat=not kind.deduplicates,
                set_up=kind.is_set_up(hub.settings),
            )
            for kind in registered().values()
        ],
        next=None,
    )


def _asked_for(field: AddressField | str) -> AddressKind | None:
    if isinstance(field, str):
        return None
    return AddressKind(
        name=field.name,
        label=field.label,
        hint=field.hint,
        example=field.example,
        typed_as=field.typed_as,
        pattern=field.pattern,
        longest=LONGEST,
    )
