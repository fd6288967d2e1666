"""Rules, plans, messages and policies: what is in force, who changed it and why, how it is changed.

All four are parts of the rulebook and have the same endpoints, from one table (`_KINDS`).
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Path
from fastapi.responses import Response
from pydantic import BaseModel

from hub.api.http.access import Reader, needs
from hub.api.http.context import Hub
from hub.api.http.problems import described
from hub.api.http.records import extended, page_of
from hub.api.rulebook import versioned_part
from hub.api.rulebook.versioned_part import (
    AnyVersion,
    EstateId,
    Findings,
    OptionalEstate,
    Order,
    PartEdit,
    PartVersionPage,
    RollBack,
    Saved,
    SeenVersion,
    Switch,
    channels,
    make,
)
from hub.auth import Principal
from hub.versions.rulebook import Noun, remove, roll_back, save, switch
from rules.rulebook.plan import Plan
from rules.rulebook.rule import Rule
from rules.rulebook.rulebook import Policy as Content
from rules.rulebook.rulebook import PolicyName
from rules.vocabulary.fields import Reason
from rules.vocabulary.text import Text

PartId = Annotated[
    str, Path(pattern=r"^[A-Za-z0-9_-]+$", max_length=80, description="Its id, such as FIRE.")
]
Editor = Annotated[Principal, needs("rule.change")]
_CHANGES: dict[str, Any] = {"responses": described(401, 403, 404, 409)}


class Message(BaseModel):
    """What residents are told, in both languages; `{name}` marks what is filled in.

    `placeholders` are those that something fills in this message.
    """

    id: str
    text: Text
    placeholders: list[str]
    version: int


class Policy(BaseModel):
    """One of the policies."""

    id: PolicyName
    content: Content
    version: int


class SetAside(Rule):
    """A rule, and the devices on which it failed and waits to be mended."""

    set_aside: list[str]


@dataclass(frozen=True, slots=True)
class _Kind:
    """What one kind of part is by itself; `form`: its JSON Schema is given to editors."""

    noun: Noun
    plural: str
    content: type[BaseModel]
    form: type[BaseModel] | None = None


_KINDS = (
    _Kind("rule", "rules", SetAside, Rule),
    _Kind("plan", "plans", Plan, Plan),
    _Kind("message", "messages", Message),
    _Kind("policy", "policies", Policy),
)


def get_plan(
    hub: Hub, _: Reader, part_id: PartId, estate: EstateId, version: AnyVersion = None
) -> Response:
    """A plan with its YAML: the one in force, or the version that an incident began with."""
    if version is None:
        return versioned_part.one_answer(hub, "plan", part_id, estate)
    return versioned_part.plan_at_version(hub, part_id, estate, version)


def _router(kind: _Kind) -> APIRouter:
    """The endpoints of one kind, in an order in which no id hides a word of the path."""
    noun = kind.noun
    router = APIRouter(prefix=f"/{kind.plural}", tags=["rules"])
    in_force = extended(
        f"{noun.title()}InForce", kind.content, edited=(bool, ...), own=(bool, ...),
        changed_at=(datetime | None, ...), changed_by=(str | None, ...), reason=(str, ...),
    )  # fmt: skip
    in_force.__doc__ = "Who changed it last. `edited`: not as it ships; `own`: it does not ship."
    with_words = extended(f"{noun.title()}WithWords", in_force, yaml=(str, ...))

    @router.get(
        "", name=f"list_{kind.plural}", response_model=page_of(f"{noun.title()}Page", in_force),
        responses=described(401, 404),
    )  # fmt: skip
    def list_parts(hub: Hub, _: Reader, estate: OptionalEstate = None) -> Response:
        """All of them; there is never a further page."""
        return versioned_part.list_answer(hub, noun, estate)

    if (form := kind.form) is not None:

        @router.get("/schema", name=f"{noun}_schema", responses=described(401))
        def schema(_: Reader) -> dict[str, Any]:
            """Its form as JSON Schema, for editors."""
            return form.model_json_schema()

    @router.post(
        "/check", name=f"check_{noun}", response_model=Findings,
        responses=described(401, 403, 404),
    )  # fmt: skip
    def check(hub: Hub, _: Editor, body: Order) -> Response:
        """Every fault of its words, without saving them."""
        return versioned_part.findings(hub, noun, body)

    def get_part(hub: Hub, _: Reader, part_id: PartId, estate: EstateId) -> Response:
        """One of them in force, with its YAML."""
        return versioned_part.one_answer(hub, noun, part_id, estate)

    router.get(
        "/{part_id}", name=f"get_{noun}", response_model=with_words, responses=described(401, 404)
    )(get_plan if noun == "plan" else get_part)

    @router.get("/{part_id}/versions", name=f"{noun}_versions", responses=described(401, 404))
    def list_versions(hub: Hub, _: Reader, part_id: PartId, estate: EstateId) -> PartVersionPage:
        """Who changed it, when and why."""
        return versioned_part.versions_of(hub, noun, part_id, estate)

    @router.put("/{part_id}", name=f"save_{noun}", **_CHANGES)
    def save_part(
        hub: Hub, who: Editor, part_id: PartId, estate: EstateId, body: PartEdit
    ) -> Saved:
        """Change it, or add one. What is open keeps the version that it began with."""
        change = (noun, part_id, estate, body.version, body.reason)
        return make(
            hub, who, change,
            lambda db, c, now: save(db, c, body.yaml, now=now, channels=channels()),
        )  # fmt: skip

    @router.post("/{part_id}/roll-back", name=f"roll_back_{noun}", **_CHANGES)
    def roll_back_part(
        hub: Hub, who: Editor, part_id: PartId, estate: EstateId, body: RollBack
    ) -> Saved:
        """Make an earlier version the newest one again."""
        change = (noun, part_id, estate, body.version, body.reason)
        return make(
            hub, who, change,
            lambda db, c, now: roll_back(db, c, body.to, now=now, channels=channels()),
        )  # fmt: skip

    return router


router = APIRouter()
for _kind in _KINDS:
    router.include_router(_router(_kind))


@router.post("/rules/{part_id}/disable", **_CHANGES, tags=["rules"])
def disable_rule(hub: Hub, who: Editor, part_id: PartId, estate: EstateId, body: Switch) -> Saved:
    """Watch no longer; alarms that it raised return to normal."""
    change = ("rule", part_id, estate, body.version, body.reason)
    return make(hub, who, change, lambda db, c, now: switch(db, c, enabled=False, now=now))


@router.post("/rules/{part_id}/enable", **_CHANGES, tags=["rules"])
def enable_rule(hub: Hub, who: Editor, part_id: PartId, estate: EstateId, body: Switch) -> Saved:
    """Watch again."""
    change = ("rule", part_id, estate, body.version, body.reason)
    return make(hub, who, change, lambda db, c, now: switch(db, c, enabled=True, now=now))


@router.delete("/rules/{part_id}", **_CHANGES, tags=["rules"])
def remove_rule(
    hub: Hub, who: Editor, part_id: PartId, estate: EstateId, version: SeenVersion, reason: Reason
) -> Saved:
    """Take out a rule that did not ship; its versions are kept."""
    change = ("rule", part_id, estate, version, reason)
    return make(hub, who, change, lambda db, c, now: remove(db, c, now=now))
