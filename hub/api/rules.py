"""The rules and emergency plans in force, with their texts, figures and sources."""

from fastapi import APIRouter
from pydantic import BaseModel

from hub.api.access import Reader
from hub.api.problems import described
from rules.catalogue import rulebook
from rules.rulebook import Plan, Rule

router = APIRouter(tags=["rules"])


class RulePage(BaseModel):
    """Every rule; there is never a further page."""

    items: list[Rule]
    next: str | None = None


class PlanPage(BaseModel):
    """Every plan; there is never a further page."""

    items: list[Plan]
    next: str | None = None


@router.get("/rules", responses=described(401))
def list_rules(_: Reader) -> RulePage:
    """What raises an alarm, why, and what to do first."""
    return RulePage(items=list(rulebook().rules.values()))


@router.get("/plans", responses=described(401))
def list_plans(_: Reader) -> PlanPage:
    """What is done in which order when an incident of a kind begins."""
    return PlanPage(items=list(rulebook().plans.values()))
