"""Emergency plans and the messages to residents: by version, as the rules are."""

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Path
from fastapi.responses import Response
from pydantic import BaseModel

from hub.api.http.access import Reader, needs
from hub.api.http.context import Hub
from hub.api.http.problems import described
from hub.api.rulebook import versioned_part as parts
from hub.api.rulebook.versioned_part import CHANGES, Edit, Findings, RollBack, Saved, VersionPage
from hub.auth import Principal
from hub.versions.rulebook import roll_back, save
from rules.rulebook.plan import Plan
from rules.vocabulary.text import Text

router = APIRouter(tags=["rules"])

PartId = Annotated[
    str, Path(pattern=r"^[A-Za-z0-9_-]+$", max_length=80, description="Its id, such as FIRE.")
]
Editor = Annotated[Principal, needs("rule.change")]


class PlanInForce(Plan):
    """A plan with who changed it last. `edited`: not as it ships; `own`: it does not ship."""

    edited: bool
    own: bool
    changed_at: datetime | None
    changed_by: str | None
    reason: str


class PlanWithWords(PlanInForce):
    """A plan with the YAML that says it."""

    yaml: str


class PlanPage(BaseModel):
    """Every plan; there is never a further page."""

    items: list[PlanInForce]
    next: str | None = None


class Message(BaseModel):
    """What residents are told, in both languages; `{name}` marks what is filled in.

    `placeholders` are those that something fills in this message.
    """

    id: str
    text: Text
    placeholders: list[str]
    version: int
    edited: bool
    own: bool
    changed_at: datetime | None
    changed_by: str | None
    reason: str


class MessageWithWords(Message):
    """A message with the YAML that says it."""

    yaml: str


class MessagePage(BaseModel):
    """Every message; there is never a further page."""

    items: list[Message]
    next: str | None = None


@router.get("/plans", response_model=PlanPage, responses=described(401, 404))
def list_plans(hub: Hub, _: Reader, estate: parts.OptionalEstate = None) -> Response:
    """What is done in which order when an incident of a kind begins."""
    return parts.list_answer(hub, "plan", estate)


@router.get("/plans/schema", responses=described(401))
def plan_schema(_: Reader) -> dict[str, Any]:
    """The form of a plan as JSON Schema, for editors."""
    return Plan.model_json_schema()


@router.post("/plans/check", responses=described(401, 403, 404))
def check_plan(hub: Hub, _: Editor, body: parts.Order) -> Findings:
    """Every fault of a plan's words, without saving them."""
    return parts.findings(hub, "plan", body)


@router.get("/plans/{plan_id}", response_model=PlanWithWords, responses=described(401, 404))
def get_plan(
    hub: Hub, _: Reader, plan_id: PartId, estate: parts.EstateId, version: parts.AnyVersion = None
) -> Response:
    """One plan, with its YAML: the one in force, or the version that an incident began with."""
    if version is None:
        return parts.one_answer(hub, "plan", plan_id, estate)
    return parts.plan_at_version(hub, plan_id, estate, version)


@router.get("/plans/{plan_id}/versions", responses=described(401, 404))
def plan_versions(hub: Hub, _: Reader, plan_id: PartId, estate: parts.EstateId) -> VersionPage:
    """Who changed the plan, when and why."""
    return parts.versions_of(hub, "plan", plan_id, estate)


@router.put("/plans/{plan_id}", **CHANGES)
def save_plan(hub: Hub, who: Editor, plan_id: PartId, estate: parts.EstateId, body: Edit) -> Saved:
    """Change a plan; incidents that are open keep the version that they began with."""
    change = ("plan", plan_id, estate, body.version, body.reason)
    return parts.make(hub, who, change, lambda db, c, now: save(db, c, body.yaml, now=now))


@router.post("/plans/{plan_id}/roll-back", **CHANGES)
def roll_back_plan(
    hub: Hub, who: Editor, plan_id: PartId, estate: parts.EstateId, body: RollBack
) -> Saved:
    """Make an earlier version the newest one again."""
    change = ("plan", plan_id, estate, body.version, body.reason)
    return parts.make(hub, who, change, lambda db, c, now: roll_back(db, c, body.to, now=now))


@router.get("/messages", response_model=MessagePage, responses=described(401, 404))
def list_messages(hub: Hub, _: Reader, estate: parts.OptionalEstate = None) -> Response:
    """What residents are told."""
    return parts.list_answer(hub, "message", estate)


@router.post("/messages/check", responses=described(401, 403, 404))
def check_message(hub: Hub, _: Editor, body: parts.Order) -> Findings:
    """Every fault of a message's words, without saving them."""
    return parts.findings(hub, "message", body)


@router.get(
    "/messages/{message_id}", response_model=MessageWithWords, responses=described(401, 404)
)
def get_message(hub: Hub, _: Reader, message_id: PartId, estate: parts.EstateId) -> Response:
    """One message in force, with its YAML."""
    return parts.one_answer(hub, "message", message_id, estate)


@router.get("/messages/{message_id}/versions", responses=described(401, 404))
def message_versions(
    hub: Hub, _: Reader, message_id: PartId, estate: parts.EstateId
) -> VersionPage:
    """Who changed the message, when and why."""
    return parts.versions_of(hub, "message", message_id, estate)


@router.put("/messages/{message_id}", **CHANGES)
def save_message(
    hub: Hub, who: Editor, message_id: PartId, estate: parts.EstateId, body: Edit
) -> Saved:
    """Change a message. A placeholder that nothing fills is refused by name."""
    change = ("message", message_id, estate, body.version, body.reason)
    return parts.make(hub, who, change, lambda db, c, now: save(db, c, body.yaml, now=now))


@router.post("/messages/{message_id}/roll-back", **CHANGES)
def roll_back_message(
    hub: Hub, who: Editor, message_id: PartId, estate: parts.EstateId, body: RollBack
) -> Saved:
    """Make an earlier version the newest one again."""
    change = ("message", message_id, estate, body.version, body.reason)
    return parts.make(hub, who, change, lambda db, c, now: roll_back(db, c, body.to, now=now))
