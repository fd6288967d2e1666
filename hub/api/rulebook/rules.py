"""Rules: which are in force, who changed them and why, and how they are changed."""

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Path
from fastapi.responses import Response
from pydantic import BaseModel

from hub.api.http.access import Reader, needs
from hub.api.http.context import Hub
from hub.api.http.problems import described
from hub.api.rulebook import versioned_part as parts
from hub.api.rulebook.versioned_part import (
    CHANGES,
    Edit,
    Findings,
    RollBack,
    Saved,
    Switch,
    VersionPage,
)
from hub.auth import Principal
from hub.versions.rulebook import remove, roll_back, save, switch
from rules.rulebook.rule import Rule
from rules.vocabulary.fields import Reason

router = APIRouter(prefix="/rules", tags=["rules"])

RuleId = Annotated[str, Path(pattern=r"^[a-z0-9-]+$", max_length=80, description="The rule's id.")]
Editor = Annotated[Principal, needs("rule.change")]


class RuleInForce(Rule):
    """A rule with who changed it last. `edited`: not as it ships; `own`: it does not ship.

    `set_aside`: devices on which it failed and waits to be mended.
    """

    edited: bool
    own: bool
    changed_at: datetime | None
    changed_by: str | None
    reason: str
    set_aside: list[str]


class RuleWithWords(RuleInForce):
    """A rule with the YAML that says it."""

    yaml: str


class RulePage(BaseModel):
    """Every rule; there is never a further page."""

    items: list[RuleInForce]
    next: str | None = None


@router.get("", response_model=RulePage, responses=described(401, 404))
def list_rules(hub: Hub, _: Reader, estate: parts.OptionalEstate = None) -> Response:
    """What raises an alarm, why, and what to do first."""
    return parts.list_answer(hub, "rule", estate)


@router.get("/schema", responses=described(401))
def rule_schema(_: Reader) -> dict[str, Any]:
    """The form of a rule as JSON Schema, for editors."""
    return Rule.model_json_schema()


@router.post("/check", responses=described(401, 403, 404))
def check_rule(hub: Hub, _: Editor, body: parts.Order) -> Findings:
    """Every fault of a rule's words, without saving them."""
    return parts.findings(hub, "rule", body)


@router.get("/{rule_id}", response_model=RuleWithWords, responses=described(401, 404))
def get_rule(hub: Hub, _: Reader, rule_id: RuleId, estate: parts.EstateId) -> Response:
    """One rule in force, with its YAML."""
    return parts.one_answer(hub, "rule", rule_id, estate)


@router.get("/{rule_id}/versions", responses=described(401, 404))
def rule_versions(hub: Hub, _: Reader, rule_id: RuleId, estate: parts.EstateId) -> VersionPage:
    """Who changed the rule, when and why."""
    return parts.versions_of(hub, "rule", rule_id, estate)


@router.put("/{rule_id}", **CHANGES)
def save_rule(hub: Hub, who: Editor, rule_id: RuleId, estate: parts.EstateId, body: Edit) -> Saved:
    """Change a rule, or add one. Its alarms name the new version from then on."""
    change = ("rule", rule_id, estate, body.version, body.reason)
    return parts.make(hub, who, change, lambda db, c, now: save(db, c, body.yaml, now=now))


@router.post("/{rule_id}/disable", **CHANGES)
def disable_rule(
    hub: Hub, who: Editor, rule_id: RuleId, estate: parts.EstateId, body: Switch
) -> Saved:
    """Watch no longer; alarms that it raised return to normal."""
    change = ("rule", rule_id, estate, body.version, body.reason)
    return parts.make(hub, who, change, lambda db, c, now: switch(db, c, enabled=False, now=now))


@router.post("/{rule_id}/enable", **CHANGES)
def enable_rule(
    hub: Hub, who: Editor, rule_id: RuleId, estate: parts.EstateId, body: Switch
) -> Saved:
    """Watch again."""
    change = ("rule", rule_id, estate, body.version, body.reason)
    return parts.make(hub, who, change, lambda db, c, now: switch(db, c, enabled=True, now=now))


@router.post("/{rule_id}/roll-back", **CHANGES)
def roll_back_rule(
    hub: Hub, who: Editor, rule_id: RuleId, estate: parts.EstateId, body: RollBack
) -> Saved:
    """Make an earlier version the newest one again."""
    change = ("rule", rule_id, estate, body.version, body.reason)
    return parts.make(hub, who, change, lambda db, c, now: roll_back(db, c, body.to, now=now))


@router.delete("/{rule_id}", **CHANGES)
def remove_rule(
    hub: Hub, who: Editor, rule_id: RuleId, estate: parts.EstateId, version: parts.SeenVersion,
    reason: Reason,
) -> Saved:  # fmt: skip
    """Take out a rule that did not ship; its versions are kept."""
    change = ("rule", rule_id, estate, version, reason)
    return parts.make(hub, who, change, lambda db, c, now: remove(db, c, now=now))
