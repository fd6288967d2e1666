"""Policies: alarm handling, service levels, tickets and notices, by version as the rules are."""

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter
from fastapi.responses import Response
from pydantic import BaseModel

from hub.api.http.access import Reader, needs
from hub.api.http.context import Hub
from hub.api.http.problems import described
from hub.api.rulebook import versioned_part as parts
from hub.api.rulebook.versioned_part import CHANGES, Edit, Findings, RollBack, Saved, VersionPage
from hub.auth import Principal
from hub.versions.rulebook import roll_back, save
from rules.rulebook.rulebook import PolicyName

router = APIRouter(prefix="/policies", tags=["rules"])

Editor = Annotated[Principal, needs("rule.change")]


class PolicyInForce(BaseModel):
    """A policy with who changed it last; `content` is its fields. `edited`: not as it ships."""

    id: PolicyName
    content: dict[str, Any]
    version: int
    edited: bool
    own: bool
    changed_at: datetime | None
    changed_by: str | None
    reason: str


class PolicyWithWords(PolicyInForce):
    """A policy with the YAML that says it."""

    yaml: str


class PolicyPage(BaseModel):
    """Every policy; there is never a further page."""

    items: list[PolicyInForce]
    next: str | None = None


@router.get("", response_model=PolicyPage, responses=described(401, 404))
def list_policies(hub: Hub, _: Reader, estate: parts.OptionalEstate = None) -> Response:
    """What decides beside rules, plans and messages."""
    return parts.list_answer(hub, "policy", estate)


@router.post("/check", responses=described(401, 403, 404))
def check_policy(hub: Hub, _: Editor, body: parts.Order) -> Findings:
    """Every fault of a policy's words, without saving them."""
    return parts.findings(hub, "policy", body)


@router.get("/{policy_id}", response_model=PolicyWithWords, responses=described(401, 404))
def get_policy(hub: Hub, _: Reader, policy_id: PolicyName, estate: parts.EstateId) -> Response:
    """One policy in force, with its YAML."""
    return parts.one_answer(hub, "policy", policy_id, estate)


@router.get("/{policy_id}/versions", responses=described(401, 404))
def policy_versions(
    hub: Hub, _: Reader, policy_id: PolicyName, estate: parts.EstateId
) -> VersionPage:
    """Who changed the policy, when and why."""
    return parts.versions_of(hub, "policy", policy_id, estate)


@router.put("/{policy_id}", **CHANGES)
def save_policy(
    hub: Hub, who: Editor, policy_id: PolicyName, estate: parts.EstateId, body: Edit
) -> Saved:
    """Change a policy; clocks that already run keep their times."""
    change = ("policy", policy_id, estate, body.version, body.reason)
    return parts.make(
        hub,
        who,
        change,
        lambda db, c, now: save(db, c, body.yaml, now=now, channels=parts.channels()),
    )


@router.post("/{policy_id}/roll-back", **CHANGES)
def roll_back_policy(
    hub: Hub, who: Editor, policy_id: PolicyName, estate: parts.EstateId, body: RollBack
) -> Saved:
    """Make an earlier version the newest one again."""
    change = ("policy", policy_id, estate, body.version, body.reason)
    return parts.make(
        hub,
        who,
        change,
        lambda db, c, now: roll_back(db, c, body.to, now=now, channels=parts.channels()),
    )
