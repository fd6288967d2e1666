"""Estates: the properties that this system watches."""

from fastapi import APIRouter
from pydantic import BaseModel

from hub.api.access import Reader
from hub.api.context import Hub
from hub.api.problems import described
from rules.text import Text
from store import estates

router = APIRouter(prefix="/estates", tags=["estates"])


class Estate(BaseModel):
    """One property."""

    id: str
    name: Text
    timezone: str


class EstatePage(BaseModel):
    """Every estate; there is never a further page."""

    items: list[Estate]
    next: str | None = None


@router.get("", responses=described(401))
def list_estates(hub: Hub, _: Reader) -> EstatePage:
    """Every estate."""
    with hub.pool.connection() as db:
        found = estates.all_(db)
    return EstatePage(items=[Estate(id=e.id, name=e.name, timezone=e.timezone) for e in found])
